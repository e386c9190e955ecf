import { type BodyRegex, type HttpUrl } from '../model-probe.js';
import { splitQuoted } from './command-line.js';
import { type PassContext } from './context.js';
import { type Reading } from './read-arguments.js';
import { readSection, type Section } from './section.js';

/** Reads a url block; undefined (and a problem) if it has no path. */
export function readUrl(context: PassContext, { statement, keyword }: Reading): HttpUrl | undefined {
  let pattern: string | undefined;
  const options: string[] = [];
  const codes: { from: number; to: number }[] = [];
  const section = readSection(context, keyword.path, statement.body ?? [], statement, (reading) => {
    const name = reading.name;
    if (name === 'status_code') codes.push(...readCodes(context, reading));
    if (name === 'regex_options') options.push(...(reading.values[0] as readonly string[]));
    if (name === 'regex') return (pattern = readPattern(context, reading)) !== undefined;
    return name === 'digest' ? isDigest(context, reading) : true;
  });
  const path = section.text('path');
  if (path === undefined) {
    context.error('path-missing', 'this url has no path; it is left out', statement.span);
    return undefined;
  }
  const [digest, virtualHost] = [section.text('digest'), section.text('virtualhost')];
  const tlsCompliant = section.flag('tls_compliant');
  const regex = regexOf(context, section, pattern, options);
  return {
    path,
    ...(virtualHost !== undefined && { virtualHost }),
    ...(digest !== undefined && { digest: digest.toLowerCase() }),
    statusCodes: codes,
    ...(tlsCompliant !== undefined && { tlsCompliant }),
    ...(regex && { regex }),
  };
}

/** The expression is split by shell-like rules of its own: backslashes have to be doubled. */
function readPattern(context: PassContext, { statement }: Reading): string | undefined {
  const split = splitQuoted(statement.text, true);
  if ('words' in split && split.words.length === 2) return split.words[1];
  context.error(
    'invalid-regex',
    'regex takes a single word or quoted text; the line is ignored',
    statement.span,
  );
  return undefined;
}

const regexKeywords = [
  'regex_options',
  'regex_no_match',
  'regex_min_offset',
  'regex_max_offset',
  'regex_stack',
];

function regexOf(
  context: PassContext,
  section: Section,
  pattern: string | undefined,
  options: readonly string[],
): BodyRegex | undefined {
  if (pattern === undefined) {
    const lonely = regexKeywords.find((keyword) => section.has(keyword));
    if (lonely !== undefined)
      context.note('regex-missing', `${lonely} is ignored without regex`, section.spanOf(lonely));
    return undefined;
  }
  const [minOffset, maxOffset] = [section.number('regex_min_offset'), section.number('regex_max_offset')];
  const [start, max] = (section.get('regex_stack')?.values ?? []) as readonly (number | undefined)[];
  const trouble = context.host.regexTrouble({ pattern, options });
  if (trouble !== undefined) {
    const text = `this expression cannot be used: ${trouble}; it is ignored`;
    context.error('unusable-regex', text, section.spanOf('regex'));
    return undefined;
  }
  return {
    pattern,
    options,
    noMatch: section.has('regex_no_match'),
    ...(minOffset !== undefined && { minOffset }),
    ...(maxOffset !== undefined && { maxOffset }),
    ...(start !== undefined && max !== undefined && { stack: { start, max } }),
  };
}

function isDigest(context: PassContext, { statement, values: [value] }: Reading): boolean {
  if (/^[0-9a-f]{32}$/i.test(value as string)) return true;
  context.error(
    'invalid-digest',
    `'${value as string}' is no MD5 digest of 32 hexadecimal digits; it is ignored`,
    statement.span,
  );
  return false;
}

function readCodes(context: PassContext, { statement }: Reading): readonly { from: number; to: number }[] {
  const codes: { from: number; to: number }[] = [];
  for (const { text, span } of statement.words.slice(1)) {
    const match = /^(\d+)(?:-(\d+))?$/.exec(text);
    const [from, to] = [Number(match?.[1]), Number(match?.[2] ?? match?.[1])];
    if (match && from >= 100 && to <= 599 && from <= to) codes.push({ from, to });
    else
      context.error(
        'out-of-range',
        `'${text}' is no status code or range within 100 to 599; it is ignored`,
        span,
      );
  }
  return codes;
}
