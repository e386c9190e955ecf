import { parseIpAddress, familyOf, isMulticast } from '../../base/address.js';
import { type Argument, type Keyword, lastName } from '../schema/index.js';
import { type Span, type Statement, type Word } from '../tree.js';
import { type PassContext } from './context.js';
import { parseDuration, parseInteger, type NumberReading } from './numbers.js';

/** What an argument amounts to: durations are microseconds, `many` gives a list. */
export type Value = number | boolean | string | readonly string[] | readonly number[] | undefined;

/** A statement that its schema entry accepts. */
export interface Reading {
  readonly keyword: Keyword;
  /** The keyword as it stands in the file. */
  readonly name: string;
  /** The keyword that it is another spelling of, or itself: values are kept by it. */
  readonly main: string;
  readonly statement: Statement;
  /** One for each argument of the entry; undefined where an optional one is left out. */
  readonly values: readonly Value[];
}

/** Reads the words of a statement as its entry says; undefined if it has to be left out. */
export function readArguments(
  context: PassContext,
  keyword: Keyword,
  statement: Statement,
  words: readonly Word[],
): Reading | undefined {
  const values: Value[] = [];
  let next = 1;
  for (const argument of keyword.arguments) {
    if (next >= words.length) {
      if (!argument.optional) return missing(context, keyword, argument, statement);
      values.push(argument.kind === 'switch' ? true : undefined);
      continue;
    }
    const value =
      argument.many && argument.kind !== 'hex'
        ? readMany(context, argument, words, next)
        : readOne(context, argument, words, next);
    if (value === invalid) return undefined;
    values.push(value);
    next = takesRest(argument) ? words.length : next + (argument.kind === 'user' ? 2 : 1);
  }
  if (!checkRest(context, keyword, words, next)) return undefined;
  return {
    keyword,
    name: lastName(keyword.path),
    main: lastName(keyword.sameAs ?? keyword.path),
    statement,
    values,
  };
}

const invalid = Symbol('invalid');
type MaybeValue = Value | typeof invalid;

const takesRest = (argument: Argument): boolean =>
  argument.many === true || argument.kind === 'words' || argument.kind === 'hex';

/** keepalived stops reading at once for most missing words, and goes on after some. */
function missing(
  context: PassContext,
  keyword: Keyword,
  argument: Argument,
  statement: Statement,
): Reading | undefined {
  const code = argument.missing === 'report' ? 'missing-argument' : 'missing-parameter';
  context.error(
    code,
    `'${statement.keyword.text}' needs a ${argument.name}`,
    statement.span,
    example(keyword),
  );
  return undefined;
}

const example = (keyword: Keyword) =>
  keyword.example === undefined
    ? {}
    : { notes: [{ text: `for example: ${keyword.example.split('\n')[0] ?? ''}` }] };

function checkRest(context: PassContext, keyword: Keyword, words: readonly Word[], next: number): boolean {
  const extra = words[next];
  if (!extra || keyword.block === 'freeform') return true;
  const text = `words after '${words[next - 1]?.text ?? ''}' are ignored`;
  if (keyword.extraWords === 'ignored') context.note('ignored-words', text, extra.span);
  else context.error('extra-words', text, extra.span);
  return keyword.extraWords !== 'reject';
}

function readMany(
  context: PassContext,
  argument: Argument,
  words: readonly Word[],
  from: number,
): MaybeValue {
  const values: (string | number)[] = [];
  for (let at = from; at < words.length; at += 1) {
    const value = readOne(context, argument, words, at);
    // One wrong number spoils a list of numbers (CPU sets); one wrong word is only left out.
    if (value === invalid && argument.kind === 'integer') return invalid;
    if (typeof value === 'string' || typeof value === 'number') values.push(value);
  }
  return values as readonly string[] | readonly number[];
}

function readOne(context: PassContext, argument: Argument, words: readonly Word[], at: number): MaybeValue {
  const first = words[at];
  if (!first) return undefined;
  switch (argument.kind) {
    case 'integer':
      return readNumber(context, argument, parseInteger(first.text), 1, first);
    case 'duration':
      return readNumber(context, argument, parseDuration(first.text, argument), microsIn(argument), first);
    case 'switch':
      return readSwitch(context, first);
    case 'choice':
      return readChoice(context, argument, first);
    case 'address':
      return readAddress(context, argument, first);
    case 'interface':
      return readWord(context, { ...argument, kind: 'word', maxBytes: 15 }, first);
    case 'word':
      return readWord(context, argument, first);
    case 'command':
    case 'path':
    case 'mac':
      return first.text;
    case 'user':
      return words.slice(at, at + 2).map((each) => each.text);
    case 'hex':
      return readHex(context, argument, words.slice(at));
    case 'words':
      return words.slice(at).map((each) => each.text);
  }
}

const microsIn = (argument: Argument & { kind: 'duration' }): number =>
  argument.unit === 's' ? 1_000_000 : 1000;

