/** A number as strtol(3) and keepalived's decimal reader find it at the beginning of a word. */
export interface NumberReading {
  readonly value: number;
  /** False if anything follows the number. */
  readonly exact: boolean;
  /** True if decimals were rounded away. */
  readonly rounded: boolean;
}

/** The value of a word that is nothing but digits, as nearly all numbers are; undefined for any other word. */
function plainNumber(text: string): number | undefined {
  const { length } = text;
  if (length === 0 || length > 15) return undefined;
  let value = 0;
  for (let at = 0; at < length; at += 1) {
    const digit = text.charCodeAt(at) - 48;
    if (digit < 0 || digit > 9) return undefined;
    value = value * 10 + digit;
  }
  return value;
}

/** A decimal whole number; undefined if the word does not begin with one. */
export function parseInteger(text: string): NumberReading | undefined {
  const plain = plainNumber(text);
  if (plain !== undefined) return { value: plain, exact: true, rounded: false };
  const match = /^\s*([+-]?\d+)(.*)$/s.exec(text);
  return match ? { value: Number(match[1]), exact: match[2] === '', rounded: false } : undefined;
}

/**
 * Seconds or milliseconds with decimals, in microseconds; undefined if it is not one. Decimals beyond what the
 * keyword takes are rounded. Unlike keepalived, "5s" is no number: keepalived reads it as 5 microseconds.
 */
export function parseDuration(
  text: string,
  format: { readonly unit: 's' | 'ms'; readonly decimals: 0 | 3 | 6 },
): NumberReading | undefined {
  const factor = format.unit === 's' ? 1_000_000 : 1000;
  const plain = plainNumber(text);
  if (plain !== undefined) return { value: plain * factor, exact: true, rounded: false };
  if (format.decimals === 0) {
    const whole = parseInteger(text);
    return whole && { ...whole, value: whole.value * factor };
  }
  const match = /^(\d*)(?:\.(\d*))?$/.exec(text);
  const [, whole = '', decimals = ''] = match ?? [];
  if (!match || whole + decimals === '') return undefined;
  const rounded = decimals.length > format.decimals;
  const unit = 10 ** format.decimals;
  const value = Math.round(Number(`${whole || '0'}.${decimals || '0'}`) * unit) * (factor / unit);
  return { value, exact: true, rounded };
}
