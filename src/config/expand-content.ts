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

/** What a line must have to lose anything; a quote alone, open or closed, changes nothing. */
const NEEDS_CARE = /^[ \t]|[!#\\]|[ \t]$/;
const EMPTY = copiedLine('', 0, -1);

/** Takes a line's comment off, and the backslashes that kept `#` and `!` from starting one. */
export function contentOf(line: MappedLine): Content {
  if (!NEEDS_CARE.test(line.text)) return { line, remark: EMPTY, unterminated: undefined, escape: undefined };
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
