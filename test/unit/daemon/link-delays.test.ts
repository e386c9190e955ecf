import { LinkDelays } from '#daemon/link-delays.js';
import { micros } from '#base/units.js';
import { linkNamed } from '../net/fake-link.js';

/** eth0 with a delay of 0.5 s down and 2 s up; time passes when it is told to. */
class Bench {
  readonly log: string[] = [];
  /** What counts, each time it has changed by itself. */
  readonly changes: string[] = [];
  private waiting: { readonly delay: number; readonly callback: () => void }[] = [];
  private readonly delays = new LinkDelays(
    (name) => (name === 'eth0' ? { down: micros(500_000), up: micros(2_000_000) } : undefined),
    (delay, callback) => {
      const entry = { delay, callback };
      this.waiting.push(entry);
      return () => void (this.waiting = this.waiting.filter((each) => each !== entry));
    },
    (name) => this.changes.push(name),
    { info: (text) => void this.log.push(text) },
  );

  settle(up: boolean, index = 2, name = 'eth0'): boolean {
    return this.delays.settle(linkNamed(name, index, { flags: up ? 0x11043 : 0x1003 }), up);
  }

  get pending(): readonly number[] {
    return this.waiting.map(({ delay }) => delay);
  }

  pass(): void {
    for (const { callback } of this.waiting.splice(0)) callback();
  }
}

test('a change counts when it has lasted', () => {
  const bench = new Bench();
  expect(bench.settle(true)).toBe(true);
  expect(bench.settle(false)).toBe(true);
  expect(bench.pending).toEqual([500_000]);
  bench.pass();
  expect(bench.changes).toEqual(['eth0']);
  expect(bench.settle(false)).toBe(false);
  expect(bench.settle(true)).toBe(false);
  expect(bench.pending).toEqual([2_000_000]);
  bench.pass();
  expect(bench.settle(true)).toBe(true);
  expect(bench.log).toEqual([
    'eth0: Adding flags change from 0x11043 to 0x1003 delay by 500000',
    'eth0: Adding flags change from 0x1003 to 0x11043 delay by 2000000',
  ]);
});

test('one that is taken back never counts', () => {
  const bench = new Bench();
  bench.settle(true);
  bench.settle(false);
  expect(bench.settle(false)).toBe(true);
  expect(bench.settle(true)).toBe(true);
  expect(bench.pending).toEqual([]);
  expect(bench.log.at(-1)).toBe('Delay timer for eth0 cancelled');
});

test('the first coming up is not delayed, nor is an interface that is new', () => {
  const bench = new Bench();
  expect(bench.settle(false)).toBe(false);
  expect(bench.settle(true)).toBe(true);
  bench.settle(false);
  expect(bench.settle(false, 7)).toBe(false);
  expect(bench.pending).toEqual([]);
});

test('others have no delay', () => {
  const bench = new Bench();
  bench.settle(true, 3, 'eth1');
  expect(bench.settle(false, 3, 'eth1')).toBe(false);
});
