import fc from 'fast-check';
import { formatIpAddress, parseIpAddress, type IpAddress } from '#base/address.js';
import { centis, seconds } from '#base/units.js';
import {
  decodeAdvert,
  encodeAdvert,
  IPPROTO_VRRP,
  VRRP_AUTH_AH,
  VRRP_AUTH_NONE,
  VRRP_AUTH_PASS,
  VRRP_TTL,
  type Advert,
  type AdvertDecodeContext,
} from '#wire/vrrp.js';
import { hex, toHex } from './bytes-text.js';

const address = (text: string): IpAddress => parseIpAddress(text)!;
const ipv4: AdvertDecodeContext = { source: address('192.0.2.1'), destination: address('224.0.0.18') };
const ipv6: AdvertDecodeContext = { source: address('fe80::a'), destination: address('ff02::12') };

const v2: Advert = {
  version: 2,
  vrid: 51,
  priority: 100,
  addresses: [address('192.0.2.100')],
  authType: 0,
  authData: new Uint8Array(8),
  advertIntervalS: seconds(1),
};
const v3: Advert = {
  version: 3,
  vrid: 51,
  priority: 100,
  addresses: [address('192.0.2.100')],
  maxAdvertIntervalCs: centis(100),
};

/** The error's code, or "ok". */
function verdict(bytes: Uint8Array, context = ipv4): string {
  const result = decodeAdvert(bytes, context);
  return result.ok ? 'ok' : result.error.code;
}

function withByte(bytes: Uint8Array, index: number, value: number): Uint8Array {
  const changed = bytes.slice();
  changed[index] = value;
  return changed;
}

const followedBy = (bytes: Uint8Array, extra: number): Uint8Array =>
  Uint8Array.from([...bytes, ...new Uint8Array(extra)]);

describe('what a message must be (RFC 9568, 7.1; RFC 3768, 7.1)', () => {
  const good = encodeAdvert(v3, ipv4);

  test('empty and short messages are truncated', () => {
    for (let length = 0; length < good.length; length += 1) {
      expect(verdict(good.subarray(0, length))).toBe('advert-truncated');
    }
  });

  test('MUST contain all addresses that it counts', () => {
    expect(verdict(withByte(good, 3, 2))).toBe('advert-truncated');
    expect(verdict(withByte(good, 3, 255))).toBe('advert-truncated');
  });

  test('version 2 without its Authentication Data is truncated (RFC 3768, 5.3.10)', () => {
    const whole = encodeAdvert(v2, ipv4);
    expect(verdict(whole)).toBe('ok');
    expect(verdict(whole.subarray(0, -1))).toBe('advert-truncated');
    expect(verdict(whole.subarray(0, -8))).toBe('advert-truncated');
  });

  test.each([0, 1, 4, 15])('version %i is unknown', (version) => {
    expect(verdict(withByte(good, 0, (version << 4) | 1))).toBe('advert-unknown-version');
  });

  test('version 2 is unknown on IPv6', () => {
    expect(verdict(encodeAdvert(v2, ipv4), ipv6)).toBe('advert-unknown-version');
  });

  test.each([0, 2, 15])('type %i MUST be discarded (RFC 9568, 5.2.2)', (type) => {
    expect(verdict(withByte(good, 0, 0x30 | type))).toBe('advert-unknown-type');
  });

  test('every single bit that flips behind the type is caught by the checksum', () => {
    for (const [advert, context] of [[v2, ipv4] as const, [v3, ipv4] as const]) {
      const bytes = encodeAdvert(advert, context);
      for (let bit = 32; bit < bytes.length * 8; bit += 1) {
        const flipped = withByte(bytes, bit >> 3, (bytes[bit >> 3] ?? 0) ^ (1 << (bit & 7)));
        expect(verdict(flipped, context)).toBe('advert-bad-checksum');
      }
    }
  });

  test('the checksum of version 3 covers source and destination (RFC 5798, 5.2.8)', () => {
    expect(verdict(good, { ...ipv4, source: address('192.0.2.2') })).toBe('advert-bad-checksum');
    expect(verdict(good, { ...ipv4, destination: address('192.0.2.9') })).toBe('advert-bad-checksum');
  });

  test('on IPv6 the pseudo-header always counts (RFC 9568, 5.2.8)', () => {
    const advert: Advert = { ...v3, addresses: [address('fe80::5')] };
    const bytes = encodeAdvert(advert, { ...ipv6, checksumAsV2: true });
    expect(verdict(bytes, ipv6)).toBe('ok');
    expect(verdict(bytes, { ...ipv6, source: address('fe80::b'), checksumAsV2: true })).toBe(
      'advert-bad-checksum',
    );
  });

  test.each([
    [good.subarray(0, 7), ipv4, '7 bytes, header needs 8'],
    [good.subarray(0, 9), ipv4, '9 bytes, expected 12'],
    [withByte(good, 0, 0x51), ipv4, 'version 5 on IPv4'],
    [withByte(good, 0, 0x21), ipv6, 'version 2 on IPv6'],
    [withByte(good, 0, 0x37), ipv4, 'type 7'],
    [followedBy(good, 3), ipv4, '15 bytes, expected 12'],
    [withByte(withByte(good, 6, 0x0a), 7, 0xbc), ipv4, 'checksum 0x0abc does not fit the message'],
  ])('the error says what was found: %#', (bytes, context, text) => {
    expect(decodeAdvert(bytes, context)).toMatchObject({ ok: false, error: { text } });
  });

  test('constants of the RFCs', () => {
    expect([IPPROTO_VRRP, VRRP_TTL, VRRP_AUTH_NONE, VRRP_AUTH_PASS, VRRP_AUTH_AH]).toEqual([
      112, 255, 0, 1, 2,
    ]);
  });
});

