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

  test('a stamp from the future counts as just now', () => {
    const stamps = new StampConverter();
    const at = stamps.refresh();
    expect(stamps.toMonotonic(plus(wallClock(), micros(5_000_000)))).toBe(at);
  });
});
