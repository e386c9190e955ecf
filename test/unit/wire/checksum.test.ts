import fc from 'fast-check';
import { parseIpAddress } from '#base/address.js';
import { internetChecksum, pseudoHeader } from '#wire/checksum.js';
import { hex, toHex } from './bytes-text.js';

test('the worked example of RFC 1071, 3', () => {
  expect(internetChecksum(hex('0001 f203 f4f5 f6f7'))).toBe(~0xddf2 & 0xffff);
});

test('nothing sums to ffff', () => {
  expect(internetChecksum(new Uint8Array())).toBe(0xffff);
});

test('an odd last byte counts as the left half of a word (RFC 1071, 4.1)', () => {
  expect(internetChecksum(hex('01'))).toBe(internetChecksum(hex('0100')));
});

test('carries of a long run of ones do not get lost', () => {
  expect(internetChecksum(new Uint8Array(1_000_000).fill(0xff))).toBe(0);
});

test('parts sum as their concatenation', () => {
  const even = fc.uint8Array({ maxLength: 40 }).map((bytes) => bytes.subarray(0, bytes.length & ~1));
  fc.assert(
    fc.property(even, fc.uint8Array({ maxLength: 40 }), (first, second) => {
      expect(internetChecksum(first, second)).toBe(internetChecksum(Uint8Array.from([...first, ...second])));
    }),
  );
});

test('a message with its checksum in it sums to 0', () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 2, maxLength: 80 }), (bytes) => {
      bytes[0] = bytes[1] = 0;
      const sum = internetChecksum(bytes);
      bytes.set([sum >> 8, sum & 0xff]);
      expect(internetChecksum(bytes)).toBe(0);
    }),
  );
});

test('IPv4 pseudo-header (RFC 9293, 3.1)', () => {
  const header = pseudoHeader(parseIpAddress('192.0.2.1')!, parseIpAddress('224.0.0.18')!, 112, 0x1234);
  expect(toHex(header)).toBe('c0000201e0000012' + '00701234');
});

test('IPv6 pseudo-header (RFC 8200, 8.1)', () => {
  const header = pseudoHeader(parseIpAddress('fe80::1')!, parseIpAddress('ff02::12')!, 112, 0x12345);
  expect(toHex(header)).toBe(
    'fe80' + '0'.repeat(27) + '1' + 'ff02' + '0'.repeat(26) + '12' + '00012345' + '00000070',
  );
});
