import { micros, plus } from '#base/units.js';
import { now, StampConverter, wallClock } from '#kernel/clock.js';

describe('the monotonic clock', () => {
  test('is whole microseconds and never goes back', () => {
    const first = now();
    const second = now();
    expect(Number.isInteger(first)).toBe(true);
    expect(second).toBeGreaterThanOrEqual(first);
  });

  test('the wall clock is the system’s', () => {
    expect(Math.abs(wallClock() / 1000 - Date.now())).toBeLessThan(1000);
  });

  test('a stamp of the wall clock moves to the monotonic one', () => {
    const stamps = new StampConverter();
    const stamp = wallClock();
    const at = stamps.refresh();
    expect(Math.abs(stamps.toMonotonic(stamp) - at)).toBeLessThan(20_000);
    expect(Math.abs(at - 300_000 - stamps.toMonotonic(plus(stamp, micros(-300_000))))).toBeLessThan(20_000);
  });

  describe('while the wall clock is stepped', () => {
    const time = { now: 10_000_000, wall: 50_000_000 };
    const clocks = { now: () => micros(time.now), wallClock: () => micros(time.wall) };
    beforeEach(() => Object.assign(time, { now: 10_000_000, wall: 50_000_000 }));

    test.each([
      ['forward', 3_600_000_000],
      ['back', -30_000_000],
    ])('%s, packets of the old time count as just now, in every batch that is read', (_, step) => {
      const stamps = new StampConverter(clocks);
      const oldStamp = micros(time.wall + 200_000);
      time.now += 500_000;
      time.wall += 500_000 + step;
      stamps.refresh();
      expect(stamps.toMonotonic(oldStamp)).toBe(time.now);
      time.now += 100;
      time.wall += 100;
      stamps.refresh();
      expect(stamps.toMonotonic(oldStamp)).toBe(time.now);
    });

    test('an interruption between the readings of the two clocks is no step', () => {
      const late = [0, 0, 250_000, 0];
      const interrupted = {
        now: () => micros((time.now += 1)),
        // The process is taken off its CPU right after it has read the wall clock.
        wallClock: () => {
          const wall = time.wall;
          const away = late.shift() ?? 0;
          time.now += away;
          time.wall += away + 1;
          return micros(wall);
        },
      };
      const stamps = new StampConverter(interrupted);
      const stamp = micros(time.wall - 40_000);
      stamps.refresh();
      const at = stamps.refresh();
      expect(Math.abs(at - 250_000 - 40_000 - stamps.toMonotonic(stamp))).toBeLessThan(1000);
    });

    test('packets that come later have an age again', () => {
      const stamps = new StampConverter(clocks);
      time.wall += 3_600_000_000;
      stamps.refresh();
      time.now += 500_000;
      time.wall += 500_000;
      stamps.refresh();
      expect(stamps.toMonotonic(micros(time.wall - 300_000))).toBe(time.now - 300_000);
    });
  });

  test('a stamp from the future counts as just now', () => {
    const stamps = new StampConverter();
    const at = stamps.refresh();
    expect(stamps.toMonotonic(plus(wallClock(), micros(5_000_000)))).toBe(at);
  });
});
