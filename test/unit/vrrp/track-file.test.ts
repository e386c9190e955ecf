import { type InstanceSettings, type TrackedObject } from '#vrrp/index.js';
import { fileStatus, trackedObjects } from '#vrrp/tracking.js';
import { groupOf, Play, s, settingsOf, vi1 } from './play.js';

const track = (weight = 1, reverse = false): TrackedObject => ({ name: 'load', weight, reverse });

const tracking = (tracked: TrackedObject, changes: Partial<InstanceSettings> = {}): Play =>
  new Play(settingsOf([{ ...vi1, ...changes, trackFiles: [tracked] }]));

function writes(play: Play, value: number): Play {
  play.step({ type: 'FileChanged', name: 'load', value });
  return play;
}

const texts = (play: Play): string[] => play.all('Record').map(({ text }) => text);

describe('status (keepalived, track_file.c)', () => {
  test.each([
    [1, false, 0, 0],
    [1, false, 20, 20],
    [1, false, -20, -20],
    [2, false, 20, 40],
    [-1, false, 20, -20],
    [1, true, 20, -20],
    [-2, true, 20, 40],
    [1, false, 253, 253],
    [1, false, 254, 253],
    [1, false, 100_000, 253],
    [1, false, -253, -253],
    [1, false, -254, -254],
    [1, false, -255, -254],
    [254, false, 2_147_483_647, 253],
    [254, false, -2_147_483_648, -254],
    [0, false, 0, 0],
    [0, false, 1, -254],
    [0, false, -1, -254],
    [0, true, 0, -254],
    [0, true, 5, 0],
  ])('weight %i reverse %s, number %i: %i', (weight, reverse, value, expected) => {
    expect(fileStatus(track(weight, reverse), value)).toBe(expected);
  });
});

test('a number before the start counts at the start', () => {
  expect(writes(tracking(track()), 20).start().instance().effectivePriority).toBe(120);
});

test('another number changes the priority, and whoever waits waits for as much longer or shorter', () => {
  const play = writes(tracking(track()).start(), -50);
  expect(play.instance().effectivePriority).toBe(50);
  expect(texts(play)).toContain('(VI_1) Changing effective priority from 100 to 50');
  expect(play.until('master-down VI_1')).toBe(3_804_687);
});

test('the number is weighed against everything else before the sum is cut', () => {
  const play = writes(
    tracking(track(), { trackInterfaces: [{ name: 'eth1', weight: -60, reverse: false }] }),
    253,
  );
  expect(play.start().instance().effectivePriority).toBe(254);
  writes(play, -100);
  expect(play.instance().effectivePriority).toBe(1);
});

test('-254 is a fault, with a weight too; its FAULT is told with the priority from before', () => {
  const play = writes(tracking(track()), 20).start().wait(s(4)).forget();
  expect(play.state()).toBe('MASTER');
  writes(play, -254);
  expect(play.story()).toEqual([
    'VI_1 MASTER -> FAULT (file-fault)',
    'advert 0 VI_1',
    'advert 0 VI_1',
    'remove VI_1',
    'notify INSTANCE VI_1 FAULT 120',
  ]);
  expect(texts(play)[0]).toBe('(VI_1): tracked file load now FAULT state');
});

test('back from the fault the priority is what it should be, which is no change to be told of', () => {
  const play = writes(writes(tracking(track()), 20).start(), -300).forget();
  writes(play, 5);
  expect(play.story()).toEqual(['VI_1 FAULT -> BACKUP (recovered)', 'notify INSTANCE VI_1 BACKUP 105']);
  expect(texts(play).slice(0, 2)).toEqual([
    '(VI_1): tracked file load leaving FAULT state',
    '(VI_1) Setting effective priority to 105',
  ]);
});

test('back from the fault to 0', () => {
  const play = writes(writes(tracking(track()), 20).start(), -300).forget();
  expect(writes(play, 0).instance().effectivePriority).toBe(100);
});

test('while one file is a fault, another one still changes the priority', () => {
  const more = { name: 'more', weight: 1, reverse: false };
  const play = new Play(settingsOf([{ ...vi1, trackFiles: [track(), more] }])).start();
  writes(play, -254);
  play.step({ type: 'FileChanged', name: 'more', value: 7 });
  expect(play.instance().effectivePriority).toBe(107);
  expect(play.state()).toBe('FAULT');
});

test('without a weight any number but 0 is a fault', () => {
  const play = tracking(track(0)).start();
  expect(play.state()).toBe('BACKUP');
  expect(writes(play, 1).state()).toBe('FAULT');
  expect(play.instance().faults).toEqual(['tracked file load has value 1']);
  expect(writes(play, -7).state()).toBe('FAULT');
  expect(writes(play, 0).state()).toBe('BACKUP');
});

test('reversed, 0 is the fault, and so is a file that was never there', () => {
  const play = tracking(track(0, true)).start();
  expect(play.state()).toBe('FAULT');
  expect(writes(play, 1).state()).toBe('BACKUP');
});

describe('in a group', () => {
  test('without sync_group_tracking_weight the usual weight of a file is none, and others are not tracked', () => {
    const usual = { ...vi1, trackFiles: [track(1)] };
    expect(trackedObjects(usual, groupOf('VI_1'), [usual]).files).toEqual([track(0)]);
    const own = { ...vi1, trackFiles: [track(2)] };
    expect(trackedObjects(own, groupOf('VI_1'), [own]).files).toEqual([]);
  });

  test('the weight of the group wins, unless the instance has none', () => {
    const group = { ...groupOf('VI_1'), trackingWeight: true, trackFiles: [track(3)] };
    for (const [weight, expected] of [
      [2, 3],
      [0, 0],
    ] as const) {
      const member = { ...vi1, trackFiles: [track(weight)] };
      expect(trackedObjects(member, group, [member]).files).toEqual([track(expected)]);
    }
  });

  test('its file is a fault of every member', () => {
    const group = { ...groupOf('VI_1', 'VI_2'), trackFiles: [track(0)] };
    const vi2 = { ...vi1, name: 'VI_2', vrid: 52 };
    const play = new Play(settingsOf([vi1, vi2], { syncGroups: [group] })).start();
    writes(play, 1);
    expect([play.state('VI_1'), play.state('VI_2')]).toEqual(['FAULT', 'FAULT']);
    writes(play, 0);
    expect([play.state('VI_1'), play.state('VI_2')]).toEqual(['BACKUP', 'BACKUP']);
  });
});

test('a reload brings the numbers of files that are followed anew', () => {
  const play = new Play(settingsOf([vi1])).start();
  const settings = settingsOf([{ ...vi1, trackFiles: [track()] }]);
  play.step({ type: 'Reconfigured', settings, files: { load: 9 } });
  expect(play.instance().effectivePriority).toBe(109);
});

test('a reload that only changes where a number comes from brings the number', () => {
  const play = writes(tracking(track()), 20).start();
  play.step({
    type: 'Reconfigured',
    settings: settingsOf([{ ...vi1, trackFiles: [track()] }]),
    files: { load: 9 },
  });
  expect(play.instance().effectivePriority).toBe(109);
});
