import { type Family, type IpAddress } from '../base/address.js';

/** A macvlan with the virtual MAC address (use_vmac), or an ipvlan (use_ipvlan). */
export type LinkKind =
  | { readonly kind: 'vmac'; readonly mac: Uint8Array }
  | {
      readonly kind: 'ipvlan';
      readonly mode: 'bridge' | 'private' | 'vepa';
      /** Its own address, which is also the source of adverts. */
      readonly address?: { readonly address: IpAddress; readonly prefixLength: number };
    };

/** A link that an instance needs, before it has a name. */
export interface LinkRequest {
  readonly instance: string;
  readonly vrid: number;
  /** `adverts`: the instance's own link. `addresses`: for addresses elsewhere or of the other family (use_vmac_addr). */
  readonly purpose: 'adverts' | 'addresses';
  readonly family: Family;
  /** The interface that it is to lie on, as configured. */
  readonly base: string;
  readonly type: LinkKind;
  /** As configured; chosen if absent. */
  readonly name?: string;
  /** `group`; that of the base if absent. */
  readonly group?: number;
  /** False: nothing of IPv6 is to happen on it. */
  readonly ipv6: boolean;
  /** The link needs a link-local address of ours: one that was configured, or one that is found for it. */
  readonly linkLocal?: IpAddress | 'found';
  /** netlink_notify_msg: have the kernel tell of the base's changed promiscuity. */
  readonly netlinkNotify: boolean;
}

/** A link that is to exist while its base does. */
export interface DesiredLink extends LinkRequest {
  readonly name: string;
}
