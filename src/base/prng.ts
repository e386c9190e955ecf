/**
 * A small seeded generator (mulberry32). Randomness is an argument everywhere: the same seed replays the
 * same run. Not for keys.
 */
export interface Prng {
  /** The next number in [0, 1). */
  next(): number;
  /** A whole number in [low, high], both included. */
  between(low: number, high: number): number;
}

/** @param seed any number; its lower 32 bits count. */
export function makePrng(seed: number): Prng {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 0x1_0000_0000;
  };
  return { next, between: (low, high) => low + Math.floor(next() * (high - low + 1)) };
}
