import fc from 'fast-check';
import { formatIpAddress, parseIpAddress } from '#base/address.js';
import {
  decodeAdvert,
  decodeAh,
  decodeArpFrame,
  decodeBfd,
  decodeDnsHeader,
  decodeEchoReply,
  decodeEthernetFrame,
  decodeIpv4,
  decodeIpv6,
  decodeNeighbourAdvertisement,
  SmtpReplyReader,
  splitTrailer,
  type AdvertDecodeContext,
} from '#wire/index.js';
import { decodeRoute } from '#wire/netlink/fib-route.js';
import { decodeRule } from '#wire/netlink/fib-rule.js';
import { readFixtures } from '../unit/wire/fixture.js';

/**
 * Every decoder on bytes from strangers: whatever comes, it returns a result, it returns it soon, and it does not
 * look beyond the bytes that it was given. FUZZ_RUNS sets how many inputs each decoder gets.
 */
const numRuns = Number(process.env['FUZZ_RUNS'] ?? 2_000);

const ipv4Context: AdvertDecodeContext = {
  source: parseIpAddress('192.0.2.1')!,
  destination: parseIpAddress('224.0.0.18')!,
};
const ipv6Context: AdvertDecodeContext = {
  source: parseIpAddress('fe80::ff:fe00:a')!,
  destination: parseIpAddress('ff02::12')!,
};

/** Decoders by name, with the offset in a captured frame where their bytes begin. */
const decoders: [string, number, (bytes: Uint8Array) => unknown][] = [
  ['Ethernet', 0, decodeEthernetFrame],
  ['AH', 34, decodeAh],
  ['ARP', 0, decodeArpFrame],
  ['BFD', 42, decodeBfd],
  ['DNS', 42, decodeDnsHeader],
  ['an echo reply', 34, (bytes) => decodeEchoReply('inet', bytes)],
  ['a reply of a mail server', 54, (bytes) => new SmtpReplyReader().push(bytes)],
  ['neighbour advertisement', 0, decodeNeighbourAdvertisement],
  ['IPv4', 14, decodeIpv4],
  ['IPv6', 14, decodeIpv6],
  ['VRRP on IPv4', 34, (bytes) => decodeAdvert(bytes, ipv4Context)],
  ['VRRP on IPv4 as version 2', 34, (bytes) => decodeAdvert(bytes, { ...ipv4Context, checksumAsV2: true })],
  ['trailer of auth_hmac on IPv4', 34, (bytes) => splitTrailer(bytes, 'inet')],
  ['trailer of auth_hmac on IPv6', 54, (bytes) => splitTrailer(bytes, 'inet6')],
  ['a route of the kernel', 16, decodeRoute],
  ['a rule of the kernel', 16, decodeRule],
  ['VRRP on IPv6', 54, (bytes) => decodeAdvert(bytes, ipv6Context)],
];

const frames = readFixtures().map(({ frame }) => frame);

/** A captured packet from `offset` on with bytes changed, cut, repeated or appended: mostly right, as attacks are. */
function mutated(offset: number): fc.Arbitrary<Uint8Array> {
  const change = fc.record({
    at: fc.nat(200),
    kind: fc.constantFrom('set', 'flip', 'cut', 'append', 'repeat'),
    value: fc.oneof(fc.constantFrom(0, 1, 0x7f, 0x80, 0xfe, 0xff), fc.integer({ min: 0, max: 255 })),
  });
  return fc.tuple(fc.constantFrom(...frames), fc.array(change, { maxLength: 6 })).map(([frame, changes]) => {
    let bytes = [...frame.subarray(offset)];
    for (const { at, kind, value } of changes) {
      const index = bytes.length === 0 ? 0 : at % bytes.length;
      if (kind === 'set') bytes[index] = value;
      else if (kind === 'flip') bytes[index] = (bytes[index] ?? 0) ^ (1 << (value & 7));
      else if (kind === 'cut') bytes = bytes.slice(0, index);
      else if (kind === 'append') bytes.push(...new Array<number>(at).fill(value));
      else bytes.push(...bytes.slice(index));
    }
    return Uint8Array.from(bytes);
  });
}

describe.each(decoders)('%s', (_name, offset, decode) => {
  const input = fc.oneof(
    mutated(offset),
    fc.uint8Array({ maxLength: 120 }),
    fc.uint8Array({ maxLength: 3000 }),
  );

  test('never throws, and gives the same answer for the same bytes elsewhere in memory', () => {
    fc.assert(
      fc.property(input, fc.integer({ min: 0, max: 255 }), (bytes, around) => {
        const before = decode(bytes);
        // The same bytes as a view with other bytes on both sides: a decoder that strays would see the difference.
        const memory = new Uint8Array(bytes.length + 32).fill(around);
        memory.set(bytes, 16);
        expect(decode(memory.subarray(16, 16 + bytes.length))).toEqual(before);
      }),
      { numRuns },
    );
  });
});

test('address text', () => {
  const text = fc.oneof(
    fc.string(),
    fc.string({ unit: fc.constantFrom('1', '0', 'f', ':', '::', '.', '255') }),
  );
  fc.assert(
    fc.property(text, (input) => {
      const address = parseIpAddress(input);
      expect(address === undefined || typeof address === 'string').toBe(true);
    }),
    { numRuns },
  );
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 16, maxLength: 16 }), (bytes) => {
      expect(parseIpAddress(formatIpAddress(bytes))).toBe(formatIpAddress(bytes));
    }),
    { numRuns },
  );
});
