// Whether a master keeps its beat: each advert is due one interval after the last one was due. keepalived takes the next
// from when it got round to this one, and so falls behind by a little each time.
import { requires } from '../requires.js';
import { type Implementation } from './daemon.js';
import { plain, type Scenario, vip } from './scenario.js';
import { Stage } from './stage.js';

const interval = 0.1;
/** Adverts at the beginning, and at the end, of which the earliest in its beat counts: any may have been held up. */
const some = 40;
const adverts = 200;

const scenario: Scenario = {
  name: 'a beat that is kept',
  interval,
  vips: [vip],
  directors: { a: plain({ version: 3, priority: 100, advert_int: interval }) },
  play: () => Promise.resolve(),
};

/** How far the last adverts of so many have fallen behind the first, in milliseconds, by the kernel's time stamps. */
async function drift(implementation: Implementation): Promise<number> {
  const stage = await Stage.open(scenario, { a: implementation });
  try {
    stage.start('a');
    const times = (): readonly bigint[] =>
      stage.frames.filter(({ kind }) => kind === 'advert').map(({ at }) => at);
    while (times().length < adverts) {
      const before = times().length;
      await stage.until('more adverts', () => times().length > before);
    }
    const first = times()[0] ?? 0n;
    const behind = times().map((at, index) => Number(at - first) / 1e6 - index * interval * 1000);
    return Math.min(...behind.slice(adverts - some, adverts)) - Math.min(...behind.slice(0, some));
  } finally {
    await stage.close();
  }
}

describe('drift', () => {
  const differential = requires({ root: true, netns: true, keepalived: true });
  differential(
    'two hundred adverts later ours are still in time',
    async () => {
      const ours = await drift('understudy');
      const theirs = await drift('keepalived');
      console.log(
        `after ${adverts} adverts: Understudy ${ours.toFixed(2)} ms behind, keepalived ${theirs.toFixed(2)} ms`,
      );
      // The earliest of forty is late by the machine's stalls alone; falling behind adds up to more.
      expect(Math.abs(ours)).toBeLessThan(4);
    },
    240_000,
  );
});
