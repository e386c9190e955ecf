import { type InstanceCounters, type ProtocolError } from './snapshot.js';

type Countable = Exclude<keyof InstanceCounters, 'dropped' | 'complaints'>;

const PROTOCOL_ERRORS: readonly string[] = [
  'advert-bad-ttl',
  'advert-wrong-version',
  'advert-unknown-version',
  'advert-bad-checksum',
] satisfies readonly ProtocolError[];

const isProtocolError = (code: string): code is ProtocolError => PROTOCOL_ERRORS.includes(code);

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
  /** The last drop that RFC 6527 calls a protocol error. */
  lastProtocolError: ProtocolError | undefined;

  count(what: Countable, by = 1): void {
    this.counts[what] += by;
  }

  /** Counts an advert that was dropped, by the code of the reason. */
  countDrop(code: string): void {
    countIn(this.drops, code);
    if (isProtocolError(code)) this.lastProtocolError = code;
  }

  /** Counts something wrong with an advert that was believed all the same, by its code. */
  countComplaint(code: string): void {
    countIn(this.complaints, code);
  }

  /** All begin at 0 again. */
  clear(): void {
    for (const what of Object.keys(this.counts) as Countable[]) this.counts[what] = 0;
    this.drops.clear();
    this.complaints.clear();
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
