import { type Family, type IpAddress } from '../base/address.js';
import { type IptablesSettings } from './iptables-rules.js';

/** The nftables tables that are ours, one of each family, by one name. */
export interface FirewallTable {
  readonly name: string;
  /** nftables_priority: of the chains, among those of other tables. */
  readonly priority: number;
  /** nftables_counters. */
  readonly counters: boolean;
  /** nftables_ifindex: link-local addresses go by their interface's index, even where a name would do. */
  readonly byIndex: boolean;
}

/** An address whose packets are dropped in both directions, except neighbour discovery. */
export interface BlockedAddress {
  readonly address: IpAddress;
  /** Counts for link-local addresses only; others are blocked on every interface. */
  readonly interface: string;
  /** Match its name, so that the rule outlives the interface. */
  readonly byName: boolean;
}

/**
 * A virtual MAC interface. What the host says of itself there, in group reports and neighbour advertisements of its
 * base interface's address, would give switches a wrong idea of where the virtual MAC lives: reports leave on the
 * base interface instead.
 */
export interface GuardedLink {
  readonly name: string;
  readonly baseInterface: string;
  readonly families: readonly Family[];
}

/** What the firewall should do at this moment. */
export interface DesiredFirewall {
  readonly blocked: readonly BlockedAddress[];
  readonly links: readonly GuardedLink[];
}

/** The share of the configuration: absent if nobody needs a firewall. */
export interface FirewallSettings {
  readonly table: FirewallTable;
  /** vrrp_iptables: where iptables is not itself a front end of nftables, it does the work, and there is no table. */
  readonly iptables?: IptablesSettings;
  /** The file names no table. */
  readonly assumed: boolean;
  /** By name of an instance with no_accept: what is blocked while it is master. */
  readonly blocked: Readonly<Record<string, readonly BlockedAddress[]>>;
}

/** What a plan has to know of an interface. */
export interface FirewallInterface {
  readonly index: number;
  /** Its first link-local address, if it has one. */
  readonly linkLocal?: IpAddress;
}
