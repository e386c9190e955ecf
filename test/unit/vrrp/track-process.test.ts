import { type ProcessesCounted, type ProcessSettings, type TrackedObject } from '#vrrp/index.js';
import { trackedObjects } from '#vrrp/tracking.js';
import { groupOf, Play, s, settingsOf, vi1 } from './play.js';

const track = (weight = 0, reverse = false): TrackedObject => ({ name: 'haproxy', weight, reverse });

const haproxy: ProcessSettings = { name: 'haproxy', quorum: 1, terminateDelay: s(0), forkDelay: s(0) };

const tracking = (changes: Partial<ProcessSettings> = {}, tracked = track()): Play =>
  new Play(settingsOf([{ ...vi1, trackProcesses: [tracked] }], { processes: [{ ...haproxy, ...changes }] }));

function count(play: Play, number: number, by: ProcessesCounted['by']): Play {
  play.step({ type: 'ProcessesCounted', name: 'haproxy', count: number, by });
  return play;
}

/** Started with so many processes. */
const running = (number: number, changes: Partial<ProcessSettings> = {}, tracked = track()): Play =>
  count(tracking(changes, tracked), number, 'scan').start();

const texts = (play: Play): string[] => play.all('Record').map(({ text }) => text);

test('without a process there is no quorum, and without a weight that is a fault', () => {
  const play = tracking().start();
  expect(play.instance().faults).toEqual(['tracked process haproxy has no quorum']);
  expect(running(1).state()).toBe('BACKUP');
});

test('quorum lost and gained is told, and only that', () => {
  const play = running(2, { quorum: 2 }).forget();
  count(play, 3, 'fork');
  expect(play.effects).toEqual([]);
  count(play, 1, 'exit');
  expect(play.state()).toBe('FAULT');
  expect(texts(play)[0]).toBe('Quorum lost for tracked process haproxy');
  count(play.forget(), 2, 'exec');
  expect(play.state()).toBe('BACKUP');
  expect(texts(play)[0]).toBe('Quorum gained for tracked process haproxy');
});

test.each([
  [0, false],
  [1, true],
  [3, true],
  [4, false],
])('quorum 1 to 3: with %i there is a quorum: %s', (number, expected) => {
  const play = running(number, { quorumMax: 3 });
  expect(play.router.snapshot().processes).toEqual([{ name: 'haproxy', count: number, hasQuorum: expected }]);
});

test('quorum_max 0: none must run', () => {
  const play = running(0, { quorum: 0, quorumMax: 0 });
  expect(play.state()).toBe('BACKUP');
  expect(count(play, 1, 'fork').state()).toBe('FAULT');
  expect(count(play, 0, 'exit').state()).toBe('BACKUP');
});

test.each([
  [10, false, 110, 100],
  [-10, false, 100, 90],
  [10, true, 90, 100],
])('weight %i reverse %s: %i with a quorum, %i without', (weight, reverse, withQuorum, without) => {
  const play = running(1, {}, track(weight, reverse));
  expect(play.instance().effectivePriority).toBe(withQuorum);
  count(play, 0, 'exit');
  expect(play.instance().effectivePriority).toBe(without);
  count(play, 1, 'fork');
  expect(play.instance().effectivePriority).toBe(withQuorum);
});

describe('delays', () => {
  const delays = { terminateDelay: s(2), forkDelay: s(1) };

  test('an exit counts after terminate_delay', () => {
    const play = count(running(1, delays), 0, 'exit');
    play.wait(s(1.9));
    expect(play.state()).toBe('BACKUP');
    play.wait(s(0.2));
    expect(play.state()).toBe('FAULT');
  });

  test('a process that is back in time was never away', () => {
    const play = count(running(1, delays), 0, 'exit').wait(s(1));
    count(play, 1, 'fork').wait(s(2));
    expect(texts(play)).not.toContain('Quorum lost for tracked process haproxy');
    expect(play.state()).toBe('BACKUP');
  });

  test('a fork counts after fork_delay, unless an exit undoes it', () => {
    const play = count(running(1, { ...delays, quorum: 2 }), 2, 'fork').wait(s(0.5));
    count(play, 1, 'exit').wait(s(5));
    expect(play.state()).toBe('FAULT');
    count(play, 2, 'fork').wait(s(0.9));
    expect(play.state()).toBe('FAULT');
    expect(play.wait(s(0.2)).state()).toBe('BACKUP');
  });

  test('a process that becomes another program counts at once', () => {
    const play = count(running(1, delays), 0, 'exec');
    expect(play.state()).toBe('FAULT');
    expect(count(play, 1, 'exec').state()).toBe('BACKUP');
  });

  test('an exec makes up for an exit', () => {
    const play = count(running(1, delays), 0, 'exit').wait(s(1));
    count(play, 1, 'exec');
    expect(play.due('process-terminate haproxy')).toBeUndefined();
    expect(play.wait(s(5)).state()).toBe('MASTER');
  });

  test('too many because of a fork wait for fork_delay too', () => {
    const play = count(running(1, { ...delays, quorumMax: 1 }), 2, 'fork').wait(s(0.9));
    expect(play.state()).toBe('BACKUP');
    expect(play.wait(s(0.2)).state()).toBe('FAULT');
  });

  test('counted anew, the wait begins anew', () => {
    const play = count(running(1, delays), 0, 'exit').wait(s(1.5));
    count(play.forget(), 0, 'scan');
    expect(play.until('process-terminate haproxy')).toBe(2_000_000);
    count(play, 1, 'scan');
    expect(play.due('process-terminate haproxy')).toBeUndefined();
    expect(texts(play)).toEqual(['Process haproxy, number of current processes changed from 0 to 1']);
  });

  test('counted anew, a change of the quorum waits as well', () => {
    const play = count(running(1, delays).forget(), 0, 'scan');
    expect(texts(play)).toEqual([
      'Process haproxy, number of current processes changed from 1 to 0, quorum down',
    ]);
    expect(play.wait(s(2)).state()).toBe('FAULT');
  });

  test('none after a stop', () => {
    const play = count(running(1, delays), 0, 'exit');
    play.step({ type: 'StopRequested' });
    expect(play.due('process-terminate haproxy')).toBeUndefined();
  });
});

describe('a reload', () => {
  const reload = (play: Play, changes: Partial<ProcessSettings>, number: number): Play => {
    const settings = settingsOf([{ ...vi1, trackProcesses: [track()] }], {
      processes: [{ ...haproxy, ...changes }],
    });
    play.step({ type: 'Reconfigured', settings, processes: { haproxy: number } });
    return play;
  };

  test('another quorum holds at once', () => {
    expect(reload(running(1), { quorum: 2, terminateDelay: s(9) }, 1).state()).toBe('FAULT');
  });

  test('other processes are counted at once', () => {
    expect(reload(running(0), {}, 1).state()).toBe('BACKUP');
  });

  test('without a change a wait goes on', () => {
    const play = count(running(1, { terminateDelay: s(2) }), 0, 'exit').wait(s(1));
    reload(play, { terminateDelay: s(2) }, 0);
    expect(play.until('process-terminate haproxy')).toBe(1_000_000);
  });
});

test('in a group a process keeps its weight, and its direction is that of the instance (keepalived)', () => {
  const member = { ...vi1, trackProcesses: [track(5, true)] };
  expect(trackedObjects(member, groupOf('VI_1'), [member]).processes).toEqual([track(5, true)]);
  const group = { ...groupOf('VI_1'), trackProcesses: [track(7)] };
  expect(trackedObjects(member, group, [member]).processes).toEqual([track(7, true)]);
});
