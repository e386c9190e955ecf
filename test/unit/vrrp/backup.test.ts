import { micros, plus } from '#base/units.js';
import { backup, eth0, ip, Play, s, settingsOf, vi1v3, vi1v6 } from './play.js';

describe('the master falls silent', () => {
  test('RFC 9568, 6.4.2: Active_Down_Timer fires: advert first, then addresses, then gratuitous ARP', () => {
    const play = backup().forget().wait(micros(3_609_375));
    expect(play.story()).toEqual([
      'advert 100 VI_1',
      'VI_1 BACKUP -> MASTER (master-down-interval-passed)',
      'add VI_1',
      'garp 192.0.2.100 eth0',
      'notify INSTANCE VI_1 MASTER 100',
    ]);
    expect(play.until('advert VI_1')).toBe(1_000_000);
    expect(play.due('master-down VI_1')).toBeUndefined();
  });

  test('not a microsecond earlier', () => {
    const play = backup().wait(micros(3_609_374));
    expect(play.state()).toBe('BACKUP');
  });

  test('RFC 9568, 6.1: version 3 at 100 ms takes over after 360.937 ms', () => {
    const play = new Play(settingsOf([vi1v3])).start().wait(micros(360_936));
    expect(play.state()).toBe('BACKUP');
    expect(play.wait(micros(1)).state()).toBe('MASTER');
  });

  test('down_timer_adverts 1 waits for a single advert', () => {
    expect(backup({ downTimerAdverts: 1 }).until('master-down VI_1')).toBe(1_609_375);
  });

  test('RFC 9568, 6.4.2: on IPv6 from the link-local address, to ff02::12, with unsolicited NA', () => {
    const play = new Play(settingsOf([vi1v6])).start().wait(s(4));
    const [advert] = play.all('SendAdvert');
    expect(advert).toMatchObject({ source: 'fe80::1', destinations: ['ff02::12'], ttl: 255 });
    expect(play.all('SendGratuitousArp')).toMatchObject([{ address: '2001:db8::100', interface: 'eth0' }]);
  });

  test('the cause names the master and how long it was silent', () => {
    const play = backup();
    play.hear({ priority: 200 });
    play.wait(s(4));
    expect(play.instance().lastTransition?.cause).toEqual({
      code: 'master-down-interval-passed',
      text: 'no advert from 192.0.2.2 for 3.609375 s',
    });
  });
});

