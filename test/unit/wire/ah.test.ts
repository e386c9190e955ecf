import { decodeAh, encodeAh, integrityCheckValue, IPPROTO_AH } from '#wire/ah.js';
import { decodeAdvert, decodeIpv4, IPPROTO_VRRP } from '#wire/index.js';
import { hex, toHex } from './bytes-text.js';
import { fixture } from './fixture.js';

/** keepalived's key: auth_pass, padded with zeros to 8 bytes. */
const key = hex('7365637265740000');
const { frame, tshark } = fixture('v2-ah');
const packet = frame.subarray(14);
const ip = (
  decodeIpv4(packet) as { value: { header: { protocol: number }; headerLength: number; payload: Uint8Array } }
).value;

test('the header of a real keepalived, as tshark reads it', () => {
  expect(ip.header.protocol).toBe(IPPROTO_AH);
  const result = decodeAh(ip.payload);
  if (!result.ok) throw new Error(result.error.text);
  const { header, payload } = result.value;
  expect({
    'ah.next_header': String(header.nextHeader),
    'ah.spi': `0x${header.spi.toString(16)}`,
    'ah.sequence': String(header.sequence),
    'ah.icv': toHex(header.icv),
  }).toEqual(Object.fromEntries(Object.entries(tshark).filter(([field]) => /^ah\.(?!length)/.test(field))));
  expect(header.nextHeader).toBe(IPPROTO_VRRP);
  expect(toHex(encodeAh(header))).toBe(toHex(ip.payload.subarray(0, 24)));
  const context = {
    source: tshark['ip.src'] as never,
    destination: tshark['ip.dst'] as never,
    headersLength: 44,
  };
  expect(decodeAdvert(payload, context)).toMatchObject({
    ok: true,
    value: { vrid: 7, priority: 100, authType: 2 },
  });
});

describe('Integrity Check Value (RFC 4302, 3.3.3; RFC 2403)', () => {
  const ipHeader = packet.slice(0, ip.headerLength);
  const icvOf = (header: Uint8Array, body = ip.payload, routed = false): string =>
    toHex(integrityCheckValue({ ipHeader: header, ahAndPayload: body, routed }, key));
  const withByte = (bytes: Uint8Array, index: number, value: number): Uint8Array => {
    const changed = bytes.slice();
    changed[index] = value;
    return changed;
  };

  test('is the one that keepalived sent', () => expect(icvOf(ipHeader)).toBe(tshark['ah.icv']));

  test.each([1, 6, 7, 10, 11])('byte %i of the IP header may change on the way', (index) => {
    expect(icvOf(withByte(ipHeader, index, 0x55))).toBe(tshark['ah.icv']);
  });

  test.each([2, 4, 8, 9, 12, 16])('byte %i of the IP header may not', (index) => {
    expect(icvOf(withByte(ipHeader, index, 0x55))).not.toBe(tshark['ah.icv']);
  });

  test('the TTL may change where packets are routed', () => {
    expect(icvOf(withByte(ipHeader, 8, 64), ip.payload, true)).toBe(icvOf(ipHeader, ip.payload, true));
  });

  test('sequence and message are covered, the value itself is not', () => {
    expect(icvOf(ipHeader, withByte(ip.payload, 11, 9))).not.toBe(tshark['ah.icv']);
    expect(icvOf(ipHeader, withByte(ip.payload, 26, 255))).not.toBe(tshark['ah.icv']);
    expect(icvOf(ipHeader, withByte(ip.payload, 20, 9))).toBe(tshark['ah.icv']);
  });
});

test('short and strange headers are refused', () => {
  for (let length = 0; length < 24; length += 1) {
    expect(decodeAh(ip.payload.subarray(0, length))).toMatchObject({ error: { code: 'ah-truncated' } });
  }
  const strange = ip.payload.slice();
  strange[1] = 5;
  expect(decodeAh(strange)).toMatchObject({ error: { code: 'ah-bad-length' } });
});
