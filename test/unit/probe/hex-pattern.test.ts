import { hexPattern, matchesPattern } from '#probe/hex-pattern.js';

describe('octets of UDP_CHECK', () => {
  test('two digits a byte; one alone is a lower half (keepalived.conf(5))', () => {
    expect(hexPattern('Ab12f 3 456 546443123').map(({ value }) => value)).toEqual([
      0xab, 0x12, 0x0f, 0x03, 0x45, 0x06, 0x54, 0x64, 0x43, 0x12, 0x03,
    ]);
  });

  test('x is any digit', () => {
    expect(hexPattern('x1 1x xx x')).toEqual([
      { value: 0x01, mask: 0x0f },
      { value: 0x10, mask: 0xf0 },
      { value: 0, mask: 0 },
      { value: 0, mask: 0xf0 },
    ]);
  });

  test.each([
    ['01 02', [1, 2], true],
    ['01 02', [1, 2, 3], true],
    ['01 02', [1, 3], false],
    ['01 x2 03', [1, 0xf2, 3], true],
    ['01 x2 03', [1, 0xf3, 3], false],
    ['01 02 03', [1, 2], true],
    ['01 02 03', [], true],
  ])('%s and %j: %s', (pattern, bytes, matches) => {
    expect(matchesPattern(hexPattern(pattern), Uint8Array.from(bytes))).toBe(matches);
  });
});
