import fc from 'fast-check';
import { familyOf, type IpAddress } from '#base/address.js';
import { HmacSha256 } from '#base/sha256.js';
import { encodeUtf8 } from '#base/utf8.js';
import {
  appendTrailer,
  decodeAdvert,
  decodeEthernetFrame,
  decodeIpv4,
  decodeIpv6,
  encodeTrailer,
  splitTrailer,
  trailerHmac,
} from '#wire/index.js';
import { hex, toHex } from './bytes-text.js';
import { fixture, type Fixture } from './fixture.js';

/** What keepalived 2.4.3 signed, and the key that it was given. */
const text = encodeUtf8('0123456789abcdef0123456789abcdef');
const digits = hex('00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff0f');
const signed: readonly [string, number, Uint8Array][] = [
  ['v2-hmac', 7, text],
  ['v3-ipv4-hmac', 1, digits],
  ['v3-ipv4-hmac-resign', 1, digits],
  ['v3-ipv4-unicast-hmac', 1, text],
  ['v3-ipv6-hmac', 3, text],
];

function packetOf({ frame }: Fixture): { payload: Uint8Array; source: IpAddress; destination: IpAddress } {
  const { payload: packet } = decodeEthernetFrame(frame)!;
  const decoded = packet[0]! >> 4 === 4 ? decodeIpv4(packet) : decodeIpv6(packet);
  if (!decoded.ok) throw new Error(decoded.error.text);
  const { header, payload } = decoded.value;
  return { payload, source: header.source, destination: header.destination };
}

describe.each(signed)('%s, as a real keepalived sent it', (name, keyId, secret) => {
  const key = new HmacSha256(secret);
  const { payload, source, destination } = packetOf(fixture(name));
  const family = familyOf(source);
  const split = splitTrailer(payload, family)!;
  const binding = { version: payload[0]! >> 4, vrid: payload[1]!, source };

  test('has a trailer of the key that it should have', () => {
    const { scheme, keyId: found, reserved } = split.trailer;
    expect([scheme, found, reserved]).toEqual([1, keyId, 0]);
  });

  test('has a sequence of the time at which it was sent', () => {
    const sentAt = new Date(Number(split.trailer.sequence >> 32n) * 1000);
    expect(sentAt.getFullYear()).toBeGreaterThanOrEqual(2026);
  });

  test('has the HMAC that we compute', () => {
    expect(toHex(trailerHmac(split.trailer, split.message, binding, key))).toBe(toHex(split.trailer.hmac));
  });

  test('is made by us byte for byte', () => {
    const trailer = encodeTrailer(split.trailer, split.message, binding, key);
    expect(toHex(appendTrailer(split.message, trailer, { source, destination }))).toBe(toHex(payload));
  });

  test('has a checksum that holds; over IPv6 it covers the trailer', () => {
    const context = { source, destination, trailerLength: 28 };
    expect(decodeAdvert(payload, context)).toMatchObject({ ok: true, value: { vrid: binding.vrid } });
    expect(decodeAdvert(payload, { source, destination })).toMatchObject({
      error: { code: 'advert-too-long' },
    });
  });

  test('its HMAC holds for nothing else', () => {
    const hmacOf = (change: Partial<typeof binding>, message = split.message, by = key): string =>
      toHex(trailerHmac(split.trailer, message, { ...binding, ...change }, by));
    const right = toHex(split.trailer.hmac);
    expect(hmacOf({ version: 5 - binding.version })).not.toBe(right);
    expect(hmacOf({ vrid: binding.vrid + 1 })).not.toBe(right);
    expect(hmacOf({ source: (family === 'inet' ? '192.0.2.9' : 'fe80::9') as IpAddress })).not.toBe(right);
    expect(hmacOf({}, split.message, new HmacSha256(secret.slice(1)))).not.toBe(right);
    for (const index of split.message.keys()) {
      const changed = split.message.slice();
      changed[index] = changed[index]! ^ 1;
      // But for the checksum, which routers and kernels may rewrite.
      expect(hmacOf({}, changed) === right).toBe(index === 6 || index === 7);
    }
  });
});

test('there is no trailer but of just that length', () => {
  const { payload } = packetOf(fixture('v3-ipv4-hmac'));
  for (let length = 0; length < payload.length; length += 1) {
    expect(splitTrailer(payload.subarray(0, length), 'inet')).toBeUndefined();
  }
  expect(splitTrailer(new Uint8Array([...payload, 0]), 'inet')).toBeUndefined();
});

test('any bytes are split, or not, without harm', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 120 }), (bytes) => {
      const split = splitTrailer(bytes, 'inet');
      expect(split === undefined || split.message.length + 28 === bytes.length).toBe(true);
    }),
  );
});
