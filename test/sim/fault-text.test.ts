import { err, ok } from '#base/result.js';
import { secondsToMicros } from '#base/units.js';
import { describeFault, FAULT_SYNTAX, parseFaults, parseTime, type FaultScene } from '#sim/index.js';
import { settingsOf } from './pair.js';

const tracked = (name: string) => [{ name, weight: 0, reverse: false }];
const base = settingsOf(100);
const settings = {
  ...base,
  scripts: [
    {
      name: 'chk',
      interval: secondsToMicros(1),
      timeout: secondsToMicros(0),
      rise: 1,
      fall: 1,
      initFail: false,
    },
  ],
  instances: base.instances.map((each) => ({
    ...each,
    ...{ trackBfd: tracked('peer'), trackFiles: tracked('load'), trackProcesses: tracked('haproxy') },
  })),
};
const scene: FaultScene = {
  routers: ['A', 'B', 'A-1'].map((name) => ({ name, settings })),
  settings: (file) => (file === 'new.conf' ? ok(settings) : err(`there is no ${file}`)),
};
const vip = settings.instances[0]?.addresses[0]?.address ?? '';

const read = (...texts: string[]): readonly string[] => {
  const faults = parseFaults(texts, scene);
  return faults.ok ? faults.value.map(({ at, fault }) => `${at} ${describeFault(fault)}`) : faults.error;
};

test.each([
  ['kill A', 'A loses power'],
  ['stop A', 'A is stopped'],
  ['start A-1', 'A-1 is started'],
  ['crash B', 'the worker of B crashes and is respawned'],
  ['stall A for 500ms', 'A stalls for 0.5s'],
  ['interface eth0 of A down', 'eth0 of A goes down'],
  ['script chk of B fails', 'script chk of B fails from now on'],
  ['file load of A holds -7', 'file load of A has -7 from now on'],
  ['process haproxy of A runs 0', 'haproxy of A has 0 processes from now on'],
  ['bfd peer of B up', 'session peer of B goes up'],
  [`address ${vip} of A removed`, `${vip} is removed from eth0 of A`],
  ['reload B new.conf', 'B is reloaded'],
  ['cut A-B', 'A and B no longer reach each other'],
  ['cut A-1>B', 'A-1 no longer reaches B'],
  ['heal', 'everybody reaches everybody again'],
  ['heal A-A-1', 'A and A-1 reach each other again'],
  ['loss 12.5%', 'the network loses 13 %, doubles 0 %, and takes 50-50 us'],
  ['delay 1ms..2ms', 'the network loses 0 %, doubles 0 %, and takes 1000-2000 us'],
])('at 10s %s', (text, meaning) => {
  expect(read(`at 10s ${text}`)).toEqual([`10000000 ${meaning}`]);
});

test('every fault that the help names is understood', () => {
  for (const [syntax] of FAULT_SYNTAX) {
    const [kind = ''] = syntax.split(' ');
    expect(read(`at 1s ${kind} nonsense of nowhere really at all`).join()).not.toMatch(/there is no fault/);
  }
});

test('they come in order of time, and loss leaves delay as it is', () => {
  expect(read('at 2s delay 3ms', 'at 1s loss 10', 'at 3s loss 0')).toEqual([
    '1000000 the network loses 10 %, doubles 0 %, and takes 50-50 us',
    '2000000 the network loses 10 %, doubles 0 %, and takes 3000-3000 us',
    '3000000 the network loses 0 %, doubles 0 %, and takes 3000-3000 us',
  ]);
});

test.each([
  ['kill A', /a fault is written: at TIME FAULT/],
  ['', /a fault is written/],
  ['at noon kill A', /'noon' is no time/],
  ['at 10s', /there is no fault ''[^]*kill ROUTER/],
  ['at 10s explode A', /there is no fault 'explode'[^]*stall ROUTER for TIME/],
  ['at 10s toString A', /there is no fault 'toString'/],
  ['at 10s kill', /it is written: kill ROUTER/],
  ['at 10s kill A now', /it is written: kill ROUTER/],
  ['at 10s kill C', /there is no router C; there is A, B, A-1/],
  ['at 10s stall A 5s', /it is written: stall ROUTER for TIME/],
  ['at 10s stall A for ever', /'ever' is no time/],
  ['at 10s interface eth7 of A down', /A has no interface eth7; it has eth0/],
  ['at 10s script other of A fails', /A has no script other; it has chk/],
  ['at 10s script chk of A explodes', /it is written: script NAME of ROUTER fails\|succeeds/],
  ['at 10s file load of A holds much', /it is written: file NAME/],
  ['at 10s address 10.0.0.1 of A removed', /A has no VIP 10\.0\.0\.1; it has /],
  ['at 10s reload A old.conf', /there is no old\.conf/],
  ['at 10s cut A', /'A' is no pair of routers/],
  ['at 10s cut A-A', /is no pair of routers/],
  ['at 10s loss 101%', /no percentage/],
  ['at 10s delay 5', /no delay/],
  ['at 10s delay 5ms..1ms', /no delay/],
])('%s is refused', (text, why) => {
  const faults = parseFaults([text], scene);
  expect(faults.ok ? 'accepted' : faults.error.join()).toMatch(why);
});

test('all that is wrong is said at once', () => {
  expect(read('at 1s kill C', 'at 1s kill A', 'whatever')).toHaveLength(2);
});

test('times have their unit', () => {
  expect(['10s', '1.5s', '500ms', '7us', '2min', '10', '-1s', '1e3s', '99999s'].map(parseTime)).toEqual([
    ...[10_000_000, 1_500_000, 500_000, 7, 120_000_000],
    ...[undefined, undefined, undefined, undefined],
  ]);
});