function readNumber(
  context: PassContext,
  argument: Argument & { kind: 'integer' | 'duration' },
  reading: NumberReading | undefined,
  factor: number,
  at: Word,
): MaybeValue {
  const fallback = argument.fallback === undefined ? invalid : argument.fallback * factor;
  if (!reading)
    return reject(context, 'invalid-number', `'${at.text}' is not a number`, at.span, fallback, argument);
  const { value, exact, rounded } = reading;
  if (value < argument.min * factor || value > argument.max * factor)
    return outOfRange(context, argument, value, factor, at, fallback);
  if (!exact && !argument.lenient)
    return reject(context, 'invalid-number', `'${at.text}' is not a number`, at.span, fallback, argument);
  if (!exact) context.warning('invalid-number', `'${at.text}' is read as ${value / factor}`, at.span);
  if (rounded) context.warning('too-many-decimals', `'${at.text}' is rounded to ${value / factor}`, at.span);
  if (argument.raiseTo !== undefined && value < argument.raiseTo * factor && isRaised(argument, value)) {
    context.warning(
      'out-of-range',
      `${argument.name} must be greater than 0; using ${argument.raiseTo}`,
      at.span,
    );
    return argument.raiseTo * factor;
  }
  return value;
}

/** Fractions of a second are fine where only 0 is raised. */
const isRaised = (argument: Argument, value: number): boolean => argument.kind === 'integer' || value === 0;

function outOfRange(
  context: PassContext,
  argument: Argument & { kind: 'integer' | 'duration' },
  value: number,
  factor: number,
  at: Word,
  fallback: MaybeValue,
): MaybeValue {
  const range = `${argument.min} to ${argument.max}`;
  if (!argument.clamp)
    return reject(
      context,
      'out-of-range',
      `${argument.name} '${at.text}' is not within ${range}`,
      at.span,
      fallback,
      argument,
    );
  const end = value < argument.min * factor ? argument.min : argument.max;
  context.warning(
    'out-of-range',
    `${argument.name} '${at.text}' is not within ${range}; using ${end}`,
    at.span,
  );
  return end * factor;
}

function reject(
  context: PassContext,
  code: string,
  text: string,
  span: Span,
  fallback: MaybeValue,
  argument: Argument,
): MaybeValue {
  const used = argument.fallback === undefined ? 'the line is ignored' : `using ${argument.fallback}`;
  context.error(code, `${text}; ${used}`, span);
  return fallback;
}

const on = new Set(['true', 'on', 'yes']);
const off = new Set(['false', 'off', 'no']);

function readSwitch(context: PassContext, at: Word): MaybeValue {
  if (on.has(at.text)) return true;
  if (off.has(at.text)) return false;
  context.error('invalid-switch', `'${at.text}' is neither true (on, yes) nor false (off, no)`, at.span);
  return invalid;
}

function readChoice(context: PassContext, argument: Argument & { kind: 'choice' }, at: Word): MaybeValue {
  const same = (choice: string) =>
    argument.anyCase ? choice.toLowerCase() === at.text.toLowerCase() : choice === at.text;
  const found = argument.of.find(same);
  if (found !== undefined) return found;
  const slip = argument.of.find((choice) => choice.toLowerCase() === at.text.toLowerCase());
  const known = `known: ${argument.of.join(', ')}`;
  context.error('unknown-choice', `'${at.text}' is no known ${argument.name}`, at.span, {
    ...(slip !== undefined && { suggestion: slip }),
    notes: [{ text: known }],
  });
  // An unknown option at the end does not undo the keyword (dynamic_interfaces, weight N reverse).
  return argument.optional ? undefined : invalid;
}

function readAddress(context: PassContext, argument: Argument & { kind: 'address' }, at: Word): MaybeValue {
  const address = parseIpAddress(at.text.replace(/[-/].*$/, ''));
  if (!address) {
    context.error('invalid-address', `'${at.text}' is not an IP address`, at.span);
    return invalid;
  }
  if (argument.family && familyOf(address) !== argument.family) {
    const family = argument.family === 'inet' ? 'IPv4' : 'IPv6';
    context.error('wrong-family', `'${at.text}' is not an ${family} address`, at.span);
    return invalid;
  }
  if (argument.multicast && !isMulticast(address)) {
    context.error('not-multicast', `'${at.text}' is not a multicast address`, at.span);
    return invalid;
  }
  return address;
}

function readWord(context: PassContext, argument: Argument & { kind: 'word' }, at: Word): MaybeValue {
  const { maxBytes } = argument;
  if (maxBytes === undefined || byteLength(at.text) <= maxBytes) return at.text;
  const text = `'${at.text}' is longer than ${maxBytes} bytes`;
  if (!argument.truncate) {
    context.error('too-long', `${text}; the line is ignored`, at.span);
    return invalid;
  }
  const cut = cutToBytes(at.text, maxBytes);
  context.warning('too-long', `${text}; using '${cut}'`, at.span);
  return cut;
}

function readHex(
  context: PassContext,
  argument: Argument & { kind: 'hex' },
  words: readonly Word[],
): MaybeValue {
  const digits = words.map((each) => each.text).join(' ');
  const allowed = argument.wildcard ? /^[0-9a-fx\s]+$/i : /^[0-9a-f\s]+$/i;
  if (allowed.test(digits)) return digits.toLowerCase().trim();
  const [first] = words;
  context.error('invalid-hex', `'${digits}' is not hexadecimal`, first?.span);
  return invalid;
}

/** Bytes in UTF-8. */
export function byteLength(text: string): number {
  let bytes = 0;
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0;
    bytes += code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x1_0000 ? 3 : 4;
  }
  return bytes;
}

function cutToBytes(text: string, maxBytes: number): string {
  let kept = '';
  for (const character of text) {
    if (byteLength(kept + character) > maxBytes) break;
    kept += character;
  }
  return kept;
}
