import { micros, minus, plus, type Micros } from '../base/units.js';
import { type Context } from './context.js';
import { DeadlineName } from './deadlines.js';
import { type Cause } from './effect.js';
import { inSeconds, shiftDeadline } from './timers.js';

/** What the end of the wait will mean. */
export type Wait =
  /** The master goes on advertising, until it does not. */
  | 'master'
  /** The master has resigned: only the skew is waited for. */
  | 'resigned'
  /** We were master and have lost an address: only the skew is waited for. */
  | 'reinstate';

/** From this lateness on a wait's end says more of this host than of the master. */
const LATE = micros(1000);

/** The intervals of the router that waits, as they are at this moment. */
export interface WaitTimes {
  /** For deadline names. */
  readonly name: string;
  readonly masterDownInterval: Micros;
  readonly skewTime: Micros;
  readonly masterAdvertInterval: Micros;
  readonly effectivePriority: number;
  readonly master: { readonly address: string; readonly priority: number } | undefined;
}

/**
 * How much of the wait for a master had passed when its adverts came; 1 would have been a takeover. More than 1 was one,
 * but that this host stalled, and looked again.
 */
export interface MasterDownShare {
  readonly latest: number;
  /** Since the instance was started. */
  readonly worst: number;
}

/** Active_Down_Timer, Master_Down_Timer of old (RFC 9568, 6.2). */
export class DownTimer {
  private wait: Wait = 'master';
  private preempting = false;
  /** When the latest wait began. */
  private since: Micros = micros(0);
  private shares: MasterDownShare | undefined;
  private readonly deadlineName = new DeadlineName('master-down');

  /** @param passed the wait is over: nobody has been heard who should be master. */
  constructor(
    private readonly router: WaitTimes,
    private readonly context: Context,
    private readonly passed: (cause: Cause) => void,
  ) {}

  /**
   * Starts the wait anew: from when what it follows happened, so that a stall of this host delays no takeover, and
   * never from earlier than before; while vrrp_startup_delay lasts, from its end.
   */
  listen(wait: Wait): void {
    const { happenedAt, quietUntil } = this.context;
    const since = micros(Math.max(happenedAt, quietUntil, this.since));
    if (wait === 'master') this.measure(since);
    this.wait = wait;
    this.preempting = false;
    this.since = since;
    this.waitUntil(plus(this.since, this.duration));
  }

  /** How near a takeover has been; undefined before two adverts of a master in a row. */
  get share(): MasterDownShare | undefined {
    return this.shares;
  }

  /** Starts the wait for a master as if nothing had been heard: vrrp_startup_delay ends at another time now. */
  restart(): void {
    this.since = micros(0);
    this.listen('master');
  }

  /** The master that is heard is of lower priority: the wait goes on as it is. */
  preempt(): void {
    this.preempting = true;
  }

  /** Makes a change that alters the wait; a wait under way gets longer or shorter by as much. */
  adjust(change: () => void): void {
    const before = this.duration;
    change();
    const due = this.context.deadlines.get(this.name);
    if (due !== undefined && before !== this.duration) {
      this.waitUntil(shiftDeadline(due, before, this.duration, this.context.now));
    }
  }

  stop(): void {
    this.context.deadlines.clear(this.name);
  }

  /** A wait for a master ends by its advert. */
  private measure(heardAt: Micros): void {
    const waiting = this.context.deadlines.get(this.name) !== undefined;
    if (!waiting || this.wait !== 'master' || this.preempting || this.since === 0) return;
    const latest = minus(heardAt, this.since) / this.duration;
    this.shares = { latest, worst: Math.max(latest, this.shares?.worst ?? 0) };
  }

  private get name(): string {
    return this.deadlineName.of(this.router.name);
  }

  private get duration(): Micros {
    return this.wait === 'master' ? this.router.masterDownInterval : this.router.skewTime;
  }

  private waitUntil(at: Micros): void {
    this.context.setDeadline(this.name, at, () => {
      const late = minus(this.context.now, at);
      if (late < LATE || this.preempting) this.end('');
      else this.lookAgain(late);
    });
  }

  /**
   * This host has stalled, and its silence proves little. The master may have stood still with it, where both are guests
   * of one machine; or what it said went by a guest that was paused. Its next advert is less than an interval away.
   */
  private lookAgain(late: Micros): void {
    const pause = micros(Math.min(late, this.router.masterAdvertInterval));
    const text = `woke ${inSeconds(late)} late: listens for ${inSeconds(pause)} more before it takes over`;
    this.context.record('info', 'looks-again', `(${this.router.name}) ${text}`, this.router.name);
    const more = `, nor for ${inSeconds(pause)} after this host had stalled`;
    this.context.setDeadline(this.name, plus(this.context.now, pause), () => this.end(more));
  }

  /** @param more what else the cause tells. */
  private end(more: string): void {
    const text = `(${this.router.name}) Receive advertisement timeout`;
    this.context.record('debug', 'advert-timeout', text, this.router.name);
    const { code, text: why } = this.cause();
    this.passed({ code, text: `${why}${more}` });
  }

  private cause(): Cause {
    const { master, effectivePriority } = this.router;
    const waited = inSeconds(this.duration);
    const from = master ? ` from ${master.address}` : '';
    if (this.preempting && master) {
      const text = `priority ${effectivePriority} preempts ${master.address} of priority ${master.priority}`;
      return { code: 'preempted-lower-priority', text };
    }
    switch (this.wait) {
      case 'master':
        return { code: 'master-down-interval-passed', text: `no advert${from} for ${waited}` };
      case 'resigned':
        return {
          code: 'master-resigned',
          text: `the master resigned, and nobody else was heard for ${waited}`,
        };
      case 'reinstate':
        return { code: 'address-reinstated', text: `${waited} after an address, route or rule was lost` };
    }
  }
}
