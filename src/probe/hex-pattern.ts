/** One byte as UDP_CHECK writes it: `mask` has the bits that count. */
export interface PatternByte {
  readonly value: number;
  readonly mask: number;
}

/**
 * Bytes of hexadecimal digits, x for any: two a byte, and one that stands alone before a space or the end is the lower
 * half of one: 'Ab12f 3' is ab 12 0f 03.
 */
export const hexPattern = (text: string): readonly PatternByte[] =>
  text
    .split(/\s+/)
    .flatMap((group) => group.match(/..?/g) ?? [])
    .map((digits) => ({
      value: parseInt(digits.replaceAll(/x/gi, '0'), 16),
      mask: parseInt(digits.padStart(2, '0').replaceAll(/[^x]/gi, 'f').replaceAll(/x/gi, '0'), 16),
    }));

/** Whether the bytes begin like the pattern, as far as they go: shorter ones are for min_reply_length to refuse. */
export const matchesPattern = (pattern: readonly PatternByte[], bytes: Uint8Array): boolean =>
  pattern.every(({ value, mask }, index) => (((bytes[index] ?? value) ^ value) & mask) === 0);
