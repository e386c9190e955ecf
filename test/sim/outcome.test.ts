import { secondsToMicros } from '#base/units.js';
import { outcomes } from '#sim/index.js';
import { at, playPair } from './pair.js';

const s = secondsToMicros;
const outcomeOf = (faults: Parameters<typeof playPair>[0]) =>
  outcomes(playPair(faults), () => 'eth0 VRID 51', s(40))[0];
const stretches = (list: readonly { from: number; until: number; open: boolean }[] = []) =>
  list.map(({ from, until, open }) => [Math.round(from / 1000), Math.round(until / 1000), open]);

test('a takeover: how long nobody was master, and who is in the end', () => {
  const outcome = outcomeOf([at(10, { type: 'kill', router: 'A' })]);
  expect(stretches(outcome?.gaps)).toEqual([[10_000, 13_023, false]]);
  expect(outcome?.winners).toEqual(['B']);
  expect(outcome?.doubles).toEqual([]);
});

test('nobody comes any more: the gap is open', () => {
  const outcome = outcomeOf([at(10, { type: 'kill', router: 'B' }), at(20, { type: 'kill', router: 'A' })]);
  expect(stretches(outcome?.gaps)).toEqual([[20_000, 40_000, true]]);
  expect(outcome?.winners).toEqual([]);
});

test('a cut that stays: both are master to the end', () => {
  const outcome = outcomeOf([at(10, { type: 'cut', from: ['A'], to: ['B'] })]);
  expect(stretches(outcome?.doubles).at(-1)).toEqual([13_023, 40_000, true]);
  expect(outcome?.gaps).toEqual([]);
});

test('routers that call the same virtual router by other names are counted together', () => {
  const timeline = playPair([at(10, { type: 'kill', router: 'A' })]);
  const apart = outcomes(timeline, (router, instance) => `${router} ${instance}`, s(40));
  expect(apart.map(({ virtualRouter, gaps }) => [virtualRouter, gaps.length])).toEqual([
    [expect.stringMatching(/^A /), 1],
    [expect.stringMatching(/^B /), 0],
  ]);
});
