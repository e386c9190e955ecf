import { err, ok, type Result } from '#base/result.js';
import { micros } from '#base/units.js';
import { type AutoPriority, type GlobalSettings, type ProcessSettings } from '#config/index.js';
import { Scheduling, type Scheduled, type SchedulingDoor } from '#daemon/scheduling.js';
import { KernelError } from '#kernel/kernel-error.js';

const EPERM = 1;
const MS = 1000;

/** A worker of that kind, a kernel that writes down what it is asked, and a log. */
function rig(process: Partial<ProcessSettings>, auto: Partial<AutoPriority> = {}, who: Scheduled = 'VRRP') {
  const diary: string[] = [];
  const refused = new Set<string>();
  const ask = (what: string): Result<void, KernelError> => {
    diary.push(what);
    return refused.has(what) ? err(new KernelError(what, EPERM)) : ok(undefined);
  };
  const door: SchedulingDoor = {
    lockMemory: () => ask('lock'),
    setCpuAffinity: (cpus) => ask(`cpus ${cpus.join(' ')}`),
    setNice: (nice) => ask(`nice ${nice}`),
    setNormalScheduling: () => ask('normal'),
    setRealTimeLimit: (warning, limit) => ask(`limit ${warning} ${limit}`),
    setRealTimePriority: (priority) => ask(`priority ${priority}`),
  };
  const say = (text: string): void => void diary.push(text);
  const log = { info: say, warning: say, detail: (text: string) => say(`detail: ${text}`) };
  const globalOf = (
    settings: Partial<ProcessSettings>,
    autoPriority: Partial<AutoPriority>,
  ): GlobalSettings => ({
    routerId: 'r',
    enableScriptSecurity: false,
    useSymlinkPaths: false,
    supplementaryGroups: false,
    vrrpProcess: { noSwap: false, ...settings },
    checkerProcess: { noSwap: false, ...settings },
    bfdProcess: { noSwap: false, ...settings },
    processNames: {},
    autoPriority: { minDelay: micros(1_000_000), ...autoPriority },
  });
  const scheduling = new Scheduling(who, globalOf(process, auto), log, door);
  return { scheduling, diary, refused, globalOf };
}

describe('real-time priority', () => {
  test.each(['VRRP', 'BFD'] as const)('the %s worker takes the lowest one by itself', (who) => {
    const { scheduling, diary } = rig({}, {}, who);
    scheduling.apply();
    expect(diary).toEqual(['priority 1']);
  });

  test.each<[string, Partial<ProcessSettings>, Partial<AutoPriority>, Scheduled, string[]]>([
    ['with vrrp_priority', { nice: -5 }, {}, 'VRRP', ['nice -5']],
    ['with max_auto_priority -1', {}, { highest: -1 }, 'VRRP', []],
    ['with max_auto_priority 50, until it is late', {}, { highest: 50 }, 'VRRP', []],
    ['for the checkers', {}, {}, 'Checker', []],
  ])('none is taken unasked %s', (_, process, auto, who, expected) => {
    const { scheduling, diary } = rig(process, auto, who);
    scheduling.apply();
    expect(diary).toEqual(expected);
  });

  test('vrrp_rt_priority is taken as it is', () => {
    const { scheduling, diary } = rig({ realTimePriority: 30 });
    scheduling.apply();
    expect(diary).toEqual(['priority 30']);
  });

  test('where it is not allowed, one line says what that means; a wish of the operator is a warning', () => {
    const unasked = rig({});
    unasked.refused.add('priority 1');
    unasked.scheduling.apply();
    expect(unasked.diary[1]).toBe(
      'No real-time priority: packets may be late on a busy host. priority 1: EPERM',
    );
    const asked = rig({ realTimePriority: 30 });
    asked.refused.add('priority 30');
    asked.scheduling.apply();
    expect(asked.diary[1]).toBe('Unable to set real-time priority: priority 30: EPERM');
  });

  test('a reload that takes the reason away goes back to normal scheduling', () => {
    const { scheduling, diary, globalOf } = rig({ realTimePriority: 30 });
    scheduling.apply();
    scheduling.apply(globalOf({ nice: 0 }, {}));
    expect(diary).toEqual(['priority 30', 'nice 0', 'normal']);
  });
});

describe('max_auto_priority', () => {
  test('each wake-up later than min_auto_priority_delay raises by one, up to there', () => {
    const { scheduling, diary } = rig({}, { highest: 2, minDelay: micros(300 * MS) });
    scheduling.apply();
    for (let time = 0; time < 3; time += 1) scheduling.wokeLate(micros(400_001));
    expect(diary).toEqual([
      'A thread timer expired 0.400001 seconds ago',
      'priority 1',
      'Set realtime priority 1',
      'A thread timer expired 0.400001 seconds ago',
      'priority 2',
      'Set realtime priority 2',
      'A thread timer expired 0.400001 seconds ago',
    ]);
  });

  test('a wake-up that is less late is for who wants details, and changes nothing', () => {
    const { scheduling, diary } = rig({}, { highest: 2 });
    scheduling.apply();
    scheduling.wokeLate(micros(500 * MS));
    scheduling.wokeLate(micros(19 * MS));
    expect(diary).toEqual(['detail: A thread timer expired 0.500000 seconds ago']);
    expect(scheduling.stalls).toEqual({ count: 1, longest: 500 * MS });
  });

  test('a reload keeps what was found to be needed, and no more than the new file allows', () => {
    const { scheduling, diary, globalOf } = rig({}, { highest: 9 });
    scheduling.apply();
    for (let time = 0; time < 3; time += 1) scheduling.wokeLate(micros(2_000 * MS));
    diary.length = 0;
    scheduling.apply(globalOf({}, { highest: 9 }));
    scheduling.apply(globalOf({}, { highest: 2 }));
    scheduling.apply(globalOf({}, { highest: 0 }));
    expect(diary).toEqual(['priority 3', 'priority 2', 'normal']);
  });
});

describe('vrrp_rlimit_rttime', () => {
  const limited = (limit: number) => rig({ realTimePriority: 50, rtTimeLimit: micros(limit) });

  test('warns at its half; the kernel does not kill for what every takeover takes', () => {
    const { scheduling, diary } = limited(10_000);
    scheduling.apply();
    expect(diary).toEqual(['limit 5000 5000000', 'priority 50']);
  });

  test('is obeyed as it is from 5 s on', () => {
    const { scheduling, diary } = limited(8_000_000);
    scheduling.apply();
    expect(diary).toEqual(['limit 4000000 8000000', 'priority 50']);
  });

  test('concerns nobody without a real-time priority, until one is taken', () => {
    const { scheduling, diary } = rig({ rtTimeLimit: micros(10_000) }, { highest: 3 });
    scheduling.apply();
    expect(diary).toEqual([]);
    scheduling.wokeLate(micros(1_500 * MS));
    expect(diary.slice(1, 3)).toEqual(['limit 5000 5000000', 'priority 1']);
  });

  test('its half is announced in the words of keepalived', () => {
    const { scheduling, diary } = rig({});
    scheduling.nearLimit();
    expect(diary).toEqual([
      'VRRP process has used too much CPU time, vrrp_rlimit_rttime may need to be increased',
    ]);
  });
});
