import { type InstanceCounters } from './snapshot.js';

type Countable = Exclude<keyof InstanceCounters, 'dropped'>;

/** The counters of one instance. */
export class Counters {
  private readonly counts: Record<Countable, number> = {
    advertsSent: 0,
    advertsReceived: 0,
    priorityZeroSent: 0,
    priorityZeroReceived: 0,
    becameMaster: 0,
    releasedMaster: 0,
    sendErrors: 0,
    gratuitousArpsSent: 0,
  };
  private readonly drops = new Map<string, number>();

  count(what: Countable, by = 1): void {
    this.counts[what] += by;
  }

  /** Counts an advert that was dropped, or accepted with a complaint, by its code. */
  countDrop(code: string): void {
    this.drops.set(code, (this.drops.get(code) ?? 0) + 1);
  }

  snapshot(): InstanceCounters {
    return { ...this.counts, dropped: Object.fromEntries(this.drops) };
  }
}
