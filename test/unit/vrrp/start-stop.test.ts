import { backup, eth0, groupOf, ip, master, Play, s, settingsOf, vi1, vi1v6 } from './play.js';

describe('start', () => {
  test('RFC 9568, 6.4.1: an ordinary router removes what is left over and listens', () => {
    const play = backup();
    expect(play.story()).toEqual([
      'remove VI_1',
      'VI_1 INIT -> BACKUP (started)',
      'notify INSTANCE VI_1 BACKUP 100',
    ]);
    expect(play.until('master-down VI_1')).toBe(3_609_375);
  });

  test('`state MASTER` without owning the addresses waits as long as anybody (as keepalived does)', () => {
    const play = backup({ initialState: 'MASTER' });
    expect(play.state()).toBe('BACKUP');
    expect(play.until('master-down VI_1')).toBe(3_609_375);
  });

  test('RFC 9568, 6.4.1: the address owner is master at once, and removes nothing', () => {
    const play = backup({ initialState: 'MASTER', priority: 255 });
    expect(play.story()).toEqual([
      'advert 255 VI_1',
      'VI_1 INIT -> MASTER (address-owner)',
      'add VI_1',
      'garp 192.0.2.100 eth0',
      'notify INSTANCE VI_1 MASTER 255',
    ]);
    expect(play.until('advert VI_1')).toBe(1_000_000);
  });

  test('an owner that is told to start as backup does', () => {
    expect(backup({ priority: 255 }).state()).toBe('BACKUP');
  });

  test('nothing happens before Started but learning', () => {
    const play = new Play(settingsOf([vi1]));
    play.step({ type: 'DeadlinePassed', name: 'master-down VI_1', at: play.now });
    play.hear({});
    expect(play.effects).toEqual([]);
    expect(play.state()).toBe('INIT');
  });

  test('settings that are replaced before Started are the ones that start', () => {
    const play = new Play(settingsOf([vi1]));
    play.step({ type: 'Reconfigured', settings: settingsOf([{ ...vi1, name: 'VI_2' }]) });
    play.start();
    expect(play.state('VI_2')).toBe('BACKUP');
    play.hear({ priority: 200 });
    expect(play.instance('VI_2').counters.advertsReceived).toBe(1);
  });

  test('a second Started changes nothing', () => {
    const play = backup().forget().start();
    expect(play.effects).toEqual([]);
  });

  test('an instance whose interface is down starts in FAULT', () => {
    const play = new Play(settingsOf([vi1]), [{ ...eth0, up: false }]).start();
    expect(play.story()).toEqual([
      'remove VI_1',
      'VI_1 INIT -> FAULT (interface-down)',
      'notify INSTANCE VI_1 FAULT 100',
    ]);
    expect(play.instance().faults).toEqual(['interface eth0 is down']);
  });

  test('an instance without an address to send from starts in FAULT', () => {
    const play = new Play(settingsOf([vi1v6]), [{ ...eth0, addresses: [ip('2001:db8::1')] }]).start();
    expect(play.instance().faults).toEqual(['no IPv6 address for interface eth0']);
  });

  test('an interface that nobody has reported counts as down', () => {
    const play = new Play(settingsOf([vi1]), []).start();
    expect(play.state()).toBe('FAULT');
  });
});

test('a configuration that cannot run keeps an instance in FAULT, whatever else comes and goes', () => {
  const play = backup({ configFaults: ['there is no unicast peer'] });
  play.link('eth0', false);
  play.link('eth0', true);
  expect(play.state()).toBe('FAULT');
  expect(play.instance().faults).toEqual(['there is no unicast peer']);
});

describe('vrrp_startup_delay', () => {
  const delayed = (changes = {}): Play =>
    new Play(settingsOf([{ ...vi1, ...changes }], { startupDelay: s(10) })).start();

  test('the wait for a master counts from its end', () => {
    const play = delayed();
    expect(play.state()).toBe('BACKUP');
    expect(play.until('master-down VI_1')).toBe(13_609_375);
    play.wait(s(13.7));
    expect(play.state()).toBe('MASTER');
  });

  test('adverts are not heard while it lasts', () => {
    const play = delayed().wait(s(9));
    play.hear({ priority: 200 });
    expect(play.instance().master).toBeUndefined();
    play.wait(s(2));
    play.hear({ priority: 200 });
    expect(play.instance().master?.priority).toBe(200);
  });

  test('a stop does not wait for it', () => {
    const play = delayed();
    play.step({ type: 'StopRequested' });
    expect(play.due('startup-delay')).toBeUndefined();
  });

  test('an owner is master when it ends', () => {
    const play = delayed({ priority: 255, initialState: 'MASTER' });
    expect(play.story()).toEqual([]);
    play.wait(s(10));
    expect(play.state()).toBe('MASTER');
  });
});

