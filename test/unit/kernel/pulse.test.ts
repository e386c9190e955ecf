import { closeSync } from 'node:fs';
import { micros } from '#base/units.js';
import { makePulse, Pulse, readPulse } from '#kernel/pulse.js';

test('the latest beat is what is read', () => {
  const fd = makePulse();
  expect(readPulse(fd)).toBeUndefined();
  const pulse = new Pulse(fd);
  pulse.beat(micros(1));
  pulse.beat(micros(123_456_789_012));
  expect(readPulse(fd)).toBe(123_456_789_012);
  closeSync(fd);
});
