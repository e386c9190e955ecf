import { type PageWatcher } from '../probe/index.js';

const title = (text: string): string => `-----------------------[${text}]-----------------------\n`;

const ROW = 16;

/** Prints a page as `genhash -v` does. */
export function pageDump(say: (text: string) => void): PageWatcher & { hash(hex: string): void } {
  return {
    reading: () => say(title('    HTTP Header Buffer    ')),
    head(bytes) {
      say(hexDump(bytes) + title(' HTTP Header Ascii Buffer '));
      say(`${bytes.toString('latin1')}\n`);
    },
    body(bytes, withHead) {
      say((withHead ? title('        HTML Buffer        ') : '') + hexDump(bytes));
    },
    hash(hex) {
      say(`\n${title('    HTML hash resulting    ')}${hexDump(Buffer.from(hex, 'hex'))}`);
      say(title(' HTML hash final resulting '));
    },
  };
}

/** Sixteen octets a row, in hexadecimal digits and in characters. */
export function hexDump(bytes: Uint8Array): string {
  const rows = Array.from({ length: Math.ceil(bytes.length / ROW) }, (_, row) =>
    hexRow(bytes.subarray(row * ROW, (row + 1) * ROW), row * ROW),
  );
  return rows.join('');
}

function hexRow(bytes: Uint8Array, offset: number): string {
  const places = Array.from({ length: ROW }, (_, place) => bytes[place]);
  const digits = places.map((byte) => ` ${byte === undefined ? '  ' : byte.toString(16).padStart(2, '0')}`);
  const characters = places.map((byte) =>
    byte === undefined ? ' ' : byte >= 0x20 && byte <= 0x7e ? String.fromCharCode(byte) : '.',
  );
  const at = String(offset & 0xffff).padStart(4, '0');
  return `${at} ${digits.slice(0, 8).join('')} -${digits.slice(8).join('')}   ${characters.join('')}\n`;
}
