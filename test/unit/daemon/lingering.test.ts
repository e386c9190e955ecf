import { jest } from '@jest/globals';
import { micros } from '#base/units.js';
import { Lingering } from '#daemon/lingering.js';

function rig() {
  jest.useFakeTimers();
  const heard: string[] = [];
  const lingering = new Lingering((instance, master) =>
    heard.push(`${instance} ${master ? 'master' : 'not master'}`),
  );
  return { heard, lingering };
}

afterEach(() => jest.useRealTimers());

test('a mastership begins at once and ends when it may', () => {
  const { heard, lingering } = rig();
  lingering.hear('VI_1', true, micros(0));
  lingering.hear('VI_1', false, micros(150_000));
  jest.advanceTimersByTime(149);
  expect(heard).toEqual(['VI_1 master']);
  jest.advanceTimersByTime(1);
  expect(heard).toEqual(['VI_1 master', 'VI_1 not master']);
});

test('an end that need not wait does not', () => {
  const { heard, lingering } = rig();
  lingering.hear('VI_1', false, micros(150_000));
  lingering.hear('VI_1', false, micros(0));
  jest.runAllTimers();
  expect(heard).toEqual(['VI_1 not master']);
});

test('whoever is master again meanwhile has never ceased to be', () => {
  const { heard, lingering } = rig();
  lingering.hear('VI_1', false, micros(150_000));
  lingering.hear('VI_2', false, micros(150_000));
  lingering.hear('VI_1', true, micros(0));
  jest.runAllTimers();
  expect(heard).toEqual(['VI_1 master', 'VI_2 not master']);
});

test('no master of another kind is still no master', () => {
  const { heard, lingering } = rig();
  lingering.hear('VI_1', false, micros(1_000_000));
  lingering.hear('VI_1', false, micros(150_000));
  jest.advanceTimersByTime(999);
  expect(heard).toEqual([]);
  jest.advanceTimersByTime(1);
  expect(heard).toEqual(['VI_1 not master']);
});

test('closed, it says nothing more', () => {
  const { heard, lingering } = rig();
  lingering.hear('VI_1', false, micros(150_000));
  lingering.close();
  jest.runAllTimers();
  expect(heard).toEqual([]);
});
