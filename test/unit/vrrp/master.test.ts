import { micros } from '#base/units.js';
import { decodeAdvert } from '#wire/vrrp.js';
import { backup, eth0, heard, ip, master, Play, s, settingsOf, vi1, vi1v3 } from './play.js';

describe('adverts', () => {
  test('RFC 9568, 6.4.3: Adver_Timer fires: an advert, and the next one an interval later', () => {
    const play = master();
    const first = play.due('advert VI_1')!;
    play.wait(s(3));
    expect(play.story()).toEqual(['advert 100 VI_1', 'advert 100 VI_1', 'advert 100 VI_1']);
    expect(play.due('advert VI_1')).toBe(first + 3_000_000);
  });

  test('being late does not add up', () => {
    const play = master();
    const first = play.due('advert VI_1')!;
    for (let turn = 1; turn <= 5; turn += 1) {
      play.stall(micros(play.until('advert VI_1')! + 70_000));
      expect(play.due('advert VI_1')).toBe(first + turn * 1_000_000);
    }
  });

  test('may go a hundredth of the interval early to go with others, and then stay with them', () => {
    const play = master();
    const name = 'advert VI_1';
    const due = play.due(name)!;
    play.wait(micros(play.until(name)! - 10_000));
    play.step({ type: 'DeadlinePassed', name, at: due });
    expect(play.all('SetDeadline').at(-1)).toMatchObject({
      name,
      at: due - 10_000 + 1_000_000,
      slack: 10_000,
    });
  });

  test('after a stall there is one advert, not one for each that was missed', () => {
    const play = master().stall(s(30));
    expect(play.story()).toEqual(['advert 100 VI_1']);
    expect(play.until('advert VI_1')).toBe(1_000_000);
  });

  test('RFC 3768, 5: what is on the wire in version 2, password and excluded VIP considered', () => {
    const play = master({
      authentication: { type: 'pass', password: 'übergeheim' },
      addresses: [
        { address: ip('192.0.2.100'), interface: 'eth0', advertised: true },
        { address: ip('192.0.2.101'), interface: 'eth0', advertised: false },
      ],
      advertInterval: s(2),
    }).wait(s(4));
    const [advert] = play.all('SendAdvert');
    const context = { source: advert!.source, destination: advert!.destinations[0]! };
    expect(decodeAdvert(advert!.payloads[0]!, context)).toEqual({
      ok: true,
      value: {
        version: 2,
        vrid: 51,
        priority: 100,
        addresses: ['192.0.2.100'],
        authType: 1,
        authData: Uint8Array.from([0xc3, 0xbc, ...Buffer.from('bergeh')]),
        advertIntervalS: 2,
      },
    });
  });

  test('unicast: to every peer, from the configured source, with the configured TTL', () => {
    const play = master({
      version: 3,
      transport: {
        kind: 'unicast',
        peers: [{ address: ip('198.51.100.2') }, { address: ip('198.51.100.3') }],
        source: ip('192.0.2.1'),
        checkSource: false,
        ttl: 64,
      },
    }).wait(s(1));
    const [advert] = play.all('SendAdvert');
    expect(advert).toMatchObject({ destinations: ['198.51.100.2', '198.51.100.3'], ttl: 64 });
    // RFC 5798's checksum covers the destination: every peer gets its own message.
    for (const [index, destination] of advert!.destinations.entries()) {
      expect(decodeAdvert(advert!.payloads[index]!, { source: advert!.source, destination }).ok).toBe(true);
    }
    expect(advert!.payloads[0]).not.toEqual(advert!.payloads[1]);
  });

  test('version 2 peers share one message', () => {
    const play = master({
      transport: {
        kind: 'unicast',
        peers: [{ address: ip('198.51.100.2') }, { address: ip('198.51.100.3') }],
        checkSource: false,
        ttl: 255,
      },
    }).wait(s(1));
    const [advert] = play.all('SendAdvert');
    expect(advert!.payloads[0]).toBe(advert!.payloads[1]);
  });

  test('a new primary address is used at once', () => {
    const play = master();
    play.step({ type: 'InterfaceChanged', state: { ...eth0, addresses: [ip('192.0.2.9')] } });
    play.wait(s(1));
    expect(play.all('SendAdvert')[0]).toMatchObject({ source: '192.0.2.9' });
  });
});

