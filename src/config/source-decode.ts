/** Longest line that keepalived 2.4.3 reads, in bytes without its end: it has a buffer of 1024 for all of it. */
export const MAX_LINE_BYTES = 1022;

/** What the first bytes of a file are looked at for. */
const SAMPLE_BYTES = 4096;
const NEWLINE = 10;
/** What stands for a byte that is not UTF-8. */
export const NOT_UTF8 = '\ufffd';

/** A file's text, with the lines taken out that cannot be read as text. */
export interface DecodedSource {
  readonly text: string;
  /** True if it started with U+FEFF, which is not in `text`. */
  readonly byteOrderMark: boolean;
  /** Lines that are empty in `text` but not in the file, in order. */
  readonly blanked: readonly BlankedLine[];
}

/** Why a line was taken out. */
export interface BlankedLine {
  readonly reason: 'too-long' | 'nul';
  /** Index of the line, first is 0. */
  readonly index: number;
  /** Offset of its (empty) line in the text. */
  readonly offset: number;
  readonly bytes: number;
}

/** What a file is that is not text at all; undefined if it may be. */
export function notText(bytes: Uint8Array): string | undefined {
  const [first, second] = bytes;
  if ((first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff)) return 'UTF-16 text';
  if (first === 0x7f && second === 0x45) return 'an executable program';
  if (first === 0x1f && second === 0x8b) return 'compressed data';
  const sample = bytes.subarray(0, SAMPLE_BYTES);
  let control = 0;
  for (const byte of sample) if (byte < 9 || (byte > 13 && byte < 32 && byte !== 27)) control += 1;
  return control * 10 > sample.length ? 'binary data' : undefined;
}

/** UTF-8 to text; what is not UTF-8 becomes U+FFFD. Lines with NUL bytes and overlong ones are emptied. */
export function decodeSource(input: Uint8Array): DecodedSource {
  const byteOrderMark = input[0] === 0xef && input[1] === 0xbb && input[2] === 0xbf;
  const bytes = byteOrderMark ? input.subarray(3) : input;
  if (!hasBlankedLines(bytes)) {
    return { byteOrderMark, text: decodeUtf8(bytes), blanked: [] };
  }
  return { byteOrderMark, ...decodeLines(bytes) };
}

function hasBlankedLines(bytes: Uint8Array): boolean {
  if (bytes.includes(0)) return true;
  for (let at = 0; at + MAX_LINE_BYTES < bytes.length;) {
    const end = bytes.lastIndexOf(NEWLINE, at + MAX_LINE_BYTES);
    if (end < at) return true;
    at = end + 1;
  }
  return false;
}

function decodeLines(bytes: Uint8Array): Pick<DecodedSource, 'text' | 'blanked'> {
  const blanked: BlankedLine[] = [];
  let text = '';
  for (let at = 0, index = 0; at < bytes.length; index += 1) {
    const newline = bytes.indexOf(NEWLINE, at);
    const end = newline < 0 ? bytes.length : newline;
    const line = bytes.subarray(at, end);
    const reason = line.length > MAX_LINE_BYTES ? 'too-long' : line.includes(0) ? 'nul' : undefined;
    if (reason) blanked.push({ reason, index, offset: text.length, bytes: line.length });
    else text += decodeUtf8(line);
    if (newline >= 0) text += '\n';
    at = end + 1;
  }
  return { text, blanked };
}

/** One character for each byte: the text itself, if it is ASCII. */
function decodeLatin1(bytes: Uint8Array): string {
  let text = '';
  // In pieces, because each byte becomes an argument.
  for (let at = 0; at < bytes.length; at += 8192) {
    text += String.fromCharCode.apply(undefined, bytes.subarray(at, at + 8192) as unknown as number[]);
  }
  return text;
}

function decodeUtf8(bytes: Uint8Array): string {
  const text = decodeLatin1(bytes);
  return /[\x80-\xff]/.test(text) ? decodeMixed(bytes) : text;
}

function decodeMixed(bytes: Uint8Array): string {
  let text = '';
  let units: number[] = [];
  for (let at = 0; at < bytes.length;) {
    const width = sequenceWidth(bytes, at);
    const point = width === 0 ? 0xfffd : codePoint(bytes, at, width);
    if (point > 0xffff) units.push(0xd7c0 + (point >> 10), 0xdc00 | (point & 0x3ff));
    else units.push(point);
    at += Math.max(1, width);
    if (units.length < 8192 && at < bytes.length) continue;
    text += String.fromCharCode.apply(undefined, units);
    units = [];
  }
  return text;
}

/** Bytes of the well-formed sequence at an offset (RFC 3629, clause 4); 0 if there is none. */
function sequenceWidth(bytes: Uint8Array, at: number): number {
  const first = bytes[at] ?? 0;
  const width =
    first < 0x80 ? 1 : first < 0xc2 ? 0 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : first < 0xf5 ? 4 : 0;
  for (let index = 1; index < width; index += 1) {
    if (((bytes[at + index] ?? 0) & 0xc0) !== 0x80) return 0;
  }
  if (width < 3) return width;
  const point = codePoint(bytes, at, width);
  const surrogate = point >= 0xd800 && point <= 0xdfff;
  return surrogate || point < (width === 3 ? 0x800 : 0x1_0000) || point > 0x10_ffff ? 0 : width;
}

function codePoint(bytes: Uint8Array, at: number, width: number): number {
  let point = (bytes[at] ?? 0) & (width === 1 ? 0x7f : 0xff >> (width + 1));
  for (let index = 1; index < width; index += 1) point = (point << 6) | ((bytes[at + index] ?? 0) & 0x3f);
  return point;
}

/** Characters that look like a blank, or like nothing, and are part of a word to keepalived; or cannot be shown. */
export const ODD_CHARACTER = new RegExp(
  `[\\u00a0\\u1680\\u2000-\\u200f\\u2028-\\u202f\\u205f\\u2060\\u3000\\ufeff${NOT_UTF8}]`,
);
