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
}

/** The record types that DNS_CHECK asks for. */
export type DnsType = 'A' | 'NS' | 'CNAME' | 'SOA' | 'MX' | 'TXT' | 'AAAA' | 'RRSIG' | 'DNSKEY';
