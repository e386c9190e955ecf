import { micros } from '#base/units.js';
import { Watchdog } from '#daemon/watchdog.js';
import { type ProcessStatus } from '#kernel/process.js';

const S = 1_000_000;

/** A worker that is looked at, and how it spends its time. */
class Ward {
  pings = 0;
  answers = true;
  state = 'S';
  cpu = 0;
  /** CPU time that it uses in each second of the wall. */
  load = 0;
  verdict: string | undefined;
  private now = 0;
  private timers: { at: number; action: () => void }[] = [];
  readonly watchdog = new Watchdog({
    ping: () => {
      this.pings += 1;
      if (this.answers) this.watchdog.heard();
    },
    status: (): ProcessStatus => ({ state: this.state, cpuTime: micros(this.cpu) }),
    later: (delay, action) => void this.timers.push({ at: this.now + delay, action }),
    hung: (reason) => (this.verdict = reason),
  });

  /** Lets so many seconds pass. */
  pass(seconds: number): this {
    for (let second = 0; second < seconds && this.verdict === undefined; second += 1) {
      this.now += S;
      this.cpu += this.load * S;
      const due = this.timers.filter(({ at }) => at <= this.now);
      this.timers = this.timers.filter(({ at }) => at > this.now);
      for (const { action } of due) action();
    }
    return this;
  }
}

const silent = (change: Partial<Ward>): Ward => Object.assign(new Ward(), { answers: false }, change);

test('a worker that answers is asked every five seconds, whatever it does meanwhile', () => {
  const ward = Object.assign(new Ward(), { load: 1, state: 'R' }).pass(600);
  expect([ward.pings, ward.verdict]).toEqual([120, undefined]);
});

test.each([
  ['S', 'it sleeps without an answer'],
  ['T', 'it is stopped'],
])('one in state %s without an answer hangs, and is given 19 seconds', (state, reason) => {
  expect(silent({ state }).pass(18).verdict).toBeUndefined();
  expect(silent({ state }).pass(19).verdict).toBe(reason);
});

test('one that uses CPU without an answer hangs after half a minute of CPU time', () => {
  expect(silent({ state: 'R', load: 1 }).pass(34).verdict).toBeUndefined();
  expect(silent({ state: 'R', load: 1 }).pass(35).verdict).toBe('it used 30 s of CPU time without an answer');
});

test.each(['R', 'D', 't'])(
  'one in state %s that gets no CPU is not to blame, however long it takes',
  (state) => {
    expect(silent({ state }).pass(86_400).verdict).toBeUndefined();
  },
);

test('one that gets a little CPU now and then is not to blame either', () => {
  expect(silent({ state: 'S', load: 0.01 }).pass(1_000).verdict).toBeUndefined();
});

test('a late answer makes everything good', () => {
  const ward = silent({}).pass(15);
  ward.answers = true;
  ward.watchdog.heard();
  expect(ward.pass(600).verdict).toBeUndefined();
});

test('one that has ended is asked no more', () => {
  const ward = silent({});
  ward.watchdog.stop();
  expect([ward.pass(60).pings, ward.verdict]).toEqual([0, undefined]);
});
