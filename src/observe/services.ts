import { type IpAddress } from '../base/address.js';
import { type ForwardingMethod, type KernelService, type ServiceKey } from '../lvs/index.js';
import { textTable } from './text-table.js';

/** One service of a pool as the kernel has it, with its real servers and counters. */
export interface PoolService {
  /** As the log calls the pool, for example `[192.0.2.1]:tcp:80`. */
  readonly pool: string;
  /** Absent if it does not stand in the kernel. */
  readonly service: KernelService | undefined;
  readonly key: ServiceKey;
}

type IpvsStats = NonNullable<KernelService['stats']>;

/** What the kernel has counted since the service or server was made, as decimal text: the counters have 64 bits. */
export interface TrafficCounters {
  readonly connections: string;
  readonly inPackets: string;
  readonly outPackets: string;
  readonly inBytes: string;
  readonly outBytes: string;
}

/** How much it was in each of the last seconds. */
export interface TrafficRates {
  readonly connections: number;
  readonly inPackets: number;
  readonly outPackets: number;
  readonly inBytes: number;
  readonly outBytes: number;
}

/** `GET /services`: everything that IPVS holds and counts for our pools. Fields are added, never renamed. */
export interface ServicesDocument {
  readonly services: readonly ServiceStatus[];
}

export interface ServiceStatus {
  readonly pool: string;
  /** As ipvsadm has it: `TCP 192.0.2.1:80`, `FWM 5`, `FWM 5 IPv6`. */
  readonly name: string;
  readonly key: ServiceKey;
  /** False if the pool does not have it in the kernel now; what follows is missing then. */
  readonly stands: boolean;
  readonly scheduler?: string;
  readonly counters?: TrafficCounters;
  readonly perSecond?: TrafficRates;
  readonly servers?: readonly ServiceServer[];
}

export interface ServiceServer {
  readonly address: IpAddress;
  readonly port: number;
  readonly forwarding: string;
  readonly weight: number;
  readonly upperThreshold: number;
  readonly lowerThreshold: number;
  readonly activeConnections: number;
  readonly inactiveConnections: number;
  readonly persistentConnections: number;
  readonly counters?: TrafficCounters;
  readonly perSecond?: TrafficRates;
}

/** A pool's service for those outside. */
export function serviceStatus({ pool, key, service }: PoolService): ServiceStatus {
  const head = { pool, name: serviceName(key), key };
  if (!service) return { ...head, stands: false };
  return {
    ...head,
    stands: true,
    scheduler: service.scheduler,
    ...traffic(service.stats),
    servers: service.destinations.map((destination) => ({
      address: destination.address,
      port: destination.port,
      forwarding: methodName(destination.forwarding),
      weight: destination.weight,
      upperThreshold: destination.upperThreshold,
      lowerThreshold: destination.lowerThreshold,
      activeConnections: destination.connections?.active ?? 0,
      inactiveConnections: destination.connections?.inactive ?? 0,
      persistentConnections: destination.connections?.persistent ?? 0,
      ...traffic(destination.stats),
    })),
  };
}

/** Services that came in parts, put together again. */
export function joinServices(parts: readonly PoolService[]): readonly PoolService[] {
  const joined: PoolService[] = [];
  for (const part of parts) {
    const last = joined.at(-1);
    const continues = last?.service && part.service && last.pool === part.pool && sameKey(last.key, part.key);
    if (!continues) {
      joined.push(part);
      continue;
    }
    const destinations = [...last.service.destinations, ...part.service.destinations];
    joined[joined.length - 1] = { ...last, service: { ...last.service, destinations } };
  }
  return joined;
}

const sameKey = (a: ServiceKey, b: ServiceKey): boolean => JSON.stringify(a) === JSON.stringify(b);

const traffic = (
  stats: IpvsStats | undefined,
): { readonly counters?: TrafficCounters; readonly perSecond?: TrafficRates } =>
  stats
    ? {
        counters: {
          connections: String(stats.connections),
          inPackets: String(stats.inPackets),
          outPackets: String(stats.outPackets),
          inBytes: String(stats.inBytes),
          outBytes: String(stats.outBytes),
        },
        perSecond: {
          connections: Number(stats.connectionsPerSecond),
          inPackets: Number(stats.inPacketsPerSecond),
          outPackets: Number(stats.outPacketsPerSecond),
          inBytes: Number(stats.inBytesPerSecond),
          outBytes: Number(stats.outBytesPerSecond),
        },
      }
    : {};

function serviceName(key: ServiceKey): string {
  if (key.kind === 'fwmark') return `FWM ${key.mark}${key.family === 'inet6' ? ' IPv6' : ''}`;
  return `${key.protocol} ${place(key.address, key.port)}`;
}

const place = (address: IpAddress, port: number): string =>
  `${address.includes(':') ? `[${address}]` : address}:${port}`;

function methodName(forwarding: ForwardingMethod | { readonly kind: 'other' }): string {
  switch (forwarding.kind) {
    case 'masq':
      return 'NAT';
    case 'route':
      return 'DR';
    case 'tunnel':
      return `TUN ${forwarding.type}`;
    case 'other':
      return 'other';
  }
}

/** The document as a table, for a terminal. @param rates per second instead of all that was counted. */
export function renderServices({ services }: ServicesDocument, rates: boolean): string {
  if (services.length === 0) return 'No virtual_server.\n';
  const cells = (from: Partial<Record<keyof TrafficCounters, string | number>> | undefined): string[] =>
    (['connections', 'inPackets', 'outPackets', 'inBytes', 'outBytes'] as const).map((name) =>
      String(from?.[name] ?? '-'),
    );
  const rows = services.flatMap((service) => [
    [
      service.stands ? `${service.name} ${service.scheduler ?? ''}` : `${service.name} (not in the kernel)`,
      ...['', '', '', ''],
      ...cells(rates ? service.perSecond : service.counters),
    ],
    ...(service.servers ?? []).map((server) => [
      `  -> ${place(server.address, server.port)}`,
      server.forwarding,
      String(server.weight),
      String(server.activeConnections),
      String(server.inactiveConnections),
      ...cells(rates ? server.perSecond : server.counters),
    ]),
  ]);
  const unit = rates ? '/s' : '';
  const heads = ['SERVICE', 'METHOD', 'WEIGHT', 'ACTIVE', 'INACTIVE'];
  const counted = ['CONNS', 'INPKTS', 'OUTPKTS', 'INBYTES', 'OUTBYTES'].map((head) => `${head}${unit}`);
  return textTable([...heads, ...counted], rows);
}
