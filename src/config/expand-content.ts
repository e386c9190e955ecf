import {
  copiedLine,
  type MappedLine,
  type Reference,
  referenceAt,
  sliceLine,
  spliceLine,
} from './expand-line.js';
import { parse } from './keepalived-parser.js';

/** A line without its comment. */
export interface Content {
  /** Without blanks around it; a last backslash stands directly behind the text. */
  readonly line: MappedLine;
  /** The comment, empty if there is none. */
  readonly remark: MappedLine;
  /** A quote that nothing closes, if splitting into words would not find it. */
  readonly unterminated: Reference | undefined;
  /** The first backslash that kept a `#` or `!` from starting a comment. */
  readonly escape: Reference | undefined;
}

/** What a line must have to lose more than blanks; a quote alone, open or closed, changes nothing. */
const NEEDS_CARE = /[!#\\]/;
const EMPTY = copiedLine('', 0, -1);

/** Takes a line's comment off, and the backslashes that kept `#` and `!` from starting one. */
export function contentOf(line: MappedLine): Content {
  const simple = simpleContent(line);
  if (simple) return { line: simple, remark: EMPTY, unterminated: undefined, escape: undefined };
  const { start, end, dropped, continued, unterminated, remark } = parse(line.text, { startRule: 'Content' });
  const trimmed = line.text.slice(start, end).replace(/[ \t]+$/, '');
  let kept = sliceLine(line, start, start + trimmed.length);
  for (const at of dropped.toReversed()) kept = spliceLine(kept, at - start, at - start + 1, EMPTY);
  if (continued) kept = spliceLine(kept, kept.text.length, kept.text.length, sliceLine(line, end, end + 1));
  // An odd number of quotes is found, and better judged, when the text is split into words.
  const isHidden = unterminated !== undefined && kept.text.split('"').length % 2 === 1;
  return {
    line: kept,
    remark: sliceLine(line, remark),
    unterminated: isHidden ? referenceAt(line, unterminated, 1) : undefined,
    escape: dropped[0] === undefined ? undefined : referenceAt(line, dropped[0], 2),
  };
}

/** The content of lines that nothing but blanks and a last backslash has to be taken off; undefined for others. */
function simpleContent(line: MappedLine): MappedLine | undefined {
  const { text } = line;
  const last = text.length - 1;
  if (!NEEDS_CARE.test(text)) return isBlank(text[0]) || isBlank(text[last]) ? trimLine(line) : line;
  if (text[last] !== '\\' || text.indexOf('\\') < last || /[!#"]/.test(text)) return undefined;
  const kept = trimLine(sliceLine(line, 0, last));
  return spliceLine(kept, kept.text.length, kept.text.length, sliceLine(line, last));
}

function trimLine(line: MappedLine): MappedLine {
  let [start, end] = [0, line.text.length];
  while (start < end && isBlank(line.text[start])) start += 1;
  while (end > start && isBlank(line.text[end - 1])) end -= 1;
  return sliceLine(line, start, end);
}

const isBlank = (character: string | undefined): boolean => character === ' ' || character === '\t';
