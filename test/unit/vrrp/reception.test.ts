import { seconds } from '#base/units.js';
import { type AdvertReceived, type InstanceSettings, type Transport } from '#vrrp/index.js';
import { judge } from '#vrrp/reception.js';
import { encodeAdvert } from '#wire/vrrp.js';
import { backup, heard, ip, master, Play, settingsOf, vi1, vi1v3, vi1v6 } from './play.js';

/** The code under which an advert is dropped, or `accepted` with the codes of what is said about it. */
function verdict(event: AdvertReceived, settings: InstanceSettings = vi1, checkAddresses = true): string {
  const result = judge(event, settings, { checkAddresses });
  if (!result.accepted) return result.complaint.code;
  return ['accepted', ...result.complaints.map(({ code }) => code)].join(' ');
}

const unicast = (changes: Partial<Extract<Transport, { kind: 'unicast' }>> = {}): InstanceSettings => ({
  ...vi1,
  transport: {
    kind: 'unicast',
    peers: [{ address: ip('192.0.2.2') }],
    checkSource: false,
    ttl: 255,
    ...changes,
  },
});
const toUs = { destination: ip('192.0.2.1') };

describe('RFC 3768, 7.1 and RFC 9568, 7.1: receive processing', () => {
  test('a right one is accepted', () => {
    expect(verdict(heard())).toBe('accepted');
    expect(verdict(heard({ version: 3, maxAdvertIntervalCs: 10 }), vi1v3)).toBe('accepted');
  });

  test('MUST verify that the TTL is 255', () => {
    expect(verdict(heard({ ttl: 254 }))).toBe('advert-bad-ttl');
    expect(verdict({ ...heard(), ttl: undefined })).toBe('advert-bad-ttl');
  });

  test('MUST verify the VRRP version', () => {
    expect(verdict(heard({ version: 3 }))).toBe('advert-wrong-version');
    expect(verdict(heard(), vi1v3)).toBe('advert-wrong-version');
    const alien = heard();
    alien.payload[0] = 0x41;
    expect(verdict(alien)).toBe('advert-unknown-version');
  });

  test('MUST verify that the packet is complete', () => {
    for (let length = 2; length < 20; length += 1) {
      expect(verdict({ ...heard(), payload: heard().payload.slice(0, length) })).toBe('advert-truncated');
    }
  });

  test('MUST verify that nothing follows it but the padding of a short frame', () => {
    const longer = new Uint8Array(300);
    longer.set(heard().payload);
    expect(verdict({ ...heard(), payload: longer })).toBe('advert-too-long');
  });

  test('MUST verify the checksum', () => {
    const event = heard();
    event.payload[7] = (event.payload[7] ?? 0) ^ 1;
    expect(verdict(event)).toBe('advert-bad-checksum');
  });

  test('v3_checksum_as_v2: a received checksum is still verified (deliberate difference)', () => {
    const settings = { ...vi1v3, checksumAsV2: true };
    const event = heard({ version: 3, maxAdvertIntervalCs: 10 });
    expect(verdict(event, settings)).toBe('accepted');
    event.payload[7] = (event.payload[7] ?? 0) ^ 1;
    expect(verdict(event, settings)).toBe('advert-bad-checksum');
  });

  test('packets of an unknown type are dropped (RFC 9568, 5.2.2)', () => {
    const event = heard();
    event.payload[0] = 0x22;
    expect(verdict(event)).toBe('advert-unknown-type');
  });

  test('version 2 MUST verify that Adver Int is ours', () => {
    expect(verdict(heard({ advertIntervalS: 2 }))).toBe('advert-interval-mismatch');
  });

  test('version 3 accepts another interval, and says so', () => {
    const event = heard({ version: 3, maxAdvertIntervalCs: 100 });
    expect(verdict(event, vi1v3)).toBe('accepted advert-interval-differs');
  });

  test('version 3: an interval of zero is dropped, but for a resignation', () => {
    const zero = { version: 3, maxAdvertIntervalCs: 0 } as const;
    expect(verdict(heard(zero), vi1v3)).toBe('advert-zero-interval');
    expect(verdict(heard({ ...zero, priority: 0 }), vi1v3)).toContain('accepted');
  });

  test('MAY verify the addresses: keepalived believes the advert all the same', () => {
    const other = heard({ addresses: [ip('192.0.2.200')] });
    expect(verdict(other)).toBe('accepted advert-address-missing');
    expect(verdict(other, vi1, false)).toBe('accepted');
    expect(verdict(heard({ addresses: [] }))).toBe('accepted advert-address-count');
  });

  test('VIPs that are not advertised are not compared', () => {
    const excluded = { address: ip('192.0.2.101'), interface: 'eth0', advertised: false };
    expect(verdict(heard(), { ...vi1, addresses: [...vi1.addresses, excluded] })).toBe('accepted');
  });
});