describe('RFC 9568, 6.4.2: an advert is received', () => {
  test.each([101, 100])('priority %i is followed: the timer starts anew', (priority) => {
    const play = backup().wait(s(2));
    play.hear({ priority });
    expect(play.until('master-down VI_1')).toBe(3_609_375);
    expect(play.instance().master).toEqual({ address: '192.0.2.2', priority });
  });

  test('one that waited while this host stalled counts from when it came in, not from when it is read', () => {
    const play = backup();
    const receivedAt = plus(play.now, s(0.5));
    play.drift(s(2)).hear({ receivedAt });
    expect(play.due('master-down VI_1')).toBe(receivedAt + 3_609_375);
  });

  test('a master that died during a long stall is succeeded an interval after its last advert has been read', () => {
    const play = backup();
    const receivedAt = plus(play.now, s(0.5));
    play.drift(s(20)).hear({ receivedAt });
    expect(play.until('master-down VI_1')).toBeLessThan(0);
    expect(play.stall(s(0)).until('master-down VI_1')).toBe(1_000_000);
    expect(play.wait(s(1)).state()).toBe('MASTER');
  });

  test('no stamp makes a wait end earlier than an advert before it had it, or later than from now', () => {
    const play = backup().wait(s(2));
    play.hear({});
    play.hear({ receivedAt: plus(play.now, s(-1)) });
    expect(play.until('master-down VI_1')).toBe(3_609_375);
    play.hear({ receivedAt: plus(play.now, s(60)) });
    expect(play.until('master-down VI_1')).toBe(3_609_375);
  });

  test('a resignation that waited: the skew counts from when it came in', () => {
    const play = backup().wait(s(2));
    play.hear({ priority: 0, receivedAt: plus(play.now, s(-0.5)) });
    expect(play.until('master-down VI_1')).toBe(109_375);
  });

  test('a lower priority is discarded: the timer goes on, and we preempt', () => {
    const play = backup().wait(s(2));
    play.hear({ priority: 99 });
    expect(play.until('master-down VI_1')).toBe(1_609_375);
    play.wait(s(1));
    play.hear({ priority: 99 });
    play.wait(s(1));
    expect(play.state()).toBe('MASTER');
    expect(play.instance().lastTransition?.cause).toEqual({
      code: 'preempted-lower-priority',
      text: 'priority 100 preempts 192.0.2.2 of priority 99',
    });
  });

  test('who was discarded and is followed again is missed as a master', () => {
    const play = backup();
    play.hear({ priority: 99 });
    play.hear({ priority: 150 });
    play.wait(s(4));
    expect(play.instance().lastTransition?.cause.code).toBe('master-down-interval-passed');
  });

  test('Preempt_Mode False: a lower priority is followed', () => {
    const play = backup({ preempt: false }).wait(s(2));
    play.hear({ priority: 99 });
    expect(play.until('master-down VI_1')).toBe(3_609_375);
  });

  test('priority 0: the master has resigned, only the skew is waited for', () => {
    const play = backup();
    play.hear({ priority: 200 });
    play.hear({ priority: 0 });
    expect(play.until('master-down VI_1')).toBe(609_375);
    play.wait(micros(609_375));
    expect(play.state()).toBe('MASTER');
    expect(play.instance().lastTransition?.cause.code).toBe('master-resigned');
  });

  test('another router is quicker after a resignation: it is followed', () => {
    const play = backup();
    play.hear({ priority: 0 });
    play.wait(s(0.3));
    play.hear({ priority: 150, source: ip('192.0.2.3') });
    expect(play.until('master-down VI_1')).toBe(3_609_375);
  });

  test('version 3 learns the interval of the master', () => {
    const play = new Play(settingsOf([vi1v3])).start();
    play.hear({ version: 3, maxAdvertIntervalCs: 50, priority: 200 });
    expect(play.instance().masterAdvertInterval).toBe(500_000);
    expect(play.until('master-down VI_1')).toBe(1_500_000 + 304_687);
  });

  test('version 3 does not learn from an advert that it discards', () => {
    const play = new Play(settingsOf([vi1v3])).start();
    play.hear({ version: 3, maxAdvertIntervalCs: 50, priority: 50 });
    expect(play.instance().masterAdvertInterval).toBe(100_000);
  });

  test('who comes back from FAULT has forgotten it', () => {
    const play = new Play(settingsOf([vi1v3])).start();
    play.hear({ version: 3, maxAdvertIntervalCs: 50, priority: 200 });
    play.link('eth0', false);
    play.link('eth0', true);
    expect(play.instance().masterAdvertInterval).toBe(100_000);
  });

  test('a master uses its own interval, not the learned one', () => {
    const play = new Play(settingsOf([vi1v3])).start();
    play.hear({ version: 3, maxAdvertIntervalCs: 50, priority: 200 });
    play.wait(s(2));
    expect(play.state()).toBe('MASTER');
    expect(play.instance().masterAdvertInterval).toBe(100_000);
  });
});

describe('preempt_delay', () => {
  const delayed = (): Play => backup({ preemptDelay: s(10) });

  /** A master of priority 90 that advertises every second. */
  const advertise = (play: Play, seconds: number): void => {
    for (let second = 0; second < seconds && play.state() === 'BACKUP'; second += 1) {
      play.hear({ priority: 90 });
      play.wait(s(1));
    }
  };

  test('counts from the first advert of lower priority, then that master is not followed any more', () => {
    const play = delayed();
    advertise(play, 10);
    expect(play.state()).toBe('BACKUP');
    advertise(play, 3);
    expect(play.state()).toBe('MASTER');
  });

  test('an advert of higher priority ends it', () => {
    const play = delayed();
    advertise(play, 9);
    play.hear({ priority: 200, source: ip('192.0.2.3') });
    advertise(play, 9);
    expect(play.state()).toBe('BACKUP');
  });

  test('counts anew for who comes back from FAULT', () => {
    const play = delayed();
    advertise(play, 9);
    play.link('eth0', false);
    play.link('eth0', true);
    advertise(play, 9);
    expect(play.state()).toBe('BACKUP');
    expect(play.until('master-down VI_1')).toBe(2_609_375);
  });

  test('does not delay the takeover from a master that is dead', () => {
    const play = delayed();
    advertise(play, 2);
    play.wait(s(4));
    expect(play.state()).toBe('MASTER');
  });
});

