import { isIP } from 'node:net';
import fc from 'fast-check';
import {
  addressBytes,
  compareAddresses,
  contains,
  familyOf,
  formatIpAddress,
  hostPrefixLength,
  isLinkLocal,
  isMulticast,
  parseIpAddress,
  type IpAddress,
} from '#base/address.js';

const anyIpv4 = fc.uint8Array({ minLength: 4, maxLength: 4 });
const anyIpv6 = fc.uint8Array({ minLength: 16, maxLength: 16 });
/** IPv6 with many zero groups, where abbreviation has something to decide. */
const sparseIpv6 = fc
  .array(fc.oneof(fc.constant(0), fc.constant(0), fc.integer({ min: 0, max: 0xffff })), {
    minLength: 8,
    maxLength: 8,
  })
  .map((groups) => Uint8Array.from(groups.flatMap((group) => [group >> 8, group & 0xff])));
const anyBytes = fc.oneof(anyIpv4, anyIpv6, sparseIpv6);
const parse = (text: string): IpAddress => parseIpAddress(text)!;

describe('IPv6 text (RFC 5952)', () => {
  test.each([
    ['4.1: leading zeros go', '2001:0db8::0001', '2001:db8::1'],
    ['4.2.1: shortened as much as possible', '2001:db8:0:0:0:0:2:1', '2001:db8::2:1'],
    ['4.2.2: one 16-bit zero group stays', '2001:db8::1:1:1:1:1', '2001:db8:0:1:1:1:1:1'],
    ['4.2.3: the longest run', '2001:0:0:1:0:0:0:1', '2001:0:0:1::1'],
    ['4.2.3: the first of equal runs', '2001:db8:0:0:1:0:0:1', '2001:db8::1:0:0:1'],
    ['4.3: lower case', '2001:DB8::AAAA', '2001:db8::aaaa'],
    ['5: mapped addresses keep dots', '::ffff:c000:201', '::ffff:192.0.2.1'],
    ['4: dots are read', '64:ff9b::192.0.2.33', '64:ff9b::c000:221'],
    ['5: only ::ffff:0:0/96 is mapped', '1::ffff:c000:201', '1::ffff:c000:201'],
    ['unspecified', '0:0:0:0:0:0:0:0', '::'],
    ['loopback', '0:0:0:0:0:0:0:1', '::1'],
    ['zeros at the end', 'fe80:0:0:0:0:0:0:0', 'fe80::'],
  ])('%s', (_clause, text, canonical) => {
    expect(parseIpAddress(text)).toBe(canonical);
  });

  test.each([
    ':',
    ':::',
    '1::2::3',
    '1:2:3:4:5:6:7:8::1::2',
    '1:2:3:4:5:6:7',
    '1:2:3:4:5:6:7:8:9',
    '1:2:3:4:5:6:7:8::',
    '::1:2:3:4:5:6:7:8',
    '12345::',
    'g::',
    ':1:2:3:4:5:6:7',
    '1:2:3:4:5:6:7:',
    'fe80::1%eth0',
    '1.2.3.4::',
    '::1.2.3',
    '::1.2.3.256',
    '1:2:3:4:5:6:7:1.2.3.4',
  ])('%s is no address', (text) => {
    expect(parseIpAddress(text)).toBeUndefined();
  });
});

describe('IPv4 text', () => {
  test.each([
    '',
    '1',
    '1.2.3',
    '1.2.3.4.5',
    '256.1.1.1',
    '01.2.3.4',
    '1.2.3.-4',
    '1.2.3.4 ',
    '1..3.4',
    'a.b.c.d',
    '0x1.2.3.4',
  ])('"%s" is no address', (text) => expect(parseIpAddress(text)).toBeUndefined());

  test('extremes', () => {
    expect(parseIpAddress('0.0.0.0')).toBe('0.0.0.0');
    expect(parseIpAddress('255.255.255.255')).toBe('255.255.255.255');
  });
});

describe('text and bytes', () => {
  test('bytes -> text -> bytes', () => {
    fc.assert(fc.property(anyBytes, (bytes) => expect(addressBytes(formatIpAddress(bytes))).toEqual(bytes)));
  });

  test('canonical text stays as it is', () => {
    fc.assert(
      fc.property(anyBytes, (bytes) => {
        const text = formatIpAddress(bytes);
        expect(parseIpAddress(text)).toBe(text);
        expect(parseIpAddress(text.toUpperCase())).toBe(text);
      }),
    );
  });

  test('no text makes the parser throw', () => {
    const likely = fc.string({ unit: fc.constantFrom(...'0123456789abcdefxg:.% '.split('')), maxLength: 45 });
    fc.assert(
      fc.property(fc.oneof(likely, fc.string()), (text) => {
        const address = parseIpAddress(text);
        if (address !== undefined) expect(formatIpAddress(addressBytes(address))).toBe(address);
      }),
    );
  });

  test('agrees with inet_pton on what is an address', () => {
    const piece = fc.constantFrom(
      '0',
      '1',
      '01',
      'ffff',
      'FF',
      '10000',
      '::',
      ':',
      '.',
      '255',
      '256',
      '1.2.3.4',
      '%',
      'g',
    );
    const likely = fc.array(piece, { maxLength: 17 }).map((pieces) => pieces.join(''));
    const near = fc
      .tuple(anyBytes, fc.nat(45), fc.constantFrom('', ':', '::', '.', '0', 'f', '1.2.3.4'))
      .map(([bytes, at, extra]) => {
        const text = formatIpAddress(bytes);
        return text.slice(0, at) + extra + text.slice(at + 1);
      });
    fc.assert(
      fc.property(fc.oneof(likely, near), (text) => {
        expect([text, parseIpAddress(text) !== undefined]).toEqual([
          text,
          isIP(text) !== 0 && !text.includes('%'),
        ]);
      }),
      { numRuns: 2000 },
    );
  });

  test('other lengths are a mistake of the caller', () => {
    expect(() => formatIpAddress(new Uint8Array(5))).toThrow(RangeError);
    expect(() => addressBytes('nonsense' as IpAddress)).toThrow(RangeError);
  });
});

