import { type Family, type IpAddress, type IpPrefix } from '../base/address.js';

/** Metrics of a route by their iproute2 names; times are milliseconds. */
export type RouteMetric =
  | 'mtu'
  | 'hoplimit'
  | 'advmss'
  | 'rtt'
  | 'rttvar'
  | 'reordering'
  | 'window'
  | 'cwnd'
  | 'ssthresh'
  | 'rto_min'
  | 'initcwnd'
  | 'initrwnd'
  | 'quickack'
  | 'fastopen_no_cookie';

/** A route, with what `ip route add` takes. Names of tables, protocols and scopes are resolved to numbers. */
export interface RouteSettings {
  readonly family: Family;
  /** unicast, local, broadcast, anycast, multicast, blackhole, unreachable, prohibit, throw, nat. */
  readonly type: string;
  /** Undefined for the default route. */
  readonly destination?: IpPrefix;
  readonly via?: IpAddress;
  /** `src`. */
  readonly preferredSource?: IpAddress;
  /** `from`, IPv6 only. */
  readonly from?: IpPrefix;
  readonly interface?: string;
  /** 254 (main) unless told. */
  readonly table: number;
  readonly protocol?: number;
  readonly scope?: number;
  readonly metric?: number;
  readonly tos?: number;
  readonly onlink: boolean;
  /** The words behind `encap`. */
  readonly encap?: readonly string[];
  readonly metrics: Readonly<Partial<Record<RouteMetric, number>>>;
  /** Metrics that are locked. */
  readonly locked: readonly string[];
  /** `realms`, upper half from, lower half to. */
  readonly realms?: number;
  readonly ecn: boolean;
  readonly congestionControl?: string;
  /** `pref`, IPv6 router preference. */
  readonly preference?: string;
  /** Seconds. */
  readonly expires?: number;
  readonly ttlPropagate?: boolean;
  /** Where it goes among routes of the same destination. */
  readonly placement: 'prepend' | 'append' | 'add';
  readonly nexthops: readonly NexthopSettings[];
  readonly noTrack: boolean;
  /** Static routes only. */
  readonly trackGroup?: string;
}

export interface NexthopSettings {
  readonly via?: IpAddress;
  readonly interface?: string;
  /** 1-256. */
  readonly weight?: number;
  readonly onlink: boolean;
  readonly encap?: readonly string[];
  readonly realms?: number;
}

/** A routing rule, with what `ip rule add` takes. */
export interface RuleSettings {
  readonly family: Family;
  readonly action: 'table' | 'goto' | 'nop' | 'blackhole' | 'unreachable' | 'prohibit';
  readonly invert: boolean;
  /** Undefined for all. */
  readonly from?: IpPrefix;
  readonly to?: IpPrefix;
  /** Action table, but for l3mdev. */
  readonly table?: number;
  /** Action goto. */
  readonly target?: number;
  readonly l3mdev: boolean;
  readonly priority: number;
  readonly tos?: number;
  readonly fwmark?: number;
  readonly fwmask?: number;
  readonly realms?: number;
  readonly suppressPrefixLength?: number;
  readonly suppressGroup?: number;
  readonly inputInterface?: string;
  readonly outputInterface?: string;
  /** In decimal: it has 64 bits. */
  readonly tunnelId?: string;
  readonly uidRange?: NumberRange;
  readonly protocol?: number;
  readonly ipProtocol?: number;
  readonly sourcePorts?: NumberRange;
  readonly destinationPorts?: NumberRange;
  readonly noTrack: boolean;
  /** Static rules only. */
  readonly trackGroup?: string;
}

/** Both ends included. */
export interface NumberRange {
  readonly from: number;
  readonly to: number;
}
