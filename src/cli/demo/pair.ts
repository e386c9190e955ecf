import { fileURLToPath } from 'node:url';
import { parseIpAddress, type IpAddress } from '../../base/address.js';
import { MICROS_PER_SECOND } from '../../base/units.js';
import { loadConfiguration } from '../../config/load.js';
import { type HostInterface } from '../../config/passes/host.js';
import { configHost } from '../../daemon/config-host.js';
import { type VrrpSettings } from '../../vrrp/index.js';
import { masterDownInterval, skewTime } from '../../vrrp/timers.js';

/** The two files of examples/pair, read as the daemon reads them. */
export interface Pair {
  readonly files: { readonly a: string; readonly b: string };
  readonly settings: { readonly a: VrrpSettings; readonly b: VrrpSettings };
  /** How long after director-a's last advert director-b must have taken over, in milliseconds. */
  readonly limitMs: number;
}

/** @throws if an example is not valid: then this build is broken. */
export function loadPair(): Pair {
  const files = { a: exampleFile('director-a.conf'), b: exampleFile('director-b.conf') };
  const settings = { a: load(files.a, '192.0.2.11'), b: load(files.b, '192.0.2.12') };
  return { files, settings, limitMs: limitMs(settings.b) };
}

const exampleFile = (name: string): string =>
  fileURLToPath(new URL(`../../../examples/pair/${name}`, import.meta.url));

function load(file: string, address: string): VrrpSettings {
  const host = { ...configHost(), interfaces: () => [ethernet('eth0', address)] };
  const { configuration, problems } = loadConfiguration(file, host, { instance: host.hostName, seed: 1 });
  if (configuration === undefined) {
    throw new Error(`${file} is not valid: ${problems.map((problem) => problem.text).join('; ')}`);
  }
  return configuration.vrrp;
}

/** The interface of the stage, which need not exist on the machine that reads the file. */
const ethernet = (name: string, address: string): HostInterface => ({
  name,
  mtu: 1500,
  multicast: true,
  loopback: false,
  ethernet: true,
  addresses: [parseIpAddress(address)].filter((one): one is IpAddress => one !== undefined),
});

function limitMs({ instances }: VrrpSettings): number {
  const [instance] = instances;
  if (!instance) throw new Error('the example has no vrrp_instance');
  const { version, priority, advertInterval, downTimerAdverts } = instance;
  const skew = skewTime(version, priority, advertInterval);
  return masterDownInterval(downTimerAdverts, advertInterval, skew) / (MICROS_PER_SECOND / 1000);
}
