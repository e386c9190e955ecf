import { type InstanceSettings, type VrrpSettings } from '#vrrp/index.js';
import { sameData } from '#vrrp/equality.js';
import { identityOf } from '#vrrp/matching.js';
import { backup, chk, eth0, groupOf, ip, master, Play, s, settingsOf, vi1, vi1v3 } from './play.js';

const vi2: InstanceSettings = { ...vi1, name: 'VI_2', vrid: 52 };
const reload = (play: Play, settings: VrrpSettings): string[] => {
  play.forget().step({ type: 'Reconfigured', settings });
  return play.story();
};
const vip = (address: string): InstanceSettings['addresses'][number] => ({
  address: ip(address),
  interface: 'eth0',
  advertised: true,
});

describe('who is unchanged does not notice', () => {
  test('equal settings lead to nothing at all', () => {
    const play = master();
    play.step({ type: 'Reconfigured', settings: settingsOf([{ ...vi1 }]) });
    expect(play.effects).toEqual([]);
  });

  test('an edit elsewhere moves no timer of ours', () => {
    const play = new Play(settingsOf([vi1, vi2])).start().wait(s(3.7));
    const [first, second] = [play.due('advert VI_1'), play.due('advert VI_2')];
    expect(reload(play, settingsOf([vi1, { ...vi2, priority: 90 }]))).not.toContain('advert 100 VI_1');
    expect(play.due('advert VI_1')).toBe(first);
    expect(play.due('advert VI_2')).not.toBe(second);
  });

  test('the order in the file may change', () => {
    const play = new Play(settingsOf([vi1, vi2])).start().wait(s(3.7));
    expect(reload(play, settingsOf([vi2, vi1]))).toEqual([]);
    expect(play.router.snapshot().instances.map(({ name }) => name)).toEqual(['VI_2', 'VI_1']);
  });
});

