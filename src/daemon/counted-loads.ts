import { plus, type Micros } from '../base/units.js';
import { type HeraldConfiguration, type SnmpSettings } from '../config/index.js';
import { KernelError } from '../kernel/kernel-error.js';
import { destinationId, serviceId, type KernelService, type ServiceTemplate } from '../lvs/index.js';
import { type IpvsFacts, type LoadFacts } from '../observe/snmp/index.js';
import { type IpvsStats } from '../wire/netlink/ipvs-types.js';

/** What is asked of the kernel. */
export interface LoadDoor {
  services(): readonly KernelService[];
}

type Loads = ReadonlyMap<string, LoadFacts>;

/**
 * What IPVS counted, no older than snmp_vs_stats_update_interval and snmp_rs_stats_update_interval allow: however often
 * SNMP asks, the kernel is asked once in that time.
 */
export class CountedLoads implements IpvsFacts {
  private pools: Loads = new Map();
  private servers: Loads = new Map();
  private poolsFrom: Micros | undefined;
  private serversFrom: Micros | undefined;
  private settings: Pick<HeraldConfiguration, 'services' | 'details'>;

  /** @param door undefined where there is no IPVS. */
  constructor(
    private readonly door: LoadDoor | undefined,
    configuration: HeraldConfiguration,
  ) {
    this.settings = configuration;
  }

  reconfigure(configuration: HeraldConfiguration): void {
    this.settings = configuration;
    this.poolsFrom = undefined;
    this.serversFrom = undefined;
  }

  /** Looks, if it is time to. */
  refresh(now: Micros): void {
    const { snmp } = this.settings.details.daemon;
    const poolsDue = isDue(this.poolsFrom, snmp.virtualServerStats, now);
    const serversDue = isDue(this.serversFrom, serverInterval(snmp), now);
    if (!this.door || (!poolsDue && !serversDue)) return;
    const reported = reportedBy(this.door);
    const services = Object.entries(this.settings.services);
    if (poolsDue) {
      this.pools = new Map(services.map(([pool, templates]) => [pool, poolLoad(templates, reported)]));
      this.poolsFrom = now;
    }
    if (serversDue) {
      this.servers = new Map(services.flatMap(([pool, templates]) => serverLoads(pool, templates, reported)));
      this.serversFrom = now;
    }
  }

  pool(pool: string): LoadFacts | undefined {
    return this.pools.get(pool);
  }

  realServer(pool: string, server: number | 'sorry'): LoadFacts | undefined {
    return this.servers.get(`${pool} ${server}`);
  }
}

/** 0: as those of virtual servers. */
const serverInterval = ({ realServerStats, virtualServerStats }: SnmpSettings): Micros =>
  realServerStats > 0 ? realServerStats : virtualServerStats;

const isDue = (from: Micros | undefined, interval: Micros, now: Micros): boolean =>
  from === undefined || plus(from, interval) <= now;

type Reported = ReadonlyMap<string, KernelService & { readonly byServer: ReadonlyMap<string, LoadFacts> }>;

function reportedBy(door: LoadDoor): Reported {
  try {
    return new Map(
      door.services().map((service) => [
        serviceId(service.key),
        {
          ...service,
          byServer: new Map(service.destinations.map((each) => [destinationId(each), each])),
        },
      ]),
    );
  } catch (error) {
    // What cannot be read is shown as nothing; the worker for checks tells of IPVS being gone.
    if (error instanceof KernelError) return new Map();
    throw error;
  }
}

const poolLoad = (templates: readonly ServiceTemplate[], reported: Reported): LoadFacts =>
  together(templates.flatMap(({ key }) => reported.get(serviceId(key)) ?? []));

function serverLoads(
  pool: string,
  templates: readonly ServiceTemplate[],
  reported: Reported,
): readonly (readonly [string, LoadFacts])[] {
  const [first] = templates;
  if (!first) return [];
  const loadOf = (server: string) =>
    together(templates.flatMap(({ key }) => reported.get(serviceId(key))?.byServer.get(server) ?? []));
  const { sorryServer } = first;
  return [
    ...first.destinations.map((each, at) => [`${pool} ${at}`, loadOf(destinationId(each))] as const),
    ...(sorryServer ? [[`${pool} sorry`, loadOf(destinationId(sorryServer))] as const] : []),
  ];
}

/** A group has a service for every member: what they count is added up. */
function together(loads: readonly LoadFacts[]): LoadFacts {
  const [only] = loads;
  if (loads.length === 1 && only) return only;
  const stats = loads.flatMap((load) => load.stats ?? []);
  const connections = loads.flatMap((load) => load.connections ?? []);
  const count = (of: keyof (typeof connections)[number]) =>
    connections.reduce((sum, each) => sum + each[of], 0);
  return {
    ...(stats.length > 0 && { stats: stats.reduce(sumOf) }),
    ...(connections.length > 0 && {
      connections: {
        active: count('active'),
        inactive: count('inactive'),
        persistent: count('persistent'),
      },
    }),
  };
}

const sumOf = (a: IpvsStats, b: IpvsStats): IpvsStats => ({
  connections: a.connections + b.connections,
  inPackets: a.inPackets + b.inPackets,
  outPackets: a.outPackets + b.outPackets,
  inBytes: a.inBytes + b.inBytes,
  outBytes: a.outBytes + b.outBytes,
  connectionsPerSecond: a.connectionsPerSecond + b.connectionsPerSecond,
  inPacketsPerSecond: a.inPacketsPerSecond + b.inPacketsPerSecond,
  outPacketsPerSecond: a.outPacketsPerSecond + b.outPacketsPerSecond,
  inBytesPerSecond: a.inBytesPerSecond + b.inBytesPerSecond,
  outBytesPerSecond: a.outBytesPerSecond + b.outBytesPerSecond,
});
