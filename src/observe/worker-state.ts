import { type PoolState } from '../health/index.js';
import { type RouterSnapshot } from '../vrrp/index.js';
import { type JournalExtent } from './journal.js';

/** How well a worker keeps its own deadlines. */
export interface WorkerLateness {
  /** How often it was late enough to look again before it believed a deadline. */
  readonly late: number;
  /** The worst lateness, in microseconds. */
  readonly worst: number;
}

/** What a worker shows of itself at one moment: a page of it, because all at once could take too long. */
export interface WorkerState {
  readonly vrrp?: RouterSnapshot;
  readonly pools?: readonly PoolState[];
  readonly lateness?: WorkerLateness;
  readonly journal?: JournalExtent;
}
