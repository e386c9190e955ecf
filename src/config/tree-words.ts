import { ok, err, type Result } from '../base/result.js';
import { parse } from './keepalived-parser.js';
import { type Problem, problemError } from './problem.js';
import { type Span, type Statement } from './tree.js';

/** A word split by shell-like rules. */
export interface SplitWord {
  /** Without quotes. */
  readonly text: string;
  readonly span: Span;
}

/**
 * Splits a statement again, keyword included, with single and double quotes that may stand anywhere in a word, as
 * keepalived does for keywords that take a command line or a password.
 * @param escapes 'replace' for C-like escapes (\n, \x41, \101, \cA, \"), 'keep' to leave both characters as they are
 */
export function splitQuoted(
  statement: Statement,
  escapes: 'replace' | 'keep',
): Result<readonly SplitWord[], Problem> {
  const { text } = statement;
  const { words, trouble } = parse(text, { startRule: 'ShellWords', escapes: escapes === 'replace' });
  if (trouble) {
    const what =
      trouble.mark === '\\' ? 'nothing follows the backslash' : `no ${trouble.mark} closes this quote`;
    return err(problemError('unmatched-quote', what, statement.spanOfText(trouble.at, trouble.at + 1)));
  }
  return ok(words.map((word) => lazyWord(statement, word.text, word.start, word.end)));
}

function lazyWord(statement: Statement, text: string, start: number, end: number): SplitWord {
  return {
    text,
    get span() {
      return statement.spanOfText(start, end);
    },
  };
}
