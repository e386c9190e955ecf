import { micros } from '#base/units.js';
import {
  type InstanceSettings,
  type InterfaceState,
  type ScriptSettings,
  type TrackedObject,
} from '#vrrp/index.js';
import { effectivePriority, isFaulty, priorityShare, trackedObjects } from '#vrrp/tracking.js';
import { backup, chk, eth0, groupOf, ip, master, Play, s, settingsOf, vi1, vi1v6 } from './play.js';

const track = (name: string, weight = 0, reverse = false): TrackedObject => ({ name, weight, reverse });

describe('arithmetic', () => {
  test.each([
    [20, false, 20, 0],
    [-20, false, 0, -20],
    [20, true, -20, 0],
    [-20, true, 0, 20],
    [0, false, 0, 0],
  ])('weight %i reverse %s: %i while up, %i while down', (weight, reverse, up, down) => {
    expect(priorityShare(track('x', weight, reverse), 'up')).toBe(up);
    expect(priorityShare(track('x', weight, reverse), 'down')).toBe(down);
    expect(priorityShare(track('x', weight, reverse), 'unknown')).toBe(0);
  });

  test('weight 0 is a fault while down, reversed while up, and never while unknown', () => {
    expect(isFaulty(track('x'), 'down')).toBe(true);
    expect(isFaulty(track('x'), 'up')).toBe(false);
    expect(isFaulty(track('x', 0, true), 'up')).toBe(true);
    expect(isFaulty(track('x', 0, true), 'down')).toBe(false);
    expect(isFaulty(track('x'), 'unknown')).toBe(false);
    expect(isFaulty(track('x', 5), 'down')).toBe(false);
  });

  test.each([
    [100, [20, 30], 150],
    [100, [200], 254],
    [100, [-200], 1],
    [254, [1], 254],
    [255, [-100], 255],
  ])('%i and %j make %i', (configured, shares, expected) => {
    expect(effectivePriority(configured, shares)).toBe(expected);
  });

  test('all shares count before the result is clamped', () => {
    expect(effectivePriority(100, [-200, 150])).toBe(50);
  });
});

describe('what is tracked', () => {
  const names = (tracks: readonly TrackedObject[]): string[] =>
    tracks.map(({ name, weight }) => `${name} ${weight}`);
  const tracking: InstanceSettings = {
    ...vi1,
    trackInterfaces: [track('eth0', 5), track('eth1', 10)],
    trackScripts: [track('a', 10), track('b')],
  };

  test('the own interface always, and only as a fault', () => {
    expect(names(trackedObjects(tracking, undefined, []).interfaces)).toEqual(['eth0 0', 'eth1 10']);
    const settings = { ...tracking, dontTrackPrimary: true };
    expect(names(trackedObjects(settings, undefined, []).interfaces)).toEqual(['eth1 10']);
  });

  test('a unicast instance without an interface has none of its own to track', () => {
    expect(names(trackedObjects({ ...tracking, interface: '' }, undefined, []).interfaces)).toEqual([
      'eth0 5',
      'eth1 10',
    ]);
  });

  test('carriers as the own interface, once each, whatever track_interface says of them', () => {
    const settings = { ...tracking, interface: 'vrrp.51', sourceInterface: 'eth0' };
    const carried = { ...settings, carriers: ['eth0', 'vrrp.51', 'eth1'] };
    expect(names(trackedObjects(carried, undefined, []).interfaces)).toEqual([
      'vrrp.51 0',
      'eth0 0',
      'eth1 0',
    ]);
    const loose = { ...settings, carriers: [], dontTrackPrimary: true };
    expect(names(trackedObjects(loose, undefined, []).interfaces)).toEqual(['eth1 10']);
  });

  test('an owner tracks nothing by weight', () => {
    const { interfaces, scripts } = trackedObjects({ ...tracking, priority: 255 }, undefined, []);
    expect(names(interfaces)).toEqual(['eth0 0']);
    expect(names(scripts)).toEqual(['b 0']);
  });

  test('in a group: interfaces lose their weights, weighted scripts are not tracked', () => {
    const { interfaces, scripts } = trackedObjects(tracking, groupOf('VI_1'), [tracking]);
    expect(names(interfaces)).toEqual(['eth0 0', 'eth1 0']);
    expect(names(scripts)).toEqual(['b 0']);
  });

  test('sync_group_tracking_weight leaves them', () => {
    const group = {
      ...groupOf('VI_1'),
      trackingWeight: true,
      trackScripts: [track('a', -7), track('c', 3), track('b', 9)],
    };
    const { interfaces, scripts } = trackedObjects(tracking, group, [tracking]);
    expect(names(interfaces)).toEqual(['eth0 0', 'eth1 10']);
    expect(names(scripts)).toEqual(['a -7', 'b 0', 'c 3']);
  });

  test('a group with an owner in it has no weights', () => {
    const group = { ...groupOf('VI_1'), trackScripts: [track('c', 3)] };
    const { scripts } = trackedObjects(vi1, group, [vi1, { ...vi1, priority: 255 }]);
    expect(names(scripts)).toEqual(['c 0']);
  });
});