describe('who is changed keeps its state', () => {
  test('a master with one more VIP installs it, announces only it, and tells the segment at once', () => {
    const garp = { ...vi1.garp, masterDelay: s(5) };
    const play = master({ garp }).wait(s(6));
    const addresses = [vip('192.0.2.100'), vip('192.0.2.101')];
    expect(reload(play, settingsOf([{ ...vi1, garp, addresses }]))).toEqual([
      'advert 100 VI_1',
      'add VI_1',
      'garp 192.0.2.101 eth0',
    ]);
    expect(play.until('advert VI_1')).toBe(1_000_000);
    play.forget().wait(s(5));
    expect(play.story().filter((line) => line.startsWith('garp'))).toEqual(['garp 192.0.2.101 eth0']);
  });

  test('a second round that was still to come covers old and new VIPs', () => {
    const garp = { ...vi1.garp, masterDelay: s(5) };
    const play = master({ garp }).wait(s(2));
    reload(play, settingsOf([{ ...vi1, garp, addresses: [vip('192.0.2.100'), vip('192.0.2.101')] }]));
    play.forget().wait(s(6));
    expect(play.all('SendGratuitousArp').map(({ address }) => address)).toEqual([
      '192.0.2.100',
      '192.0.2.101',
    ]);
  });

  test('a master of another priority says so, silently for the notifies', () => {
    const play = master();
    expect(reload(play, settingsOf([{ ...vi1, priority: 90 }]))).toEqual(['advert 90 VI_1', 'add VI_1']);
    expect(play.state()).toBe('MASTER');
  });

  test('another advert interval counts from now', () => {
    const play = master();
    reload(play, settingsOf([{ ...vi1, advertInterval: s(5) }]));
    expect(play.until('advert VI_1')).toBe(5_000_000);
  });

  test('a backup waits anew, by its new settings', () => {
    const play = backup();
    play.wait(s(2));
    expect(reload(play, settingsOf([{ ...vi1, priority: 200 }]))).toEqual([]);
    expect(play.until('master-down VI_1')).toBe(3_218_750);
  });

  test('a backup of version 3 keeps the interval that it has learned', () => {
    const play = new Play(settingsOf([vi1v3])).start();
    play.hear({ version: 3, maxAdvertIntervalCs: 50 });
    reload(play, settingsOf([{ ...vi1v3, priority: 90 }]));
    expect(play.instance().masterAdvertInterval).toBe(500_000);
  });

  test('a new name is only a name', () => {
    const play = master();
    expect(reload(play, settingsOf([{ ...vi1, name: 'VI_NEW' }]))).toEqual([
      'advert 100 VI_NEW',
      'add VI_NEW',
    ]);
    expect(play.due('advert VI_1')).toBeUndefined();
    expect(play.state('VI_NEW')).toBe('MASTER');
    play.wait(s(1));
    expect(play.story()).toContain('advert 100 VI_NEW');
  });

  test('two masters that swap their names both go on', () => {
    const play = new Play(settingsOf([vi1, vi2])).start().wait(s(5));
    const swapped = [
      { ...vi1, name: 'VI_2' },
      { ...vi2, name: 'VI_1' },
    ];
    for (const settings of [swapped, swapped.toReversed()]) {
      reload(play, settingsOf(settings));
      play.forget().wait(s(1));
      expect(play.story().toSorted()).toEqual(['advert 100 VI_1', 'advert 100 VI_2']);
      reload(play, settingsOf([vi1, vi2]));
    }
  });

  test('two backups that swap their names both wait on', () => {
    const play = new Play(settingsOf([vi1, vi2])).start();
    reload(
      play,
      settingsOf([
        { ...vi2, name: 'VI_1' },
        { ...vi1, name: 'VI_2' },
      ]),
    );
    play.wait(s(5));
    expect([play.state('VI_1'), play.state('VI_2')]).toEqual(['MASTER', 'MASTER']);
  });

  test('a refresh goes on under a new name', () => {
    const garp = { ...vi1.garp, masterRefresh: s(10) };
    const play = master({ garp });
    reload(play, settingsOf([{ ...vi1, garp, name: 'VI_NEW' }]));
    expect(play.due('garp-refresh VI_1')).toBeUndefined();
    expect(play.until('garp-refresh VI_NEW')).toBe(10_000_000);
  });

  test('a new refresh interval is taken up, and given up', () => {
    const play = master();
    reload(play, settingsOf([{ ...vi1, garp: { ...vi1.garp, masterRefresh: s(10) } }]));
    expect(play.until('garp-refresh VI_1')).toBe(10_000_000);
    reload(play, settingsOf([vi1]));
    expect(play.due('garp-refresh VI_1')).toBeUndefined();
  });

  test('what is tracked now may be a fault', () => {
    const play = master();
    const trackInterfaces = [{ name: 'eth9', weight: 0, reverse: false }];
    expect(reload(play, settingsOf([{ ...vi1, trackInterfaces }]))[0]).toBe(
      'VI_1 MASTER -> FAULT (interface-down)',
    );
    expect(reload(play, settingsOf([vi1]))).toEqual([
      'VI_1 FAULT -> BACKUP (recovered)',
      'notify INSTANCE VI_1 BACKUP 100',
    ]);
  });

  test('a priority by tracking that the reload changes is told', () => {
    const eth1 = { ...eth0, name: 'eth1' };
    const play = new Play(settingsOf([vi1]), [eth0, eth1]).start();
    const trackInterfaces = [{ name: 'eth1', weight: 10, reverse: false }];
    expect(reload(play, settingsOf([{ ...vi1, trackInterfaces }]))).toEqual([
      'notify INSTANCE VI_1 BACKUP_PRIORITY 110',
    ]);
  });
});

