import fc from 'fast-check';
import { formatIpAddress } from '#base/address.js';
import { decodeIpv4, encodeIpv4Header } from '#wire/ipv4.js';
import { decodeIpv6, encodeIpv6Header } from '#wire/ipv6.js';
import { fixture } from './fixture.js';

const word = fc.integer({ min: 0, max: 0xffff });
const byte = fc.integer({ min: 0, max: 0xff });
const addressOf = (length: number) =>
  fc.uint8Array({ minLength: length, maxLength: length }).map((bytes) => formatIpAddress(bytes));

function withByte(bytes: Uint8Array, index: number, value: number): Uint8Array {
  const changed = bytes.slice();
  changed[index] = value;
  return changed;
}

describe('IPv4 (RFC 791, 3.1)', () => {
  const packet = fixture('v2-plain').frame.slice(14);
  const code = (bytes: Uint8Array): string => {
    const result = decodeIpv4(bytes);
    return result.ok ? 'ok' : result.error.code;
  };

  test('a packet cut anywhere is truncated', () => {
    for (let length = 0; length < packet.length; length += 1) {
      expect(code(packet.subarray(0, length))).toBe('ipv4-truncated');
    }
    expect(code(packet)).toBe('ok');
  });

  test('padding behind Total Length is no payload', () => {
    const result = decodeIpv4(Uint8Array.from([...packet, 1, 2, 3]));
    expect(result.ok && result.value.payload.length).toBe(packet.length - 20);
  });

  test('version, header length, total length and checksum are looked at', () => {
    expect(code(withByte(packet, 0, 0x65))).toBe('ipv4-unknown-version');
    expect(code(withByte(packet, 0, 0x44))).toBe('ipv4-bad-length');
    expect(code(withByte(packet, 0, 0x4f))).toBe('ipv4-truncated');
    expect(code(withByte(packet, 8, 254))).toBe('ipv4-bad-checksum');
    const header = {
      ...(decodeIpv4(packet) as { value: { header: Parameters<typeof encodeIpv4Header>[0] } }).value.header,
    };
    expect(code(encodeIpv4Header({ ...header, totalLength: 19 }))).toBe('ipv4-bad-length');
  });

  test('decode(encode(x)) is x, options included', () => {
    const header = fc.record({
      tos: byte,
      identification: word,
      fragment: word,
      ttl: byte,
      protocol: byte,
      source: addressOf(4),
      destination: addressOf(4),
      options: fc
        .integer({ min: 0, max: 10 })
        .chain((n) => fc.uint8Array({ minLength: n * 4, maxLength: n * 4 })),
    });
    fc.assert(
      fc.property(header, fc.uint8Array({ maxLength: 50 }), (fields, payload) => {
        const totalLength = 20 + fields.options.length + payload.length;
        const encoded = encodeIpv4Header({ ...fields, totalLength });
        const result = decodeIpv4(Uint8Array.from([...encoded, ...payload]));
        expect(result).toEqual({
          ok: true,
          value: { header: { ...fields, totalLength }, headerLength: encoded.length, payload },
        });
      }),
    );
  });
});

describe('IPv6 (RFC 8200, 3)', () => {
  const packet = fixture('v3-ipv6').frame.slice(14);

  test('a packet cut anywhere is truncated', () => {
    for (let length = 0; length < packet.length; length += 1) {
      expect(decodeIpv6(packet.subarray(0, length))).toMatchObject({ error: { code: 'ipv6-truncated' } });
    }
  });

  test('other versions are refused', () => {
    expect(decodeIpv6(withByte(packet, 0, 0x45))).toMatchObject({ error: { code: 'ipv6-unknown-version' } });
  });

  test('decode(encode(x)) is x', () => {
    const header = fc.record({
      trafficClass: byte,
      flowLabel: fc.integer({ min: 0, max: 0xfffff }),
      nextHeader: byte,
      hopLimit: byte,
      source: addressOf(16),
      destination: addressOf(16),
    });
    fc.assert(
      fc.property(header, fc.uint8Array({ maxLength: 50 }), (fields, payload) => {
        const full = { ...fields, payloadLength: payload.length };
        const result = decodeIpv6(Uint8Array.from([...encodeIpv6Header(full), ...payload]));
        expect(result).toEqual({ ok: true, value: { header: full, payload } });
      }),
    );
  });
});
