import { DeadlineQueue } from '../base/deadline-queue.js';
import { micros, minus, type Micros } from '../base/units.js';
import { type VrrpRecorder } from '../observe/index.js';
import {
  type AdvertReceived,
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
  /** What the kernel refused, if it did. */
  sendAdvert(effect: SendAdvert): string | undefined;
  addAddresses(instance: string): void;
  removeAddresses(instance: string): void;
  sendGratuitousArp(effect: EffectOf<'SendGratuitousArp'>): void;
  runScript(effect: EffectOf<'RunScript'>): void;
  notify(effect: RunNotify): void;
  stateChanged(effect: EffectOf<'StateChanged'>): void;
  record(effect: EffectOf<'Record'>): void;
  /** All effects of an event have been carried out. */
  settled(): void;
  /** StopRequested has been carried out. */
  stopped(): void;
}

/** Beyond this, a deadline is late and adverts that wait are looked at before it is believed. */
const LATE_US = 2000;

/** What the driver measured of itself. */
export interface Lateness {
  /** How often a deadline was met LATE_US or more too late; those that passed meanwhile are not counted again. */
  late: number;
  /** The worst, in microseconds. */
  worst: number;
}

/**
 * Carries the protocol's orders out. One event at a time: all effects of one are carried out before the next is
 * looked at, and an event that arises meanwhile waits its turn.
 */
export class VrrpDriver {
  readonly lateness: Lateness = { late: 0, worst: 0 };
  private readonly deadlines = new DeadlineQueue();
  private readonly events: VrrpEvent[] = [];
  private busy = false;
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
    if (this.busy) return;
    this.busy = true;
    for (let next = this.events.shift(); next; next = this.events.shift()) this.step(next);
    this.busy = false;
    this.outside.arm(this.deadlines.next());
  }

  /** The timer has fired: everything that is due is taken, earliest first. */
  wake(): void {
    for (;;) {
      this.hearIfLate();
      const due = this.deadlines.takeDue(this.outside.now());
      if (!due) break;
      this.handle({ type: 'DeadlinePassed', name: due.name, at: due.at });
    }
    this.outside.arm(this.deadlines.next());
  }

  /**
   * A deadline that is met late means that this host stalled, or was busy with those before it, and says nothing
   * about the master: what it sent until the deadline waits in the sockets, and is heard first.
   */
  private hearIfLate(): void {
    const next = this.deadlines.next();
    const now = this.outside.now();
    if (next === undefined || next > now) return;
    const late = minus(now, next);
    this.lateness.worst = Math.max(this.lateness.worst, late);
    if (late < LATE_US || next <= this.heardUntil) return;
    this.lateness.late += 1;
    this.heardUntil = now;
    for (const advert of this.outside.waitingAdverts()) this.handle(advert);
  }

  /** What the protocol knows: so many instances from that one on. */
  snapshot(from: number, count: number): RouterSnapshot {
    return this.router.snapshot(from, count);
  }

  private step(event: VrrpEvent): void {
    const now = this.outside.now();
    const effects = this.router.step(event, now);
    for (const effect of effects) this.carryOut(effect);
    this.outside.settled();
    // Last, because the network comes first.
    this.recorder?.step(event, effects, now, this.router.verdict);
  }

  private carryOut(effect: VrrpEffect): void {
    switch (effect.type) {
      case 'SendAdvert':
        this.sendAdvert(effect);
        break;
      case 'AddAddresses':
        this.outside.addAddresses(effect.instance);
        break;
      case 'RemoveAddresses':
        this.outside.removeAddresses(effect.instance);
        break;
      case 'SendGratuitousArp':
        this.outside.sendGratuitousArp(effect);
        break;
      case 'SetDeadline':
        this.deadlines.set(effect.name, effect.at);
        break;
      case 'ClearDeadline':
        this.deadlines.clear(effect.name);
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

  private sendAdvert(effect: SendAdvert): void {
    const error = this.outside.sendAdvert(effect);
    if (error !== undefined) this.events.push({ type: 'SendFailed', instance: effect.instance, error });
  }
}
