import { DeadlineQueue } from '../base/deadline-queue.js';
import { micros, type Micros } from '../base/units.js';
import { type Recorder } from '../observe/index.js';
import { type HealthEffect, type HealthEvent, type HealthMonitor } from '../health/index.js';

type EffectOf<Type extends HealthEffect['type']> = Extract<HealthEffect, { type: Type }>;

/** Everything outside check policy that its effects reach. */
export interface HealthOutside {
  /** The monotonic clock. */
  now(): Micros;
  /** Wake me at `at`; undefined for not at all. */
  arm(at: Micros | undefined): void;
  startCheck(effect: EffectOf<'StartCheck'>): void;
  cancelCheck(checker: string): void;
  /** Brings what these pools want into the kernel: those that are gone want nothing. */
  poolsChanged(pools: ReadonlySet<string>): void;
  notify(effect: EffectOf<'RunNotify'>): void;
  record(effect: EffectOf<'Record'>): void;
  stopped(): void;
}

/**
 * A check may begin this much early, and no more than a hundredth of its delay, if the worker is awake for another
 * one: a wake-up costs as much as a connection.
 */
const SLACK_MAX_US = 10_000;
const SLACK_PART = 100;

const slackOf = (delay: number): Micros =>
  micros(Math.max(0, Math.min(SLACK_MAX_US, Math.floor(delay / SLACK_PART))));

/** Carries the orders of check policy out: one event at a time, all effects of one before the next. */
export class HealthDriver {
  private readonly deadlines = new DeadlineQueue();
  private readonly events: HealthEvent[] = [];
  private changed = new Set<string>();
  private busy = false;
  private waking = false;

  constructor(
    private readonly monitor: HealthMonitor,
    private readonly outside: HealthOutside,
    private readonly recorder?: Recorder,
  ) {}

  /** Takes an event, and returns when everything that follows from it has been done. */
  handle(event: HealthEvent): void {
    this.events.push(event);
    if (this.busy) return;
    this.busy = true;
    for (let next = this.events.shift(); next; next = this.events.shift()) {
      const now = this.outside.now();
      const effects = this.monitor.step(next, now);
      for (const effect of effects) this.carryOut(effect, now);
      this.recorder?.step(next, effects, now);
      this.flush();
    }
    this.busy = false;
    if (!this.waking) this.outside.arm(this.deadlines.next());
  }

  /** The timer has fired: everything that is due, or nearly, is taken, earliest first. */
  wake(): void {
    this.waking = true;
    for (;;) {
      const due = this.deadlines.takeWithin(this.outside.now());
      if (!due) break;
      this.handle({ type: 'DeadlinePassed', name: due.name });
    }
    this.waking = false;
    this.outside.arm(this.deadlines.next());
  }

  private carryOut(effect: HealthEffect, now: Micros): void {
    switch (effect.type) {
      case 'StartCheck':
        this.outside.startCheck(effect);
        break;
      case 'CancelCheck':
        this.outside.cancelCheck(effect.checker);
        break;
      case 'SetDeadline':
        this.deadlines.set(effect.name, effect.at, slackOf(effect.at - now));
        break;
      case 'ClearDeadline':
        this.deadlines.clear(effect.name);
        break;
      case 'PoolChanged':
      case 'PoolRemoved':
        this.changed.add(effect.pool);
        break;
      case 'RunNotify':
        this.flush(); // who is told of a change may look at the kernel
        this.outside.notify(effect);
        break;
      case 'CheckerTurned':
        break; // for mail alerts
      case 'Record':
        this.outside.record(effect);
        break;
      case 'Stopped':
        this.flush();
        this.outside.stopped();
        break;
    }
  }

  /** Pools that changed one after another go to the kernel in one batch. */
  private flush(): void {
    if (this.changed.size === 0) return;
    const changed = this.changed;
    this.changed = new Set();
    this.outside.poolsChanged(changed);
  }
}
