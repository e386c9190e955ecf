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
  /** Seconds, or undefined for forever; 0 makes the address deprecated (IPv6 /128 VIPs in keepalived). */
  readonly preferredLifetimeS?: number;
}
