import fc from 'fast-check';
import { decodeFamily, decodeGeneric, encodeGeneric, encodeGetFamily } from '#wire/netlink/generic.js';
import { HOST_LITTLE_ENDIAN } from '#wire/netlink/host-order.js';
import { hex, toHex } from '../bytes-text.js';

const onLittleEndian = HOST_LITTLE_ENDIAN ? describe : describe.skip;

onLittleEndian('generic netlink', () => {
  test('a header of command, version and two reserved bytes', () => {
    expect(toHex(encodeGeneric(5, 1, Uint8Array.of(9, 8)))).toBe('050100000908');
    expect(decodeGeneric(hex('050100000908'))).toEqual({
      ok: true,
      value: { command: 5, version: 1, attributes: Uint8Array.of(9, 8) },
    });
  });

  test('a payload without a whole header is refused', () =>
    expect(decodeGeneric(hex('050100'))).toMatchObject({ error: { code: 'netlink-truncated' } }));

  test('CTRL_CMD_GETFAMILY by name', () =>
    expect(toHex(encodeGetFamily('IPVS'))).toBe(toHex(hex('03010000 0900 0200 4950565300 000000'))));

  test('the controller’s answer', () =>
    expect(
      decodeFamily(
        hex('01020000 0900 0200 4950565300 000000 0600 0100 2300 0000 0800 0300 01000000 0800 0400 00000000'),
      ),
    ).toEqual({ ok: true, value: { id: 35, name: 'IPVS', version: 1 } }));

  test('an answer without an id is refused', () =>
    expect(decodeFamily(hex('01020000 0900 0200 4950565300 000000'))).toMatchObject({
      error: { code: 'netlink-bad-attributes' },
    }));

  test('any bytes never throw', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 100 }), (bytes) => {
        decodeFamily(bytes);
      }),
      { numRuns: 5000 },
    );
  });
});
