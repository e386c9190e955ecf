import { type IpAddress } from '../base/address.js';

/** An address to be installed, with what `ip address add` takes. */
export interface DesiredAddress {
  readonly address: IpAddress;
  /** 0-32 or 0-128. */
  readonly prefixLength: number;
  readonly interface: string;
  /** `brd`; undefined for none. `+` and `-` are resolved by config/. */
  readonly broadcast?: IpAddress;
  /** rtm scope number, 0-255 (0 global, 253 link, 254 host). */
  readonly scope: number;
  /** At most 15 bytes; keepalived takes INTERFACE:LABEL forms. IPv4 only. */
  readonly label?: string;
  readonly peer?: IpAddress;
  /** IPv6: install without duplicate address detection (keepalived always does for VIPs). */
  readonly noDad: boolean;
  readonly home: boolean;
  readonly mngtmpaddr: boolean;
  readonly noprefixroute: boolean;
  /** Join the multicast group that the address is. */
  readonly autojoin: boolean;
  /** Seconds, or undefined for forever; 0 makes the address deprecated (IPv6 /128 VIPs in keepalived). */
  readonly preferredLifetimeS?: number;
  /** The kernel removes it so many seconds after it was last installed; undefined for never. */
  readonly leaseS?: number;
  /** Its instance neither follows the state of its interface nor minds if somebody else removes it. */
  readonly noTrack: boolean;
  /** use_vmac: on the virtual MAC's link, though its instance has none. */
  readonly useVmac: boolean;
}