describe('resume after a crash', () => {
  test('who was master is master again at once, and keeps its addresses', () => {
    const play = new Play(settingsOf([vi1, { ...vi1, name: 'VI_2', vrid: 52 }])).start(['VI_1']);
    expect(play.story()).toEqual([
      'advert 100 VI_1',
      'VI_1 INIT -> MASTER (resumed)',
      'add VI_1',
      'garp 192.0.2.100 eth0',
      'notify INSTANCE VI_1 MASTER 100',
      'remove VI_2',
      'VI_2 INIT -> BACKUP (started)',
      'notify INSTANCE VI_2 BACKUP 100',
    ]);
  });

  test('a fault that came meanwhile wins', () => {
    const play = new Play(settingsOf([vi1]), [{ ...eth0, up: false }]).start(['VI_1']);
    expect(play.story().slice(0, 2)).toEqual(['remove VI_1', 'VI_1 INIT -> FAULT (interface-down)']);
  });

  test('no startup delay for who carries on', () => {
    const play = new Play(settingsOf([vi1], { startupDelay: s(10) })).start(['VI_1']);
    expect(play.state()).toBe('MASTER');
    expect(play.due('startup-delay')).toBeUndefined();
  });

  test('a whole sync group carries on together, and tells so once', () => {
    const settings = settingsOf([vi1, { ...vi1, name: 'VI_2', vrid: 52 }], {
      syncGroups: [groupOf('VI_1', 'VI_2')],
    });
    const play = new Play(settings).start(['VI_1', 'VI_2']);
    expect([play.state('VI_1'), play.state('VI_2')]).toEqual(['MASTER', 'MASTER']);
    expect(play.story().filter((line) => line.startsWith('notify GROUP'))).toEqual([
      'notify GROUP G MASTER 0',
    ]);
    const half = new Play(settings).start(['VI_1']);
    expect([half.state('VI_1'), half.state('VI_2')]).toEqual(['BACKUP', 'BACKUP']);
  });
});

describe('stop', () => {
  test('RFC 9568, 6.4.3, Shutdown: a master resigns with priority 0, removes its addresses, then tells', () => {
    const play = master();
    play.step({ type: 'StopRequested' });
    expect(play.story()).toEqual([
      'VI_1 MASTER -> INIT (stop-requested)',
      'advert 0 VI_1',
      'remove VI_1',
      'notify INSTANCE VI_1 STOP 100',
      'stopped',
    ]);
    expect(play.due('advert VI_1')).toBeUndefined();
  });

  test('RFC 9568, 6.4.2, Shutdown: a backup just goes', () => {
    const play = backup().forget();
    play.step({ type: 'StopRequested' });
    expect(play.story()).toEqual([
      'VI_1 BACKUP -> INIT (stop-requested)',
      'notify INSTANCE VI_1 STOP 100',
      'stopped',
    ]);
    expect(play.due('master-down VI_1')).toBeUndefined();
  });

  test('all resign before any is told; groups come last', () => {
    const settings = settingsOf([vi1, { ...vi1, name: 'VI_2', vrid: 52 }], {
      syncGroups: [groupOf('VI_1', 'VI_2')],
    });
    const play = new Play(settings).start().wait(s(8)).forget();
    play.step({ type: 'StopRequested' });
    expect(play.story().filter((line) => !line.includes('->'))).toEqual([
      'advert 0 VI_1',
      'remove VI_1',
      'advert 0 VI_2',
      'remove VI_2',
      'notify INSTANCE VI_1 STOP 100',
      'notify INSTANCE VI_2 STOP 100',
      'notify GROUP G STOP 0',
      'stopped',
    ]);
  });

  test('from FAULT', () => {
    const play = new Play(settingsOf([vi1]), []).start().forget();
    play.step({ type: 'StopRequested' });
    expect(play.story()[0]).toBe('VI_1 FAULT -> INIT (stop-requested)');
  });

  test('a stopped router is deaf', () => {
    const play = master();
    play.step({ type: 'StopRequested' });
    play.forget();
    play.hear({ priority: 200 });
    play.link('eth0', false);
    expect(play.effects).toEqual([]);
  });
});
