import { findKeyword, keywords, keywordsIn, lastName, type Keyword } from '../schema/index.js';
import { type Span, type Statement } from '../tree.js';
import { nearest } from '../nearest.js';
import { type PassContext } from './context.js';
import { type Reading, readArguments, type Value } from './read-arguments.js';

/** The accepted statements of one block, in file order; looked up by keyword from the last one on. */
export class Section {
  readonly readings: Reading[] = [];

  /** @param owner the statement whose block it is, for problems that have no better place. */
  constructor(private readonly owner: Statement | undefined) {}

  /** The block's own line. */
  get span(): Span | undefined {
    return this.owner?.span;
  }

  add(reading: Reading): void {
    this.readings.push(reading);
  }

  /** The reading that counts for a keyword; other spellings count for the main one. */
  get(name: string): Reading | undefined {
    for (let at = this.readings.length - 1; at >= 0; at -= 1) {
      const reading = this.readings[at];
      if (reading?.main === name) return reading;
    }
    return undefined;
  }

  has(name: string): boolean {
    return this.get(name) !== undefined;
  }

  all(name: string): readonly Reading[] {
    return this.readings.filter((reading) => reading.main === name);
  }

  value(name: string): Value {
    return this.get(name)?.values[0];
  }

  number(name: string): number | undefined {
    const value = this.value(name);
    return typeof value === 'number' ? value : undefined;
  }

  text(name: string): string | undefined {
    const value = this.value(name);
    return typeof value === 'string' ? value : undefined;
  }

  /** True or false as written; true for a keyword without an argument; undefined if it is absent. */
  flag(name: string): boolean | undefined {
    const reading = this.get(name);
    if (!reading) return undefined;
    const [value] = reading.values;
    return typeof value === 'boolean' ? value : true;
  }

  /** The words after a keyword whose syntax is its own. */
  words(name: string): readonly string[] | undefined {
    const value = this.value(name);
    return Array.isArray(value) ? (value as readonly string[]) : undefined;
  }

  /** Where a keyword stands, or else the block. */
  spanOf(name: string): Span | undefined {
    return this.get(name)?.statement.span ?? this.span;
  }
}

/** Is told of each accepted statement in file order; returning false leaves it out after all. */
export type Visit = (reading: Reading) => boolean | undefined;

/**
 * Reads the statements of a block: unknown keywords, missing or unwanted braces, arguments, repetitions.
 * @param block the block's path in the schema, '' for the top level
 * @param owner the statement whose block it is
 */
export function readSection(
  context: PassContext,
  block: string,
  statements: readonly Statement[],
  owner: Statement | undefined,
  visit: Visit = () => true,
): Section {
  const section = new Section(owner);
  const known = keywordsIn(block);
  for (const statement of statements) {
    const reading = readStatement(context, block, known, statement);
    if (!reading || !mayRepeat(context, section, reading)) continue;
    if (visit(reading) !== false) section.add(reading);
  }
  return section;
}

function readStatement(
  context: PassContext,
  block: string,
  known: ReadonlyMap<string, Keyword>,
  statement: Statement,
): Reading | undefined {
  const { words } = statement;
  const found = known.get(words[0]?.text ?? '');
  const keyword = (found?.ours ?? false) === statement.ours ? found : undefined;
  if (!keyword && statement.ours) return unknownSetting(context, statement);
  if (!keyword) return unknown(context, block, statement);
  checkQuotes(context, keyword, statement);
  deprecation(context, keyword, statement);
  if (!checkBraces(context, keyword, statement)) return undefined;
  return readArguments(context, keyword, statement, words);
}

function unknownSetting(context: PassContext, statement: Statement): Reading | undefined {
  context.warning(
    'unknown-setting',
    `'#understudy ${statement.keyword.text}' is no setting of this release`,
    statement.span,
  );
  return undefined;
}

