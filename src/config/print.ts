import { type Configuration } from './model.js';
import { printDaemon } from './print/daemon.js';
import { printLvs } from './print/lvs.js';
import { printStatics, printTracked, printVrrp } from './print/vrrp.js';
import { ConfigWriter } from './print/writer.js';

/**
 * The model as a keepalived.conf that both daemons read alike: defaults resolved, inheritance written out,
 * definitions before their uses. Reading it gives the same model again.
 */
export function printConfiguration(configuration: Configuration): string {
  const out = new ConfigWriter();
  printDaemon(out, configuration);
  printTracked(out, configuration);
  printStatics(out, configuration);
  printVrrp(out, configuration);
  printLvs(out, configuration);
  return out.text;
}
