import { type Micros } from '../base/units.js';
import { Latency } from './latency.js';
import { type CheckerSettings } from './settings.js';
import { type CheckerState } from './snapshot.js';

/** Why a check failed. */
export interface Failure {
  readonly code: string;
  readonly text: string;
}

/** The memory of one checker. What it does with a result is the rules' business (rules.ts). */
export class Checker {
  settings: CheckerSettings;
  up: boolean;
  /** Whether it has come to a verdict yet. */
  hasRun = false;
  /** Failures in a row that have not yet counted. */
  retries: number;
  /** The step that the next check takes. */
  step = 0;
  /** The step that took the checker down and has not succeeded since. */
  failedStep: number | undefined;
  /** What its results add to the real server's weight. */
  weightDelta = 0;
  /** A probe is under way. */
  checking = false;
  /** When the next check is due, while none is under way. */
  nextAt: Micros | undefined;
  /** When the check that is under way began. */
  startedAt: Micros | undefined;
  lastFailure: Failure | undefined;
  readonly latency = new Latency();

  constructor(settings: CheckerSettings) {
    this.settings = settings;
    this.up = !settings.alpha;
    this.retries = this.retriesAtStart;
  }

  /**
   * At first one failure is enough: nothing is known in the server's favour yet (keepalived: retry_it = retry). Only
   * SMTP_CHECK takes all its tries even then.
   */
  get retriesAtStart(): number {
    return this.settings.kind === 'SMTP_CHECK' ? 0 : this.settings.retry;
  }

  /** It probes, and so has a schedule. The others are told of what they follow. */
  get probes(): boolean {
    return this.settings.follows === undefined && this.settings.file === undefined;
  }

  /** As if it had run and come to this verdict. A file's number is known and needs no such guess. */
  resume(up: boolean): void {
    if (this.settings.file) return;
    this.up = up;
    this.hasRun = true;
    this.retries = 0;
  }

  state(): CheckerState {
    return {
      id: this.settings.id,
      up: this.up,
      hasRun: this.hasRun,
      retries: this.retries,
      ...(this.lastFailure ? { lastFailure: this.lastFailure } : {}),
      ...this.latency.state(),
    };
  }
}
