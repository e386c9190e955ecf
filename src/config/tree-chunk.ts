import { PIECE, referenceIn } from './expand-line.js';
import { type Trace } from './tree-span.js';
import { type Span } from './tree.js';

/** Numbers a token takes: start and end in the chunk's text, the start doubled and odd if the word is quoted. */
export const TOKEN = 2;

/** A piece of text that was split into tokens at once. Statements keep their numbers in it and nothing else. */
export abstract class Chunk {
  readonly text: string;
  tokens: Int32Array = new Int32Array(0);

  constructor(text: string) {
    this.text = text;
  }

  /** The span between two offsets on one line of the text. */
  abstract span(start: number, end: number): Span;
}

/** Lines of a file as they stand there. */
export class FileChunk extends Chunk {
  readonly #trace: Trace;
  readonly #place: number;
  readonly #via: number;

  constructor(trace: Trace, text: string, place: number, via: number) {
    super(text);
    this.#trace = trace;
    this.#place = place;
    this.#via = via;
  }

  span(start: number, end: number): Span {
    return this.#trace.span({ place: this.#place + start, width: end - start, via: this.#via });
  }
}

/** Lines that expansion made. */
export class ExpandedChunk extends Chunk {
  readonly #trace: Trace;
  readonly #pieces: Int32Array;

  /** @param pieces as in a MappedLine, for all lines together */
  constructor(trace: Trace, text: string, pieces: Int32Array) {
    super(text);
    this.#trace = trace;
    this.#pieces = pieces;
  }

  span(start: number, end: number): Span {
    const first = this.#pieceAt(start);
    const last = this.#pieceAt(Math.max(start, end - 1));
    if (first === last) return this.#trace.span(referenceIn(this.#pieces, first, start, end - start));
    return this.#trace.spanAcross(
      referenceIn(this.#pieces, first, start, 1),
      referenceIn(this.#pieces, last, end - 1, 1),
    );
  }

  /** Index in #pieces of the last piece that does not start after the offset. */
  #pieceAt(offset: number): number {
    let low = 0;
    let high = this.#pieces.length / PIECE;
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if ((this.#pieces[middle * PIECE] ?? 0) <= offset) low = middle;
      else high = middle;
    }
    return low * PIECE;
  }
}