describe('where adverts come from', () => {
  const tell = (play: Play, state: InterfaceState): readonly string[] => {
    play.forget().step({ type: 'InterfaceChanged', state });
    return play.story();
  };

  test('from what a VMAC lies on: without an address there it cannot take part', () => {
    const vmac = { ...vi1, interface: 'vrrp.51', sourceInterface: 'eth0', carriers: ['eth0'] };
    const bare = { ...eth0, addresses: [] };
    const play = new Play(settingsOf([vmac]), [bare, { ...bare, name: 'vrrp.51', index: 9 }]).start();
    expect(play.instance().faults).toEqual(['no IPv4 address for interface eth0']);
    expect(tell(play, eth0)[0]).toBe('VI_1 FAULT -> BACKUP (recovered)');
    expect(tell(play, { ...eth0, up: false })[0]).toBe('VI_1 BACKUP -> FAULT (interface-down)');
  });

  test('track_src_ip: in FAULT for as long as a multicast source is on no interface', () => {
    const source = ip('192.0.2.77');
    const transport = { kind: 'multicast', group: ip('224.0.0.18'), source } as const;
    expect(backup({ transport }).state()).toBe('BACKUP');
    const play = backup({ transport: { ...transport, tracksSource: true } });
    expect(play.state()).toBe('FAULT');
    expect(tell(play, { ...eth0, addresses: [...eth0.addresses, source] })[0]).toBe(
      'VI_1 FAULT -> BACKUP (recovered)',
    );
    expect(tell(play, eth0)[0]).toBe('VI_1 BACKUP -> FAULT (source-address-missing)');
  });
});

