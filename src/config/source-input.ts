import { copiedLine, type MappedLine, type Reference } from './expand-line.js';
import { type IncludeLine } from './keepalived-parser.js';
import { type Problem, problemError, problemWarning } from './problem.js';
import { decodeSource, type DecodedSource, MAX_LINE_BYTES, notText } from './source-decode.js';
import { glob, type GlobResult } from './source-glob.js';
import { directoryOf, joinPath, type SourceHost } from './source-host.js';
import { NO_ORIGIN } from './source-origin.js';
import { type SourceText } from './source-text.js';
import { type Trace } from './tree-span.js';

/** Largest file that is read. */
export const MAX_FILE_BYTES = 256 * 1024 * 1024;

/** The main file's number; other files have lower ones. Definitions have theirs from 1 on, -1 is none. */
const MAIN_FILE = 0;

/** Lines are handed on in pieces of about this many characters. */
const RUN_LENGTH = 16 * 1024;

/** What a line must hold to need more than splitting into words. */
const DIRECTIVE = /[$@~\\]|include|random_seed/g;

/** What makes an include that finds nothing an error. */
export interface IncludeChecks {
  readonly read: boolean;
  readonly match: boolean;
  readonly wildcard: boolean;
  readonly brace: boolean;
}

export const NO_CHECKS: IncludeChecks = { read: false, match: false, wildcard: false, brace: false };
export const ALL_CHECKS: IncludeChecks = { read: true, match: true, wildcard: true, brace: true };

/** What the letter of an include directive checks. */
export const INCLUDE_CHECKS: Readonly<Record<IncludeLine['checks'], IncludeChecks>> = {
  '': NO_CHECKS,
  r: { ...NO_CHECKS, read: true },
  m: { ...NO_CHECKS, read: true, match: true },
  w: { ...ALL_CHECKS, brace: false },
  b: { ...NO_CHECKS, read: true, brace: true },
  a: ALL_CHECKS,
};

/** Lines without directives, to be split as they are; or one with them, or one that was asked for. */
export type Input =
  | { readonly kind: 'run'; readonly text: string; readonly place: number; readonly via: number }
  | { readonly kind: 'line'; readonly line: MappedLine };

/** The files of one include, one after another. */
interface OpenInclude {
  readonly paths: readonly string[];
  readonly checks: IncludeChecks;
  readonly reference: Reference | undefined;
  nextPath: number;
  file: OpenFile | undefined;
}

interface OpenFile {
  readonly source: SourceText;
  readonly via: number;
  at: number;
  /** Offset of the next directive, or the length of the text. */
  directive: number;
  /** What held before the file, and holds again after it. */
  readonly outer: { readonly directory: string; readonly shown: string; readonly checks: IncludeChecks };
}

/** The stack of files that are being read. An include goes on top: it is read first. */
export class SourceInput {
  /** include_check as it stands at this point. */
  checks: IncludeChecks = NO_CHECKS;
  readonly #host: SourceHost;
  readonly #trace: Trace;
  readonly #report: (problem: Problem) => void;
  readonly #stack: OpenInclude[] = [];
  #directory: string;
  /** The directory as the reader of a message knows it. */
  #shown = '';
  #bytes = 0;
  /** Numbers for files, by canonical path: what their lines' origins are told apart by. */
  readonly #identities = new Map<string, number>();

  constructor(host: SourceHost, trace: Trace, report: (problem: Problem) => void) {
    this.#host = host;
    this.#trace = trace;
    this.#report = report;
    this.#directory = host.workingDirectory;
  }

  /** Canonical directory of the file being read. */
  get directory(): string {
    return this.#directory;
  }

