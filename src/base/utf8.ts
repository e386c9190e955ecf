/**
 * UTF-8 (RFC 3629) bytes of `text`; the pure rooms have no TextEncoder. A lone surrogate becomes U+FFFD, as the
 * WHATWG encoder has it.
 */
export function encodeUtf8(text: string): Uint8Array {
  const bytes: number[] = [];
  for (const character of text) appendCodePoint(bytes, character.codePointAt(0) ?? 0);
  return Uint8Array.from(bytes);
}

const isSurrogate = (point: number): boolean => point >= 0xd800 && point <= 0xdfff;
const continuation = (bits: number): number => 0x80 | (bits & 0x3f);

function appendCodePoint(bytes: number[], found: number): void {
  const point = isSurrogate(found) ? 0xfffd : found;
  if (point < 0x80) bytes.push(point);
  else if (point < 0x800) bytes.push(0xc0 | (point >> 6), continuation(point));
  else if (point < 0x1_0000) {
    bytes.push(0xe0 | (point >> 12), continuation(point >> 6), continuation(point));
  } else {
    bytes.push(
      0xf0 | (point >> 18),
      continuation(point >> 12),
      continuation(point >> 6),
      continuation(point),
    );
  }
}

/** Text of UTF-8 bytes. Bytes that are no UTF-8 are read as Latin-1, so that different names stay different. */
export function decodeUtf8(bytes: Uint8Array): string {
  if (bytes.every((byte) => byte < 0x80)) return latin1(bytes);
  try {
    return decodeURIComponent(Array.from(bytes, (byte) => `%${byte.toString(16).padStart(2, '0')}`).join(''));
  } catch {
    return latin1(bytes);
  }
}

/** One character a byte, in pieces that fit on the stack as arguments. */
function latin1(bytes: Uint8Array): string {
  let text = '';
  for (let at = 0; at < bytes.length; at += 4096) {
    text += String.fromCharCode(...bytes.subarray(at, at + 4096));
  }
  return text;
}
