import fc from 'fast-check';
import { Attributes, AttributeWriter } from '#wire/netlink/attribute.js';
import { HOST_LITTLE_ENDIAN } from '#wire/netlink/host-order.js';
import {
  decodeAcknowledgement,
  decodeNetlinkMessages,
  encodeNetlinkMessage,
  type NetlinkMessage,
} from '#wire/netlink/message.js';
import { hex, toHex } from '../bytes-text.js';

/** The literal bytes of these tests are a little-endian host's. */
const onLittleEndian = HOST_LITTLE_ENDIAN ? describe : describe.skip;

const decoded = (bytes: Uint8Array): readonly NetlinkMessage[] => {
  const result = decodeNetlinkMessages(bytes);
  if (!result.ok) throw new Error(result.error.text);
  return result.value;
};

const codeOf = (bytes: Uint8Array): string => {
  const result = decodeNetlinkMessages(bytes);
  return result.ok ? 'ok' : result.error.code;
};

onLittleEndian('netlink messages (RFC 3549, 2.2)', () => {
  const twoMessages =
    '13000000 1200 0103 b590006b 00000000 010203 00' + '10000000 0300 0200 b590006b 2a000000';

  test('decode a datagram of two messages, the first one padded', () => {
    const messages = decoded(hex(twoMessages));
    expect(messages).toEqual([
      { type: 18, flags: 0x301, sequence: 0x6b0090b5, port: 0, payload: Uint8Array.of(1, 2, 3) },
      { type: 3, flags: 2, sequence: 0x6b0090b5, port: 42, payload: new Uint8Array(0) },
    ]);
  });

  test('encode the same bytes', () => {
    expect(decoded(hex(twoMessages)).map(encodeNetlinkMessage).map(toHex).join('')).toBe(
      toHex(hex(twoMessages)),
    );
  });

  test('an empty datagram has no messages', () => expect(decoded(new Uint8Array(0))).toEqual([]));

  test.each([
    ['a header cut short', '10000000 0300 0200 b590006b 2a0000', 'netlink-truncated'],
    ['a length of zero', '00000000 0300 0200 b590006b 2a000000', 'netlink-bad-length'],
    ['a length below the header', '0f000000 0300 0200 b590006b 2a000000', 'netlink-bad-length'],
    ['a length beyond the end', '14000000 0300 0200 b590006b 2a000000', 'netlink-bad-length'],
    ['the largest length', 'ffffffff 0300 0200 b590006b 2a000000', 'netlink-bad-length'],
    ['bytes after the last message', '10000000 0300 0200 b590006b 2a000000 00', 'netlink-truncated'],
  ])('%s is refused', (_, bytes, code) => expect(codeOf(hex(bytes))).toBe(code));
});

onLittleEndian('acknowledgements (struct nlmsgerr)', () => {
  const acknowledgement = (flags: number, payload: string) =>
    decodeAcknowledgement({ type: 2, flags, sequence: 1, port: 1, payload: hex(payload) });
  const request = '18000000 1400 0500 01000000 00000000';

  test('success', () =>
    expect(acknowledgement(0x100, `00000000${request}`)).toEqual({ ok: true, value: { errno: 0 } }));

  test('a refusal is a positive errno', () =>
    expect(acknowledgement(0x100, `efffffff${request}`)).toEqual({ ok: true, value: { errno: 17 } }));

  test('the extended acknowledgement of a capped request', () =>
    expect(acknowledgement(0x300, `eaffffff${request} 0a00 0100 6e6f206164 00 0000`)).toEqual({
      ok: true,
      value: { errno: 22, text: 'no ad' },
    }));

  test('the extended acknowledgement after the whole request', () =>
    expect(acknowledgement(0x200, `eaffffff${request} 0102030405060708 0700 0100 6e6f 00 00`)).toEqual({
      ok: true,
      value: { errno: 22, text: 'no' },
    }));

  test('the request may claim any length', () =>
    expect(acknowledgement(0x200, 'eaffffff ffffffff 1400 0500 01000000 00000000')).toEqual({
      ok: true,
      value: { errno: 22 },
    }));

  test('too short for its header', () =>
    expect(acknowledgement(0, 'eaffffff')).toMatchObject({ error: { code: 'netlink-truncated' } }));

  test('broken attributes', () =>
    expect(acknowledgement(0x300, `eaffffff${request} 0300 0100`)).toMatchObject({
      error: { code: 'netlink-bad-attributes' },
    }));
});

onLittleEndian('attributes (struct nlattr)', () => {
  test('each padded to four bytes, nested ones marked', () => {
    const inner = new AttributeWriter().text(1, 'veth');
    const bytes = new AttributeWriter(Uint8Array.of(7, 7, 7, 7))
      .u8(33, 1)
      .u16(2, 0x1234)
      .u32(4, 1500)
      .nested(18, inner)
      .finish();
    expect(toHex(bytes)).toBe(
      toHex(
        hex(
          '07070707 0500 2100 01 000000 0600 0200 3412 0000 0800 0400 dc050000 1000 1280 0900 0100 7665746800 000000',
        ),
      ),
    );
    const attributes = Attributes.parse(bytes.subarray(4));
    expect(attributes?.u8(33)).toBe(1);
    expect(attributes?.u16(2)).toBe(0x1234);
    expect(attributes?.u32(4)).toBe(1500);
    expect(attributes?.nested(18)?.text(1)).toBe('veth');
  });

  test('absent or short values are undefined', () => {
    const attributes = Attributes.parse(hex('0500 0100 09 000000 0400 0200'));
    expect(attributes?.u32(1)).toBeUndefined();
    expect(attributes?.u16(1)).toBeUndefined();
    expect(attributes?.u8(2)).toBeUndefined();
    expect(attributes?.text(2)).toBe('');
    expect(attributes?.text(3)).toBeUndefined();
    expect(attributes?.nested(1)).toBeUndefined();
  });

  test('names that are no UTF-8 keep their bytes apart', () =>
    expect(Attributes.parse(hex('0600 0300 c328 0000'))?.text(3)).toBe('\u00c3('));

  test.each(['0300 0100', '0000 0100', '0900 0100 00000000', '0400', 'ffff 0100 00000000'])(
    'a length that does not fit is refused: %s',
    (bytes) => expect(Attributes.parse(hex(bytes))).toBeUndefined(),
  );

  test('a value that the length field cannot hold is refused', () =>
    expect(() => new AttributeWriter().bytes(1, new Uint8Array(65_532))).toThrow(RangeError));
});

describe('hostile bytes', () => {
  test('never throw, and what decodes encodes to the same messages', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        const result = decodeNetlinkMessages(bytes);
        if (!result.ok) return;
        for (const message of result.value) {
          expect(decoded(encodeNetlinkMessage(message))).toEqual([message]);
          decodeAcknowledgement(message);
        }
      }),
      { numRuns: 5000 },
    );
  });

  test('acknowledgements of any bytes never throw', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 80 }),
        fc.constantFrom(2, 3),
        fc.integer({ min: 0, max: 0xffff }),
        (payload, type, flags) => {
          const result = decodeAcknowledgement({ type, flags, sequence: 0, port: 0, payload });
          if (result.ok) expect(result.value.errno).toBeGreaterThanOrEqual(0);
        },
      ),
      { numRuns: 5000 },
    );
  });
});
