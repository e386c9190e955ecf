import { type IpAddress } from '../base/address.js';
import { type Micros } from '../base/units.js';

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

/** What a checker does. One member a checker type; further issues add theirs. */
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
    };

export interface HttpUrl {
  readonly path: string;
  readonly virtualHost?: string;
  /** MD5 of the body in lower-case hex, as genhash prints it. */
  readonly digest?: string;
  /** Accepted status codes as inclusive ranges; empty means 200-299. */
  readonly statusCodes: readonly { readonly from: number; readonly to: number }[];
}
