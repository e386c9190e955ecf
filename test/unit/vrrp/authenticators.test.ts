import { type AdvertReceived, type InstanceSettings, type SendAdvert } from '#vrrp/index.js';
import { decodeAh, encodeIpv4Header, decodeIpv4, splitTrailer } from '#wire/index.js';
import { fixture } from '../wire/fixture.js';
import { heard, ip, Play, s, settingsOf, vi1, vi1v6, type Heard } from './play.js';

/** A second router, whose packets are the ones to believe or not. */
const other: InstanceSettings = { ...vi1, priority: 200 };
const otherEth0 = { name: 'eth0', index: 2, up: true, addresses: [ip('192.0.2.2'), ip('fe80::2')] };
const secret = '00'.repeat(32);

const withAh: Partial<InstanceSettings> = { authentication: { type: 'ah', password: 'secret' } };
const withHmac = (changes = {}): Partial<InstanceSettings> => ({
  authentication: {
    type: 'hmac',
    keys: [{ id: 1, secret }],
    activeKey: 1,
    timeWindowS: 5,
    mode: 'enforce',
    ...changes,
  },
});

/** Us, as backup, and another router that is master: what it sends comes to us where a test says so. */
class Two {
  readonly ours: Play;
  readonly theirs: Play;

  constructor(changes: Partial<InstanceSettings>, others = changes) {
    this.ours = new Play(settingsOf([{ ...vi1, ...changes }])).start();
    this.theirs = new Play(settingsOf([{ ...other, ...others }]), [otherEth0]).start();
    this.theirs.wait(s(3.3)).forget();
    this.ours.wait(s(3.3));
  }

  /** Time passes for both; what the other one sent, packet by packet. */
  wait(seconds: number): AdvertReceived[] {
    this.theirs.forget().wait(s(seconds));
    this.ours.wait(s(seconds));
    return this.theirs.all('SendAdvert').map((sent) => received(sent));
  }

  /** Hands us a packet; whether it was believed, or why not. */
  hear(event: AdvertReceived): string {
    const before = this.ours.instance().counters;
    this.ours.step(event);
    const after = this.ours.instance().counters;
    const reason = Object.keys(after.dropped).find((code) => after.dropped[code] !== before.dropped[code]);
    return after.advertsReceived > before.advertsReceived ? 'believed' : (reason ?? 'nothing');
  }
}

/** What is received of the first copy of a sent advert. */
function received(sent: SendAdvert, changes: Partial<AdvertReceived> = {}): AdvertReceived {
  const { source, interface: port, identification = 0 } = sent;
  const [destination = ip('224.0.0.18')] = sent.destinations;
  const [payload = new Uint8Array()] = sent.payloads;
  const ipHeader = encodeIpv4Header({
    tos: 0xc0,
    totalLength: 20 + payload.length,
    identification,
    fragment: 0,
    ttl: sent.ttl ?? 64,
    protocol: sent.protocol ?? 112,
    source,
    destination,
    options: new Uint8Array(),
  });
  const common = { type: 'AdvertReceived', interface: port, source, destination, payload } as const;
  return { ...common, ttl: sent.ttl ?? 64, ...(source.includes(':') ? {} : { ipHeader }), ...changes };
}

const flip = (event: AdvertReceived, index: number): AdvertReceived => {
  const payload = event.payload.slice();
  payload[index] = (payload[index] ?? 0) ^ 1;
  return { ...event, payload };
};

