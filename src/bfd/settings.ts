import { type IpAddress } from '../base/address.js';
import { type Micros } from '../base/units.js';

/**
 * What the protocol needs to know of the configuration: immutable, plain data, every default resolved and checked by
 * config/.
 */
export interface BfdSettings {
  readonly sessions: readonly SessionSettings[];
}

/** bfd_instance. */
export interface SessionSettings {
  readonly name: string;
  readonly neighbor: IpAddress;
  /** Our end; the kernel's choice without it. */
  readonly source?: IpAddress;
  /** min_rx: bfd.RequiredMinRxInterval, more than 0. */
  readonly requiredMinRx: Micros;
  /** min_tx: bfd.DesiredMinTxInterval while the session is Up. */
  readonly desiredMinTx: Micros;
  /** idle_tx: the same while it is not, a second or more (RFC 5880, 6.8.3). */
  readonly idleMinTx: Micros;
  /** multiplier: bfd.DetectMult, 1-255. */
  readonly detectMult: number;
  /** Sends nothing before the neighbour has (RFC 5880, 6.1). */
  readonly passive: boolean;
  /** RFC 5883 instead of RFC 5881. */
  readonly multihop: boolean;
  /** TTL or hop limit of what we send, 1-255. */
  readonly ttl: number;
  /** Packets that arrive with less are not believed (RFC 5881, 5; RFC 5082); 0 for no such check. */
  readonly lowestTtl: number;
}