describe('RFC 2338, 5.3.6: authentication', () => {
  const pass = (password: string): InstanceSettings => ({
    ...vi1,
    authentication: { type: 'pass', password },
  });
  const withPassword = (text: string): AdvertReceived =>
    heard({ authType: 1, authData: Uint8Array.from(Buffer.from(text.padEnd(8, '\0'))) });

  test.each([
    ['secret', 'secret', 'accepted'],
    ['secret', 'Secret', 'advert-wrong-password'],
    ['secret', 'secret1', 'advert-wrong-password'],
    ['secret', '', 'advert-wrong-password'],
    ['longerthan8', 'longerth', 'accepted'],
  ])('configured %j, received %j: %s', (ours, theirs, expected) => {
    expect(verdict(withPassword(theirs), pass(ours))).toBe(expected);
  });

  test('the type MUST be ours, and known', () => {
    expect(verdict(heard({ authType: 1 }))).toBe('advert-auth-type-mismatch');
    expect(verdict(heard(), pass('secret'))).toBe('advert-auth-type-mismatch');
    expect(verdict(heard({ authType: 2 }))).toBe('advert-auth-type-mismatch');
    expect(verdict(heard({ authType: 3 }))).toBe('advert-bad-auth-type');
  });

  test('AH stands before the message, where only AH is configured', () => {
    const ipHeader = new Uint8Array(20);
    ipHeader[9] = 51;
    expect(verdict({ ...heard(), ipHeader })).toBe('advert-auth-type-mismatch');
    expect(verdict(heard(), { ...vi1, authentication: { type: 'ah', password: 'x' } })).toBe(
      'advert-auth-type-mismatch',
    );
  });
});

describe('unicast', () => {
  test('multicast and unicast do not mix', () => {
    expect(verdict(heard(toUs))).toBe('advert-unexpected-destination');
    expect(verdict(heard(), unicast())).toBe('advert-unexpected-destination');
    expect(verdict(heard(toUs), unicast())).toBe('accepted');
  });

  test('any TTL will do, it may come through routers', () => {
    expect(verdict(heard({ ...toUs, ttl: 3 }), unicast())).toBe('accepted');
  });

  test('check_unicast_src: only peers are believed', () => {
    const stranger = heard({ ...toUs, source: ip('192.0.2.66') });
    expect(verdict(stranger, unicast())).toBe('accepted');
    expect(verdict(stranger, unicast({ checkSource: true }))).toBe('advert-unknown-peer');
    expect(verdict(heard(toUs), unicast({ checkSource: true }))).toBe('accepted');
  });

  test('min_ttl and max_ttl of a peer', () => {
    const settings = unicast({
      checkSource: true,
      peers: [{ address: ip('192.0.2.2'), minTtl: 62, maxTtl: 64 }],
    });
    expect(verdict(heard({ ...toUs, ttl: 61 }), settings)).toBe('advert-ttl-out-of-range');
    expect(verdict(heard({ ...toUs, ttl: 62 }), settings)).toBe('accepted');
    expect(verdict(heard({ ...toUs, ttl: 65 }), settings)).toBe('advert-ttl-out-of-range');
  });
});