describe('AH (RFC 2338, 5.3.6.3; RFC 4302)', () => {
  test('what one sends the other believes', () => {
    const two = new Two(withAh);
    expect(two.wait(1).map((event) => two.hear(event))).toEqual(['believed']);
    expect(two.wait(1).map((event) => two.hear(event))).toEqual(['believed']);
  });

  test('the packet of a real keepalived is believed, and sent again byte for byte', () => {
    const { frame } = fixture('v2-ah');
    const ipv4 = decodeIpv4(frame.subarray(14));
    if (!ipv4.ok) throw new Error(ipv4.error.text);
    const { header, payload } = ipv4.value;
    const settings = { ...vi1, ...withAh, vrid: 7 };
    const backup = new Play(settingsOf([settings]), [otherEth0]).start();
    const ipHeader = frame.subarray(14, 34);
    backup.step({ type: 'AdvertReceived', interface: 'eth0', ...header, payload, ipHeader });
    expect(backup.instance().counters).toMatchObject({ advertsReceived: 1, dropped: {} });
    const [sent] = new Play(settingsOf([settings])).start().wait(s(3.7)).all('SendAdvert');
    expect(sent).toMatchObject({ protocol: 51, identification: 1 });
    expect(Buffer.from(sent!.payloads[0]!).toString('hex')).toBe(Buffer.from(payload).toString('hex'));
  });

  test('a replay is dropped, and so is all that is older', () => {
    const two = new Two(withAh);
    const [first, second] = two.wait(2) as [AdvertReceived, AdvertReceived];
    expect([two.hear(second), two.hear(second), two.hear(first)]).toEqual([
      'believed',
      'advert-ah-replay',
      'advert-ah-replay',
    ]);
  });

  test('an unauthenticated, a forged and a replayed advert delay nothing', () => {
    const two = new Two(withAh);
    const [advert] = two.wait(1) as [AdvertReceived];
    two.hear(advert);
    const due = two.ours.due('master-down VI_1');
    two.ours.wait(s(1));
    expect([two.hear(advert), two.hear(heard()), two.hear(flip(advert, 30))]).toEqual([
      'advert-ah-replay',
      'advert-auth-type-mismatch',
      'advert-ah-bad-value',
    ]);
    expect(two.ours.due('master-down VI_1')).toBe(due);
  });

  test('every byte of packet and header is covered, but for what changes on the way', () => {
    const two = new Two(withAh);
    const [advert] = two.wait(1) as [AdvertReceived];
    for (const index of advert.payload.keys()) expect(two.hear(flip(advert, index))).not.toBe('believed');
    for (const index of [2, 4, 8, 12, 16]) {
      const ipHeader = advert.ipHeader!.slice();
      ipHeader[index]! ^= 1;
      expect(two.hear({ ...advert, ipHeader })).toBe('advert-ah-bad-value');
    }
    expect(two.hear(advert)).toBe('believed');
  });

  test('another password is another key', () => {
    const two = new Two(withAh, { authentication: { type: 'ah', password: 'Secret' } });
    expect(two.wait(1).map((event) => two.hear(event))).toEqual(['advert-ah-bad-value']);
  });

  test('the index must be the sender, even if who knows the key says otherwise', () => {
    const two = new Two(withAh);
    const spoofed = new Play(settingsOf([{ ...other, ...withAh }]), [
      { ...otherEth0, addresses: [ip('192.0.2.77')] },
    ]).start();
    const [sent] = spoofed.wait(s(3.3)).all('SendAdvert');
    const event = received(sent!);
    expect(two.hear({ ...event, source: ip('192.0.2.2') })).toBe('advert-ah-bad-spi');
    expect(two.hear(event)).toBe('believed');
  });

  test('who becomes master goes on behind the last one that was heard', () => {
    const two = new Two(withAh);
    for (const event of two.wait(5)) two.hear(event);
    const ours = two.ours.forget().wait(s(4)).all('SendAdvert');
    expect(ours.map((sent) => sequenceOf(sent))[0]).toBe(7);
  });

  test('a master that hears one of lower priority outbids its sequence', () => {
    const two = new Two(withAh, { ...withAh, priority: 50 });
    two.wait(10);
    expect(two.ours.state()).toBe('MASTER');
    // Both are masters by now, and theirs is the higher sequence.
    const late = received(two.theirs.wait(s(10)).all('SendAdvert').at(-1)!);
    two.ours.forget();
    expect(two.hear(late)).toBe('believed');
    const [answer] = two.ours.all('SendAdvert');
    expect(sequenceOf(answer!)).toBe(sequenceOf({ payloads: [late.payload] }) + 2);
    expect(two.ours.all('Record').map(({ code }) => code)).toContain('sequence-synced');
  });

  test('two that become master at the same moment, with the same sequence, hear each other all the same', () => {
    const two = new Two(withAh, { ...withAh, priority: 99 });
    const ours = two.ours.wait(s(3)).all('SendAdvert');
    const theirs = two.theirs.wait(s(3)).all('SendAdvert');
    expect([two.ours.state(), two.theirs.state()]).toEqual(['MASTER', 'MASTER']);
    expect(sequenceOf(theirs[0]!)).toBe(sequenceOf(ours[0]!));
    expect(two.hear(received(theirs[0]!))).toBe('believed');
  });

  test('a master that resumes after a crash is ahead of all that was sent before', () => {
    const play = new Play(settingsOf([{ ...vi1, ...withAh }]));
    play.now = s(1_800_000_000);
    play.start(['VI_1']);
    expect(sequenceOf(play.all('SendAdvert')[0]!)).toBe(1_800_000_001);
  });

  test('to several peers goes the same sequence, each with a value of its own', () => {
    const peers = [{ address: ip('192.0.2.2') }, { address: ip('192.0.2.3') }];
    const transport = { kind: 'unicast', peers, checkSource: false, ttl: 255 } as const;
    const play = new Play(settingsOf([{ ...vi1, ...withAh, transport }])).start().wait(s(3.7));
    const [sent] = play.all('SendAdvert');
    const headers = sent!.payloads.map((payload) => {
      const decoded = decodeAh(payload);
      return decoded.ok ? decoded.value.header : undefined;
    });
    expect(headers.map((header) => header?.sequence)).toEqual([1, 1]);
    expect(headers[0]?.icv).not.toEqual(headers[1]?.icv);
  });

  test('a reload goes on with the sequence, and with the new password', () => {
    const two = new Two(withAh);
    for (const event of two.wait(3)) two.hear(event);
    const [replay] = two.theirs.all('SendAdvert').slice(-1);
    two.ours.step({
      type: 'Reconfigured',
      settings: settingsOf([{ ...vi1, ...withAh, advertInterval: s(1), downTimerAdverts: 4 }]),
    });
    expect(two.hear(received(replay!))).toBe('advert-ah-replay');
    const authentication = { type: 'ah', password: 'other' } as const;
    two.ours.step({ type: 'Reconfigured', settings: settingsOf([{ ...vi1, authentication }]) });
    expect(two.wait(1).map((event) => two.hear(event))).toEqual(['advert-ah-bad-value']);
  });

  test('short packets and strange protocols are dropped', () => {
    const two = new Two(withAh);
    const [advert] = two.wait(1) as [AdvertReceived];
    expect(two.hear({ ...advert, payload: advert.payload.slice(0, 26) })).toBe('advert-ah-bad-value');
    const other = advert.payload.slice();
    other[0] = 6;
    expect(two.hear({ ...advert, payload: other })).toBe('advert-ah-not-vrrp');
  });
});

