import { type Family, type IpAddress } from '../../base/address.js';

/** A virtual_server_group. */
export interface VirtualServerGroup {
  readonly name: string;
  readonly ranges: readonly AddressRange[];
  readonly marks: readonly GroupMark[];
}

/** Addresses from first to last, both included. */
export interface AddressRange {
  readonly first: IpAddress;
  readonly last: IpAddress;
  /** 0 for all. */
  readonly port: number;
}

export interface GroupMark {
  readonly mark: number;
  readonly family?: Family;
}
