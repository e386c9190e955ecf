import { type InstanceCounters } from './snapshot.js';

type Countable = Exclude<keyof InstanceCounters, 'dropped' | 'complaints'>;

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
  private readonly complaints = new Map<string, number>();

  count(what: Countable, by = 1): void {
    this.counts[what] += by;
  }

  /** Counts an advert that was dropped, by the code of the reason. */
  countDrop(code: string): void {
    countIn(this.drops, code);
  }

  /** Counts something wrong with an advert that was believed all the same, by its code. */
  countComplaint(code: string): void {
    countIn(this.complaints, code);
  }

  snapshot(): InstanceCounters {
    return {
      ...this.counts,
      dropped: Object.fromEntries(this.drops),
      complaints: Object.fromEntries(this.complaints),
    };
  }
}

const countIn = (counts: Map<string, number>, code: string): void =>
  void counts.set(code, (counts.get(code) ?? 0) + 1);