  /** Opens what a pattern stands for. @param reference where it is written; undefined for the main file */
  open(pattern: string, checks: IncludeChecks, reference?: Reference): void {
    const found = glob(this.#host, this.#directory, pattern);
    if (!this.#checkGlob(pattern, found, checks, reference)) return;
    const include = { paths: found.paths, checks, reference, nextPath: 0, file: undefined };
    this.#stack.push(include);
    if (!this.#openNextFile(include)) this.#stack.pop();
  }

  /** The next lines; undefined at the end. @param single one line only, whatever it holds */
  next(single: boolean): Input | undefined {
    for (let include = this.#stack.at(-1); include; include = this.#stack.at(-1)) {
      const { file } = include;
      if (file && file.at < file.source.text.length) return readFrom(file, single);
      if (file) this.#leave(file);
      if (!this.#openNextFile(include)) this.#stack.pop();
    }
    return undefined;
  }

  #leave({ outer }: OpenFile): void {
    this.#directory = outer.directory;
    this.#shown = outer.shown;
    this.checks = outer.checks;
  }

  #openNextFile(include: OpenInclude): boolean {
    include.file = undefined;
    for (
      let path = include.paths[include.nextPath];
      path !== undefined;
      path = include.paths[include.nextPath]
    ) {
      include.nextPath += 1;
      include.file = this.#openFile(path, include);
      if (include.file) return true;
    }
    return false;
  }

  #openFile(path: string, include: OpenInclude): OpenFile | undefined {
    const full = joinPath(this.#directory, path);
    const shown = this.#shown === '' ? path : joinPath(this.#shown, path);
    const status = this.#host.status(full);
    if (status?.kind !== 'file' || status.executable) {
      const what = status?.kind === 'directory' ? 'a directory' : 'not a regular non-executable file';
      this.#complain('read', `'${shown}' is ${what} and is not read`, include);
      return undefined;
    }
    const canonical = this.#host.canonical(full) ?? full;
    if (this.#isCycle(canonical, shown, include)) return undefined;
    const read = this.#host.readFile(full, Math.max(0, MAX_FILE_BYTES - this.#bytes));
    if (!read.ok) {
      this.#complain('read', `'${shown}' cannot be read: ${read.error.text}`, include);
      return undefined;
    }
    this.#bytes += read.value.length;
    const text = this.#decode(shown, read.value, include);
    return text === undefined ? undefined : this.#enter(path, shown, canonical, text, include);
  }

  #enter(
    path: string,
    shown: string,
    canonical: string,
    decoded: DecodedSource,
    include: OpenInclude,
  ): OpenFile {
    const source = this.#trace.sources.add(shown, decoded.text);
    const { reference } = include;
    const identity = this.#identities.get(canonical) ?? (reference ? -2 - this.#identities.size : MAIN_FILE);
    this.#identities.set(canonical, identity);
    const via = reference ? this.#trace.origins.add('include', shown, reference, identity) : NO_ORIGIN;
    this.#reportDecoding(source, decoded, via);
    const outer = { directory: this.#directory, shown: this.#shown, checks: this.checks };
    if (path.includes('/')) {
      this.#directory = directoryOf(canonical);
      this.#shown = directoryOf(shown);
    }
    return { source, via, at: 0, directive: findDirective(decoded.text, 0), outer };
  }

  #decode(shown: string, bytes: Uint8Array, include: OpenInclude): DecodedSource | undefined {
    const what = notText(bytes);
    if (what === undefined) return decodeSource(bytes);
    this.#report(problemError('binary-file', `'${shown}' is ${what}, not text`, this.#spanOf(include)));
    return undefined;
  }

  #reportDecoding(source: SourceText, { byteOrderMark, blanked }: DecodedSource, via: number): void {
    if (byteOrderMark) {
      const text =
        'the file starts with a byte order mark, which keepalived takes for a part of the first word';
      this.#report(
        problemWarning('byte-order-mark', text, this.#trace.span({ place: source.base, width: 1, via })),
      );
    }
    const [first, ...more] = blanked.filter(({ reason }) => reason === 'nul');
    for (const line of blanked) {
      if (line.reason === 'nul' && line !== first) continue;
      const others = line === first && more.length > 0 ? `, as are ${more.length} more` : '';
      const text =
        line.reason === 'nul'
          ? `the line holds NUL bytes and is ignored${others}`
          : `the line has ${line.bytes} bytes and is ignored: keepalived reads ${MAX_LINE_BYTES}`;
      const span = this.#trace.span({ place: source.base + line.offset, width: 1, via });
      this.#report(problemError(line.reason === 'nul' ? 'nul-bytes' : 'line-too-long', text, span));
    }
  }

  /** True if the directive itself was brought in by the file that it wants, which would go on for ever. */
  #isCycle(canonical: string, shown: string, include: OpenInclude): boolean {
    const { reference } = include;
    const identity = this.#identities.get(canonical);
    if (!reference || identity === undefined) return false;
    const { origins } = this.#trace;
    if (identity !== MAIN_FILE && !origins.cameFrom(reference.via, identity)) return false;
    const outer = origins.chain(reference.via).filter(({ kind }) => kind === 'include');
    const names = [shown, ...outer.map(({ name }) => name), ...outer.slice(-1).map(({ file }) => file)];
    const path = names.length > 1 ? names : [shown, shown];
    const text = `the file includes itself: ${path.reverse().join(' -> ')}`;
    this.#report(problemError('include-cycle', text, this.#spanOf(include)));
    return true;
  }

  #checkGlob(
    pattern: string,
    found: GlobResult,
    checks: IncludeChecks,
    reference: Reference | undefined,
  ): boolean {
    const include = { checks, reference };
    if (found.paths.length === 0) {
      const check = found.missing.length === 0 ? 'wildcard' : found.hasBraces ? 'brace' : 'match';
      this.#complain(check, `no file matches '${pattern}'`, include);
      return false;
    }
    if (found.missing.length === 0) return true;
    this.#complain('brace', `'${pattern}' finds no ${found.missing.join(' and no ')}`, include);
    return !this.#isChecked('brace', checks);
  }

  #isChecked(check: keyof IncludeChecks, own: IncludeChecks): boolean {
    return this.checks[check] || own[check];
  }

  /** A problem with a file: an error if it was asked for, or with the main file. */
  #complain(
    check: keyof IncludeChecks,
    text: string,
    include: Pick<OpenInclude, 'checks' | 'reference'>,
  ): void {
    const span = this.#spanOf(include);
    if (!span) this.#report(problemError('no-configuration', text));
    else if (this.#isChecked(check, include.checks)) this.#report(problemError('include-failed', text, span));
    else this.#report(problemWarning('include-skipped', text, span));
  }

  #spanOf({ reference }: Pick<OpenInclude, 'reference'>) {
    return reference && this.#trace.span(reference);
  }
}

function readFrom(file: OpenFile, single: boolean): Input {
  const { source, via, at } = file;
  const { text } = source;
  if (file.directive < at) file.directive = findDirective(text, at);
  const lineEnd = endOfLine(text, at);
  if (single || file.directive < lineEnd) {
    file.at = lineEnd + 1;
    return { kind: 'line', line: copiedLine(text.slice(at, lineEnd), source.base + at, via) };
  }
  const limit = Math.min(file.directive, at + RUN_LENGTH);
  const end = limit === text.length ? limit : text.lastIndexOf('\n', limit);
  file.at = end + 1;
  return { kind: 'run', text: text.slice(at, end), place: source.base + at, via };
}

function findDirective(text: string, from: number): number {
  DIRECTIVE.lastIndex = from;
  return DIRECTIVE.exec(text)?.index ?? text.length;
}

function endOfLine(text: string, from: number): number {
  const newline = text.indexOf('\n', from);
  return newline < 0 ? text.length : newline;
}
