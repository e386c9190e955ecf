import { TOKEN, type Chunk } from './tree-chunk.js';
import { type Span, type Statement, type Word } from './tree.js';

/**
 * A statement as numbers into its chunk. Words are made when asked for and not kept: a configuration of fifty
 * thousand real servers has a million of them, and each is looked at once or twice.
 */
export class StatementNode implements Statement {
  readonly ours: boolean;
  readonly #chunk: Chunk;
  readonly #first: number;
  readonly #count: number;
  readonly #unmatched: number;
  #block: BlockNode | undefined;

  /**
   * @param first index of the first token
   * @param unmatched offset of a quote that nothing closes, or -1
   */
  constructor(chunk: Chunk, first: number, count: number, unmatched: number, ours: boolean) {
    this.#chunk = chunk;
    this.#first = first;
    this.#count = count;
    this.#unmatched = unmatched;
    this.ours = ours;
  }

  get keyword(): Word {
    return new WordNode(this.#chunk, this.#start(0), this.#end(0), this.#isQuoted(0));
  }

  get words(): readonly Word[] {
    const words: Word[] = [];
    for (let index = 0; index < this.#count; index += 1) {
      words.push(new WordNode(this.#chunk, this.#start(index), this.#end(index), this.#isQuoted(index)));
    }
    return words;
  }

  get body(): readonly Statement[] | undefined {
    return this.#block?.statements;
  }

  get open(): Span | undefined {
    return this.#block?.open;
  }

  get close(): Span | undefined {
    return this.#block?.close;
  }

  get text(): string {
    return this.#chunk.text.slice(this.#start(0), this.#textEnd());
  }

  get unmatchedQuote(): Span | undefined {
    return this.#unmatched < 0 ? undefined : this.#chunk.span(this.#unmatched, this.#unmatched + 1);
  }

  get span(): Span {
    return this.#chunk.span(this.#start(0), this.#textEnd());
  }

  spanOfText(start: number, end: number): Span {
    const from = this.#start(0);
    return this.#chunk.span(from + start, from + Math.max(end, start + 1));
  }

  /** The block that was opened after this statement, once. */
  get block(): BlockNode | undefined {
    return this.#block;
  }

  /** A block whose brace should stand behind the statement's last word. */
  implicitBlock(): BlockNode {
    return new BlockNode(this.#chunk, this.#textEnd() - 1);
  }

  addBlock(block: BlockNode): void {
    this.#block = block;
  }

  /** What follows an unmatched quote belongs to the text, as it does to keepalived's. */
  #textEnd(): number {
    if (this.#unmatched < 0) return this.#end(this.#count - 1);
    const newline = this.#chunk.text.indexOf('\n', this.#unmatched);
    const rest = this.#chunk.text.slice(this.#unmatched, newline < 0 ? undefined : newline);
    return this.#unmatched + rest.trimEnd().length;
  }

  #start(index: number): number {
    return (this.#chunk.tokens[this.#first + index * TOKEN] ?? 0) >> 1;
  }

  #end(index: number): number {
    return this.#chunk.tokens[this.#first + index * TOKEN + 1] ?? 0;
  }

  #isQuoted(index: number): boolean {
    return ((this.#chunk.tokens[this.#first + index * TOKEN] ?? 0) & 1) === 1;
  }
}

class WordNode implements Word {
  readonly text: string;
  readonly quoted: boolean;
  readonly #chunk: Chunk;
  readonly #start: number;
  readonly #end: number;

  constructor(chunk: Chunk, start: number, end: number, quoted: boolean) {
    this.#chunk = chunk;
    this.#start = start;
    this.#end = end;
    this.quoted = quoted;
    this.text = quoted ? chunk.text.slice(start + 1, end - 1) : chunk.text.slice(start, end);
  }

  get raw(): string {
    return this.#chunk.text.slice(this.#start, this.#end);
  }

  get span(): Span {
    return this.#chunk.span(this.#start, this.#end);
  }
}

/** The braces of a block and what is between them. */
export class BlockNode {
  statements: StatementNode[] = [];
  readonly #openChunk: Chunk;
  readonly #openAt: number;
  #closeChunk: Chunk | undefined;
  #closeAt = -1;

  constructor(chunk: Chunk, at: number) {
    this.#openChunk = chunk;
    this.#openAt = at;
  }

  get open(): Span {
    return this.#openChunk.span(this.#openAt, this.#openAt + 1);
  }

  /** Undefined for a block that the text ends in. */
  get close(): Span | undefined {
    return this.#closeChunk?.span(this.#closeAt, this.#closeAt + 1);
  }

  closeWith(chunk: Chunk, at: number): void {
    this.#closeChunk = chunk;
    this.#closeAt = at;
    // An array that was filled one by one keeps room for sixteen more.
    this.statements = this.statements.slice();
  }
}
