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
  poolsChanged(changes: PoolChanges): void;
  /** Calls `then` when what waits to be heard has been. */
  soon(then: () => void): void;
  /** Calls `settle` when what this turn of the event loop brings has been handled. */
  afterTurn(settle: () => void): void;
  notify(effect: EffectOf<'RunNotify'>): void;
  /** For mail alerts, after the notifications of the same change. */
  checkerTurned?(effect: EffectOf<'CheckerTurned'>): void;
  record(effect: EffectOf<'Record'>): void;
  stopped(): void;
}

/**
 * A check may begin this much early, and no more than a hundredth of its delay, if the worker is awake for another
 * one: a wake-up costs as much as a few connections. Those that once began together stay together.
 */
const SLACK_MAX_US = 50_000;
const SLACK_PART = 100;
/** So many checks begin before those that have an answer are heard: a dead server in a crowd is not to wait for it. */
const MOST_AT_ONCE = 16;

const slackOf = (delay: number): Micros =>
  micros(Math.max(0, Math.min(SLACK_MAX_US, Math.floor(delay / SLACK_PART))));

/**
 * A check begins, or says what was known before. Of thousands of servers there are so many of these that a recording
 * with them would be one of the last minute.
 */
const isRoutine = (event: HealthEvent, effects: readonly HealthEffect[]): boolean =>
  event.type === 'DeadlinePassed'
    ? effects.length === 1
    : event.type === 'CheckSucceeded' && effects.length === 1 && effects[0]?.type === 'SetDeadline';

/** By pool: the positions of the real servers that have changed, or all of it. */
export type PoolChanges = ReadonlyMap<string, ReadonlySet<number> | 'all'>;

/**
 * Carries the orders of check policy out: one event at a time, all effects of one before the next. Only what goes to
 * the kernel waits for the end of the event loop's turn, and with it those who are told of it: of thousands of
 * checks that end at once, the kernel hears in one batch.
 */
export class HealthDriver {
  private readonly deadlines = new DeadlineQueue();
  private readonly events: HealthEvent[] = [];
  private changed = new Map<string, Set<number> | 'all'>();
  /** What is to be told when the kernel has heard. */
  private untold: EffectOf<'RunNotify'>[] = [];
  private willSettle = false;
  private busy = false;
  private waking = false;

  constructor(
    private readonly monitor: HealthMonitor,
    private readonly outside: HealthOutside,
    private readonly recorder?: Recorder,
  ) {}

  /** Takes an event, and returns when all that follows from it was done, or will be in this turn. */
  handle(event: HealthEvent): void {
    if (this.busy) {
      this.events.push(event);
      return;
    }
    this.busy = true;
    this.take(event);
    for (let next = this.events.shift(); next; next = this.events.shift()) this.take(next);
    this.busy = false;
    if (!this.waking) this.outside.arm(this.deadlines.next());
    if (this.willSettle || (this.changed.size === 0 && this.untold.length === 0)) return;
    this.willSettle = true;
    this.outside.afterTurn(() => this.settle());
  }

  /** The timer has fired: everything that is due, or nearly, is taken, earliest first. */
  wake(): void {
    this.waking = true;
    if (this.takeSome()) {
      this.outside.soon(() => this.wake());
      return;
    }
    this.waking = false;
    this.outside.arm(this.deadlines.next());
  }

  /** @returns whether there may be more that is due. */
  private takeSome(): boolean {
    for (let taken = 0; taken < MOST_AT_ONCE; taken += 1) {
      const due = this.deadlines.takeWithin(this.outside.now());
      if (!due) return false;
      this.handle({ type: 'DeadlinePassed', name: due.name });
    }
    return true;
  }

  /** Something that policy does not know of has changed in that pool. */
  poolDiffers(pool: string): void {
    this.noteChange(pool, undefined);
  }

  /** Brings what has changed to the kernel now, in one batch, and then tells of it: who is told may look there. */
  settle(): void {
    this.willSettle = false;
    const { changed, untold } = this;
    this.changed = new Map();
    this.untold = [];
    if (changed.size > 0) this.outside.poolsChanged(changed);
    for (const effect of untold) this.outside.notify(effect);
  }

  private take(event: HealthEvent): void {
    const now = this.outside.now();
    const effects = this.monitor.step(event, now);
    for (const effect of effects) this.carryOut(effect, now);
    if (!isRoutine(event, effects)) this.recorder?.step(event, effects, now);
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
        this.noteChange(effect.pool, effect.realServers);
        break;
      case 'PoolRemoved':
        this.noteChange(effect.pool, undefined);
        break;
      case 'RunNotify':
        this.untold.push(effect);
        break;
      case 'CheckerTurned':
        this.outside.checkerTurned?.(effect);
        break;
      case 'Record':
        this.outside.record(effect);
        break;
      case 'Stopped':
        this.settle();
        this.outside.stopped();
        break;
    }
  }

  private noteChange(pool: string, realServers: readonly number[] | undefined): void {
    const noted = this.changed.get(pool);
    if (noted === 'all') return;
    if (!realServers) this.changed.set(pool, 'all');
    else if (noted) for (const position of realServers) noted.add(position);
    else this.changed.set(pool, new Set(realServers));
  }
}
