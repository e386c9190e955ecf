import { type IpAddress } from '../base/address.js';
import { type Micros } from '../base/units.js';
import { type ScriptCommand } from './model.js';

/** Where a checker connects, and from where. */
export interface Endpoint {
  readonly address: IpAddress;
  readonly port: number;
  readonly bindAddress?: IpAddress;
  /** 0 or absent: any. */
  readonly bindPort?: number;
  readonly bindInterface?: string;
  readonly fwmark?: number;
  /** connect_timeout. */
  readonly timeout: Micros;
}

/** What a checker does. One member a checker type. */
export type CheckerProbe =
  | { readonly kind: 'tcp'; readonly endpoint: Endpoint }
  | {
      readonly kind: 'http';
      readonly endpoint: Endpoint;
      readonly tls: boolean;
      /** 'host' header for every url without one of its own. */
      readonly virtualHost?: string;
      readonly httpVersion: '1.0' | '1.0C' | '1.1';
      /** SSL_GET: the TLS server name is sent, sniName or else the virtualhost. */
      readonly enableSni?: true;
      readonly sniName?: string;
      /** SSL_GET: a connection is ended with TLS's close_notify. */
      readonly tlsCompliant?: true;
      readonly urls: readonly HttpUrl[];
    }
  | {
      readonly kind: 'smtp';
      readonly endpoint: Endpoint;
      readonly heloName: string;
    }
  | {
      readonly kind: 'dns';
      readonly endpoint: Endpoint;
      readonly type: DnsType;
      /** In presentation form; '' is the root. */
      readonly name: string;
    }
  | {
      readonly kind: 'udp';
      readonly endpoint: Endpoint;
      /** Hexadecimal digits. */
      readonly payload?: string;
      readonly requireReply: boolean;
      /** What a reply must begin with: hexadecimal digits, x for any. */
      readonly reply?: string;
      /** Of a reply, in bytes. */
      readonly minReplyLength: number;
      readonly maxReplyLength: number;
    }
  | { readonly kind: 'ping'; readonly endpoint: Endpoint }
  | {
      readonly kind: 'misc';
      readonly command: ScriptCommand;
      /** misc_timeout. */
      readonly timeout: Micros;
      /** misc_dynamic: exit statuses from 2 on are weights. */
      readonly dynamic: boolean;
    };

export interface HttpUrl {
  readonly path: string;
  readonly virtualHost?: string;
  /** MD5 of the body in lower-case hex, as genhash prints it. */
  readonly digest?: string;
  /** Accepted status codes as inclusive ranges; empty means 200-299. */
  readonly statusCodes: readonly { readonly from: number; readonly to: number }[];
  /** As that of the checker, which holds too. */
  readonly tlsCompliant?: boolean;
  readonly regex?: BodyRegex;
}

/** What has to be found in a body, or must not be. */
export interface BodyRegex {
  /** PCRE2's syntax. */
  readonly pattern: string;
  /** Keywords of regex_options. */
  readonly options: readonly string[];
  readonly noMatch: boolean;
  /** Where in the body a match may begin, in bytes, both included. */
  readonly minOffset?: number;
  readonly maxOffset?: number;
  /** Of PCRE2's stack for compiled patterns, in bytes. */
  readonly stack?: { readonly start: number; readonly max: number };
}

/** The SSL block: paths of PEM files, and the password of the key. */
export interface TlsFiles {
  readonly password?: string;
  readonly ca?: string;
  readonly certificate?: string;
  readonly key?: string;
}

/** The record types that DNS_CHECK asks for. */
export type DnsType = 'A' | 'NS' | 'CNAME' | 'SOA' | 'MX' | 'TXT' | 'AAAA' | 'RRSIG' | 'DNSKEY';