describe('late and stale deadlines', () => {
  test('a deadline that was moved while it was on its way is ignored', () => {
    const play = backup();
    const at = play.due('master-down VI_1')!;
    play.wait(s(3)).drift(s(1));
    // The receive queue was drained first: the advert that lay in it moves the deadline.
    play.hear({ priority: 200 });
    play.forget();
    expect(play.step({ type: 'DeadlinePassed', name: 'master-down VI_1', at })).toEqual([]);
    expect(play.state()).toBe('BACKUP');
  });

  test('a deadline that was never set is ignored', () => {
    const play = backup().forget();
    expect(play.step({ type: 'DeadlinePassed', name: 'nonsense', at: play.now })).toEqual([]);
  });

  test('less than a millisecond late is not late', () => {
    expect(
      backup()
        .stall(micros(3_609_375 + 999))
        .state(),
    ).toBe('MASTER');
  });

  test('after a stall it listens for as long again as it was late, then it takes over', () => {
    const play = backup().stall(micros(3_609_375 + 20_000));
    expect(play.state()).toBe('BACKUP');
    expect(play.until('master-down VI_1')).toBe(20_000);
    expect(play.all('Record').at(-1)).toMatchObject({
      code: 'looks-again',
      text: '(VI_1) woke 0.02 s late: listens for 0.02 s more before it takes over',
    });
    play.wait(micros(20_000));
    expect(play.all('StateChanged').at(-1)).toMatchObject({
      to: 'MASTER',
      cause: { text: 'no advert for 3.609375 s, nor for 0.02 s after this host had stalled' },
    });
  });

  test('for an interval at most, and once: who is late again takes over', () => {
    const play = backup().stall(s(10));
    expect(play.until('master-down VI_1')).toBe(1_000_000);
    expect(play.stall(s(2)).state()).toBe('MASTER');
  });

  test('a master that stood still with it, or whose adverts went by, is heard in time', () => {
    const play = backup().stall(s(10)).wait(s(0.4));
    play.hear({ priority: 200 });
    expect(play.until('master-down VI_1')).toBe(3_609_375);
    expect(play.wait(s(3)).state()).toBe('BACKUP');
  });

  test('after a resignation, too, for somebody else may have taken over', () => {
    const play = backup();
    play.hear({ priority: 0 });
    expect(play.stall(s(1)).state()).toBe('BACKUP');
    play.hear({ priority: 120 });
    expect(play.wait(s(2)).state()).toBe('BACKUP');
  });

  test('a master of lower priority is heard, stall or not: it is preempted at once', () => {
    const play = backup();
    play.hear({ priority: 50 });
    expect(play.stall(s(10)).state()).toBe('MASTER');
  });
});

test('InterfaceChanged without a change changes nothing', () => {
  const play = backup().forget();
  expect(play.step({ type: 'InterfaceChanged', state: eth0 })).toEqual([]);
});

test('a sender that the kernel refuses is counted, and told once', () => {
  const play = backup().forget();
  play.step({ type: 'SendFailed', instance: 'VI_1', error: 'ENETDOWN' });
  play.step({ type: 'SendFailed', instance: 'VI_1', error: 'ENETDOWN' });
  play.step({ type: 'SendFailed', instance: 'nobody', error: 'ENETDOWN' });
  expect(play.instance().counters.sendErrors).toBe(2);
  expect(play.all('Record').map(({ text }) => text)).toEqual(['(VI_1) send advert error ENETDOWN']);
});

test('the log says what keepalived says', () => {
  const play = backup().wait(s(4));
  const lines = play.all('Record').filter(({ level }) => level !== 'debug');
  expect(lines.map(({ text }) => text)).toEqual([
    '(VI_1) Entering BACKUP STATE (init)',
    '(VI_1) Entering MASTER STATE',
  ]);
});

test('the log hears of interfaces that matter to somebody, and of no others', () => {
  const play = backup().forget();
  play.step({ type: 'InterfaceChanged', state: { name: 'docker0', index: 9, up: true, addresses: [] } });
  play.link('eth0', false);
  play.link('eth0', true);
  play.step({ type: 'InterfaceVanished', interface: 'docker0' });
  play.step({ type: 'InterfaceVanished', interface: 'eth0' });
  const lines = play.all('Record').filter(({ code }) => code.startsWith('interface'));
  expect(lines.map(({ text }) => text)).toEqual([
    'Netlink reports eth0 down',
    'Netlink reports eth0 up',
    'Netlink reports eth0 down',
  ]);
});
