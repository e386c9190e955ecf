import { type Family, type IpAddress } from '../base/address.js';
import { type IpvsProtocol } from '../lvs/index.js';

/** What a virtual_server says beyond its service and pool. */
export interface PoolDetails {
  readonly haSuspend: boolean;
  /** Absent for a service by firewall marks only. */
  readonly protocol?: IpvsProtocol;
  readonly smtpAlert: boolean;
  readonly snmpName?: string;
  readonly virtualHost?: string;
  /** The group that it serves, if it is `virtual_server group NAME`. */
  readonly group?: string;
  /** In the order of the pool's real servers. */
  readonly realServers: readonly RealServerDetails[];
}

/** What a real_server says beyond its destination and checkers. */
export interface RealServerDetails {
  readonly smtpAlert: boolean;
  readonly snmpName?: string;
  readonly virtualHost?: string;
}

/** virtual_server_group. */
export interface ServerGroup {
  readonly ranges: readonly AddressRange[];
  readonly marks: readonly { readonly mark: number; readonly family?: Family }[];
}

/** Addresses from first to last, both included; port 0 for all. */
export interface AddressRange {
  readonly first: IpAddress;
  readonly last: IpAddress;
  readonly port: number;
}

/** HTTP_GET and SSL_GET beyond their probe. */
export interface HttpDetails {
  readonly enableSni: boolean;
  readonly sniName?: string;
  readonly tlsCompliant: boolean;
  /** One a url, in their order. */
  readonly urls: readonly UrlDetails[];
}

export interface UrlDetails {
  readonly tlsCompliant?: boolean;
  readonly regex?: RegexDetails;
}

export interface RegexDetails {
  /** PCRE syntax. */
  readonly pattern: string;
  readonly options: readonly string[];
  readonly noMatch: boolean;
  readonly minOffset?: number;
  readonly maxOffset?: number;
  readonly stack?: { readonly start: number; readonly max: number };
}

/** The SSL block: paths of PEM files. */
export interface TlsFiles {
  readonly password?: string;
  readonly ca?: string;
  readonly certificate?: string;
  readonly key?: string;
}
