import { micros, plus, type Micros } from '../base/units.js';
import { AnnouncementPacer } from './announcement-pacer.js';
import { Deadlines } from './deadlines.js';
import { type AdvertVerdict } from './advert-verdict.js';
import { type Complaint } from './complaint.js';
import { type VrrpEffect } from './effect.js';
import { InterfaceTable } from './interface-table.js';
import { type ProcessTracker } from './process-tracker.js';
import { type ScriptTracker } from './script-tracker.js';

const NOTHING_HEARD: AdvertVerdict = { code: 'not-listening' };

type Level = Extract<VrrpEffect, { type: 'Record' }>['level'];

/** What all parts of one router share: the time of the current event, the orders it leads to, the interfaces. */
export class Context {
  /** The time of the event being taken. */
  now: Micros = micros(0);
  /** When it happened: of an advert that waited while this host stalled, its arrival; otherwise now. */
  happenedAt: Micros = micros(0);
  /** vrrp_startup_delay: until then adverts are ignored, and intervals are counted from then. */
  quietUntil: Micros = micros(0);
  readonly interfaces = new InterfaceTable();
  /** The tracking scripts, by name. */
  readonly scripts = new Map<string, ScriptTracker>();
  /** Every vrrp_track_process, by name. */
  readonly processes = new Map<string, ProcessTracker>();
  /** What was last reported of files, processes and BFD sessions, by name: also of those that nobody tracks yet. */
  readonly fileValues = new Map<string, number>();
  readonly processCounts = new Map<string, number>();
  readonly bfdUp = new Map<string, boolean>();
  /** Why instances share their VRID, by their names. */
  duplicates: ReadonlyMap<string, string> = new Map();
  readonly deadlines = new Deadlines((effect) => this.emit(effect));
  /** What became of the advert being taken. */
  verdict: AdvertVerdict = NOTHING_HEARD;
  readonly pacer = new AnnouncementPacer(this);
  /** What was wrong with it. */
  complaints: readonly Complaint[] = [];
  private effects: VrrpEffect[] = [];

  /** How far the clock on the wall is ahead of the monotonic one. */
  wallClockAhead: Micros = micros(0);

  /** Time since the Unix epoch, now or at another moment, for what other hosts are to make sense of. */
  unixTime(at = this.now): Micros {
    return plus(at, this.wallClockAhead);
  }

  /** True while vrrp_startup_delay lasts. */
  get quiet(): boolean {
    return this.now < this.quietUntil;
  }

  /** Orders something, after all that was ordered before. */
  emit(effect: VrrpEffect): void {
    this.effects.push(effect);
  }

  /** A line for the log and the recorder. */
  record(level: Level, code: string, text: string, instance?: string): void {
    this.emit({ type: 'Record', level, code, text, ...(instance !== undefined && { instance }) });
  }

  /** Sets or replaces the deadline `name`; a time that has passed means at once. */
  setDeadline(name: string, at: Micros, passed: (due: Micros) => void, slack?: Micros): void {
    this.deadlines.set(name, at, passed, slack);
  }

  /** All orders since the last call. */
  drain(): readonly VrrpEffect[] {
    const { effects } = this;
    this.effects = [];
    return effects;
  }
}
