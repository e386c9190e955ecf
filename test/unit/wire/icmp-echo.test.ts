import { decodeEchoReply, encodeEcho } from '#wire/index.js';

const data = Uint8Array.of(1, 2, 3);

describe('ICMP Echo (RFC 792; RFC 4443, 4.1)', () => {
  test.each([
    ['inet', 8],
    ['inet6', 128],
  ] as const)('of %s is type %i, with identifier and checksum for the kernel to fill in', (family, type) => {
    expect([...encodeEcho(family, 0x1234, data)]).toEqual([type, 0, 0, 0, 0, 0, 0x12, 0x34, 1, 2, 3]);
  });

  test('a reply by its type', () => {
    const reply = Uint8Array.from([0, 0, 9, 9, 7, 7, 0x12, 0x34, 1, 2, 3]);
    expect(decodeEchoReply('inet', reply)).toEqual({ ok: true, value: { sequence: 0x1234, data } });
    expect(decodeEchoReply('inet6', reply)).toMatchObject({ error: { code: 'echo-not-reply' } });
    expect(decodeEchoReply('inet6', reply.with(0, 129))).toMatchObject({ ok: true });
    expect(decodeEchoReply('inet', encodeEcho('inet', 1, data))).toMatchObject({
      error: { code: 'echo-not-reply', text: 'type 8, code 0' },
    });
    expect(decodeEchoReply('inet', reply.subarray(0, 7))).toMatchObject({
      error: { code: 'echo-truncated' },
    });
  });
});
