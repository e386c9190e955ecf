import fc from 'fast-check';
import { micros, minus, plus, secondsToMicros, type Micros } from '#base/units.js';
import { simulate, type Fault, type Gap, type TimedFault } from '#sim/index.js';
import { type InstanceSettings } from '#vrrp/index.js';
import { at, ip, playPair, reignsOf, settingsOf } from './pair.js';

/** What an operator is promised: takeover within the protocol's own limit, never later (and never earlier). */

interface Pair {
  readonly version: 2 | 3;
  readonly intervalS: number;
  readonly high: number;
  readonly low: number;
  readonly downTimerAdverts: number;
  /** When the master goes, in advert intervals after it has become one. */
  readonly moment: number;
}

const anyPair: fc.Arbitrary<Pair> = fc.record({
  version: fc.constantFrom(2, 3),
  intervalS: fc.constantFrom(1, 2, 5),
  high: fc.integer({ min: 101, max: 254 }),
  low: fc.integer({ min: 1, max: 100 }),
  downTimerAdverts: fc.constantFrom(3, 3, 2, 5),
  moment: fc.double({ min: 1, max: 4, noNaN: true }),
});
const anyFastPair = fc
  .tuple(anyPair, fc.constantFrom(0.01, 0.1, 0.25))
  .map(([pair, intervalS]): Pair => ({ ...pair, version: 3, intervalS }));

/** The backup's skew, whole microseconds (RFC 9568, 6.1; RFC 3768, 6.1). */
const skewOf = ({ version, intervalS, low }: Pair): number =>
  Math.floor(((256 - low) * secondsToMicros(version === 3 ? intervalS : 1)) / 256);

const NETWORK_DELAY = 50;

interface Loss {
  readonly gap: Gap | undefined;
  readonly lastAdvert: Micros;
  readonly lostAt: Micros;
}

/**
 * The gap that the loss of the master leaves, and the time of its last advert.
 * @param stalledAfterwards the backup does not run, from two intervals before the loss until so long after it.
 */
function lose(pair: Pair, fault: Fault, stalledAfterwards?: Micros): Loss {
  const changes: Partial<InstanceSettings> = {
    version: pair.version,
    advertInterval: secondsToMicros(pair.intervalS),
    downTimerAdverts: pair.downTimerAdverts,
    transport: { kind: 'multicast', group: ip('224.0.0.18') },
  };
  const start = (pair.downTimerAdverts + 1) * pair.intervalS + 1;
  const lostAt = secondsToMicros(start + pair.moment * pair.intervalS);
  const timeline = simulate({
    routers: [
      { name: 'A', settings: settingsOf(pair.high, changes) },
      { name: 'B', settings: settingsOf(pair.low, changes) },
    ],
    faults: [
      { at: lostAt, fault },
      ...(stalledAfterwards === undefined ? [] : [stallAround(lostAt, pair, stalledAfterwards)]),
    ],
    until: plus(secondsToMicros(start + 20 * pair.intervalS + 2), stalledAfterwards ?? micros(0)),
  });
  const adverts = timeline.entries.filter(
    (entry) => entry.kind === 'adverts' && entry.router === 'A' && entry.at < lostAt,
  );
  return { gap: timeline.gaps()[0], lastAdvert: adverts.at(-1)!.at, lostAt };
}

function stallAround(lostAt: Micros, { intervalS }: Pair, afterwards: Micros): TimedFault {
  const before = secondsToMicros(2 * intervalS);
  return {
    at: minus(lostAt, before),
    fault: { type: 'stall', router: 'B', duration: plus(before, afterwards) },
  };
}

test('power loss: the backup claims one Active_Down_Interval after the last advert it heard, to the microsecond', () => {
  fc.assert(
    fc.property(fc.oneof(anyPair, anyFastPair), (pair) => {
      const { gap, lastAdvert } = lose(pair, { type: 'kill', router: 'A' });
      const limit = pair.downTimerAdverts * secondsToMicros(pair.intervalS) + skewOf(pair);
      expect(gap && minus(gap.until, lastAdvert)).toBe(limit + NETWORK_DELAY);
    }),
    { numRuns: 200 },
  );
});

test('graceful stop: the backup claims one Skew_Time after the advert of priority 0', () => {
  fc.assert(
    fc.property(fc.oneof(anyPair, anyFastPair), (pair) => {
      const { gap, lostAt } = lose(pair, { type: 'stop', router: 'A' });
      expect(gap && minus(gap.until, lostAt)).toBe(skewOf(pair) + NETWORK_DELAY);
    }),
    { numRuns: 200 },
  );
});

test('a stall of the backup in which the master dies costs one more look: as long as it woke late, an interval at most', () => {
  fc.assert(
    fc.property(anyPair, fc.double({ min: 0.1, max: 3, noNaN: true }), (pair, share) => {
      const limit = pair.downTimerAdverts * secondsToMicros(pair.intervalS) + skewOf(pair);
      const afterwards = micros(Math.floor(limit * share));
      const { gap, lastAdvert, lostAt } = lose(pair, { type: 'kill', router: 'A' }, afterwards);
      const due = lastAdvert + limit + NETWORK_DELAY;
      const resumed = lostAt + afterwards;
      const late = resumed - due;
      const look = late < 1000 ? 0 : Math.min(late, secondsToMicros(pair.intervalS));
      expect(gap?.until).toBe(Math.max(due, resumed) + look);
    }),
    { numRuns: 100 },
  );
});

test('a stall of the master that is shorter than the limit changes nothing', () => {
  fc.assert(
    fc.property(anyPair, fc.double({ min: 0, max: 0.9, noNaN: true }), (pair, share) => {
      const shortest = (pair.downTimerAdverts - 1) * pair.intervalS * 1_000_000;
      const { gap } = lose(pair, {
        type: 'stall',
        router: 'A',
        duration: micros(Math.floor(shortest * share)),
      });
      expect(gap).toBeUndefined();
    }),
    { numRuns: 100 },
  );
});

test('both stand still at once, as guests of one machine do: whoever wakes first, nobody takes over', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 1500 }), fc.integer({ min: 0, max: 900 }), (longMs, apartUs) => {
      const stall = (router: string, more: number): TimedFault =>
        at(10, { type: 'stall', router, duration: micros(longMs * 1000 + more) });
      const timeline = playPair([stall('A', apartUs), stall('B', 0)], {
        version: 3,
        advertInterval: secondsToMicros(0.01),
      });
      expect(reignsOf(timeline)).toHaveLength(1);
    }),
    { numRuns: 30 },
  );
});
