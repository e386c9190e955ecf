import { micros } from '#base/units.js';
import { inSeconds, masterDownInterval, nextDueAt, shiftDeadline, skewTime } from '#vrrp/timers.js';

const us = micros;

describe('skew time', () => {
  test.each([
    [100, 609_375],
    [255, 3_906],
    [254, 7_812],
    [1, 996_093],
  ])('RFC 3768, 6.1: (256 - %i) / 256 seconds, cut to whole microseconds', (priority, expected) => {
    expect(skewTime(2, priority, us(1_000_000))).toBe(expected);
  });

  test('RFC 3768, 6.1: version 2 skews by the second, whatever the interval', () => {
    expect(skewTime(2, 100, us(5_000_000))).toBe(609_375);
  });

  test.each([
    [100, 1_000_000, 609_375],
    [100, 100_000, 60_937],
    [100, 10_000, 6_093],
    [255, 10_000, 39],
    [1, 40_950_000, 40_790_039],
  ])('RFC 9568, 6.1: priority %i at an interval of %i us', (priority, interval, expected) => {
    expect(skewTime(3, priority, us(interval))).toBe(expected);
  });

  test('version 3 counts whole centiseconds, as its adverts do', () => {
    expect(skewTime(3, 100, us(15_000))).toBe(skewTime(3, 100, us(10_000)));
  });
});

describe('master down interval', () => {
  test('RFC 9568, 6.1: three intervals and the skew', () => {
    expect(masterDownInterval(3, us(100_000), us(60_937))).toBe(360_937);
  });

  test('down_timer_adverts takes the place of three', () => {
    expect(masterDownInterval(1, us(100_000), us(60_937))).toBe(160_937);
  });
});

describe('periodic deadlines', () => {
  test('count from the due time, so that lateness never adds up', () => {
    expect(nextDueAt(us(1_000), us(100), us(1_030))).toBe(1_100);
  });

  test('start anew after a stall of a whole interval, so that nothing comes in a burst', () => {
    expect(nextDueAt(us(1_000), us(100), us(1_100))).toBe(1_200);
    expect(nextDueAt(us(1_000), us(100), us(9_999))).toBe(10_099);
  });
});

test('a deadline moves by as much as its interval changes, never into the past', () => {
  expect(shiftDeadline(us(5_000), us(300), us(200), us(4_000))).toBe(4_900);
  expect(shiftDeadline(us(5_000), us(200), us(300), us(4_000))).toBe(5_100);
  expect(shiftDeadline(us(5_000), us(3_000), us(200), us(4_000))).toBe(4_000);
});

test('durations are told in seconds without needless zeros', () => {
  expect(inSeconds(us(3_609_375))).toBe('3.609375 s');
  expect(inSeconds(us(2_000_000))).toBe('2 s');
});
