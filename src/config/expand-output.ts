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
  #lines: string[] = [];
  #pieces: number[] = [];
  #length = 0;

  constructor(builder: TreeBuilder, trace: Trace) {
    this.#builder = builder;
    this.#trace = trace;
  }

  add({ text, pieces }: MappedLine): void {
    for (let at = 0; at < pieces.length; at += PIECE) {
      this.#pieces.push(
        (pieces[at] ?? 0) + this.#length,
        pieces[at + 1] ?? 0,
        pieces[at + 2] ?? 0,
        pieces[at + 3] ?? 0,
      );
    }
    this.#lines.push(text);
    this.#length += text.length + 1;
    if (this.#length > PORTION) this.flush();
  }

  flush(): void {
    if (this.#lines.length === 0) return;
    const chunk = new ExpandedChunk(this.#trace, this.#lines.join('\n'), Int32Array.from(this.#pieces));
    this.#lines = [];
    this.#pieces = [];
    this.#length = 0;
    this.#builder.add(chunk, true);
  }
}
