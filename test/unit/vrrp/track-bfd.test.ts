import { trackedObjects } from '#vrrp/tracking.js';
import { type InstanceSettings, type TrackedObject } from '#vrrp/index.js';
import { groupOf, Play, s, settingsOf, vi1 } from './play.js';

const track = (weight = 0, reverse = false): TrackedObject => ({ name: 'router1', weight, reverse });

const tracking = (tracked: TrackedObject, changes: Partial<InstanceSettings> = {}): Play =>
  new Play(settingsOf([{ ...vi1, ...changes, trackBfd: [tracked] }]));

const texts = (play: Play): string[] => play.all('Record').map(({ text }) => text);

test('a session never heard of is down, and without a weight that is a fault', () => {
  const play = tracking(track()).start();
  expect(play.state()).toBe('FAULT');
  expect(play.instance().faults).toEqual(['session router1 is down']);
});

test('a session that came up before the start counts at the start', () => {
  const play = tracking(track());
  play.step({ type: 'BfdChanged', name: 'router1', up: true });
  play.start();
  expect(play.state()).toBe('BACKUP');
});

test('up leaves FAULT, down enters it, each told in words of keepalived', () => {
  const play = tracking(track()).start().forget();
  play.step({ type: 'BfdChanged', name: 'router1', up: true });
  expect(play.state()).toBe('BACKUP');
  expect(texts(play)).toContain('VRRP_Instance(VI_1) Tracked BFD instance router1 is UP');
  play.wait(s(4)).forget();
  play.step({ type: 'BfdChanged', name: 'router1', up: false });
  expect(texts(play)[0]).toBe('VRRP_Instance(VI_1) Tracked BFD instance router1 is DOWN');
  expect(play.story()).toEqual([
    'VI_1 MASTER -> FAULT (session-down)',
    'advert 0 VI_1',
    'advert 0 VI_1',
    'remove VI_1',
    'notify INSTANCE VI_1 FAULT 100',
  ]);
});

test('what is told twice happens once', () => {
  const play = tracking(track()).start();
  play.step({ type: 'BfdChanged', name: 'router1', up: true });
  expect(play.step({ type: 'BfdChanged', name: 'router1', up: true })).toEqual([]);
  expect(play.step({ type: 'BfdChanged', name: 'router9', up: true })).toEqual([]);
});

test.each([
  [20, false, 100, 120],
  [-20, false, 80, 100],
  [20, true, 100, 80],
  [-20, true, 120, 100],
])('weight %i reverse %s: %i while down, %i while up', (weight, reverse, down, up) => {
  const play = tracking(track(weight, reverse)).start();
  expect(play.instance().effectivePriority).toBe(down);
  play.step({ type: 'BfdChanged', name: 'router1', up: true });
  expect(play.instance().effectivePriority).toBe(up);
  play.step({ type: 'BfdChanged', name: 'router1', up: false });
  expect(play.instance().effectivePriority).toBe(down);
});

test('reversed without a weight, a session that is up is the fault', () => {
  const play = tracking(track(0, true)).start();
  expect(play.state()).toBe('BACKUP');
  play.step({ type: 'BfdChanged', name: 'router1', up: true });
  expect(play.state()).toBe('FAULT');
});

test('a group tracks for all of its members, and its weight wins over theirs', () => {
  const member = { ...vi1, trackBfd: [track(5)] };
  const group = { ...groupOf('VI_1'), trackingWeight: true, trackBfd: [track(7, true)] };
  expect(trackedObjects(member, group, [member]).bfd).toEqual([track(7, true)]);
  expect(trackedObjects(vi1, group, [vi1]).bfd).toEqual([track(7, true)]);
  expect(trackedObjects(member, { ...group, trackBfd: [], trackingWeight: false }, [member]).bfd).toEqual([]);
});

test('a reload keeps what is known of a session', () => {
  const play = tracking(track()).start();
  play.step({ type: 'BfdChanged', name: 'router1', up: true });
  play.step({ type: 'Reconfigured', settings: settingsOf([{ ...vi1, priority: 90, trackBfd: [track()] }]) });
  expect(play.state()).toBe('BACKUP');
});
