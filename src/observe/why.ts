import { type Micros } from '../base/units.js';
import { type VrrpState } from '../vrrp/index.js';
import { type ToldTransition } from './chronicle.js';

/** Both clocks at one moment: what moves times of the monotonic clock to the wall clock. */
export interface ClockPair {
  readonly monotonic: Micros;
  /** Microseconds since 1970. */
  readonly wall: number;
}

/** What `GET /why` answers. Times are of the monotonic clock. */
export interface WhyDocument {
  readonly clock: ClockPair;
  readonly instances: readonly WhyInstance[];
}

/** One instance, and how it came to be what it is. */
export interface WhyInstance {
  readonly name: string;
  readonly state: VrrpState;
  readonly effectivePriority: number;
  readonly configuredPriority: number;
  readonly faults: readonly string[];
  /** Oldest first. */
  readonly transitions: readonly ToldTransition[];
}
