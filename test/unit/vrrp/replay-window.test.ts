import { ReplayWindow } from '#vrrp/replay-window.js';
import { micros, secondsToMicros } from '#base/units.js';
import { ip } from './play.js';

const a = ip('192.0.2.2');
const at = (seconds: number): bigint => BigInt(seconds) << 32n;

function rig(seconds = 1_800_000_000): { window: ReplayWindow; clock: { seconds: number } } {
  const clock = { seconds };
  return { clock, window: new ReplayWindow(() => micros(Math.round(clock.seconds * 1e6))) };
}

describe('what we send', () => {
  test('carries the time: seconds, then 65,536ths of a second, then a count', () => {
    const { window } = rig(1_800_000_000.5);
    expect(window.next(5).toString(16)).toBe('6b49d20080000000');
  });

  test('grows also while the clock stands still', () => {
    const { window } = rig();
    expect([window.next(5), window.next(5), window.next(5)]).toEqual([
      at(1_800_000_000),
      at(1_800_000_000) + 1n,
      at(1_800_000_000) + 2n,
    ]);
  });

  test('grows while the clock is put back by no more than others put up with', () => {
    const { window, clock } = rig();
    window.next(5);
    clock.seconds -= 5;
    expect(window.next(5)).toBe(at(1_800_000_000) + 1n);
  });

  test('begins again with the clock where others would not believe it any more', () => {
    const { window, clock } = rig();
    window.next(5);
    clock.seconds -= 6;
    expect(window.next(5)).toBe(at(1_799_999_994));
  });

  test('with anti_replay monotonic it never goes back', () => {
    const { window, clock } = rig();
    window.next(undefined);
    clock.seconds -= 1_000_000;
    expect(window.next(undefined)).toBe(at(1_800_000_000) + 1n);
  });

  test.each([2 ** 31 + 5, 2 ** 32 - 1])('begins with the clock also in the second %d', (seconds) => {
    expect(rig(seconds).window.next(5)).toBe(at(seconds));
  });

  test('goes on over the end of 32 bits of seconds', () => {
    const { window, clock } = rig(2 ** 32 - 1);
    const before = window.next(5);
    clock.seconds += 1;
    expect(BigInt.asIntN(64, window.next(5) - before)).toBe(1n << 32n);
  });
});

describe('what we hear', () => {
  test('must grow, for each sender', () => {
    const { window } = rig();
    const b = ip('192.0.2.3');
    const said = (source: typeof a, sequence: bigint) => window.accept(source, sequence, 5);
    const now = at(1_800_000_000);
    expect([said(a, now), said(a, now), said(a, now - 1n), said(a, now + 1n)]).toEqual([
      true,
      false,
      false,
      true,
    ]);
    expect(said(b, now)).toBe(true);
  });

  test('a mark that is too far away in time counts no more: its sender had the wrong time', () => {
    const { window, clock } = rig();
    expect(window.accept(a, at(1_800_000_004), 5)).toBe(true);
    expect(window.accept(a, at(1_800_000_001), 5)).toBe(false);
    clock.seconds += 10;
    expect(window.accept(a, at(1_800_000_001), 5)).toBe(true);
  });

  test('with anti_replay monotonic a mark counts for ever', () => {
    const { window, clock } = rig();
    window.accept(a, at(1_800_000_004), undefined);
    clock.seconds += 1_000_000;
    expect(window.accept(a, at(1_800_000_001), undefined)).toBe(false);
  });

  test('of many senders the four heard last are remembered', () => {
    const { window } = rig();
    const sender = (index: number) => ip(`192.0.2.${index}`);
    const now = at(1_800_000_000);
    for (let index = 1; index <= 4; index += 1) window.accept(sender(index), now, 5);
    window.accept(sender(1), now + 1n, 5);
    window.accept(sender(5), now, 5);
    expect(window.accept(sender(1), now + 1n, 5)).toBe(false);
    expect(window.accept(sender(3), now, 5)).toBe(false);
    // Heard longest ago when the fifth came.
    expect(window.accept(sender(2), now, 5)).toBe(true);
  });

  test('how far the clocks differ', () => {
    const { window } = rig();
    expect(window.skewS(at(1_799_999_997))).toBe(3);
    expect(window.skewS(at(1_800_000_002))).toBe(-2);
    expect(rig(secondsToMicros(0)).window.skewS(0xffff_ffffn << 32n)).toBe(1);
  });
});
