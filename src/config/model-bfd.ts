import { type IpAddress } from '../base/address.js';
import { type Micros } from '../base/units.js';

/** bfd_instance. */
export interface BfdSettings {
  readonly neighbor: IpAddress;
  readonly source?: IpAddress;
  /** Required Min RX Interval. */
  readonly minRx: Micros;
  /** Desired Min TX Interval. */
  readonly minTx: Micros;
  /** The same while the session is not up. */
  readonly idleTx: Micros;
  /** Detect Mult, 1-255. */
  readonly multiplier: number;
  readonly passive: boolean;
  readonly ttl: number;
  /** -1 for no check. */
  readonly maxHops: number;
  readonly multihop: boolean;
  /** For instances that track it. */
  readonly weight: number;
  readonly reverse: boolean;
  /** Which workers are told. */
  readonly vrrp: boolean;
  readonly checker: boolean;
}