describe('an interface goes down and comes back', () => {
  test('as master: resigns twice, removes its addresses, tells of FAULT (keepalived on the wire)', () => {
    const play = master();
    play.link('eth0', false);
    expect(play.story()).toEqual([
      'VI_1 MASTER -> FAULT (interface-down)',
      'advert 0 VI_1',
      'advert 0 VI_1',
      'remove VI_1',
      'notify INSTANCE VI_1 FAULT 100',
    ]);
    play.forget().wait(s(60));
    expect(play.effects).toEqual([]);
  });

  test('it comes back as backup, with the whole interval to wait', () => {
    const play = master();
    play.link('eth0', false);
    play.wait(s(5)).forget();
    play.link('eth0', true);
    expect(play.story()).toEqual(['VI_1 FAULT -> BACKUP (recovered)', 'notify INSTANCE VI_1 BACKUP 100']);
    expect(play.until('master-down VI_1')).toBe(3_609_375);
  });

  test('as backup', () => {
    const play = backup().forget();
    play.link('eth0', false);
    expect(play.story()).toEqual(['VI_1 BACKUP -> FAULT (interface-down)', 'notify INSTANCE VI_1 FAULT 100']);
    expect(play.due('master-down VI_1')).toBeUndefined();
  });

  test('a vanished interface is down', () => {
    const play = master();
    play.step({ type: 'InterfaceVanished', interface: 'eth0' });
    expect(play.state()).toBe('FAULT');
  });

  test('an IPv4 master that loses its address still resigns from it', () => {
    const play = master();
    play.wait(s(1)).forget();
    play.step({ type: 'InterfaceChanged', state: { ...eth0, addresses: [] } });
    expect(play.all('SendAdvert')).toMatchObject([
      { source: '192.0.2.1', priority: 0 },
      { source: '192.0.2.1', priority: 0 },
    ]);
    expect(play.instance().faults).toEqual(['no IPv4 address for interface eth0']);
  });

  test('an IPv6 master that loses its address cannot', () => {
    const play = new Play(settingsOf([vi1v6])).start().wait(s(4)).forget();
    play.step({ type: 'InterfaceChanged', state: { ...eth0, addresses: [] } });
    expect(play.all('SendAdvert')).toEqual([]);
    expect(play.state()).toBe('FAULT');
  });

  test('dont_track_primary stays', () => {
    const play = master({ dontTrackPrimary: true });
    play.link('eth0', false);
    expect(play.state()).toBe('MASTER');
  });

  test('a unicast router that comes back tells its neighbours its MAC', () => {
    const play = backup({
      transport: { kind: 'unicast', peers: [{ address: ip('192.0.2.2') }], checkSource: false, ttl: 255 },
    });
    play.link('eth0', false);
    play.forget();
    play.link('eth0', true);
    expect(play.story()).toContain('garp 192.0.2.1 eth0');
  });

  test('a unicast source that is on no interface is a fault', () => {
    const play = backup({
      transport: {
        kind: 'unicast',
        peers: [{ address: ip('192.0.2.2') }],
        source: ip('198.51.100.7'),
        checkSource: false,
        ttl: 255,
      },
    });
    expect(play.instance().faults).toEqual(['source address 198.51.100.7 is on no interface']);
    play.step({
      type: 'InterfaceChanged',
      state: { name: 'lo', index: 1, up: true, addresses: [ip('198.51.100.7')] },
    });
    expect(play.state()).toBe('BACKUP');
  });
});

describe('track_interface', () => {
  const eth1 = { ...eth0, name: 'eth1', index: 3 };
  const play = (weight: number, reverse = false): Play =>
    new Play(settingsOf([{ ...vi1, trackInterfaces: [track('eth1', weight, reverse)] }]), [eth0, eth1])
      .start()
      .forget();

  test('weight 0: FAULT with it, back with it', () => {
    const tracked = play(0);
    tracked.link('eth1', false);
    expect(tracked.state()).toBe('FAULT');
    tracked.link('eth1', true);
    expect(tracked.state()).toBe('BACKUP');
  });

  test('weight 0 reverse: FAULT while it is up', () => {
    const tracked = play(0, true);
    expect(tracked.state()).toBe('FAULT');
    tracked.link('eth1', false);
    expect(tracked.state()).toBe('BACKUP');
  });

  test('two faults: both have to go', () => {
    const tracked = play(0);
    tracked.link('eth1', false);
    tracked.link('eth0', false);
    tracked.link('eth1', true);
    expect(tracked.state()).toBe('FAULT');
    tracked.link('eth0', true);
    expect(tracked.state()).toBe('BACKUP');
  });

  test('a weight changes the priority, tells so, and moves the wait by the change of the skew', () => {
    const tracked = play(20);
    expect(tracked.instance().effectivePriority).toBe(120);
    expect(tracked.until('master-down VI_1')).toBe(3_531_250);
    tracked.link('eth1', false);
    expect(tracked.story()).toEqual(['notify INSTANCE VI_1 BACKUP_PRIORITY 100']);
    expect(tracked.until('master-down VI_1')).toBe(3_609_375);
    expect(tracked.all('Record').map(({ text }) => text)).toContain(
      '(VI_1) Changing effective priority from 120 to 100',
    );
  });

  test('a master tells the priority with its next advert', () => {
    const tracked = play(-30).wait(s(4)).forget();
    tracked.link('eth1', false);
    expect(tracked.story()).toEqual(['notify INSTANCE VI_1 MASTER_PRIORITY 70']);
    tracked.wait(s(1));
    expect(tracked.all('SendAdvert')[0]?.priority).toBe(70);
  });

  test('a change while the master has resigned keeps to the skew', () => {
    const tracked = play(20);
    tracked.hear({ priority: 0 });
    expect(tracked.until('master-down VI_1')).toBe(531_250);
    tracked.link('eth1', false);
    expect(tracked.until('master-down VI_1')).toBe(609_375);
  });
});