describe('order and sets', () => {
  test('numeric, not textual', () => {
    expect(compareAddresses(parse('10.0.0.9'), parse('10.0.0.10'))).toBeLessThan(0);
    expect(compareAddresses(parse('fe80::10'), parse('fe80::9'))).toBeGreaterThan(0);
    expect(compareAddresses(parse('10.0.0.1'), parse('10.0.0.1'))).toBe(0);
  });

  test('the same order as that of the bytes as numbers', () => {
    const asNumber = (bytes: Uint8Array): number => new DataView(bytes.buffer).getUint32(0);
    fc.assert(
      fc.property(anyIpv4, anyIpv4, (a, b) => {
        const order = compareAddresses(formatIpAddress(a), formatIpAddress(b));
        expect(Math.sign(order)).toBe(Math.sign(asNumber(a.slice()) - asNumber(b.slice())));
      }),
    );
  });

  test('contains', () => {
    expect(contains({ address: parse('192.0.2.0'), length: 25 }, parse('192.0.2.127'))).toBe(true);
    expect(contains({ address: parse('192.0.2.0'), length: 25 }, parse('192.0.2.128'))).toBe(false);
    expect(contains({ address: parse('10.9.8.7'), length: 0 }, parse('192.0.2.1'))).toBe(true);
    expect(contains({ address: parse('2001:db8::'), length: 33 }, parse('2001:db8:7fff::1'))).toBe(true);
    expect(contains({ address: parse('2001:db8::'), length: 33 }, parse('2001:db8:8000::1'))).toBe(false);
    expect(contains({ address: parse('::'), length: 0 }, parse('192.0.2.1'))).toBe(false);
  });

  test('contains agrees with arithmetic on any prefix', () => {
    const asNumber = (bytes: Uint8Array): bigint =>
      bytes.reduce((sum, byte) => (sum << 8n) | BigInt(byte), 0n);
    const pair = (length: number) =>
      fc.tuple(
        fc.uint8Array({ minLength: length, maxLength: length }),
        fc.nat(length * 8 - 1), // a bit to flip, so that most pairs are near each other
        fc.nat(length * 8),
      );
    fc.assert(
      fc.property(fc.oneof(pair(4), pair(16)), ([net, bit, length]) => {
        const host = net.slice();
        host[bit >> 3] = (host[bit >> 3] ?? 0) ^ (0x80 >> (bit & 7));
        const shift = BigInt(net.length * 8 - length);
        const expected = asNumber(net) >> shift === asNumber(host) >> shift;
        expect(contains({ address: formatIpAddress(net), length }, formatIpAddress(host))).toBe(expected);
      }),
    );
  });

  test('the prefix of one host', () => {
    expect([hostPrefixLength('inet'), hostPrefixLength('inet6')]).toEqual([32, 128]);
  });

  test('IPv4 comes before IPv6', () => {
    expect(compareAddresses(parse('255.255.255.255'), parse('::'))).toBeLessThan(0);
    expect(compareAddresses(parse('::'), parse('0.0.0.0'))).toBeGreaterThan(0);
  });

  test('every address is the only one in its host prefix', () => {
    fc.assert(
      fc.property(anyIpv4, anyIpv4, (a, b) => {
        const [left, right] = [formatIpAddress(a), formatIpAddress(b)];
        const length = hostPrefixLength(familyOf(left));
        expect(contains({ address: left, length }, right)).toBe(left === right);
      }),
    );
  });

  test('families and scopes', () => {
    expect(['224.0.0.18', '239.255.255.255', 'ff02::12'].map((text) => isMulticast(parse(text)))).toEqual([
      true,
      true,
      true,
    ]);
    expect(['223.255.255.255', '240.0.0.0', 'fe80::1'].map((text) => isMulticast(parse(text)))).toEqual([
      false,
      false,
      false,
    ]);
    expect(['fe80::1', 'febf::1'].map((text) => isLinkLocal(parse(text)))).toEqual([true, true]);
    expect(['fec0::1', '169.254.0.1', '::1'].map((text) => isLinkLocal(parse(text)))).toEqual([
      false,
      false,
      false,
    ]);
    expect(familyOf(parse('::ffff:192.0.2.1'))).toBe('inet6');
  });
});