describe('IPv6', () => {
  const event = (changes = {}): AdvertReceived =>
    heard({ version: 3, source: ip('fe80::2'), addresses: [ip('2001:db8::100')], ...changes });

  test('a right one is accepted', () => {
    expect(verdict(event(), vi1v6)).toBe('accepted');
  });

  test('the checksum covers the destination (RFC 9568, 5.2.8)', () => {
    expect(verdict({ ...event(), destination: ip('ff02::13') }, vi1v6)).toBe('advert-bad-checksum');
  });
});

describe('whom an advert is for', () => {
  const other: InstanceSettings = { ...vi1, name: 'VI_2', vrid: 52 };
  const received = (play: Play, name: string): number => play.instance(name).counters.advertsReceived;

  test('the instance of that VRID', () => {
    const play = new Play(settingsOf([vi1, other])).start();
    play.hear({ vrid: 52 });
    expect([received(play, 'VI_1'), received(play, 'VI_2')]).toEqual([0, 1]);
  });

  test('of that interface, and of that family', () => {
    const play = new Play(settingsOf([vi1, { ...vi1v6, name: 'VI_6' }])).start();
    play.hear({ interface: 'eth1' });
    play.hear({ version: 3, source: ip('fe80::2'), addresses: [ip('2001:db8::100')] });
    expect([received(play, 'VI_1'), received(play, 'VI_6')]).toEqual([0, 1]);
    expect(play.router.snapshot().unclaimedAdverts).toEqual({ 'advert-unknown-vrid': 1 });
  });

  test('an advert of the other family is for nobody here', () => {
    const play = backup();
    play.hear({ version: 3, source: ip('fe80::2'), addresses: [] });
    expect(play.instance().counters.dropped).toEqual({});
    expect(play.router.snapshot().unclaimedAdverts).toEqual({ 'advert-unknown-vrid': 1 });
  });

  test('multicast and unicast are VRID spaces of their own', () => {
    const play = new Play(settingsOf([vi1, { ...unicast(), name: 'VI_U' }])).start();
    play.hear({});
    play.hear(toUs);
    play.hear(toUs);
    expect([received(play, 'VI_1'), received(play, 'VI_U')]).toEqual([1, 2]);
  });

  test('unicast instances that share a VRID are told apart by their peers', () => {
    const second = unicast({ peers: [{ address: ip('192.0.2.3') }] });
    const play = new Play(settingsOf([unicast(), { ...second, name: 'VI_2' }])).start();
    play.hear({ ...toUs, source: ip('192.0.2.3') });
    play.hear({ ...toUs, source: ip('192.0.2.3') });
    play.hear({ ...toUs, source: ip('192.0.2.2') });
    expect([received(play, 'VI_1'), received(play, 'VI_2')]).toEqual([1, 2]);
  });

  test('who is a peer of none of them is a stranger to all', () => {
    const second = unicast({ peers: [{ address: ip('192.0.2.3') }] });
    const settings = settingsOf([unicast(), { ...second, name: 'VI_2' }], { logUnknownVrids: true });
    const play = new Play(settings).start().forget();
    play.hear({ ...toUs, source: ip('192.0.2.66') });
    expect([received(play, 'VI_1'), received(play, 'VI_2')]).toEqual([0, 0]);
    expect(play.all('Record').map(({ text }) => text)).toEqual([
      'Unknown VRID(51) received on interface(eth0) from 192.0.2.66. ignoring...',
    ]);
  });

  test('an unknown VRID is counted, and told once', () => {
    const play = backup().forget();
    play.hear({ vrid: 99 });
    play.hear({ vrid: 99 });
    expect(play.router.snapshot().unclaimedAdverts).toEqual({ 'advert-unknown-vrid': 2 });
    expect(play.all('Record').map(({ text }) => text)).toEqual([
      'Unknown VRID(99) received on interface(eth0). ignoring...',
    ]);
  });

  test('a packet too short to name a VRID is counted', () => {
    const play = backup();
    play.step({ ...heard(), payload: new Uint8Array(1) });
    expect(play.router.snapshot().unclaimedAdverts).toEqual({ 'advert-truncated': 1 });
  });

  test('in FAULT nothing is heard', () => {
    const play = backup();
    play.link('eth0', false);
    play.forget().hear({});
    expect(play.effects).toEqual([]);
    expect(received(play, 'VI_1')).toBe(0);
  });
});