describe('track_script', () => {
  const scripted = (weight = 0, changes: Partial<ScriptSettings> = {}, reverse = false): Play =>
    new Play(
      settingsOf([{ ...vi1, trackScripts: [track('chk', weight, reverse)] }], {
        scripts: [{ ...chk, ...changes }],
      }),
    ).start();

  test('runs at start and at every interval, with the interval as its time limit', () => {
    const play = scripted();
    expect(play.all('RunScript')).toMatchObject([{ script: 'chk', timeout: 2_000_000 }]);
    play.script('chk', true);
    play.wait(s(2));
    expect(play.all('RunScript').map(({ when }) => when - 1_000_000)).toEqual([0, 2_000_000]);
  });

  test('its own timeout', () => {
    expect(scripted(0, { timeout: s(1) }).all('RunScript')).toMatchObject([{ timeout: 1_000_000 }]);
  });

  test('a run that lasts is not joined by another', () => {
    const play = scripted().wait(s(4));
    expect(play.all('RunScript')).toHaveLength(1);
    expect(play.all('Record').map(({ text }) => text)).toContain(
      'Track script chk is already running, expect idle - skipping run',
    );
  });

  test('a script that nobody tracks is not run', () => {
    const play = new Play(settingsOf([vi1], { scripts: [chk] })).start();
    expect(play.all('RunScript')).toEqual([]);
  });

  test('no election before the first result of a script that can be a fault', () => {
    const play = scripted();
    expect(play.story()).toEqual(['remove VI_1']);
    play.wait(s(1.5)).forget().script('chk', true);
    expect(play.story()).toEqual(['VI_1 INIT -> BACKUP (recovered)', 'notify INSTANCE VI_1 BACKUP 100']);
    expect(play.until('master-down VI_1')).toBe(3_609_375);
  });

  test('the first result may be the fault', () => {
    const play = scripted(0, { fall: 5 }).forget();
    play.script('chk', false);
    expect(play.story()).toEqual(['VI_1 INIT -> FAULT (script-down)', 'notify INSTANCE VI_1 FAULT 100']);
    expect(play.all('Record')[0]?.text).toBe('VRRP_Script(chk) failed (exited with status 1)');
  });

  test.each([
    ['timed out', 'VRRP_Script(chk) timed_out'],
    ['due to signal 9', 'VRRP_Script(chk) failed (due to signal 9)'],
    ['', 'VRRP_Script(chk) failed'],
  ])('a run that ended %j is told as keepalived tells it', (detail, text) => {
    const play = scripted().forget();
    play.step({ type: 'ScriptExited', script: 'chk', success: false, detail });
    expect(play.all('Record')[0]?.text).toBe(text);
  });

  test('a new exit status is told, whether it decides anything or not', () => {
    const play = scripted(0, { fall: 9 });
    const statuses = [0, 1, 1, 2, 0];
    play.forget();
    for (const status of statuses) {
      play.step({ type: 'ScriptExited', script: 'chk', success: status === 0, detail: '', status });
    }
    const lines = play.all('Record').filter(({ code }) => code === 'script-status');
    expect(lines.map(({ text }) => text)).toEqual([
      'Script `chk` now returning 1',
      'Script `chk` now returning 2',
      'Script `chk` now returning 0',
    ]);
  });

  test('a weighted script does not hold the election up, and counts for nothing before its first result', () => {
    const play = scripted(20);
    expect([play.state(), play.instance().effectivePriority]).toEqual(['BACKUP', 100]);
    play.script('chk', true);
    expect(play.instance().effectivePriority).toBe(120);
    play.script('chk', false);
    expect(play.instance().effectivePriority).toBe(100);
  });

  test('init_fail: down until it has risen', () => {
    const play = scripted(0, { initFail: true, rise: 2 });
    expect(play.state()).toBe('FAULT');
    play.script('chk', true);
    expect(play.state()).toBe('FAULT');
    play.script('chk', true);
    expect(play.state()).toBe('BACKUP');
    expect(scripted(-20, { initFail: true }).instance().effectivePriority).toBe(80);
  });

  test('fall: failures in a row, a success between starts the count anew', () => {
    const play = scripted(20, { fall: 3 });
    play.script('chk', true);
    for (const success of [false, false, true, false, false]) play.script('chk', success);
    expect(play.instance().effectivePriority).toBe(120);
    play.script('chk', false);
    expect(play.instance().effectivePriority).toBe(100);
  });

  test('rise: successes in a row', () => {
    const play = scripted(20, { rise: 3 });
    play.script('chk', false);
    for (const success of [true, true, false, true, true]) play.script('chk', success);
    expect(play.instance().effectivePriority).toBe(100);
    play.script('chk', true);
    expect(play.instance().effectivePriority).toBe(120);
    expect(play.router.snapshot().scripts).toEqual([
      { name: 'chk', state: 'up', run: 0, running: false, lastDetail: '' },
    ]);
  });

  test('reverse: a fault while it succeeds', () => {
    const play = scripted(0, {}, true);
    play.script('chk', true);
    expect(play.state()).toBe('FAULT');
    play.script('chk', false);
    expect(play.state()).toBe('BACKUP');
  });

  test('a weight flip makes the better router master', () => {
    const play = scripted(50);
    play.hear({ priority: 120 });
    play.script('chk', true);
    for (let second = 0; second < 4; second += 1) {
      play.wait(s(1));
      if (play.state() === 'BACKUP') play.hear({ priority: 120 });
    }
    expect(play.state()).toBe('MASTER');
    expect(play.instance().effectivePriority).toBe(150);
  });

  test('a result for a script that nobody knows is ignored', () => {
    expect(backup().script('nobody', true)).toEqual([]);
  });

  test('an owner waits for its script, then is master at once', () => {
    const play = new Play(
      settingsOf([{ ...vi1, priority: 255, initialState: 'MASTER', trackScripts: [track('chk')] }], {
        scripts: [chk],
      }),
    ).start();
    expect(play.state()).toBe('INIT');
    play.script('chk', true);
    expect(play.state()).toBe('MASTER');
  });

  test('who carries on after a crash does not wait for scripts', () => {
    const play = new Play(settingsOf([{ ...vi1, trackScripts: [track('chk')] }], { scripts: [chk] })).start([
      'VI_1',
    ]);
    expect(play.state()).toBe('MASTER');
    play.script('chk', false);
    expect(play.state()).toBe('FAULT');
  });
});

test('a priority that rises far enough takes over at once, not in the past', () => {
  const settings = { ...vi1, trackInterfaces: [track('eth1', 150)] };
  const play = new Play(settingsOf([settings]), [eth0, { ...eth0, name: 'eth1', up: false }]).start();
  play.wait(micros(3_609_370));
  play.link('eth1', true);
  expect(play.until('master-down VI_1')).toBe(0);
  expect(play.wait(s(0)).state()).toBe('MASTER');
});
