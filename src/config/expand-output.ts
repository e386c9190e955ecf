import { type MappedLine, PIECE } from './expand-line.js';
import { type TreeBuilder } from './tree-builder.js';
import { ExpandedChunk } from './tree-chunk.js';
import { type Trace } from './tree-span.js';

/** Expanded text is split into words in portions of about this many characters. */
const PORTION = 64 * 1024;

/** Collects lines that expansion made, and hands them to the builder many at a time. */
export class ExpandedLines {
  readonly #builder: TreeBuilder;
  readonly #trace: Trace;
  #text = '';
  #pieces = new Int32Array(PIECE * 1024);
  #used = 0;

  constructor(builder: TreeBuilder, trace: Trace) {
    this.#builder = builder;
    this.#trace = trace;
  }

  add({ text, pieces }: MappedLine): void {
    while (this.#used + pieces.length > this.#pieces.length) this.#grow();
    this.#pieces.set(pieces, this.#used);
    const end = this.#used + pieces.length;
    for (let at = this.#used; at < end; at += PIECE)
      this.#pieces[at] = (this.#pieces[at] ?? 0) + this.#text.length;
    this.#used = end;
    this.#text += text;
    this.#text += '\n';
    if (this.#text.length > PORTION) this.flush();
  }

  flush(): void {
    if (this.#text === '') return;
    const chunk = new ExpandedChunk(this.#trace, this.#text, this.#pieces.slice(0, this.#used));
    this.#text = '';
    this.#used = 0;
    this.#builder.add(chunk, true);
  }

  #grow(): void {
    const pieces = new Int32Array(this.#pieces.length * 2);
    pieces.set(this.#pieces);
    this.#pieces = pieces;
  }
}
