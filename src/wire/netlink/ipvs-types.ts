import { type Family, type IpAddress } from '../../base/address.js';

/** L4 protocols that IPVS balances. */
export type IpvsProtocol = 'TCP' | 'UDP' | 'SCTP';

/** What identifies a virtual service in the kernel: protocol, address and port, or a firewall mark. */
export type ServiceKey =
  | {
      readonly kind: 'address';
      readonly protocol: IpvsProtocol;
      readonly address: IpAddress;
      /** 0 only with persistence: all ports. */
      readonly port: number;
    }
  | { readonly kind: 'fwmark'; readonly family: Family; readonly mark: number };

/** Packet forwarding method, as ipvsadm names them: masq (-m), route (-g), tunnel (-i). */
export type ForwardingMethod =
  | { readonly kind: 'masq' }
  | { readonly kind: 'route' }
  | { readonly kind: 'tunnel'; readonly type: 'ipip' }
  | {
      readonly kind: 'tunnel';
      readonly type: 'gue';
      readonly port: number;
      readonly checksum: TunnelChecksum;
    }
  | { readonly kind: 'tunnel'; readonly type: 'gre'; readonly checksum: Exclude<TunnelChecksum, 'remcsum'> };

export type TunnelChecksum = 'nocsum' | 'csum' | 'remcsum';

/** A method or tunnel type that we never program: local node, bypass, or newer than this code. */
export interface UnknownForwarding {
  readonly kind: 'other';
  /** IP_VS_CONN_F_FWD_MASK bits. */
  readonly method: number;
}

/** Everything of a virtual service but its destinations. */
export interface ServiceAttributes {
  readonly key: ServiceKey;
  /** Scheduler module, for example 'wlc'; at most 15 bytes. */
  readonly scheduler: string;
  /** IP_VS_SVC_F_SCHED1, 2 and 3 as bits 0, 1 and 2 (flag-1..3); their meaning is the scheduler's. */
  readonly schedulerFlags: number;
  readonly hashed: boolean;
  readonly onePacket: boolean;
  /** Seconds, 0 for no persistence. */
  readonly persistenceTimeoutS: number;
  /** persistence_granularity: netmask bits, 1-32 or 1-128; the host length unless told. */
  readonly persistencePrefix: number;
  /** An IPv4 netmask with holes, which takes the prefix's place; that counts its bits then. */
  readonly persistenceMask?: IpAddress;
  /** For example 'sip'; at most 15 bytes. */
  readonly persistenceEngine?: string;
}

/** A real server of a service. */
export interface Destination {
  readonly address: IpAddress;
  readonly port: number;
  readonly forwarding: ForwardingMethod;
  /** 0-65535 in a configuration; the kernel takes up to 2^31 - 1. 0 takes no new connections. */
  readonly weight: number;
  /** Upper and lower connection thresholds, 0 for none. */
  readonly upperThreshold: number;
  readonly lowerThreshold: number;
}

/** What identifies a destination within its service: the kernel keeps one per address and port. */
export type DestinationKey = Pick<Destination, 'address' | 'port'>;

/** One order to the kernel, named after its generic netlink command (linux/ip_vs.h, IPVS_CMD_*). */
export type IpvsCommand =
  | { readonly type: 'NewService'; readonly service: ServiceAttributes }
  | { readonly type: 'SetService'; readonly service: ServiceAttributes }
  /** Takes its destinations with it. */
  | { readonly type: 'DelService'; readonly service: ServiceKey }
  | { readonly type: 'NewDest'; readonly service: ServiceKey; readonly destination: Destination }
  | { readonly type: 'SetDest'; readonly service: ServiceKey; readonly destination: Destination }
  | { readonly type: 'DelDest'; readonly service: ServiceKey; readonly destination: DestinationKey };

/** A virtual service as the kernel reports it, its destinations not counted. */
export interface ReportedService extends ServiceAttributes {
  readonly stats?: IpvsStats;
}

/** A real server as the kernel reports it. */
export interface ReportedDestination extends Omit<Destination, 'forwarding'> {
  readonly forwarding: ForwardingMethod | UnknownForwarding;
  readonly connections?: { readonly active: number; readonly inactive: number; readonly persistent: number };
  readonly stats?: IpvsStats;
}

/** Counters since the service or destination was made, and rates of the last seconds. 64 bits wide since Linux 4.1. */
export interface IpvsStats {
  readonly connections: bigint;
  readonly inPackets: bigint;
  readonly outPackets: bigint;
  readonly inBytes: bigint;
  readonly outBytes: bigint;
  readonly connectionsPerSecond: bigint;
  readonly inPacketsPerSecond: bigint;
  readonly outPacketsPerSecond: bigint;
  readonly inBytesPerSecond: bigint;
  readonly outBytesPerSecond: bigint;
}

/** How long IPVS keeps a connection in each state, in seconds. */
export interface IpvsTimeouts {
  readonly tcp: number;
  readonly tcpFin: number;
  readonly udp: number;
}

/** A half of the daemon that tells other directors of connections: the master sends, the backup listens. */
export type SyncRole = 'master' | 'backup';

/** Where and how a sync daemon speaks; what is absent is the kernel's to choose. */
export interface SyncChannel {
  readonly interface: string;
  /** 0-255: daemons of another id are not listened to; 0 listens to all. */
  readonly id: number;
  /** Bytes of a message, 1-65507. */
  readonly maxLength?: number;
  readonly port?: number;
  readonly ttl?: number;
  readonly group?: IpAddress;
}

/** A sync daemon that runs. */
export interface SyncDaemon {
  readonly role: SyncRole;
  readonly channel: SyncChannel;
}
