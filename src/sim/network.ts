import { type Prng } from '../base/prng.js';
import { micros, type Micros } from '../base/units.js';

/** How well packets travel. */
export interface Quality {
  /** Probability that a packet is lost on its way to one receiver, 0 to 1. */
  readonly loss: number;
  /** Probability that a packet arrives twice, 0 to 1. */
  readonly duplication: number;
  /** Each copy takes its own time between these two; unequal times reorder packets. */
  readonly minDelay: Micros;
  readonly maxDelay: Micros;
}

/** A quiet switch: nothing is lost, every packet takes 50 us. */
export const QUIET: Quality = { loss: 0, duplication: 0, minDelay: micros(50), maxDelay: micros(50) };

/** What lies between the routers: who reaches whom, and how well. */
export class Network {
  quality: Quality;
  private readonly cuts = new Set<string>();

  constructor(
    private readonly random: Prng,
    quality: Quality,
  ) {
    this.quality = quality;
  }

  /** From now on nothing gets from `from` to `to`; the other direction is as it was. */
  cut(from: string, to: string): void {
    this.cuts.add(`${from}>${to}`);
  }

  /** Everybody reaches everybody again, or these two each other. */
  heal(between?: readonly [string, string]): void {
    if (between) {
      const [a, b] = between;
      this.cuts.delete(`${a}>${b}`);
      this.cuts.delete(`${b}>${a}`);
    } else this.cuts.clear();
  }

  /** True if nothing is cut. */
  get whole(): boolean {
    return this.cuts.size === 0;
  }

  /** True if packets may get from `from` to `to`. */
  reaches(from: string, to: string): boolean {
    return !this.cuts.has(`${from}>${to}`);
  }

  /** How long each copy of a packet takes that is sent now; none if it is lost. */
  travel(from: string, to: string): readonly Micros[] {
    if (!this.reaches(from, to) || this.happens(this.quality.loss)) return [];
    const copies = this.happens(this.quality.duplication) ? 2 : 1;
    const { minDelay, maxDelay } = this.quality;
    return Array.from({ length: copies }, () => micros(this.random.between(minDelay, maxDelay)));
  }

  /** Draws only where something is at stake: a quiet network is the same for every seed. */
  private happens(probability: number): boolean {
    return probability > 0 && this.random.next() < probability;
  }
}