describe('who is removed or added', () => {
  test('a removed master resigns, removes its addresses and tells of it', () => {
    const play = new Play(settingsOf([vi1, vi2])).start().wait(s(4));
    expect(reload(play, settingsOf([vi2]))).toEqual([
      'VI_1 MASTER -> INIT (removed)',
      'advert 0 VI_1',
      'remove VI_1',
      'notify INSTANCE VI_1 DELETED 100',
    ]);
    expect(play.due('advert VI_1')).toBeUndefined();
    expect(play.state('VI_2')).toBe('MASTER');
  });

  test('a removed backup just tells', () => {
    expect(reload(backup(), settingsOf([]))).toEqual([
      'VI_1 BACKUP -> INIT (removed)',
      'notify INSTANCE VI_1 DELETED 100',
    ]);
  });

  test('an added instance starts as at start', () => {
    expect(reload(backup(), settingsOf([vi1, vi2]))).toEqual([
      'remove VI_2',
      'VI_2 INIT -> BACKUP (started)',
      'notify INSTANCE VI_2 BACKUP 100',
    ]);
  });

  test('an added instance is found by its VRID, a removed one is not', () => {
    const play = backup();
    reload(play, settingsOf([vi2]));
    play.hear({ vrid: 52 });
    play.hear({ vrid: 51 });
    expect(play.instance('VI_2').counters.advertsReceived).toBe(1);
    expect(play.router.snapshot().unclaimedAdverts).toEqual({ 'advert-unknown-vrid': 1 });
  });

  test('unicast instances that share all but their peers go on by name', () => {
    const unicast = (name: string, peer: string, priority: number): InstanceSettings => ({
      ...vi1,
      name,
      priority,
      transport: { kind: 'unicast', peers: [{ address: ip(peer) }], checkSource: false, ttl: 255 },
    });
    const play = new Play(
      settingsOf([unicast('A', '192.0.2.2', 100), unicast('B', '192.0.2.3', 100)]),
    ).start();
    for (let second = 0; second < 5; second += 1) {
      play.wait(s(1));
      play.hear({ source: ip('192.0.2.3'), destination: ip('192.0.2.1') });
    }
    expect([play.state('A'), play.state('B')]).toEqual(['MASTER', 'BACKUP']);
    reload(play, settingsOf([unicast('B', '192.0.2.3', 90), unicast('A', '192.0.2.2', 90)]));
    expect([play.state('A'), play.state('B')]).toEqual(['MASTER', 'BACKUP']);
  });

  test('another VRID is another router: the old one resigns before the new one starts', () => {
    const story = reload(master(), settingsOf([{ ...vi1, vrid: 99 }]));
    expect(story.slice(0, 2)).toEqual(['VI_1 MASTER -> INIT (removed)', 'advert 0 VI_1']);
    expect(story.at(-1)).toBe('notify INSTANCE VI_1 BACKUP 100');
  });

  test.each<[string, Partial<InstanceSettings>, boolean]>([
    ['priority', { priority: 1 }, true],
    ['name', { name: 'X' }, true],
    ['version', { version: 3 }, true],
    ['VRID', { vrid: 1 }, false],
    ['interface', { interface: 'eth1' }, false],
    ['group', { transport: { kind: 'multicast', group: ip('224.0.0.99') } }, false],
    ['unicast', { transport: { kind: 'unicast', peers: [], checkSource: false, ttl: 255 } }, false],
  ])('another %s: the same router is %3$s', (_what, changes, same) => {
    expect(identityOf({ ...vi1, ...changes }) === identityOf(vi1)).toBe(same);
  });
});

describe('sync groups', () => {
  const grouped = settingsOf([vi1, vi2], { syncGroups: [groupOf('VI_1', 'VI_2')] });

  test('masters that are put together stay masters', () => {
    const play = new Play(settingsOf([vi1, vi2])).start().wait(s(4));
    expect(reload(play, grouped)).toEqual(['notify GROUP G MASTER 0']);
  });

  test('a newcomer follows a group that is master', () => {
    const play = new Play(settingsOf([vi1], { syncGroups: [groupOf('VI_1')] })).start().wait(s(4));
    const story = reload(play, grouped).filter((line) => line.includes('->'));
    expect(story).toEqual(['VI_2 INIT -> MASTER (sync-group)']);
  });

  test('a group that stays backup is not told again', () => {
    const play = new Play(settingsOf([vi1], { syncGroups: [groupOf('VI_1')] })).start();
    expect(reload(play, grouped).filter((line) => line.startsWith('notify GROUP'))).toEqual([]);
  });

  test('a newcomer in fault takes the group with it', () => {
    const play = new Play(settingsOf([vi1], { syncGroups: [groupOf('VI_1')] })).start().wait(s(4));
    const faulty = { ...vi2, interface: 'eth9' };
    reload(play, settingsOf([vi1, faulty], { syncGroups: [groupOf('VI_1', 'VI_2')] }));
    expect([play.state('VI_1'), play.state('VI_2')]).toEqual(['FAULT', 'FAULT']);
    expect(play.story()).toContain('advert 0 VI_1');
    expect(play.all('RunNotify').filter(({ subject }) => subject === 'GROUP')).toMatchObject([
      { state: 'FAULT' },
    ]);
  });

  test('a master and a backup that are put together are backup', () => {
    const play = new Play(settingsOf([vi1, { ...vi2, priority: 50 }])).start();
    for (let second = 0; second < 5; second += 1) {
      play.wait(s(1));
      play.hear({ vrid: 52 });
    }
    expect([play.state('VI_1'), play.state('VI_2')]).toEqual(['MASTER', 'BACKUP']);
    reload(play, grouped);
    expect([play.state('VI_1'), play.state('VI_2')]).toEqual(['BACKUP', 'BACKUP']);
  });

  test('a member that is let go of a group in FAULT comes back by itself', () => {
    const settings = settingsOf([vi1, { ...vi2, interface: 'eth9' }], {
      syncGroups: [groupOf('VI_1', 'VI_2')],
    });
    const play = new Play(settings).start();
    expect(play.state()).toBe('FAULT');
    expect(reload(play, { ...settings, syncGroups: [] })).toEqual([
      'VI_1 FAULT -> BACKUP (recovered)',
      'notify INSTANCE VI_1 BACKUP 100',
    ]);
  });

  test('a group that stays as it is does not notice a change of a member', () => {
    const play = new Play(grouped).start().wait(s(8));
    const changed = { ...grouped, instances: [{ ...vi1, priority: 90 }, vi2] };
    expect(reload(play, changed)).toEqual(['advert 90 VI_1', 'add VI_1']);
    expect(play.router.snapshot().syncGroups[0]?.state).toBe('MASTER');
  });
});

