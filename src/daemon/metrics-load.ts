import { type HeraldConfiguration } from '../config/index.js';
import { now } from '../kernel/clock.js';
import { type IpvsFacts } from '../observe/snmp/index.js';
import { IpvsDoor } from '../kernel/ipvs.js';
import { SnmpLoad } from './snmp-load.js';

/** What IPVS counted, for metrics: read from the kernel by who is asked for it, and no more often than for SNMP. */
export class MetricsLoad {
  private load: SnmpLoad | undefined;
  private known: HeraldConfiguration | undefined;

  /** Undefined without any virtual server. */
  read(configuration: HeraldConfiguration): IpvsFacts | undefined {
    if (configuration.health.pools.length === 0) return undefined;
    this.load ??= new SnmpLoad(openDoor(configuration), configuration);
    if (this.known !== configuration) this.load.reconfigure(configuration);
    this.known = configuration;
    this.load.refresh(now());
    return this.load;
  }
}

function openDoor({ details }: HeraldConfiguration): IpvsDoor | undefined {
  const { ipvsNetworkNamespace: namespace } = details.daemon;
  const door = IpvsDoor.open(namespace === undefined ? {} : { namespace });
  return door.ok ? door.value : undefined;
}
