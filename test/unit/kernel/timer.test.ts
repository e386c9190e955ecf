import { micros, minus, plus, type Micros } from '#base/units.js';
import { now } from '#kernel/clock.js';
import { DeadlineTimer } from '#kernel/timer.js';

/** Waits for the next wake-up of a timer that `arm` sets. */
async function wakeUp(arm: (timer: DeadlineTimer) => void): Promise<Micros> {
  let timer: DeadlineTimer | undefined;
  const at = await new Promise<Micros>((resolve) => {
    timer = new DeadlineTimer(() => resolve(now()));
    arm(timer);
  });
  timer?.close();
  return at;
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

describe('the timer of the protocol path', () => {
  test('wakes at its deadline, never before', async () => {
    for (const delay of [1, 300, 1500, 20_000]) {
      const due = plus(now(), micros(delay));
      const late = minus(await wakeUp((timer) => timer.arm(due)), due);
      expect(late).toBeGreaterThanOrEqual(0);
    }
  });

  test('a deadline that has passed wakes at once; so does the beginning of time', async () => {
    // That each of them ends at all is the proof: a timer armed for 0 would be disarmed (timerfd_settime(2)).
    for (const past of [plus(now(), micros(-1_000_000)), micros(0), micros(-5)]) {
      await expect(wakeUp((timer) => timer.arm(past))).resolves.toBeGreaterThan(0);
    }
  });

  test('never from within arm()', async () => {
    let armed = false;
    await wakeUp((timer) => {
      timer.arm(now());
      armed = true;
    });
    expect(armed).toBe(true);
  });

  test('the latest deadline counts; undefined disarms; the same one twice wakes once', async () => {
    let wakes = 0;
    const timer = new DeadlineTimer(() => (wakes += 1));
    timer.arm(plus(now(), micros(5000)));
    timer.arm(undefined);
    await pause(20);
    expect(wakes).toBe(0);
    const due = plus(now(), micros(5000));
    timer.arm(plus(now(), micros(60_000_000)));
    timer.arm(due);
    timer.arm(due);
    await pause(40);
    expect(wakes).toBe(1);
    timer.arm(due); // passed, but set anew
    await pause(20);
    expect(wakes).toBe(2);
    timer.close();
    timer.close();
    timer.arm(now());
    await pause(20);
    expect(wakes).toBe(2);
  });

  test('absolute deadlines do not drift', async () => {
    const start = now();
    let due = start;
    const lateness: number[] = [];
    await new Promise<void>((resolve) => {
      const timer = new DeadlineTimer(() => {
        lateness.push(minus(now(), due));
        due = plus(due, micros(2000));
        if (lateness.length === 25) {
          timer.close();
          resolve();
        } else timer.arm(due);
      });
      due = plus(due, micros(2000));
      timer.arm(due);
    });
    expect(minus(due, start)).toBe(26 * 2000);
    expect(Math.min(...lateness)).toBeGreaterThanOrEqual(0);
  });
});
