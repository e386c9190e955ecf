import fc from 'fast-check';
import { decodeUtf8, encodeUtf8 } from '#base/utf8.js';

test('the same bytes as the WHATWG encoder, lone surrogates included', () => {
  const text = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.string({ unit: 'grapheme' }),
    fc.string({ unit: fc.constantFrom('\ud800', '\udc00', 'a', 'é', '€', '😀') }),
  );
  fc.assert(fc.property(text, (value) => expect(encodeUtf8(value)).toEqual(new TextEncoder().encode(value))));
});

test('decodes what it encodes', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (value) =>
      expect(decodeUtf8(encodeUtf8(value))).toBe(value),
    ),
  );
});

test('bytes that are no UTF-8 are Latin-1, and nothing throws', () => {
  expect(decodeUtf8(Uint8Array.of(0x65, 0xe9))).toBe('eé');
  expect(decodeUtf8(Uint8Array.of(0xed, 0xa0, 0x80))).toBe('\u00ed\u00a0\u0080');
  fc.assert(fc.property(fc.uint8Array(), (bytes) => expect(typeof decodeUtf8(bytes)).toBe('string')));
});

test('a megabyte does not overflow the stack', () => {
  expect(decodeUtf8(new Uint8Array(1_000_000).fill(0x61))).toHaveLength(1_000_000);
  expect(decodeUtf8(new Uint8Array(1_000_000).fill(0xe9))).toHaveLength(1_000_000);
});
