import { micros, plus, secondsToMicros } from '#base/units.js';
import { WallClockWatch } from '#daemon/wall-clock-watch.js';
import { type InstanceSettings } from '#vrrp/index.js';
import { s, vi1 } from '../vrrp/play.js';

const epoch = secondsToMicros(1_800_000_000);
const signed: InstanceSettings = {
  ...vi1,
  authentication: { type: 'hmac', keys: [{ id: 1, secret: '00' }], activeKey: 1, mode: 'enforce' },
};

function rig() {
  let ahead = epoch;
  const watch = new WallClockWatch((at) => plus(at, ahead));
  return { watch, set: (by: number) => (ahead = plus(ahead, micros(by))) };
}

test('the clock is told at first, and again when it was set', () => {
  const { watch, set } = rig();
  const read = (at: number) => watch.read([vi1, signed], s(at));
  expect(read(10)).toEqual([{ type: 'WallClockRead', unixTime: plus(s(10), epoch) }]);
  expect(read(11)).toEqual([]);
  set(9_000);
  expect(read(12)).toEqual([]);
  set(2_000);
  expect(read(13)).toEqual([{ type: 'WallClockRead', unixTime: plus(s(13), micros(epoch + 11_000)) }]);
  set(-3_600_000_000);
  expect(read(14)).toHaveLength(1);
  expect(read(15)).toEqual([]);
});

test('where nobody needs it, it is not told', () => {
  expect(rig().watch.read([vi1], s(1))).toEqual([]);
});