describe('bytes behind the message', () => {
  test.each([
    ['v3, IPv4, one address: 32 bytes of packet, 14 of padding', v3, 14, 'ok'],
    ['one VLAN tag removed', v3, 10, 'ok'],
    ['three VLAN tags removed', v3, 2, 'ok'],
    ['not what a short frame has', v3, 13, 'advert-too-long'],
    ['not what a tag takes', v3, 12, 'advert-too-long'],
    ['more than the shortest frame', v3, 18, 'advert-too-long'],
    ['v2, one address: 40 bytes of packet', v2, 6, 'ok'],
    ['v2 with trailing words', v2, 8, 'advert-too-long'],
  ] as const)('%s', (_name, advert, extra, expected) => {
    expect(verdict(followedBy(encodeAdvert(advert, ipv4), extra))).toBe(expected);
  });

  test('a frame long enough has no padding', () => {
    const long: Advert = { ...v2, addresses: [...v2.addresses, ...v2.addresses, ...v2.addresses] };
    expect(verdict(followedBy(encodeAdvert(long, ipv4), 2))).toBe('advert-too-long');
    expect(verdict(followedBy(encodeAdvert(v2, ipv4), 6))).toBe('ok');
    expect(verdict(followedBy(encodeAdvert(v2, ipv4), 6), { ...ipv4, headersLength: 44 })).toBe(
      'advert-too-long',
    );
  });

  test('IPv6 packets are never that short', () => {
    const advert: Advert = { ...v3, addresses: [address('fe80::5')] };
    expect(verdict(followedBy(encodeAdvert(advert, ipv6), 2), ipv6)).toBe('advert-too-long');
  });
});

describe('fields', () => {
  test('reserved bits are ignored on reception and 0 when sent (RFC 9568, 5.2.6)', () => {
    // Without the pseudo-header, so that the sum can be checked by hand: 3133+6401+f064+c000+0264 folds to 47fe.
    const bytes = hex('3133 6401 f064 b801 c000 0264');
    expect(decodeAdvert(bytes, { ...ipv4, checksumAsV2: true })).toEqual({ ok: true, value: v3 });
    expect(toHex(encodeAdvert(v3, { ...ipv4, checksumAsV2: true })).slice(8, 12)).toBe('0064');
  });

  test('no address at all is for the protocol to judge', () => {
    expect(decodeAdvert(encodeAdvert({ ...v3, addresses: [] }, ipv4), ipv4)).toMatchObject({
      ok: true,
      value: { addresses: [] },
    });
  });

  test('Authentication Data is padded and cut to 8 bytes', () => {
    const short = encodeAdvert({ ...v2, authType: 1, authData: hex('6162') }, ipv4);
    expect(toHex(short.subarray(-8))).toBe('6162000000000000');
    const long = encodeAdvert({ ...v2, authType: 1, authData: hex('61626364656667686970') }, ipv4);
    expect(toHex(long.subarray(-8))).toBe('6162636465666768');
  });

  test('what was decoded does not change with the receive buffer', () => {
    const buffer = encodeAdvert({ ...v2, authType: 1, authData: hex('6162636465666768') }, ipv4);
    const result = decodeAdvert(buffer, ipv4);
    buffer.fill(0);
    expect(result.ok && result.value.version === 2 && toHex(result.value.authData)).toBe('6162636465666768');
  });
});

describe('properties', () => {
  const byte = fc.integer({ min: 0, max: 255 });
  const bytes = (length: number): fc.Arbitrary<Uint8Array> =>
    fc.uint8Array({ minLength: length, maxLength: length });
  const addresses = (length: number): fc.Arbitrary<IpAddress[]> =>
    fc.array(bytes(length).map(formatIpAddress), { maxLength: 255 });
  const context = (length: number): fc.Arbitrary<AdvertDecodeContext> =>
    fc.record({
      source: bytes(length).map(formatIpAddress),
      destination: bytes(length).map(formatIpAddress),
      checksumAsV2: fc.boolean(),
    });
  const advertV2 = fc.record({
    version: fc.constant(2 as const),
    vrid: byte,
    priority: byte,
    addresses: addresses(4),
    authType: byte,
    authData: bytes(8),
    advertIntervalS: byte.map(seconds),
  });
  const advertV3 = (length: number): fc.Arbitrary<Advert> =>
    fc.record({
      version: fc.constant(3 as const),
      vrid: byte,
      priority: byte,
      addresses: addresses(length),
      maxAdvertIntervalCs: fc.integer({ min: 0, max: 4095 }).map(centis),
    });

  test.each([
    ['version 2', advertV2, 4],
    ['version 3 on IPv4', advertV3(4), 4],
    ['version 3 on IPv6', advertV3(16), 16],
  ] as const)('%s: decode(encode(x)) is x', (_name, advert, length) => {
    fc.assert(
      fc.property(advert, context(length), (value, where) => {
        expect(decodeAdvert(encodeAdvert(value, where), where)).toEqual({ ok: true, value });
      }),
    );
  });
});
