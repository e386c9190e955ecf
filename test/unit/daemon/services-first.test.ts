import { micros, plus, secondsToMicros, type Micros } from '#base/units.js';
import { lingeringOf, ServicesFirst } from '#daemon/services-first.js';

/** A takeover's wait, on a clock of its own: the other worker answers after so long, or not at all. */
function rig(answersAfter?: Micros) {
  const said: string[] = [];
  const waited: Micros[] = [];
  const clock = { now: micros(5) };
  const awaitAction = (_follower: string, _name: string, within: Micros): boolean => {
    const answers = answersAfter !== undefined && answersAfter <= within;
    const passed = answers ? answersAfter : within;
    waited.push(passed);
    clock.now = plus(clock.now, passed);
    return answers;
  };
  const first = new ServicesFirst({
    mastership: { awaitAction },
    now: () => clock.now,
    say: (text) => said.push(text),
  });
  return { first, said, waited, clock };
}

test('waits until the services stand', () => {
  const { first, said, waited } = rig(micros(1500));
  first.wait('VI_1', secondsToMicros(1));
  expect(waited).toEqual([1500]);
  expect(said).toEqual([]);
});

test('for a tenth of a second at most, and for an advert interval at most', () => {
  const { first, said, waited } = rig();
  first.wait('VI_1', secondsToMicros(1));
  expect(waited).toEqual([100_000]);
  expect(said).toEqual(['(VI_1) The services are not up after 100 ms: not waiting for them']);
  const fast = rig();
  fast.first.wait('VI_1', micros(10_000));
  expect(fast.waited).toEqual([10_000]);
});

test('who has not answered once holds up no other instance for a second', () => {
  const { first, waited, clock } = rig();
  for (const name of ['VI_1', 'VI_2', 'VI_3']) first.wait(name, secondsToMicros(1));
  expect(waited).toHaveLength(1);
  clock.now = plus(clock.now, secondsToMicros(1));
  first.wait('VI_4', secondsToMicros(1));
  expect(waited).toHaveLength(2);
});

test('services stand until the other director has told the neighbours, and no longer', () => {
  expect(lingeringOf('BACKUP')).toBe(150_000);
  expect(lingeringOf('FAULT')).toBe(1_000_000);
  expect(lingeringOf('INIT')).toBe(0);
  expect(lingeringOf('MASTER')).toBe(0);
});
