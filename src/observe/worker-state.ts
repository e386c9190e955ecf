import { type Micros } from '../base/units.js';
import { type BfdSnapshot } from '../bfd/index.js';
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

/** How often the kernel let a worker run so late that it is worth telling, whatever it was late for. */
export interface WorkerStalls {
  /** Times that it was 20 ms late or more. */
  readonly count: number;
  /** The longest, in microseconds. */
  readonly longest: number;
}

/** How the reader of a notify FIFO keeps up, in lines since the worker opened it. */
export interface FifoState {
  readonly path: string;
  readonly written: number;
  /** Waiting in the worker, because the kernel has no room for more. */
  readonly waiting: number;
  /** Never to be read: the reader was too slow, or there was none. */
  readonly missed: number;
}

/** How often one script has run, and how long that took. */
export interface ScriptRuns {
  /** A vrrp_script by its name, or what is told of changes by its path. */
  readonly kind: 'track' | 'notify';
  readonly script: string;
  readonly count: number;
  /** Of all runs together, from when they were asked for. */
  readonly sum: Micros;
}

/** What the alerts worker shows of itself. */
export interface AlertsState {
  /** Alerts that wait for the mail server, were taken by it, or given up; and tries that failed. */
  readonly mail?: {
    readonly waiting: number;
    readonly sent: number;
    readonly lost: number;
    readonly failures: number;
  };
}

/** What the supervisor knows by itself. */
export interface DaemonFacts {
  readonly version: string;
  /** In milliseconds since the Unix epoch. */
  readonly startedAtMs: number;
  readonly reloads: { readonly accepted: number; readonly refused: number };
  /** Those that the configuration needs. */
  readonly workers: readonly {
    readonly kind: string;
    readonly startedAt: Micros;
    readonly respawns: number;
  }[];
}

/** What a worker shows of itself at one moment: a page of it, because all at once could take too long. */
export interface WorkerState {
  readonly vrrp?: RouterSnapshot;
  readonly pools?: readonly PoolState[];
  readonly bfd?: BfdSnapshot;
  readonly lateness?: WorkerLateness;
  readonly stalls?: WorkerStalls;
  readonly journal?: JournalExtent;
  readonly fifos?: readonly FifoState[];
  readonly scriptRuns?: readonly ScriptRuns[];
  readonly alerts?: AlertsState;
  /** The supervisor's. */
  readonly daemon?: DaemonFacts;
}
