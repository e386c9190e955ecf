import { isDeepStrictEqual } from 'node:util';
import { type HeraldConfiguration } from '../config/index.js';
import { type Micros } from '../base/units.js';
import { now } from '../kernel/clock.js';
import { IpvsDoor, type IpvsPlace } from '../kernel/ipvs.js';
import { type IpvsFacts } from '../observe/snmp/index.js';
import { CountedLoads, type LoadDoor } from './counted-loads.js';
import { ipvsPlace } from './shares.js';

/** A door that can be given back. */
export interface OpenedDoor extends LoadDoor {
  close(): void;
}

/**
 * What IPVS counted, for SNMP and metrics alike: one look at the kernel serves both. It is asked by this process itself,
 * because the worker for checks has better things to do, and where the services are (net_namespace_ipvs).
 */
export class IpvsLoad {
  private place: IpvsPlace | undefined;
  private door: OpenedDoor | undefined;
  private loads: CountedLoads | undefined;
  private known: HeraldConfiguration | undefined;

  /** @param open undefined where there is no IPVS. */
  constructor(
    private readonly open: (place: IpvsPlace) => OpenedDoor | undefined = openDoor,
    private readonly clock: () => Micros = now,
  ) {}

  /** Undefined without any virtual server. */
  read(configuration: HeraldConfiguration): IpvsFacts | undefined {
    if (configuration.health.pools.length === 0) return undefined;
    const loads = this.loadsAt(ipvsPlace(configuration.details), configuration);
    if (this.known !== configuration) loads.reconfigure(configuration);
    this.known = configuration;
    loads.refresh(this.clock());
    return loads;
  }

  /** Gives back what it holds of the kernel. */
  close(): void {
    this.door?.close();
    this.door = undefined;
    this.loads = undefined;
  }

  private loadsAt(place: IpvsPlace, configuration: HeraldConfiguration): CountedLoads {
    if (this.loads && isDeepStrictEqual(place, this.place)) return this.loads;
    this.close();
    this.place = place;
    this.door = this.open(place);
    this.loads = new CountedLoads(this.door, configuration);
    return this.loads;
  }
}

function openDoor(place: IpvsPlace): OpenedDoor | undefined {
  const door = IpvsDoor.open(place);
  return door.ok ? door.value : undefined;
}
