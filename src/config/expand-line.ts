import { NO_ORIGIN } from './source-origin.js';

/** Numbers a piece takes: offset in the text, place, origin, width. */
export const PIECE = 4;

/** Where a stretch of text stands, and the step that brought it. */
export interface Reference {
  readonly place: number;
  readonly width: number;
  readonly via: number;
}

/**
 * A line of text that remembers where each part of it comes from. A piece of width 0 is a copy: its characters have
 * the places from `place` on. A wider one is a computed value: all of it stands for `width` characters at `place`.
 */
export interface MappedLine {
  readonly text: string;
  /** PIECE numbers for each piece, in the order of their offsets; the first has offset 0. */
  readonly pieces: readonly number[];
}

/** A line that stands in a file as it is. */
export const copiedLine = (text: string, place: number, via: number): MappedLine => ({
  text,
  pieces: [0, place, via, 0],
});

/** A value that is written nowhere, for the text that refers to it. */
export const computedLine = (text: string, { place, width, via }: Reference): MappedLine => ({
  text,
  pieces: [0, place, via, Math.max(1, width)],
});

/** The part of a line from one offset to another. */
export function sliceLine(line: MappedLine, from: number, to = line.text.length): MappedLine {
  if (from === 0 && to === line.text.length) return line;
  const pieces: number[] = [];
  appendPieces(pieces, line, from, to, 0);
  return { text: line.text.slice(from, to), pieces };
}

/** The line with the text between two offsets replaced. */
export function spliceLine(line: MappedLine, from: number, to: number, insert: MappedLine): MappedLine {
  const spliced = new LineBuilder();
  spliced.append(line, 0, from);
  spliced.append(insert);
  spliced.append(line, to);
  return spliced.build();
}

/** A line that is put together from left to right. */
export class LineBuilder {
  #text = '';
  readonly #pieces: number[] = [];

  get length(): number {
    return this.#text.length;
  }

  /** Adds the part of a line from one offset to another. */
  append(line: MappedLine, from = 0, to = line.text.length): void {
    appendPieces(this.#pieces, line, from, to, this.#text.length);
    this.#text += from === 0 && to === line.text.length ? line.text : line.text.slice(from, to);
  }

  /** Adds a value that is written nowhere, for the text that refers to it. */
  appendComputed(text: string, { place, width, via }: Reference): void {
    if (text !== '') this.#pieces.push(this.#text.length, place, via, Math.max(1, width));
    this.#text += text;
  }

  build(): MappedLine {
    return { text: this.#text, pieces: this.#pieces };
  }
}

/** The line as if each of its parts had been brought here by `via`. */
export function lineVia(line: MappedLine, via: number): MappedLine {
  const pieces = line.pieces.slice();
  for (let at = 2; at < pieces.length; at += PIECE) pieces[at] = via;
  return { text: line.text, pieces };
}

/** Where the stretch of `width` characters at an offset stands. */
export function referenceAt(line: MappedLine, offset: number, width: number): Reference {
  const { pieces } = line;
  let piece = 0;
  while (piece + PIECE < pieces.length && (pieces[piece + PIECE] ?? 0) <= offset) piece += PIECE;
  return referenceIn(pieces, piece, offset, width);
}

/** As referenceAt, for the piece that starts at the given index of `pieces`. */
export function referenceIn(
  pieces: ArrayLike<number>,
  piece: number,
  offset: number,
  width: number,
): Reference {
  const place = pieces[piece + 1] ?? 0;
  const via = pieces[piece + 2] ?? NO_ORIGIN;
  const fixed = pieces[piece + 3] ?? 0;
  return fixed > 0
    ? { place, width: fixed, via }
    : { place: place + offset - (pieces[piece] ?? 0), width, via };
}

/** Adds the pieces between two offsets of a line, moved so that the text of `from` comes to stand at `at`. */
function appendPieces(pieces: number[], line: MappedLine, from: number, to: number, at: number): void {
  const source = line.pieces;
  for (let index = 0; index < source.length && from < to; index += PIECE) {
    const start = source[index] ?? 0;
    const end = index + PIECE < source.length ? (source[index + PIECE] ?? 0) : line.text.length;
    if (end <= from) continue;
    if (start >= to) break;
    const skipped = Math.max(0, from - start);
    const width = source[index + 3] ?? 0;
    const place = (source[index + 1] ?? 0) + (width > 0 ? 0 : skipped);
    pieces.push(start + skipped - from + at, place, source[index + 2] ?? NO_ORIGIN, width);
  }
}