describe('RFC 9568, 6.4.3: an advert is received', () => {
  test('priority 0: ours goes out at once, and the timer starts anew', () => {
    const play = master().wait(s(0.5)).forget();
    play.hear({ priority: 0 });
    expect(play.story()).toEqual(['advert 100 VI_1']);
    expect(play.until('advert VI_1')).toBe(1_000_000);
  });

  test('a higher priority: we step back and remove our addresses, without resigning', () => {
    const play = master();
    play.hear({ priority: 101 });
    expect(play.story()).toEqual([
      'VI_1 MASTER -> BACKUP (higher-priority-advert)',
      'remove VI_1',
      'notify INSTANCE VI_1 BACKUP 100',
    ]);
    expect(play.until('master-down VI_1')).toBe(3_609_375);
    expect(play.due('advert VI_1')).toBeUndefined();
    expect(play.instance().master).toEqual({ address: '192.0.2.2', priority: 101 });
  });

  test('the same priority from a greater address: we step back', () => {
    const play = master();
    play.hear({ priority: 100, source: ip('192.0.2.2') });
    expect(play.state()).toBe('BACKUP');
  });

  test('addresses are compared as numbers, not as text', () => {
    const play = master();
    play.step({ type: 'InterfaceChanged', state: { ...eth0, addresses: [ip('192.0.2.9')] } });
    play.hear({ priority: 100, source: ip('192.0.2.10') });
    expect(play.state()).toBe('BACKUP');
  });

  test('the same priority from a lesser address: we stay, and say so at once', () => {
    const play = master();
    play.step({ type: 'InterfaceChanged', state: { ...eth0, addresses: [ip('192.0.2.9')] } });
    play.forget().hear({ priority: 100, source: ip('192.0.2.2') });
    expect(play.story()).toEqual(['advert 100 VI_1', 'notify INSTANCE VI_1 MASTER_RX_LOWER_PRI 100']);
  });

  test('our own address with our priority is warned of, and moves no timer', () => {
    const play = master().wait(s(0.5)).forget();
    play.hear({ priority: 100, source: ip('192.0.2.1') });
    expect(play.story()).toEqual([]);
    expect(play.until('advert VI_1')).toBe(500_000);
    expect(play.all('Record')[0]?.code).toBe('advert-from-our-address');
  });

  test('a lower priority: advert at once, the timer anew, then the notify', () => {
    const play = master().wait(s(0.5)).forget();
    play.hear({ priority: 99 });
    expect(play.story()).toEqual(['advert 100 VI_1', 'notify INSTANCE VI_1 MASTER_RX_LOWER_PRI 100']);
    expect(play.until('advert VI_1')).toBe(1_000_000);
    expect(play.all('Record')[0]?.text).toBe(
      '(VI_1) Received advert from 192.0.2.2 with lower priority 99, ours 100, forcing new election',
    );
  });

  test('lower_prio_no_advert: no advert, and no timer moves', () => {
    const play = master({ lowerPriorityNoAdvert: true }).wait(s(0.5)).forget();
    play.hear({ priority: 99 });
    expect(play.story()).toEqual(['notify INSTANCE VI_1 MASTER_RX_LOWER_PRI 100']);
    expect(play.until('advert VI_1')).toBe(500_000);
  });

  test('higher_prio_send_advert: one more advert before we step back', () => {
    const play = master({ higherPrioritySendAdvert: true });
    play.hear({ priority: 101 });
    expect(play.story().slice(0, 2)).toEqual([
      'advert 100 VI_1',
      'VI_1 MASTER -> BACKUP (higher-priority-advert)',
    ]);
  });

  test('version 3: the new master is waited for by its own interval', () => {
    const play = new Play(settingsOf([vi1v3])).start().wait(s(1)).forget();
    play.hear({ version: 3, priority: 200, maxAdvertIntervalCs: 100 });
    expect(play.until('master-down VI_1')).toBe(3_609_375);
  });
});

describe('a forged advert never delays ours (deliberate difference)', () => {
  test.each([
    ['a wrong password', { authType: 1 }],
    ['a wrong TTL', { ttl: 254 }],
    ['another interval', { advertIntervalS: 7 }],
    ['another version', { version: 3 as const }],
  ])('%s', (_what, changes) => {
    const play = master().wait(s(0.9)).forget();
    const due = play.due('advert VI_1');
    play.hear({ priority: 255, ...changes });
    expect(play.story()).toEqual([]);
    expect(play.due('advert VI_1')).toBe(due);
  });

  test('nor does one with a broken checksum', () => {
    const play = master().wait(s(0.9)).forget();
    const event = heard({ priority: 255 });
    event.payload[2] = 254;
    const due = play.due('advert VI_1');
    play.step(event);
    expect(play.story()).toEqual([]);
    expect(play.due('advert VI_1')).toBe(due);
    expect(play.instance().counters.dropped).toEqual({ 'advert-bad-checksum': 1 });
  });
});

