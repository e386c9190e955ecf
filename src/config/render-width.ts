/** Columns from one tab stop to the next, as terminals have it. */
const TAB = 8;

/** One character of a line as a terminal shows it. */
export interface Cell {
  readonly text: string;
  /** Offset of the character in the line, in UTF-16 units. */
  readonly offset: number;
  /** Column in which it starts, first is 0. */
  readonly column: number;
  readonly width: number;
}

/** Lays a line out as a terminal does: tabs to their stops, wide characters in two columns, combining ones in none. */
export function layOut(line: string): readonly Cell[] {
  const cells: Cell[] = [];
  let [offset, column] = [0, 0];
  for (const character of line) {
    const shown = showCharacter(character, column);
    cells.push({ ...shown, offset, column });
    offset += character.length;
    column += shown.width;
  }
  return cells;
}

/** Text with control characters made visible and tabs spread out. */
export const printable = (text: string): string =>
  /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u.test(text)
    ? layOut(text)
        .map((cell) => cell.text)
        .join('')
    : text;

function showCharacter(character: string, column: number): { readonly text: string; readonly width: number } {
  const point = character.codePointAt(0) ?? 0;
  if (character === '\t') {
    const width = TAB - (column % TAB);
    return { text: ' '.repeat(width), width };
  }
  // Escape sequences in a file must not reach the terminal: U+2400 on are pictures of control characters.
  if (point < 0x20) return { text: String.fromCharCode(0x2400 + point), width: 1 };
  if (point === 0x7f) return { text: '\u2421', width: 1 };
  if (/\p{Cc}|\p{Cf}|\p{Zl}|\p{Zp}/u.test(character)) return { text: '\ufffd', width: 1 };
  if (/\p{Mn}|\p{Me}/u.test(character)) return { text: character, width: 0 };
  return { text: character, width: isWide(point) ? 2 : 1 };
}

/** First and last code points of East Asian wide and full-width characters and of emoji (Unicode TR 11). */
const WIDE: readonly (readonly [number, number])[] = [
  [0x1100, 0x115f],
  [0x2e80, 0x303e],
  [0x3041, 0xa4cf],
  [0xa960, 0xa97c],
  [0xac00, 0xd7a3],
  [0xf900, 0xfaff],
  [0xfe30, 0xfe6f],
  [0xff00, 0xff60],
  [0xffe0, 0xffe6],
  [0x1f300, 0x1f64f],
  [0x1f680, 0x1f6ff],
  [0x1f900, 0x1f9ff],
  [0x20000, 0x3fffd],
];

const isWide = (point: number): boolean => WIDE.some(([first, last]) => point >= first && point <= last);
