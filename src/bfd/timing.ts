import { type Prng } from '../base/prng.js';
import { micros, type Micros } from '../base/units.js';

/*
 * The arithmetic of RFC 5880, 6.8.2 to 6.8.4 and 6.8.7.
 */

/** An interval reduced by 0 to 25 %, or by 10 to 25 % where a single lost packet counts (6.8.7). */
export function jittered(interval: Micros, detectMult: number, prng: Prng): Micros {
  const least = detectMult === 1 ? 0.1 : 0;
  const reduction = least + prng.next() * (0.25 - least);
  return micros(Math.floor(interval * (1 - reduction)));
}

/**
 * One interval that two ends negotiate, from our side: a new value of ours that would surprise the neighbour is used
 * only after a Poll Sequence has shown that it knows (6.8.3).
 */
export class Interval {
  private inForce: Micros;

  /**
   * @param announced what our packets say.
   * @param surprising whether `next` in place of `current` must wait for the end of the Poll Sequence.
   */
  constructor(
    private announced: Micros,
    private readonly surprising: (next: Micros, current: Micros) => boolean,
  ) {
    this.inForce = announced;
  }

  /** What our packets say. */
  get value(): Micros {
    return this.announced;
  }

  /** What is reckoned with. */
  get used(): Micros {
    return this.inForce;
  }

  /** @param up whether the session is Up: only then is anybody surprised. @returns whether it is another value. */
  change(next: Micros, up: boolean): boolean {
    const changed = next !== this.announced;
    this.announced = next;
    if (!up || !this.surprising(next, this.inForce)) this.inForce = next;
    return changed;
  }

  /** The neighbour knows. */
  settle(): void {
    this.inForce = this.announced;
  }
}

/** bfd.DesiredMinTxInterval: sending less often than the neighbour believes would look like a failure. */
export const desiredMinTx = (value: Micros): Interval =>
  new Interval(value, (next, current) => next > current);

/** bfd.RequiredMinRxInterval: until it knows, the neighbour goes on sending as seldom as it did. */
export const requiredMinRx = (value: Micros): Interval =>
  new Interval(value, (next, current) => next < current);
