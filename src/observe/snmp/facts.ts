import { type IpAddress } from '../../base/address.js';
import { type Micros } from '../../base/units.js';
import { type Configuration } from '../../config/index.js';
import { type PoolState } from '../../health/index.js';
import { type IpvsStats } from '../../wire/netlink/ipvs-types.js';
import { type InstanceSnapshot, type RouterSnapshot } from '../../vrrp/index.js';

/** The share of the configuration that the MIBs show. */
export type SnmpConfiguration = Pick<
  Configuration,
  | 'global'
  | 'vrrp'
  | 'vrrpAddresses'
  | 'vrrpRoutes'
  | 'statics'
  | 'vrrpScripts'
  | 'trackFiles'
  | 'trackProcesses'
  | 'health'
  | 'services'
  | 'notify'
  | 'details'
>;

/** An interface of this host, as far as SNMP tells of it. */
export interface InterfaceFacts {
  readonly index: number;
  readonly hardwareAddress: Uint8Array;
  /** What a VMAC or IPVLAN lies on. */
  readonly base?: string;
  /** The primary IPv4 address. */
  readonly inet?: IpAddress;
  /** The first link-local IPv6 address. */
  readonly inet6?: IpAddress;
}

/** What the kernel counted of a virtual service, or of a real server. */
export interface LoadFacts {
  readonly stats?: IpvsStats;
  readonly connections?: { readonly active: number; readonly inactive: number; readonly persistent: number };
}

/** Counters of pools and their real servers, where the kernel was asked for them. */
export interface IpvsFacts {
  pool(pool: string): LoadFacts | undefined;
  /** @param server index in the pool; 'sorry' for its sorry server. */
  realServer(pool: string, server: number | 'sorry'): LoadFacts | undefined;
}

/** All that the MIBs are made of, at one moment. Plain data but for the look-ups. */
export interface SnmpFacts {
  readonly configuration: SnmpConfiguration;
  /** For the object `version`. */
  readonly version: string;
  readonly now: Micros;
  /** When sysUpTime of the agent was 0; times before that are shown as 0. */
  readonly agentStart: Micros;
  /** Absent if no VRRP worker answered. */
  readonly router?: RouterSnapshot;
  readonly pools: ReadonlyMap<string, PoolState>;
  readonly interfaces: ReadonlyMap<string, InterfaceFacts>;
  readonly ipvs: IpvsFacts;
}

/** An instance's snapshot by its name. */
export const instanceSnapshots = ({
  router,
}: Pick<SnmpFacts, 'router'>): ReadonlyMap<string, InstanceSnapshot> =>
  new Map(router?.instances.map((snapshot) => [snapshot.name, snapshot]));
