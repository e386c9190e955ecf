import { type Problem } from './problem.js';

/**
 * The syntax tree of a configuration after includes, conditions, definitions and sequences: statements made
 * of words, some with a block. It knows no keyword; which ones exist and what they take is the schema's.
 */
export interface Tree {
  readonly statements: readonly Statement[];
  /** What went wrong on the way from bytes to tree; all of it. */
  readonly problems: readonly Problem[];
}

/** One line as keepalived's parser sees it: words up to the end of the line or to a brace. */
export interface Statement {
  /** The first word, words[0]. */
  readonly keyword: Word;
  /** All words, the keyword included; never empty. Made anew at each access: take it once. */
  readonly words: readonly Word[];
  /** The block's statements; undefined if no `{` follows, empty for `{}`. */
  readonly body: readonly Statement[] | undefined;
  /** Where the block's `{` stands, if there is one. */
  readonly open: Span | undefined;
  /** Where its `}` stands; undefined without a block, and if the text ends inside it. */
  readonly close: Span | undefined;
  /** True if it was written as `#understudy KEYWORD ARGS`: a setting of ours in a comment. */
  readonly ours: boolean;
  /**
   * The text from the first word to the last, expanded, comments removed, quotes and backslashes kept. Keywords
   * that keepalived splits again by shell-like rules (scripts, passwords) split this: see splitQuoted.
   */
  readonly text: string;
  /**
   * Where a double quote stands that nothing closes; the words end before it. An error, except for the keywords
   * that are split again with escapes ("allow mismatched" in keepalived): the schema decides, the tree is silent.
   */
  readonly unmatchedQuote: Span | undefined;
  /** From the first word to the last. */
  readonly span: Span;
  /** The span of a part of `text`, from one offset to another. */
  spanOfText(start: number, end: number): Span;
}

/** A word of a statement. */
export interface Word {
  /** Without its quotes. */
  readonly text: string;
  /** True if it stood in double quotes. */
  readonly quoted: boolean;
  /** As written: with its quotes. */
  readonly raw: string;
  readonly span: Span;
}

/** A stretch of one line of one file, and how that line got into the configuration. */
export interface Span {
  /** The file's name, as the command line or the include directive led to it. */
  readonly file: string;
  /** First line is 1. */
  readonly line: number;
  /** In UTF-16 code units, first is 1. */
  readonly column: number;
  /** In UTF-16 code units, within the line; at least 1. */
  readonly length: number;
  /** The whole line, without its end, for display. */
  readonly sourceLine: string;
  /** From the innermost to the outermost: first the expansion that produced the text, last the include in the main file. */
  readonly chain: readonly Origin[];
}

/** One step by which text got to where it is used. */
export interface Origin {
  readonly kind: 'include' | 'definition' | 'sequence' | 'list';
  /** The included file, `$NAME`, or `~SEQ(N)`; with the value, for a sequence or list: `N=17`. */
  readonly name: string;
  /** Where it is included, used, or started. */
  readonly file: string;
  readonly line: number;
  readonly column: number;
}
