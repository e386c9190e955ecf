import { type Family, type IpAddress } from '../base/address.js';
import { type IpvsProtocol } from '../wire/netlink/ipvs-types.js';

/**
 * nftables_ipvs: the addresses of a virtual_server_group become one firewall mark, and one service of IPVS takes the
 * place of as many as there are addresses.
 */
export interface IpvsMarkSettings {
  readonly table: MarkTable;
  readonly groups: readonly MarkedGroup[];
}

/** The nftables tables that are ours, one of each family, by one name. */
export interface MarkTable {
  readonly name: string;
  /** nftables_ipvs_priority: of the chain, among those of other tables. */
  readonly priority: number;
  /** nftables_counters. */
  readonly counters: boolean;
}

/** A group as services of one protocol serve it. */
export interface MarkedGroup {
  readonly group: string;
  readonly protocol: IpvsProtocol;
  readonly mark: number;
  /** No two of one protocol have an address and port in common. */
  readonly ranges: readonly MarkedRange[];
}

/** Addresses from first to last, both included; port 0 for all. */
export interface MarkedRange {
  readonly family: Family;
  readonly first: IpAddress;
  readonly last: IpAddress;
  readonly port: number;
}
