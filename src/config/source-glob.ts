import { joinPath, type SourceHost } from './source-host.js';

/** What glob(3) with GLOB_BRACE and GLOB_MARK finds for an include, and what it looked for in vain. */
export interface GlobResult {
  /** In order: by alternative of the braces, then by name. A directory ends in a slash. */
  readonly paths: readonly string[];
  /** Names without wildcards that do not exist, and directories that wildcards should have looked into. */
  readonly missing: readonly string[];
  readonly hasWildcards: boolean;
  readonly hasBraces: boolean;
}

/** More alternatives than this are not looked up. */
const MAX_ALTERNATIVES = 4096;

const WILDCARD = /(?:^|[^\\])(?:\\\\)*[*?[]/;

/** Files that a pattern stands for, as seen from a directory. */
export function glob(host: SourceHost, directory: string, pattern: string): GlobResult {
  const found: Found = { paths: [], missing: [], hasWildcards: false };
  const alternatives = expandBraces(pattern);
  for (const alternative of alternatives) globOne(host, directory, alternative, found);
  return { ...found, hasBraces: alternatives.length > 1 || alternatives[0] !== pattern };
}

interface Found {
  readonly paths: string[];
  readonly missing: string[];
  hasWildcards: boolean;
}

/** `a{b,{c,d}}` to `ab`, `ac`, `ad`; braces without a comma or a partner stand for themselves, as in csh `{}` does. */
export function expandBraces(pattern: string): readonly string[] {
  const done: string[] = [];
  const waiting = [pattern];
  while (waiting.length > 0 && done.length + waiting.length < MAX_ALTERNATIVES) {
    const next = waiting.pop() ?? '';
    const brace = findBraces(next);
    if (!brace) done.push(next);
    else {
      const [before, after] = [next.slice(0, brace.open), next.slice(brace.close + 1)];
      waiting.push(...brace.options.map((option) => before + option + after).reverse());
    }
  }
  return done;
}

function findBraces(pattern: string) {
  const open = findUnescaped(pattern, '{');
  if (open < 0 || pattern.startsWith('{}', open)) return undefined;
  const options: string[] = [];
  let start = open + 1;
  for (let at = start, depth = 1; at < pattern.length; at += 1) {
    const character = pattern[at];
    if (character === '\\') at += 1;
    else if (character === '{') depth += 1;
    else if (character === ',' && depth === 1) {
      options.push(pattern.slice(start, at));
      start = at + 1;
    } else if (character === '}' && --depth === 0) {
      return { open, close: at, options: [...options, pattern.slice(start, at)] };
    }
  }
  return undefined;
}

function findUnescaped(pattern: string, wanted: string): number {
  for (let at = 0; at < pattern.length; at += 1) {
    if (pattern[at] === '\\') at += 1;
    else if (pattern[at] === wanted) return at;
  }
  return -1;
}

function globOne(host: SourceHost, directory: string, pattern: string, found: Found): void {
  if (!WILDCARD.test(pattern)) {
    const path = pattern.replace(/\\(.)/g, '$1');
    if (host.exists(joinPath(directory, path))) found.paths.push(marked(host, directory, path));
    else found.missing.push(path);
    return;
  }
  found.hasWildcards = true;
  const [first = '', ...rest] = pattern.split(/\/+/);
  const matches = matchParts(
    host,
    directory,
    first === '' ? '/' : '',
    [first, ...rest].filter(Boolean),
    found,
  );
  found.paths.push(...matches.map((path) => marked(host, directory, path)));
}

function matchParts(
  host: SourceHost,
  directory: string,
  prefix: string,
  parts: readonly string[],
  found: Found,
): string[] {
  const [part, ...rest] = parts;
  if (part === undefined) return host.exists(joinPath(directory, prefix)) ? [prefix] : [];
  const below = (name: string) => prefix + name + (rest.length > 0 ? '/' : '');
  if (!WILDCARD.test(part)) {
    return matchParts(host, directory, below(part.replace(/\\(.)/g, '$1')), rest, found);
  }
  const names = host.list(prefix === '' ? directory : joinPath(directory, prefix));
  if (!names) {
    found.missing.push(prefix);
    return [];
  }
  const expression = wildcardExpression(part);
  const fitting = names.filter(
    (name) => (part.startsWith('.') || !name.startsWith('.')) && expression.test(name),
  );
  return fitting.sort(byCharacter).flatMap((name) => matchParts(host, directory, below(name), rest, found));
}

const byCharacter = (one: string, other: string): number => (one < other ? -1 : one > other ? 1 : 0);

const marked = (host: SourceHost, directory: string, path: string): string =>
  !path.endsWith('/') && host.status(joinPath(directory, path))?.kind === 'directory' ? `${path}/` : path;

/** A part of a path with `*`, `?`, `[a-z]`, `[!a-z]` and `\` as a regular expression (fnmatch(3)). */
function wildcardExpression(part: string): RegExp {
  const source = part.replace(
    /\\(.)|\[([!^]?)(\]?[^\]]*)\]|[*?]|[^]/g,
    (whole, escaped: string | undefined, not: string | undefined, set: string | undefined) => {
      if (whole === '*') return '.*';
      if (whole === '?') return '.';
      if (set !== undefined) return `[${not === '' ? '' : '^'}${set.replace(/[\]\\[^]/g, '\\$&')}]`;
      return (escaped ?? whole).replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
    },
  );
  try {
    return new RegExp(`^${source}$`, 's');
  } catch {
    // A range from high to low matches nothing.
    return /(?!)/;
  }
}
