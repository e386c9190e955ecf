import { type LineSink, parse } from './keepalived-parser.js';
import { problemError, problemWarning } from './problem.js';
import { ProblemList } from './problem-list.js';
import { NOT_UTF8, ODD_CHARACTER } from './source-decode.js';
import { type Chunk, TOKEN } from './tree-chunk.js';
import { BlockNode, StatementNode } from './tree-statement.js';
import { type Statement } from './tree.js';

/** keepalived.conf needs five. More than this is a mistake, or an attempt to exhaust whoever walks the tree. */
export const MAX_DEPTH = 64;

/** Forgotten braces that are made up for: with more of them, the text is something else than a configuration. */
const MAX_FORGOTTEN = 100;

/** Answers of a block rule that are remembered: a hostile file has any number of different keywords. */
const MAX_ANSWERS = 10_000;

/**
 * What a keyword is followed by, given its path from the outermost block ("vrrp_instance/authentication"): a block
 * of keywords, a block of lines, or nothing.
 */
export type BlockRule = (path: string) => 'block' | 'freeform' | undefined;

/** An open block, or a brace that nothing asked for: then there is no statement. */
interface Level {
  readonly statement: StatementNode | undefined;
  /** What was being filled, and its path, before the brace. */
  readonly statements: StatementNode[];
  readonly path: string;
}

/**
 * Puts words into statements and statements into blocks. It knows no keyword: a block belongs to the statement
 * before its brace, on the same line or further up.
 */
export class TreeBuilder implements LineSink {
  readonly statements: StatementNode[] = [];
  readonly problems = new ProblemList();
  readonly #levels: Level[] = [];
  #current: StatementNode[] = this.statements;
  /** The statement that an opening brace would belong to. */
  #last: StatementNode | undefined;
  #chunk: Chunk | undefined;
  #tokens = new Int32Array(0);
  #used = 0;
  /** Where the tokens of the unfinished statement start. */
  #first = 0;
  #unmatched = -1;
  #own = false;
  /** True if the chunk has characters that need a look. */
  #odd = false;
  /** Keywords of the open blocks, each with a slash behind it. */
  #path = '';
  readonly #blockRule: BlockRule | undefined;
  /** Answers of the rule so far: it is asked about every line that no brace follows. */
  readonly #expected = new Map<string, ReturnType<BlockRule>>();

  /** @param blockRule where given, a brace that was forgotten does not take the lines behind it to the outer block */
  constructor(blockRule?: BlockRule) {
    this.#blockRule = blockRule;
  }

  #count = 0;
  #forgotten = 0;

  /** How many statements there are, in all blocks. */
  get count(): number {
    return this.#count;
  }

  /** How many blocks are open. */
  get depth(): number {
    return this.#levels.length;
  }

  /** The statements whose blocks are open, from the outermost; without those of stray braces. */
  get path(): readonly Statement[] {
    return this.#levels.flatMap(({ statement }) => (statement ? [statement] : []));
  }

  /** Takes the lines of a chunk; `expanded` if `#` and `!` start no comment in them. */
  add(chunk: Chunk, expanded: boolean): void {
    const room = chunk.text.length * TOKEN + TOKEN;
    if (this.#tokens.length < room) this.#tokens = new Int32Array(room);
    this.#chunk = chunk;
    this.#used = 0;
    this.#first = 0;
    this.#odd = ODD_CHARACTER.test(chunk.text);
    // So that a problem found underway can be shown: tokens are copied out once they are complete.
    chunk.tokens = this.#tokens;
    parse(chunk.text, { startRule: 'Lines', sink: this, expanded });
    this.endOfLine();
    chunk.tokens = this.#tokens.slice(0, this.#used);
  }

  word(start: number, end: number): void {
    this.#tokens[this.#used] = start << 1;
    this.#tokens[this.#used + 1] = end;
    this.#used += TOKEN;
  }

  quoted(start: number, end: number): void {
    this.#tokens[this.#used] = (start << 1) | 1;
    this.#tokens[this.#used + 1] = end;
    this.#used += TOKEN;
  }

  unmatched(at: number): void {
    this.#unmatched = at;
  }

  own(): void {
    this.endOfLine();
    this.#own = true;
  }

  open(at: number): void {
    const chunk = this.#finish();
    const statement = this.#last;
    this.#last = undefined;
    if (this.depth >= MAX_DEPTH) {
      const text = `more than ${MAX_DEPTH} blocks are open; braces are ignored from here on`;
      if (this.depth === MAX_DEPTH) this.#report('nested-too-deep', text, chunk, at);
      this.#enter(undefined);
      return;
    }
    if (!statement) this.#report('unexpected-open-brace', "this '{' belongs to no statement", chunk, at);
    statement?.addBlock(new BlockNode(chunk, at));
    this.#enter(statement);
  }

  #enter(statement: StatementNode | undefined): void {
    this.#levels.push({ statement, statements: this.#current, path: this.#path });
    if (!statement?.block) return;
    this.#current = statement.block.statements;
    this.#path += `${statement.keyword.text}/`;
  }

