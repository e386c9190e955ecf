import { micros } from '#base/units.js';
import { renderWhy, timeText, type ToldTransition, type WhyDocument } from '#observe/index.js';
import { ip } from '../vrrp/play.js';

/** The wall clock when the monotonic one was at 0: local noon of a day, whatever the time zone. */
const NOON = new Date(2026, 4, 4, 12, 0, 0).getTime() * 1000;

const takeover: ToldTransition = {
  from: 'BACKUP',
  to: 'MASTER',
  at: micros(10_000_000),
  cause: { code: 'master-down-interval-passed', text: 'no advert from 192.0.2.2 for 3.609 s' },
  trigger: 'DeadlinePassed',
  late: micros(30),
  lastAdvert: { at: micros(6_391_000), source: ip('192.0.2.2'), priority: 150 },
  circumstances: [
    { at: micros(5_000_000), times: 1, code: 'script-down', text: 'VRRP_Script(chk) failed' },
    { at: micros(9_999_000), times: 3, code: 'odd', text: '(VI_1) something odd' },
  ],
};

const documentOf = (...transitions: ToldTransition[]): WhyDocument => ({
  clock: { monotonic: micros(20_000_000), wall: NOON + 20_000_000 },
  instances: [
    {
      ...{ name: 'VI_1', state: 'MASTER', effectivePriority: 120, configuredPriority: 150 },
      ...{ faults: [], transitions },
    },
  ],
});

test('a takeover in sentences', () => {
  expect(renderWhy(documentOf(takeover), 'all').split('\n')).toEqual([
    '12:00:10.000 VI_1 became MASTER, from BACKUP: no advert from 192.0.2.2 for 3.609 s; the last advert came from ' +
      '192.0.2.2 at 12:00:06.391 with priority 150; our deadline was met 0.03 ms late.',
    '    what had happened until then:',
    '    12:00:05.000 VRRP_Script(chk) failed, 5.000 s before',
    '    12:00:09.999 something odd (3 times; this was the last), 1.0 ms before',
    'VI_1 is MASTER now, with priority 120 (configured 150).',
    '',
  ]);
});

test('a host that stood still is named as such', () => {
  expect(renderWhy(documentOf({ ...takeover, late: micros(250_000) }), 'all')).toMatch(
    /met 250 ms late, because this host was busy or stood still/,
  );
});

test('a resignation shows in the last advert', () => {
  const last = { at: micros(9_000_000), source: ip('192.0.2.2'), priority: 0 };
  expect(renderWhy(documentOf({ ...takeover, lastAdvert: last }), 'all')).toMatch(
    /priority 0 \(it resigned\)/,
  );
});

test('the latest only, unless all are asked for', () => {
  const two = documentOf({ ...takeover, to: 'FAULT', at: micros(1) }, takeover);
  expect(renderWhy(two, 'latest')).not.toMatch(/became FAULT/);
  expect(renderWhy(two, 'all')).toMatch(/became FAULT[^]*became MASTER/);
});

test('what is not of today bears its date', () => {
  expect(timeText(NOON, NOON)).toBe('12:00:00.000');
  expect(timeText(NOON - 86_400_000_000, NOON)).toBe('2026-05-03 12:00:00.000');
});
