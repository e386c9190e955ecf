import { micros, type Micros } from '../base/units.js';

/** Upper bounds of the classes that latencies are counted in, in microseconds: from 250 us to 10 s. */
export const LATENCY_BOUNDS: readonly number[] = [
  ...[250, 500, 1000, 2500, 5000, 10_000, 25_000, 50_000, 100_000],
  ...[250_000, 500_000, 1_000_000, 2_500_000, 5_000_000, 10_000_000],
];

/** How long one checker's checks take. */
export class Latency {
  last: Micros | undefined;
  sum = micros(0);
  private counts: Uint32Array | undefined;

  add(latency: Micros): void {
    this.last = latency;
    this.sum = micros(this.sum + latency);
    this.counts ??= new Uint32Array(LATENCY_BOUNDS.length + 1);
    const found = LATENCY_BOUNDS.findIndex((bound) => latency <= bound);
    const index = found < 0 ? LATENCY_BOUNDS.length : found;
    this.counts[index] = (this.counts[index] ?? 0) + 1;
  }

  /** As CheckerState shows it; nothing before the first. */
  state(): { latency?: Micros; latencies?: readonly number[]; latencySum?: Micros } {
    if (this.last === undefined || !this.counts) return {};
    return { latency: this.last, latencies: [...this.counts], latencySum: this.sum };
  }
}
