/** What keepalived reads of a track_file at most. */
export const TRACK_FILE_BYTES = 127;

/** Digits of each base that strtol(3) knows by a prefix. */
const number = /^[ \t\n\v\f\r]*([+-]?)(?:0x([0-9a-f]+)|0([0-7]*)|([1-9]\d*))/i;

const LEAST = -2_147_483_648;
/** keepalived's limit is one beyond what fits 32 bits. */
const MOST = 2_147_483_648;

/**
 * The number at the beginning of a track_file, as strtol(3) reads it: decimal, octal after 0, hexadecimal after 0x,
 * and what follows it is ignored; 0 if there is none. Undefined if it is beyond 32 bits: keepalived ignores it then.
 */
export function trackFileNumber(text: string): number | undefined {
  const [, sign = '', hexadecimal, octal, decimal = ''] = number.exec(text) ?? [];
  const magnitude =
    hexadecimal !== undefined
      ? parseInt(hexadecimal, 16)
      : octal !== undefined
        ? parseInt(`0${octal}`, 8)
        : Number(decimal);
  const value = sign === '-' && magnitude !== 0 ? -magnitude : magnitude;
  return value < LEAST || value > MOST ? undefined : value;
}
