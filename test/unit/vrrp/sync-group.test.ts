import { type InstanceSettings, type SyncGroupSettings } from '#vrrp/index.js';
import { chk, eth0, groupOf, ip, Play, s, settingsOf, vi1 } from './play.js';

const eth1 = { ...eth0, name: 'eth1', index: 3, addresses: [ip('198.51.100.1')] };
const vi2: InstanceSettings = {
  ...vi1,
  name: 'VI_2',
  vrid: 52,
  interface: 'eth1',
  addresses: [{ address: ip('198.51.100.100'), interface: 'eth1', advertised: true }],
};

function pair(
  group: Partial<SyncGroupSettings> = {},
  first: Partial<InstanceSettings> = {},
  second: Partial<InstanceSettings> = {},
): Play {
  const settings = settingsOf(
    [
      { ...vi1, ...first },
      { ...vi2, ...second },
    ],
    { syncGroups: [{ ...groupOf('VI_1', 'VI_2'), ...group }], scripts: [chk] },
  );
  return new Play(settings, [eth0, eth1]).start();
}

const masters = (...changes: Parameters<typeof pair>): Play => {
  const play = pair(...changes).wait(s(8));
  expect(states(play)).toBe('MASTER MASTER MASTER');
  return play.forget();
};

const states = (play: Play): string =>
  [play.state('VI_1'), play.state('VI_2'), play.router.snapshot().syncGroups[0]?.state].join(' ');

describe('start', () => {
  test('the group is told first', () => {
    expect(pair().story()).toEqual([
      'notify GROUP G BACKUP 0',
      'remove VI_1',
      'VI_1 INIT -> BACKUP (started)',
      'notify INSTANCE VI_1 BACKUP 100',
      'remove VI_2',
      'VI_2 INIT -> BACKUP (started)',
      'notify INSTANCE VI_2 BACKUP 100',
    ]);
  });

  test('one member in fault puts all in FAULT', () => {
    const settings = settingsOf([vi1, vi2], { syncGroups: [groupOf('VI_1', 'VI_2')] });
    const play = new Play(settings, [eth0]).start();
    expect(states(play)).toBe('FAULT FAULT FAULT');
    expect(play.story().filter((line) => line.startsWith('notify'))).toEqual([
      'notify INSTANCE VI_1 FAULT 100',
      'notify INSTANCE VI_2 FAULT 100',
      'notify GROUP G FAULT 0',
    ]);
  });

  test('one owner among ordinary routers does not make the group master', () => {
    const play = pair({}, { priority: 255, initialState: 'MASTER' });
    expect(states(play)).toBe('BACKUP BACKUP BACKUP');
  });

  test('a group of owners is master at once', () => {
    const owner = { priority: 255, initialState: 'MASTER' } as const;
    expect(states(pair({}, owner, owner))).toBe('MASTER MASTER MASTER');
  });

  test('a group waits for the script of any member', () => {
    const play = pair({}, { trackScripts: [{ name: 'chk', weight: 0, reverse: false }] });
    expect(states(play)).toBe('INIT INIT INIT');
    play.forget().script('chk', true);
    expect(play.story()).toEqual([
      'VI_1 INIT -> BACKUP (recovered)',
      'notify INSTANCE VI_1 BACKUP 100',
      'VI_2 INIT -> BACKUP (sync-group)',
      'notify INSTANCE VI_2 BACKUP 100',
      'notify GROUP G BACKUP 0',
    ]);
  });
});

describe('to MASTER', () => {
  test('when all members want it; the last one leads, the others follow, then the group is told', () => {
    const play = pair().forget().wait(s(3.7));
    expect(play.story()).toEqual([
      'advert 100 VI_2',
      'VI_2 BACKUP -> MASTER (master-down-interval-passed)',
      'add VI_2',
      'garp 198.51.100.100 eth1',
      'notify INSTANCE VI_2 MASTER 100',
      'advert 100 VI_1',
      'VI_1 BACKUP -> MASTER (sync-group)',
      'add VI_1',
      'garp 192.0.2.100 eth0',
      'notify INSTANCE VI_1 MASTER 100',
      'notify GROUP G MASTER 0',
    ]);
    expect(play.all('Record').map(({ text }) => text)).toContain(
      'VRRP_Group(G) Syncing instances to MASTER state',
    );
  });

  test('a member that still has a master holds the group back', () => {
    const play = pair();
    for (let second = 0; second < 10; second += 1) {
      play.wait(s(1));
      play.hear({ vrid: 52, interface: 'eth1', priority: 200, source: ip('198.51.100.2') });
    }
    expect(states(play)).toBe('BACKUP BACKUP BACKUP');
    play.wait(s(4));
    expect(states(play)).toBe('MASTER MASTER MASTER');
  });

  test('a member that wanted to be master and hears a better one wants no more', () => {
    const play = pair();
    const busy = (): void => {
      play.hear({ vrid: 52, interface: 'eth1', priority: 200, source: ip('198.51.100.2') });
    };
    for (let second = 0; second < 5; second += 1) {
      play.wait(s(1));
      busy();
    }
    play.hear({ priority: 200 });
    for (let second = 0; second < 3; second += 1) {
      play.wait(s(1));
      play.hear({ priority: 200 });
    }
    play.wait(s(1));
    expect(states(play)).toBe('BACKUP BACKUP BACKUP');
  });
});

