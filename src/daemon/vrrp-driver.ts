import { DeadlineQueue } from '../base/deadline-queue.js';
import { micros, minus, type Micros } from '../base/units.js';
import { type VrrpRecorder } from '../observe/index.js';
import {
  type AdvertReceived,
  type AdvertVerdict,
  type Router,
  type RouterSnapshot,
  type RunNotify,
  type SendAdvert,
  type VrrpEffect,
  type VrrpEvent,
} from '../vrrp/index.js';

type EffectOf<Type extends VrrpEffect['type']> = Extract<VrrpEffect, { type: Type }>;

/** Everything outside the protocol that its effects reach: kernel, scripts, supervisor, log. */
export interface VrrpOutside {
  /** The monotonic clock. */
  now(): Micros;
  /** Wake me at `at`; undefined for not at all. */
  arm(at: Micros | undefined): void;
  /** What has arrived and was not handed over yet. */
  waitingAdverts(): readonly AdvertReceived[];
  /** Sends adverts, in as few system calls as may be; for each what the kernel refused, if it did. */
  sendAdverts(effects: readonly SendAdvert[]): readonly (string | undefined)[];
  addAddresses(instance: string): void;
  removeAddresses(instance: string): void;
  sendGratuitousArp(effect: EffectOf<'SendGratuitousArp'>): void;
  runScript(effect: EffectOf<'RunScript'>): void;
  notify(effect: RunNotify): void;
  stateChanged(effect: EffectOf<'StateChanged'>): void;
  record(effect: EffectOf<'Record'>): void;
  /** An advert was dropped, and its effects carried out. */
  advertRefused?(event: AdvertReceived, verdict: AdvertVerdict): void;
  /** All effects of an event have been carried out. */
  settled(): void;
  /** StopRequested has been carried out. */
  stopped(): void;
}

/** Beyond this, a deadline is late and adverts that wait are looked at before it is believed. */
const LATE_US = 2000;

/** So many adverts that are due together are sent together at most: the first must not wait for ever. */
const MOST_TOGETHER = 32;

/** What the driver measured of itself. */
export interface Lateness {
  /** How often a deadline was met LATE_US or more too late; those that passed meanwhile are not counted again. */
  late: number;
  /** The worst, in microseconds. */
  worst: number;
}

/**
 * Carries the protocol's orders out. One event at a time: all effects of one are carried out before the next is
 * looked at, and an event that arises meanwhile waits its turn. Adverts that are due together are one exception: they
 * are sent together, before anything else is done.
 */
export class VrrpDriver {
  readonly lateness: Lateness = { late: 0, worst: 0 };
  private readonly deadlines = new DeadlineQueue();
  private readonly events: VrrpEvent[] = [];
  private outgoing: SendAdvert[] = [];
  private busy = false;
  private gathering = false;
  /** All that had arrived by then has been heard. */
  private heardUntil: Micros = micros(0);

  constructor(
    private readonly router: Router,
    private readonly outside: VrrpOutside,
    private readonly recorder?: VrrpRecorder,
  ) {}

  /** Takes an event, and returns when everything that follows from it has been done. */
  handle(event: VrrpEvent): void {
    this.events.push(event);
    if (!this.busy) this.work(() => undefined);
  }

  /** The timer has fired: everything that is due is taken, earliest first, and what may be taken along. */
  wake(): void {
    this.gathering = true;
    this.work(() => this.nextDue() ?? this.afterGathering());
  }

  /** Takes the events that wait, then what `more` says, until there is nothing left. */
  private work(more: () => VrrpEvent | undefined): void {
    this.busy = true;
    for (let next = this.events.shift() ?? more(); next; next = this.events.shift() ?? more())
      this.step(next);
    this.busy = false;
    this.outside.arm(this.deadlines.next());
  }

  private nextDue(): VrrpEvent | undefined {
    const now = this.outside.now();
    this.hearIfLate(now);
    const heard = this.events.shift();
    if (heard) return heard;
    const due = this.deadlines.takeWithin(now);
    return due && { type: 'DeadlinePassed', name: due.name, at: due.at };
  }

  private afterGathering(): VrrpEvent | undefined {
    this.gathering = false;
    this.flush();
    return this.events.shift();
  }

  /**
   * A deadline that is met late means that this host stalled, or was busy with those before it, and says nothing
   * about the master: what it sent until the deadline waits in the sockets, and is heard first.
   */
  private hearIfLate(now: Micros): void {
    const next = this.deadlines.next();
    if (next === undefined || next > now) return;
    const late = minus(now, next);
    this.lateness.worst = Math.max(this.lateness.worst, late);
    if (late < LATE_US || next <= this.heardUntil) return;
    this.lateness.late += 1;
    this.heardUntil = now;
    this.flush();
    this.events.push(...this.outside.waitingAdverts());
  }

  /** The instances that are master. */
  get masters(): readonly string[] {
    return this.router.masters;
  }

  /** The effective priority of an instance; undefined if there is none of that name. */
  priorityOf(instance: string): number | undefined {
    return this.router.priorityOf(instance);
  }

  /** What the protocol knows: so many instances from that one on. */
  snapshot(from: number, count: number): RouterSnapshot {
    return this.router.snapshot(from, count);
  }

  private step(event: VrrpEvent): void {
    const now = this.outside.now();
    const effects = this.router.step(event, now);
    for (const effect of effects) this.carryOut(effect);
    if (!this.gathering || this.outgoing.length >= MOST_TOGETHER) this.flush();
    this.outside.settled();
    if (event.type === 'AdvertReceived') this.advertJudged(event);
    // Last, because the network comes first.
    this.recorder?.step(event, effects, now, this.router.verdict);
  }

  private advertJudged(event: AdvertReceived): void {
    const { outside } = this;
    if (!outside.advertRefused) return;
    const { verdict } = this.router;
    if (verdict.code === 'accepted' || verdict.code === 'not-listening') return;
    outside.advertRefused(event, verdict);
  }

  private carryOut(effect: VrrpEffect): void {
    switch (effect.type) {
      case 'SendAdvert':
        this.outgoing.push(effect);
        break;
      case 'SetDeadline':
        this.deadlines.set(effect.name, effect.at, effect.slack);
        break;
      case 'ClearDeadline':
        this.deadlines.clear(effect.name);
        break;
      default:
        this.flush();
        this.carryOutside(effect);
    }
  }

  private carryOutside(
    effect: Exclude<VrrpEffect, { type: 'SendAdvert' | 'SetDeadline' | 'ClearDeadline' }>,
  ): void {
    switch (effect.type) {
      case 'AddAddresses':
        this.outside.addAddresses(effect.instance);
        break;
      case 'RemoveAddresses':
        this.outside.removeAddresses(effect.instance);
        break;
      case 'SendGratuitousArp':
        this.outside.sendGratuitousArp(effect);
        break;
      case 'RunScript':
        this.outside.runScript(effect);
        break;
      case 'RunNotify':
        this.outside.notify(effect);
        break;
      case 'StateChanged':
        this.outside.stateChanged(effect);
        break;
      case 'Record':
        this.outside.record(effect);
        break;
      case 'Stopped':
        this.outside.stopped();
        break;
    }
  }

  /** Sends what has been gathered. */
  private flush(): void {
    if (this.outgoing.length === 0) return;
    const { outgoing } = this;
    this.outgoing = [];
    const errors = this.outside.sendAdverts(outgoing);
    outgoing.forEach(({ instance }, index) => {
      const error = errors[index];
      if (error !== undefined) this.events.push({ type: 'SendFailed', instance, error });
    });
  }
}