describe('what the log hears', () => {
  const texts = (play: Play): string[] => play.all('Record').map(({ text }) => text);

  test('each complaint once, every one counted', () => {
    const play = master();
    play.hear({ ttl: 1 });
    play.hear({ ttl: 1 });
    play.hear({ authType: 3 });
    expect(texts(play)).toEqual([
      '(VI_1) invalid TTL/HL from 192.0.2.2. Received 1 and expect 255',
      '(VI_1) Invalid auth type from 192.0.2.2: 3',
    ]);
    expect(play.instance().counters.dropped).toEqual({ 'advert-bad-ttl': 2, 'advert-bad-auth-type': 1 });
  });

  test('again once there is a new master', () => {
    const play = backup();
    play.hear({});
    play.forget();
    play.hear({ ttl: 1 });
    play.hear({ source: ip('192.0.2.3') });
    play.hear({ ttl: 1 });
    expect(texts(play).filter((text) => text.includes('TTL'))).toHaveLength(2);
  });

  test('what is believed all the same counts as received, and not as dropped', () => {
    const play = backup({ version: 3 });
    play.hear({ version: 3, maxAdvertIntervalCs: 200 });
    const { counters } = play.instance();
    expect(counters).toMatchObject({
      advertsReceived: 1,
      dropped: {},
      complaints: { 'advert-interval-differs': 1 },
    });
  });

  test('skip_check_adv_addr: only the first advert of a master is compared', () => {
    const compared = (skipCheckAdvertAddresses: boolean): unknown => {
      const play = backup({ skipCheckAdvertAddresses });
      for (let turn = 0; turn < 3; turn += 1) play.hear({ addresses: [ip('192.0.2.200')] });
      return play.instance().counters.complaints;
    };
    expect(compared(true)).toEqual({ 'advert-address-missing': 1 });
    expect(compared(false)).toEqual({ 'advert-address-missing': 3 });
  });

  test('not by an invalid advert from a new address', () => {
    const play = backup();
    play.hear({});
    play.forget();
    play.hear({ ttl: 1, source: ip('192.0.2.66') });
    play.hear({ ttl: 1, source: ip('192.0.2.67') });
    expect(texts(play)).toHaveLength(1);
  });

  test.each<[string, () => AdvertReceived]>([
    [
      'vrrp packet from 192.0.2.2 too short, 12 bytes, expected 20',
      () => ({ ...heard(), payload: heard().payload.slice(0, 12) }),
    ],
    ['wrong VRRP version from 192.0.2.2. Received 3 and expect 2', () => heard({ version: 3 })],
    [
      "advertisement interval mismatch with 192.0.2.2 mine=1 sec rcv'd=9 sec",
      () => heard({ advertIntervalS: 9 }),
    ],
    ['Expected multicast packet but received unicast packet from 192.0.2.2', () => heard(toUs)],
    ['received a 1 auth from 192.0.2.2, expecting 0!', () => heard({ authType: 1 })],
  ])('%s', (text, event) => {
    const play = backup().forget();
    play.step(event());
    expect(texts(play)).toEqual([`(VI_1) ${text}`]);
  });
});

test('an advert captured by hand: version 2, VRID 51, priority 100, one VIP', () => {
  const context = { source: ip('192.0.2.2'), destination: ip('224.0.0.18') };
  const payload = Uint8Array.from(Buffer.from('2133640100010000c00002640000000000000000', 'hex'));
  const sum = encodeAdvert(
    {
      version: 2,
      vrid: 51,
      priority: 100,
      addresses: [ip('192.0.2.100')],
      authType: 0,
      authData: new Uint8Array(8),
      advertIntervalS: seconds(1),
    },
    context,
  ).slice(6, 8);
  payload.set(sum, 6);
  const event = { type: 'AdvertReceived', interface: 'eth0', ttl: 255, payload, ...context } as const;
  expect(judge(event, vi1, { checkAddresses: true })).toMatchObject({
    accepted: true,
    advert: { priority: 100, interval: 1_000_000 },
  });
});