test('a fault ends the wish to be master', () => {
  const play = pair();
  for (let second = 0; second < 5; second += 1) {
    play.wait(s(1));
    play.hear({ vrid: 52, interface: 'eth1', priority: 200, source: ip('198.51.100.2') });
  }
  play.step({ type: 'InterfaceChanged', state: { ...eth0, up: false } });
  play.step({ type: 'InterfaceChanged', state: eth0 });
  play.hear({ vrid: 52, interface: 'eth1', priority: 0, source: ip('198.51.100.2') });
  play.wait(s(1));
  expect(states(play)).toBe('BACKUP BACKUP BACKUP');
});

describe('to BACKUP', () => {
  test('one member hears a better master: all step back, without resigning', () => {
    const play = masters();
    play.hear({ priority: 200 });
    expect(play.story()).toEqual([
      'VI_1 MASTER -> BACKUP (higher-priority-advert)',
      'remove VI_1',
      'notify INSTANCE VI_1 BACKUP 100',
      'VI_2 MASTER -> BACKUP (sync-group)',
      'remove VI_2',
      'notify INSTANCE VI_2 BACKUP 100',
      'notify GROUP G BACKUP 0',
    ]);
  });

  test('a lost address: all resign for a moment, the group is not told, and all are master again', () => {
    const play = masters();
    play.step({ type: 'AddressLost', interface: 'eth0', address: ip('192.0.2.100') });
    expect(play.story()).toEqual([
      'VI_1 MASTER -> BACKUP (address-lost)',
      'advert 0 VI_1',
      'remove VI_1',
      'notify INSTANCE VI_1 BACKUP 100',
      'VI_2 MASTER -> BACKUP (sync-group)',
      'advert 0 VI_2',
      'remove VI_2',
      'notify INSTANCE VI_2 BACKUP 100',
    ]);
    expect(states(play)).toBe('BACKUP BACKUP BACKUP');
    play.forget().wait(s(1));
    expect(states(play)).toBe('MASTER MASTER MASTER');
    expect(play.story()).toContain('notify GROUP G MASTER 0');
  });
});

describe('to FAULT and back', () => {
  test('the member in fault resigns twice, the others once; the group is told last', () => {
    const play = masters();
    play.step({ type: 'InterfaceChanged', state: { ...eth1, up: false } });
    expect(play.story()).toEqual([
      'VI_2 MASTER -> FAULT (interface-down)',
      'advert 0 VI_2',
      'advert 0 VI_2',
      'remove VI_2',
      'notify INSTANCE VI_2 FAULT 100',
      'VI_1 MASTER -> FAULT (sync-group)',
      'advert 0 VI_1',
      'remove VI_1',
      'notify INSTANCE VI_1 FAULT 100',
      'notify GROUP G FAULT 0',
    ]);
  });

  test('all come back with the last fault that goes', () => {
    const play = masters();
    play.step({ type: 'InterfaceChanged', state: { ...eth1, up: false } });
    play.step({ type: 'InterfaceChanged', state: { ...eth0, up: false } });
    play.forget().step({ type: 'InterfaceChanged', state: eth1 });
    expect(play.story()).toEqual([]);
    play.step({ type: 'InterfaceChanged', state: eth0 });
    expect(play.story()).toEqual([
      'VI_1 FAULT -> BACKUP (recovered)',
      'notify INSTANCE VI_1 BACKUP 100',
      'VI_2 FAULT -> BACKUP (sync-group)',
      'notify INSTANCE VI_2 BACKUP 100',
      'notify GROUP G BACKUP 0',
    ]);
    play.wait(s(8));
    expect(states(play)).toBe('MASTER MASTER MASTER');
  });

  test('a script of the group is a fault of every member', () => {
    const play = pair({ trackScripts: [{ name: 'chk', weight: 0, reverse: false }] });
    play.script('chk', true);
    play.wait(s(8)).forget();
    play.script('chk', false);
    expect(play.story().filter((line) => line.includes('->'))).toEqual([
      'VI_1 MASTER -> FAULT (script-down)',
      'VI_2 MASTER -> FAULT (sync-group)',
    ]);
    play.forget().script('chk', true);
    // The last member that is free of its fault leads.
    expect(play.story().filter((line) => line.includes('->'))).toEqual([
      'VI_2 FAULT -> BACKUP (recovered)',
      'VI_1 FAULT -> BACKUP (sync-group)',
    ]);
  });

  test('a weight of the group counts for every member', () => {
    const play = pair({ trackScripts: [{ name: 'chk', weight: 30, reverse: false }] });
    play.script('chk', true);
    expect([play.instance('VI_1'), play.instance('VI_2')].map((each) => each.effectivePriority)).toEqual([
      130, 130,
    ]);
  });
});

test('garp_lower_prio: the other members announce too, the peer was master of all', () => {
  const garp = { ...vi1.garp, lowerPriorityRepeat: 1 };
  const play = masters({}, { garp }, { garp });
  play.hear({ priority: 50 });
  expect(play.story()).toEqual([
    'advert 100 VI_1',
    'garp 192.0.2.100 eth0',
    'garp 198.51.100.100 eth1',
    'notify INSTANCE VI_1 MASTER_RX_LOWER_PRI 100',
  ]);
});
