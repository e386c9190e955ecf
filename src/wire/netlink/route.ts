import { type Family, type IpAddress } from '../../base/address.js';

/** A link (interface) as RTM_NEWLINK and RTM_DELLINK tell of it. */
export interface Link {
  readonly index: number;
  readonly name: string;
  /** IFF_* flags. */
  readonly flags: number;
  /** IFF_UP: set up by an administrator. */
  readonly adminUp: boolean;
  /** IFF_RUNNING: able to pass packets (RFC 2863 operational state). VRRP needs adminUp and running. */
  readonly running: boolean;
  /** ARPHRD_*: 1 Ethernet, 772 loopback. */
  readonly hardwareType: number;
  /** Hardware address; empty if it has none. */
  readonly hardwareAddress: Uint8Array;
  readonly mtu: number;
  /** IF_OPER_* (0 unknown … 6 up). */
  readonly operState: number;
  /** IFLA_CARRIER, where told. */
  readonly carrier?: boolean;
  /** IFLA_INFO_KIND: 'veth', 'macvlan', 'vlan', 'bridge' … */
  readonly kind?: string;
  /** IFLA_LINK: index of the lower device (macvlan, vlan) or the peer (veth). */
  readonly lowerIndex?: number;
  /** IFLA_MASTER: bridge, bond or VRF that it is enslaved to. */
  readonly masterIndex?: number;
}

/** An address on an interface, as RTM_NEWADDR and RTM_DELADDR carry it. */
export interface InterfaceAddress {
  readonly interfaceIndex: number;
  readonly family: Family;
  readonly address: IpAddress;
  readonly prefixLength: number;
  /** rtm scope, 0 global, 253 link, 254 host. */
  readonly scope: number;
  /** IFA_F_* (32 bits). */
  readonly flags: number;
  readonly peer?: IpAddress;
  readonly broadcast?: IpAddress;
  /** IPv4 only; the interface's name unless told. */
  readonly label?: string;
  /** Seconds; undefined is forever. */
  readonly preferredLifetimeS?: number;
  readonly validLifetimeS?: number;
  /** IFA_PROTO, who put it there; 0 or absent unless told (Linux 5.18). */
  readonly protocol?: number;
}

/** One change of an interface's addresses. */
export type AddressCommand =
  /** 'add' fails with EEXIST if the address is there; 'replace' updates flags and lifetimes in place. */
  { readonly kind: 'add' | 'replace' | 'remove'; readonly address: InterfaceAddress };