function sequenceOf({ payloads }: Pick<SendAdvert, 'payloads'>): number {
  const decoded = decodeAh(payloads[0] ?? new Uint8Array());
  if (!decoded.ok) throw new Error(decoded.error.text);
  return decoded.value.header.sequence;
}

describe('auth_hmac', () => {
  const outcomes = (two: Two, seconds = 1): string[] => two.wait(seconds).map((event) => two.hear(event));
  const key2 = { id: 2, secret: 'ff'.repeat(40) };
  const both = [{ id: 1, secret }, key2];

  test('what one sends the other believes, in both versions and both families', () => {
    expect(outcomes(new Two(withHmac()))).toEqual(['believed']);
    expect(outcomes(new Two({ ...withHmac(), version: 3 }))).toEqual(['believed']);
    expect(
      outcomes(new Two({ ...vi1v6, ...withHmac() }, { ...vi1v6, ...withHmac(), priority: 200 })),
    ).toEqual(['believed']);
  });

  test('keys are exchanged one router after another', () => {
    const none = withHmac();
    const prepared = withHmac({ keys: both });
    const moved = withHmac({ keys: both, activeKey: 2 });
    const done = withHmac({ keys: [key2], activeKey: 2 });
    const pairs = [
      [none, prepared],
      [prepared, moved],
      [moved, prepared],
      [done, moved],
    ] as const;
    for (const [ours, theirs] of pairs) expect(outcomes(new Two(ours, theirs))).toEqual(['believed']);
    expect(outcomes(new Two(none, moved))).toEqual(['advert-auth-unknown-key']);
    expect(outcomes(new Two(withHmac(), withHmac({ keys: [{ id: 1, secret: '11'.repeat(32) }] })))).toEqual([
      'advert-auth-bad-hmac',
    ]);
  });

  test.each([
    // ours, theirs, what becomes of theirs
    ['enforce', 'enforce', 'believed'],
    ['enforce', 'permissive', 'believed'],
    ['enforce', 'receive-only', 'advert-auth-missing'],
    ['permissive', 'enforce', 'believed'],
    ['permissive', 'receive-only', 'believed'],
    ['receive-only', 'enforce', 'believed'],
    ['receive-only', 'receive-only', 'believed'],
  ])('%s hears %s: %s', (mode, theirMode, outcome) => {
    expect(outcomes(new Two(withHmac({ mode }), withHmac({ mode: theirMode })))).toEqual([outcome]);
  });

  test('a signature that does not hold is dropped in every mode', () => {
    for (const mode of ['enforce', 'permissive', 'receive-only']) {
      const two = new Two(withHmac({ mode }), withHmac());
      const [advert] = two.wait(1) as [AdvertReceived];
      expect(two.hear(flip(advert, 2))).toBe('advert-auth-bad-hmac');
    }
  });

  test('a router without auth_hmac finds signed ones too long', () => {
    expect(outcomes(new Two({}, withHmac()))).toEqual(['advert-too-long']);
    expect(outcomes(new Two({}, withHmac({ mode: 'receive-only' })))).toEqual(['believed']);
  });

  test('a replay is dropped, and it delays nothing', () => {
    const two = new Two(withHmac());
    const [advert] = two.wait(1) as [AdvertReceived];
    expect([two.hear(advert), two.hear(advert)]).toEqual(['believed', 'advert-auth-replay']);
    const due = two.ours.due('master-down VI_1');
    two.ours.wait(s(1));
    two.hear(advert);
    expect(two.ours.due('master-down VI_1')).toBe(due);
  });

  test('a forged advert moves no mark: the original behind it is believed', () => {
    const two = new Two(withHmac());
    const [advert] = two.wait(1) as [AdvertReceived];
    const length = advert.payload.length;
    // A sequence in the future, and a signature that does not fit it.
    expect(two.hear(flip(advert, length - 28 + 7))).toBe('advert-auth-bad-hmac');
    expect(two.hear(advert)).toBe('believed');
  });

  test('clocks may differ by as much as time_window says', () => {
    for (const [ahead, outcome] of [
      [5, 'believed'],
      [6, 'advert-auth-stale'],
      [-5, 'believed'],
      [-6, 'advert-auth-stale'],
    ] as const) {
      const two = new Two(withHmac());
      two.ours.now = s(100_000);
      two.theirs.now = s(100_000 + ahead);
      two.theirs.forget().step({ type: 'StopRequested' });
      expect(two.hear(received(two.theirs.all('SendAdvert')[0]!))).toBe(outcome);
    }
  });

  test('an advert that waited while this host stalled is as old as it was when it came in', () => {
    const two = new Two(withHmac());
    const [advert] = two.wait(1) as [AdvertReceived];
    const receivedAt = two.ours.now;
    two.ours.drift(s(60));
    expect(two.hear({ ...advert, receivedAt })).toBe('believed');
  });

  test('a clock that goes astray is told of before it is too late', () => {
    const two = new Two(withHmac());
    two.ours.forget();
    two.ours.now = s(100_000);
    two.theirs.now = s(99_997);
    two.theirs.forget().step({ type: 'StopRequested' });
    two.hear(received(two.theirs.all('SendAdvert')[0]!));
    expect(two.ours.all('Record').map(({ text }) => text)).toContain(
      '(VI_1) authentication clock skew 3 sec from 192.0.2.2 approaching window 5 sec',
    );
  });

  test('with anti_replay monotonic the time does not matter, only that it grows', () => {
    const monotonic = withHmac({ timeWindowS: undefined });
    const two = new Two(monotonic);
    two.theirs.now = s(500_000);
    two.theirs.forget().step({ type: 'StopRequested' });
    const event = received(two.theirs.all('SendAdvert')[0]!);
    expect([two.hear(event), two.hear(event)]).toEqual(['believed', 'advert-auth-replay']);
  });

  test('in unicast only configured peers are believed, and all get the same signature', () => {
    const unicast = (...peers: string[]): Partial<InstanceSettings> => ({
      ...withHmac(),
      version: 3,
      transport: {
        kind: 'unicast',
        peers: peers.map((peer) => ({ address: ip(peer) })),
        checkSource: false,
        ttl: 255,
      },
    });
    expect(outcomes(new Two(unicast('192.0.2.2'), unicast('192.0.2.1')))).toEqual(['believed']);
    expect(outcomes(new Two(unicast('192.0.2.3'), unicast('192.0.2.1')))).toEqual(['advert-unknown-peer']);
    const two = new Two(unicast('192.0.2.2'), unicast('192.0.2.1', '192.0.2.9'));
    two.wait(1);
    const [sent] = two.theirs.all('SendAdvert');
    const trailers = sent!.payloads.map((payload) => splitTrailer(payload, 'inet')?.trailer);
    expect(trailers[0]).toEqual(trailers[1]);
  });

  test('what is not 0 in the reserved field, or of another scheme, is malformed', () => {
    const two = new Two(withHmac());
    const [advert] = two.wait(1) as [AdvertReceived];
    const start = advert.payload.length - 28;
    expect([two.hear(flip(advert, start)), two.hear(flip(advert, start + 3))]).toEqual([
      'advert-auth-malformed',
      'advert-auth-malformed',
    ]);
  });

  test('a signature for another version, router or source does not hold', () => {
    const strange: Heard = { source: ip('192.0.2.77') };
    const two = new Two(withHmac());
    const [advert] = two.wait(1) as [AdvertReceived];
    expect(two.hear({ ...advert, ...strange })).toBe('advert-auth-bad-hmac');
    expect(outcomes(new Two(withHmac(), { ...withHmac(), version: 3 }))).toEqual(['advert-wrong-version']);
  });

  test('a reload changes the keys, and remembers what was heard', () => {
    const two = new Two(withHmac(), withHmac({ keys: both, activeKey: 2 }));
    two.ours.step({
      type: 'Reconfigured',
      settings: settingsOf([{ ...vi1, ...withHmac({ keys: both }) }]),
    });
    const [advert] = two.wait(1) as [AdvertReceived];
    expect(two.hear(advert)).toBe('believed');
    two.ours.step({
      type: 'Reconfigured',
      settings: settingsOf([{ ...vi1, ...withHmac({ keys: [key2], activeKey: 2 }) }]),
    });
    expect(two.hear(advert)).toBe('advert-auth-replay');
    two.ours.step({ type: 'Reconfigured', settings: settingsOf([vi1]) });
    expect(two.hear(advert)).toBe('advert-too-long');
  });
});