describe('an address is lost', () => {
  test('the master resigns and comes again after the skew (as keepalived does)', () => {
    const play = master();
    play.step({ type: 'AddressLost', interface: 'eth0', address: ip('192.0.2.100') });
    expect(play.story()).toEqual([
      'VI_1 MASTER -> BACKUP (address-lost)',
      'advert 0 VI_1',
      'remove VI_1',
      'notify INSTANCE VI_1 BACKUP 100',
    ]);
    expect(play.until('master-down VI_1')).toBe(609_375);
    play.forget().wait(micros(609_375));
    expect(play.story()).toEqual([
      'advert 100 VI_1',
      'VI_1 BACKUP -> MASTER (address-reinstated)',
      'add VI_1',
      'garp 192.0.2.100 eth0',
      'notify INSTANCE VI_1 MASTER 100',
    ]);
  });

  test('is none of ours, or we are backup: nothing happens', () => {
    const play = master();
    play.step({ type: 'AddressLost', interface: 'eth0', address: ip('192.0.2.200') });
    play.step({ type: 'AddressLost', interface: 'eth1', address: ip('192.0.2.100') });
    expect(play.effects).toEqual([]);
    const idle = backup().forget();
    idle.step({ type: 'AddressLost', interface: 'eth0', address: ip('192.0.2.100') });
    expect(idle.effects).toEqual([]);
  });
});

describe('a route or rule is lost', () => {
  test('the master resigns and comes again after the skew, as for an address', () => {
    const play = master();
    play.step({ type: 'RouteLost', instance: 'VI_1', text: 'route 10.1.0.0/16' });
    expect(play.story()).toEqual([
      'VI_1 MASTER -> BACKUP (route-lost)',
      'advert 0 VI_1',
      'remove VI_1',
      'notify INSTANCE VI_1 BACKUP 100',
    ]);
    expect(play.until('master-down VI_1')).toBe(609_375);
  });

  test('a backup, and an instance that a reload has removed, do not mind', () => {
    const idle = backup().forget();
    idle.step({ type: 'RouteLost', instance: 'VI_1', text: 'route 10.1.0.0/16' });
    idle.step({ type: 'RouteLost', instance: 'VI_9', text: 'route 10.1.0.0/16' });
    expect(idle.effects).toEqual([]);
  });
});

describe('two address owners', () => {
  const owner = (address: string): Play =>
    new Play(settingsOf([{ ...vi1, priority: 255, initialState: 'MASTER' }]), [
      { ...eth0, addresses: [ip(address)] },
    ])
      .start()
      .forget();

  test('the one with the lesser address steps back', () => {
    const play = owner('192.0.2.1');
    play.hear({ priority: 255, source: ip('192.0.2.2') });
    expect(play.state()).toBe('BACKUP');
    expect(play.all('Record').map(({ code }) => code)).toContain('two-owners');
  });

  test('the other one gives in if it is still heard after two adverts, and is owner again once it is alone', () => {
    const play = owner('192.0.2.9');
    const rogue = { priority: 255, source: ip('192.0.2.2') };
    play.hear(rogue);
    play.wait(s(2.1));
    expect(play.state()).toBe('MASTER');
    play.hear(rogue);
    expect(play.state()).toBe('BACKUP');
    expect(play.instance().effectivePriority).toBe(254);
    play.wait(s(4));
    expect(play.state()).toBe('MASTER');
    expect(play.instance().effectivePriority).toBe(255);
  });

  test('it is not given more time for being heard often', () => {
    const play = owner('192.0.2.9');
    for (let turn = 0; turn < 6; turn += 1) {
      play.hear({ priority: 255, source: ip('192.0.2.2') });
      play.wait(s(0.4));
    }
    expect(play.state()).toBe('BACKUP');
  });

  test('a slow one is given 1.2 of its own intervals', () => {
    const fast = { ...vi1v3, priority: 255, initialState: 'MASTER' } as const;
    const play = new Play(settingsOf([fast]), [{ ...eth0, addresses: [ip('192.0.2.9')] }]).start();
    play.hear({ version: 3, priority: 255, source: ip('192.0.2.2'), maxAdvertIntervalCs: 100 });
    play.wait(s(0.5));
    expect(play.until('rogue-owner VI_1')).toBe(800_000);
  });

  test('who fails meanwhile waits for no rogue', () => {
    const play = owner('192.0.2.9');
    play.hear({ priority: 255, source: ip('192.0.2.2') });
    play.wait(s(2.1)).link('eth0', false);
    expect(play.due('rogue-owner VI_1')).toBeUndefined();
  });

  test('a rogue that stops is forgotten', () => {
    const play = owner('192.0.2.9');
    play.hear({ priority: 255, source: ip('192.0.2.2') });
    play.wait(s(5));
    expect(play.state()).toBe('MASTER');
    expect(play.all('Record').map(({ code }) => code)).toContain('rogue-owner-gone');
  });
});
