import { type SessionCounters } from './snapshot.js';

/** Packets that were not believed, by code. */
export class Drops {
  private readonly counts = new Map<string, number>();

  count(code: string): void {
    this.counts.set(code, (this.counts.get(code) ?? 0) + 1);
  }

  snapshot(): Readonly<Record<string, number>> {
    return Object.fromEntries(this.counts);
  }
}

/** The counters of one session. */
export class SessionTally {
  packetsSent = 0;
  packetsReceived = 0;
  sendErrors = 0;
  timesUp = 0;
  timesDown = 0;
  readonly drops = new Drops();

  snapshot(): SessionCounters {
    const { packetsSent, packetsReceived, sendErrors, timesUp, timesDown } = this;
    return { packetsSent, packetsReceived, sendErrors, timesUp, timesDown, dropped: this.drops.snapshot() };
  }
}
