import { type Family, type IpAddress } from '../base/address.js';
import { type Micros } from '../base/units.js';
import { type IpvsProtocol } from '../lvs/index.js';
import { type ScriptCommand } from './model.js';
import { type Endpoint } from './model-probe.js';

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

/** When a checker runs that health/ does not know yet. */
export interface CheckerSchedule {
  readonly delayLoop: Micros;
  readonly retry: number;
  readonly delayBeforeRetry: Micros;
  readonly warmup: Micros;
  readonly alpha: boolean;
  readonly logAllFailures: boolean;
}

/** A checker that this release does not run. */
export interface CheckerDetails {
  readonly id: string;
  readonly pool: string;
  readonly realServer: string;
  /** Absent for FILE_CHECK, which follows something else. */
  readonly schedule?: CheckerSchedule;
  readonly check: LaterCheck;
}

export type LaterCheck =
  | {
      readonly kind: 'SMTP_CHECK';
      readonly endpoint: Endpoint;
      readonly heloName?: string;
    }
  | { readonly kind: 'DNS_CHECK'; readonly endpoint: Endpoint; readonly type: string; readonly name: string }
  | {
      readonly kind: 'UDP_CHECK';
      readonly endpoint: Endpoint;
      /** Hexadecimal digits. */
      readonly payload?: string;
      readonly requireReply: boolean;
      /** Hexadecimal digits, x for any. */
      readonly reply?: string;
      readonly minReplyLength: number;
      readonly maxReplyLength: number;
    }
  | { readonly kind: 'PING_CHECK'; readonly endpoint: Endpoint }
  | {
      readonly kind: 'MISC_CHECK';
      readonly command: ScriptCommand;
      readonly timeout: Micros;
      readonly dynamic: boolean;
    }
  | {
      readonly kind: 'FILE_CHECK';
      readonly trackFile: string;
      readonly weight: number;
      readonly reverse: boolean;
    };

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