describe('scripts', () => {
  const tracking = { ...vi1, trackScripts: [{ name: 'chk', weight: 0, reverse: false }] };
  const scripted = settingsOf([tracking], { scripts: [chk] });

  test('an unchanged script is not run for a reload', () => {
    const play = new Play(scripted).start();
    play.script('chk', true);
    const due = play.due('script chk');
    reload(play, settingsOf([tracking, vi2], { scripts: [chk] }));
    expect(play.all('RunScript')).toEqual([]);
    expect(play.due('script chk')).toBe(due);
  });

  test('a new script does not hold up who is in office, but may end it', () => {
    const play = master();
    reload(play, scripted);
    expect(play.state()).toBe('MASTER');
    expect(play.all('RunScript')).toHaveLength(1);
    play.script('chk', false);
    expect(play.state()).toBe('FAULT');
  });

  test('a reload during the first run holds nobody up', () => {
    const play = new Play(scripted).start();
    expect(play.state()).toBe('INIT');
    reload(play, settingsOf([tracking, vi2], { scripts: [chk] }));
    expect([play.state('VI_1'), play.state('VI_2')]).toEqual(['BACKUP', 'BACKUP']);
    play.script('chk', false);
    expect([play.state('VI_1'), play.state('VI_2')]).toEqual(['FAULT', 'BACKUP']);
  });

  test('who waits for a first run joins a group in fault there', () => {
    const waiting = { ...vi2, trackScripts: tracking.trackScripts };
    const play = new Play(settingsOf([vi1, waiting], { scripts: [chk] })).start();
    expect([play.state('VI_1'), play.state('VI_2')]).toEqual(['BACKUP', 'INIT']);
    const faulty = { ...vi1, trackInterfaces: [{ name: 'eth9', weight: 0, reverse: false }] };
    reload(play, settingsOf([faulty, vi2], { syncGroups: [groupOf('VI_1', 'VI_2')] }));
    expect([play.state('VI_1'), play.state('VI_2')]).toEqual(['FAULT', 'FAULT']);
  });

  test('changed rise and fall keep what was found out', () => {
    const play = new Play(scripted).start();
    play.script('chk', false);
    reload(play, settingsOf([tracking], { scripts: [{ ...chk, rise: 3 }] }));
    expect(play.state()).toBe('FAULT');
    for (let turn = 0; turn < 3; turn += 1) play.script('chk', true);
    expect(play.state()).toBe('BACKUP');
  });

  test('a removed script is not run, and its fault is gone', () => {
    const play = new Play(scripted).start();
    play.script('chk', false);
    reload(play, settingsOf([vi1]));
    expect(play.state()).toBe('BACKUP');
    expect(play.due('script chk')).toBeUndefined();
  });
});

test('plain data is compared by content', () => {
  expect(sameData({ a: [1, { b: 2 }] }, { a: [1, { b: 2 }] })).toBe(true);
  expect(sameData({ a: 1, b: undefined }, { a: 1 })).toBe(true);
  expect(sameData({ a: [1] }, { a: [2] })).toBe(false);
  expect(sameData({ a: 1 }, { b: 1 })).toBe(false);
  expect(sameData([], {})).toBe(false);
  expect(sameData(null, {})).toBe(false);
});
