import { micros, microsToSeconds, minus, MICROS_PER_SECOND, type Micros } from '../base/units.js';
import { type ProcessStatus } from '../kernel/process.js';

/** What the watchdog needs of its surroundings. */
export interface WatchdogSurroundings {
  /** Asks the worker for a sign of life. */
  ping(): void;
  /** What the kernel says of the worker's process. */
  status(): ProcessStatus | undefined;
  /** Runs `action` once after `delay`. */
  later(delay: Micros, action: () => void): void;
  /** The worker will not answer any more. @param reason what it does instead. */
  hung(reason: string): void;
}

const seconds = (count: number): Micros => micros(count * MICROS_PER_SECOND);

/** How often a sign of life is asked for. */
const PING_INTERVAL = seconds(5);
/** How often a worker that owes one is looked at. */
const LOOK_INTERVAL = seconds(1);
/** So many looks in a row at a worker that neither runs nor wants to run. */
const IDLE_LOOKS = 10;
/** CPU time that a worker may use before it answers: the largest configurations are read in less. */
const MOST_CPU = seconds(30);

/**
 * Notices that a worker hangs: it answers no message, although it has had the CPU to do so or does not want it. The
 * time of the wall says nothing, for a loaded machine lets both of us wait; what counts is how the worker has spent
 * its own. One that waits for a CPU, for a disk or for a debugger is never taken for hung.
 */
export class Watchdog {
  private askedWith: ProcessStatus | undefined;
  private seen: ProcessStatus | undefined;
  private idleLooks = 0;
  private owing = false;
  private watching = true;

  constructor(private readonly around: WatchdogSurroundings) {
    around.later(PING_INTERVAL, () => this.tick());
  }

  /** The worker has said something. */
  heard(): void {
    this.owing = false;
  }

  /** The worker has ended, or is about to. */
  stop(): void {
    this.watching = false;
  }

  private tick(): void {
    if (!this.watching) return;
    if (this.owing) this.look();
    else this.ask();
    const next = this.owing && this.idleLooks > 0 ? LOOK_INTERVAL : PING_INTERVAL;
    this.around.later(next, () => this.tick());
  }

  private ask(): void {
    this.askedWith = this.seen = this.around.status();
    this.idleLooks = 0;
    this.owing = true;
    this.around.ping();
  }

  private look(): void {
    const { askedWith, seen } = this;
    const status = this.around.status();
    if (!status || !askedWith || !seen) return;
    this.seen = status;
    const used = minus(status.cpuTime, askedWith.cpuTime);
    if (used >= MOST_CPU)
      return this.giveUp(`it used ${microsToSeconds(used)} s of CPU time without an answer`);
    const idle = IDLE_STATES.has(status.state) && status.cpuTime === seen.cpuTime;
    this.idleLooks = idle ? this.idleLooks + 1 : 0;
    if (this.idleLooks < IDLE_LOOKS) return;
    this.giveUp(status.state === 'T' ? 'it is stopped' : 'it sleeps without an answer');
  }

  private giveUp(reason: string): void {
    this.watching = false;
    this.around.hung(reason);
  }
}

/** proc(5): sleeping interruptibly, and stopped by a signal (a debugger's stop is 't'). */
const IDLE_STATES: ReadonlySet<string> = new Set(['S', 'T']);