  close(at: number): void {
    const chunk = this.#finish();
    const level = this.#levels.pop();
    this.#last = undefined;
    if (!level) {
      this.#report('unexpected-close-brace', "this '}' closes no block", chunk, at);
      return;
    }
    level.statement?.block?.closeWith(chunk, at);
    this.#current = level.statements;
    this.#path = level.path;
  }

  endOfLine(): void {
    this.#finish();
    this.#own = false;
  }

  /** Makes a statement of the words since the last one, if there are any. */
  #finish(): Chunk {
    const chunk = this.#chunk;
    if (!chunk) throw new Error('words come from a chunk');
    const unmatched = this.#unmatched;
    this.#unmatched = -1;
    if (this.#used === this.#first && unmatched >= 0) {
      // keepalived has no word to go by, and skips the line after its complaint.
      this.#report('unmatched-quote', 'no " closes this quote', chunk, unmatched);
    }
    if (this.#used > this.#first && (!this.#odd || this.#checkCharacters(chunk))) {
      const count = (this.#used - this.#first) / TOKEN;
      const statement = new StatementNode(chunk, this.#first, count, unmatched, this.#own);
      if (!this.#own) {
        if (this.#last && this.#blockRule) this.#openForgotten(this.#last, this.#blockRule, statement);
        this.#last = statement;
      }
      this.#current.push(statement);
      this.#count += 1;
    }
    this.#first = this.#used;
    return chunk;
  }

  /** Opens the block of a statement that needs one, if the next line is written as if it were inside. */
  #openForgotten(statement: StatementNode, blockRule: BlockRule, next: StatementNode): void {
    if (this.#forgotten >= MAX_FORGOTTEN || this.depth >= MAX_DEPTH) return;
    const path = this.#path + statement.keyword.text;
    if (this.#expected.size > MAX_ANSWERS) this.#expected.clear();
    if (!this.#expected.has(path)) this.#expected.set(path, blockRule(path));
    const rule = this.#expected.get(path);
    if (!rule || statement.block) return;
    const { span } = statement;
    const inner = next.span;
    if (inner.file !== span.file || inner.column <= span.column) return;
    const text = `no '{' follows '${statement.keyword.text}'`;
    // keepalived tells of the one in its log, and reads on as if the brace were there in both cases.
    if (rule === 'block') this.problems.add(problemError('missing-open-brace', text, span));
    else this.problems.add(problemWarning('missing-open-brace-of-list', text, span));
    this.#forgotten += 1;
    statement.addBlock(statement.implicitBlock());
    this.#enter(statement);
  }

  /**
   * Reports characters that look like blanks but are none to keepalived. Around the first word they surely were
   * meant as blanks, and are removed. False if nothing is left.
   */
  #checkCharacters(chunk: Chunk): boolean {
    const start = (this.#tokens[this.#first] ?? 0) >> 1;
    const end = this.#tokens[this.#used - 1] ?? 0;
    const found = ODD_CHARACTER.exec(chunk.text.slice(start, end));
    if (!found) return true;
    const name = nameCharacter(found[0]);
    const at = start + found.index;
    const wordEnd = this.#tokens[this.#first + 1] ?? 0;
    if (at >= wordEnd || this.#isQuotedFirst() || found[0] === NOT_UTF8) {
      const text = `there is ${name} in this word`;
      this.problems.add(problemWarning('odd-character', text, chunk.span(at, at + 1)));
      return true;
    }
    const text = `${name} is part of the word to keepalived`;
    this.problems.add(problemError('odd-blank', text, chunk.span(at, at + 1)));
    return this.#trimFirstWord(chunk.text, start, wordEnd);
  }

  #isQuotedFirst(): boolean {
    return ((this.#tokens[this.#first] ?? 0) & 1) === 1;
  }

  #trimFirstWord(text: string, start: number, end: number): boolean {
    let [from, to] = [start, end];
    while (from < to && ODD_CHARACTER.test(text[from] ?? '')) from += 1;
    while (to > from && ODD_CHARACTER.test(text[to - 1] ?? '')) to -= 1;
    this.#tokens[this.#first] = from << 1;
    this.#tokens[this.#first + 1] = to;
    if (from === to) this.#first += TOKEN;
    return this.#used > this.#first;
  }

  #report(code: string, text: string, chunk: Chunk, at: number): void {
    this.problems.addMade(code, () => problemError(code, text, chunk.span(at, at + 1)));
  }
}

function nameCharacter(character: string): string {
  const point = character.charCodeAt(0);
  const number = `U+${point.toString(16).toUpperCase().padStart(4, '0')}`;
  const names = new Map([
    [0xa0, 'a no-break space'],
    [0x3000, 'an ideographic space'],
    [0x200b, 'a zero-width space'],
    [0xfeff, 'a byte order mark'],
    [0xfffd, 'a byte that is not UTF-8'],
  ]);
  const name = names.get(point) ?? 'an odd space';
  return character === NOT_UTF8 ? name : `${name} (${number})`;
}
