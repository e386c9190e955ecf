import fc from 'fast-check';
import { assert, ImpossibleState, unreachable } from '#base/assert.js';
import { makePrng } from '#base/prng.js';
import {
  centis,
  centisToMicros,
  micros,
  microsToSeconds,
  minus,
  plus,
  secondsToMicros,
} from '#base/units.js';

describe('units', () => {
  test('seconds, centiseconds and microseconds', () => {
    expect(secondsToMicros(1.5)).toBe(1_500_000);
    expect(centisToMicros(centis(4095))).toBe(40_950_000);
    expect(microsToSeconds(micros(250_000))).toBe(0.25);
    expect(minus(plus(micros(5), micros(7)), micros(12))).toBe(0);
  });

  test('decimal fractions of seconds come out whole', () => {
    expect(secondsToMicros(0.1) * 3).toBe(secondsToMicros(0.3));
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1e9 }), (value) => {
        expect(secondsToMicros(microsToSeconds(micros(value)))).toBe(value);
      }),
    );
  });
});

describe('prng', () => {
  test('the same seed replays the same run, on every machine', () => {
    const generator = makePrng(42);
    const run = Array.from({ length: 4 }, () => generator.between(0, 1_000_000));
    const again = makePrng(42);
    expect(Array.from({ length: 4 }, () => again.between(0, 1_000_000))).toEqual(run);
    expect(run).toEqual([601_104, 448_291, 852_466, 669_734]);
  });

  test('stays in its range and reaches both ends', () => {
    fc.assert(
      fc.property(fc.integer(), (seed) => {
        const generator = makePrng(seed);
        const seen = new Set(Array.from({ length: 200 }, () => generator.between(-1, 2)));
        expect([...seen].sort((a, b) => a - b)).toEqual([-1, 0, 1, 2]);
      }),
    );
  });

  test('is even enough: no tenth of [0, 1) is preferred', () => {
    const generator = makePrng(7);
    const counts = new Array<number>(10).fill(0);
    for (let index = 0; index < 100_000; index += 1) counts[Math.floor(generator.next() * 10)]! += 1;
    for (const count of counts) expect(Math.abs(count - 10_000)).toBeLessThan(400);
  });
});

describe('assert', () => {
  test('an impossible state stops the worker', () => {
    expect(() => assert(true, 'fine')).not.toThrow();
    expect(() => assert(false, 'two masters')).toThrow(ImpossibleState);
    expect(() => unreachable('X' as never, 'state')).toThrow('state: "X"');
  });
});