function unknown(context: PassContext, block: string, statement: Statement): Reading | undefined {
  const { text, span } = statement.keyword;
  if (!context.shows('unknown-keyword')) {
    context.error('unknown-keyword', `unknown keyword '${text}'`, span);
    return undefined;
  }
  const suggestion = nearest(text, keywordsIn(block).keys());
  const elsewhere = homesOf(text, block);
  context.error('unknown-keyword', `unknown keyword '${text}'`, span, {
    ...(suggestion !== undefined && { suggestion }),
    ...(elsewhere.length > 0 && { notes: [{ text: `'${text}' belongs ${elsewhere.join(' or ')}` }] }),
  });
  return undefined;
}

/** Where else a keyword would be known: "in vrrp_instance". */
function homesOf(text: string, block: string): readonly string[] {
  const homes = keywords.filter((keyword) => lastName(keyword.path) === text).map((keyword) => keyword.path);
  const blocks = homes
    .map((path) => path.slice(0, Math.max(0, path.lastIndexOf('/'))))
    .filter((each) => each !== block);
  return blocks.slice(0, 3).map((each) => (each === '' ? 'at the top level' : `in ${each}`));
}

/** A quote that nothing closes is an error, except where the line is split again by shell-like rules. */
function checkQuotes(context: PassContext, keyword: Keyword, statement: Statement): void {
  if (!statement.unmatchedQuote || keyword.arguments.some((argument) => argument.kind === 'command')) return;
  context.error('unmatched-quote', 'nothing closes this quote', statement.unmatchedQuote);
}

function deprecation(context: PassContext, keyword: Keyword, statement: Statement): void {
  if (!keyword.deprecated) return;
  const { use, reported } = keyword.deprecated;
  const text = `'${statement.keyword.text}' is deprecated${use === undefined ? '' : `; use ${use}`}`;
  if (reported) context.warning('deprecated', text, statement.keyword.span);
  else context.note('deprecated-quietly', text, statement.keyword.span);
}

function checkBraces(context: PassContext, keyword: Keyword, statement: Statement): boolean {
  if (keyword.block && !statement.body) {
    context.error('missing-block', `'${statement.keyword.text}' needs a block in braces`, statement.span);
    return false;
  }
  if (!keyword.block && statement.body) {
    context.error(
      'unexpected-block',
      `'${statement.keyword.text}' takes no block in braces`,
      statement.open ?? statement.span,
    );
  }
  const extra =
    keyword.block === 'freeform' && keyword.arguments.length === 0 ? statement.words[1] : undefined;
  if (extra)
    context.error('extra-words', `'${statement.keyword.text}' takes no words before its brace`, extra.span);
  return true;
}

function mayRepeat(context: PassContext, section: Section, reading: Reading): boolean {
  const { keyword, statement } = reading;
  const earlier = keyword.repeat === 'each' ? undefined : section.get(reading.main);
  if (!earlier) return true;
  const notes = [{ text: 'first given here', span: earlier.statement.span }];
  if (keyword.repeat === 'first') {
    context.error(
      'already-given',
      `'${statement.keyword.text}' is already given; this one is ignored`,
      statement.span,
      { notes },
    );
    return false;
  }
  if (keyword.arguments.length > 0) {
    context.note('replaced', `'${statement.keyword.text}' replaces an earlier one`, statement.span, {
      notes,
    });
  }
  return true;
}

/** The lines of a freeform block, each as its words; nested braces are reported. */
export function linesOf(context: PassContext, statement: Statement): readonly Statement[] {
  const lines = statement.body ?? [];
  for (const line of lines) {
    if (line.body)
      context.error(
        'unexpected-block',
        'a line of this block takes no block of its own',
        line.open ?? line.span,
      );
    if (line.unmatchedQuote)
      context.error('unmatched-quote', 'nothing closes this quote', line.unmatchedQuote);
  }
  return lines.filter((line) => !line.ours);
}

/** The schema entry of a path that is known to exist. */
export function entry(path: string): Keyword {
  const keyword = findKeyword(path);
  if (!keyword) throw new RangeError(`no schema entry for ${path}`);
  return keyword;
}
