import { type Definitions } from './expand-definitions.js';
import { lineVia, type MappedLine, type Reference, referenceAt, sliceLine } from './expand-line.js';
import { parse, type ListLine, type SequenceLine } from './keepalived-parser.js';
import { type Origins } from './source-origin.js';

/** A `~SEQ` or `~LST` at work: each step gives its variables the next values and its line once more. */
export interface Repetition {
  /** The line for the next values; undefined after the last. */
  next(): MappedLine | undefined;
}

/** How a repetition's text is read, or why it cannot be. */
export type RepetitionOrTrouble = Repetition | { readonly trouble: string };

/** What a repetition changes and tells. */
export interface RepetitionContext {
  readonly definitions: Definitions;
  readonly origins: Origins;
  /** Replaces references in the parameters of a ~SEQ; undefined if one has several lines. */
  readonly replace: (line: MappedLine) => MappedLine | undefined;
}

/** Starts the `~SEQ(…)` or `~LST(…)` that a line begins with. */
export function startRepetition(line: MappedLine, context: RepetitionContext): RepetitionOrTrouble {
  return line.text.startsWith('~SEQ') ? startSequence(line, context) : startList(line, context);
}

function startSequence(line: MappedLine, context: RepetitionContext): RepetitionOrTrouble {
  const parsed = parse(line.text, { startRule: 'Sequence' });
  if (!parsed) return { trouble: 'this is not ~SEQ(NAME, START, STEP, END) with text behind it' };
  const parameters = context.replace(sliceLine(line, parsed.start, parsed.end));
  if (!parameters) return { trouble: "a ~SEQ's parameters cannot come from a definition of several lines" };
  const range = readRange(parameters.text);
  if (!range) return { trouble: `'${parameters.text}' is not START, STEP, END with a step that leads there` };
  if (parsed.hexadecimal && (range.start < 0 || range.end < 0)) {
    return { trouble: '~SEQx does not count below zero' };
  }
  return sequence(line, parsed, range, context);
}

function sequence(
  line: MappedLine,
  { name, hexadecimal, rest }: SequenceLine,
  { start, step, end }: Range,
  { definitions, origins }: RepetitionContext,
): Repetition {
  const head = referenceAt(line, 0, line.text.slice(0, rest).trimEnd().length);
  const text = sliceLine(line, rest);
  let value = start;
  return {
    next() {
      if (step > 0 ? value > end && value !== start : value < end && value !== start) return undefined;
      const current = value;
      value += step;
      definitions.count(name, current.toString(hexadecimal ? 16 : 10), head);
      return lineVia(text, origins.addCount(hexadecimal ? `${name}=0x` : `${name}=`, current, head));
    },
  };
}

function startList(line: MappedLine, context: RepetitionContext): RepetitionOrTrouble {
  const parsed = parse(line.text, { startRule: 'List' });
  if (!parsed) return { trouble: 'this is not ~LST(NAME, VALUE, …) or ~LST({NAME, …}, {VALUE, …}, …)' };
  const excess = parsed.values.find((values) => values.length > parsed.names.length);
  if (excess) return { trouble: `{${excess.join(', ')}} has more values than there are names` };
  return list(line, parsed, context);
}

function list(
  line: MappedLine,
  { names, values, rest }: ListLine,
  { definitions, origins }: RepetitionContext,
): Repetition {
  const head: Reference = referenceAt(line, 0, line.text.slice(0, rest).trimEnd().length);
  const text = sliceLine(line, rest);
  let index = 0;
  return {
    next() {
      const tuple = values[index];
      if (!tuple) return undefined;
      index += 1;
      names.forEach((name, position) => {
        definitions.count(name, tuple[position] ?? '', head);
      });
      const shown = names.map((name, position) => `${name}=${tuple[position] ?? ''}`).join(', ');
      return lineVia(text, origins.add('list', shown, head));
    },
  };
}

interface Range {
  readonly start: number;
  readonly step: number;
  readonly end: number;
}

/** END, or START, END, or START, STEP, END. Undefined if it is none of them or the step leads away from the end. */
function readRange(text: string): Range | undefined {
  const numbers = text.split(',').map((number) => readInteger(number.trim()));
  const [one, two, three] = numbers;
  if (one === undefined || numbers.length > 3 || numbers.includes(undefined)) return undefined;
  if (two === undefined) return { start: one < 0 ? -1 : 1, step: one < 1 ? -1 : 1, end: one };
  if (three === undefined) return { start: one, step: one <= two ? 1 : -1, end: two };
  const leadsAway = two === 0 || (one < three && two < 0) || (one > three && two > 0);
  return leadsAway ? undefined : { start: one, step: two, end: three };
}

/** As strtol(3) with base 0: decimal, 0x hexadecimal, 0 octal. A missing number is 0, as in keepalived. */
function readInteger(text: string): number | undefined {
  const match = /^([+-]?)(?:0x([0-9a-f]+)|0([0-7]*)|([1-9]\d*))$/i.exec(text);
  if (!match) return text === '' ? 0 : undefined;
  const [, sign, hexadecimal, octal, decimal] = match;
  const size =
    hexadecimal !== undefined
      ? parseInt(hexadecimal, 16)
      : decimal !== undefined
        ? Number(decimal)
        : parseInt(octal ?? '', 8) || 0;
  return sign === '-' ? -size : size;
}
