import { type Definition, type Definitions } from './expand-definitions.js';
import {
  computedLine,
  LineBuilder,
  lineVia,
  type MappedLine,
  type Reference,
  referenceAt,
  spliceLine,
} from './expand-line.js';
import { nearest } from './nearest.js';
import { type Problem, problemError, problemWarning } from './problem.js';
import { MAX_LINE_BYTES } from './source-decode.js';
import { type Trace } from './tree-span.js';

/** Replacements in one line; keepalived knows no limit, and hangs where this ends. */
const MAX_REPLACEMENTS = 1000;

/** Definitions among which the one that was meant is looked for. */
const MAX_CANDIDATES = 200;

/** `$NAME`, or `${NAME}` perhaps with parameters. */
const REFERENCE = /\$(?:([A-Za-z_][A-Za-z0-9_]*)|\{([A-Za-z_][A-Za-z0-9_]*)([ \t][ \tA-Za-z0-9_]*)?\})/y;

const REPEATED = /^[ \t]*~/;

/** What replacing made of a line. */
export interface Replaced {
  readonly line: MappedLine;
  /** False if no definition was found. */
  readonly changed: boolean;
  /** Definitions whose further lines follow, the outermost first. */
  readonly following: readonly Following[];
}

/** The rest of a multi-line definition. */
export interface Following {
  readonly definition: Definition;
  /** The step that its lines come by. */
  readonly via: number;
}

/** Takes a problem that is made only if it is wanted: a sequence finds the same one a million times. */
export type ReportMade = (code: string, make: () => Problem, place: number) => void;

/** Replaces the references in a line, those in replaced text too, from left to right. */
export class Replacer {
  readonly #trace: Trace;
  readonly #definitions: Definitions;
  readonly #report: ReportMade;

  constructor(trace: Trace, definitions: Definitions, report: ReportMade) {
    this.#trace = trace;
    this.#definitions = definitions;
    this.#report = report;
  }

  replace(line: MappedLine): Replaced {
    const done = new LineBuilder();
    const following: Following[] = [];
    let rest = line;
    let copied = 0;
    let count = 0;
    for (let at = rest.text.indexOf('$'); at >= 0; at = rest.text.indexOf('$', at)) {
      const found = this.#findReference(rest, at);
      if (!found) {
        at += 1;
        continue;
      }
      count += 1;
      if (count > MAX_REPLACEMENTS) return this.#giveUp(rest, found);
      const end = at + found.width;
      const reference = referenceAt(rest, at, found.width);
      const value = this.#value(found, reference);
      const length = done.length + rest.text.length - copied - found.width;
      done.append(rest, copied, at);
      if (!value || !this.#fits(length + value.line.text.length, found, reference)) {
        // Without braces, which would look like a block.
        done.appendComputed(`$${found.definition.name}`, reference);
        copied = at = end;
        continue;
      }
      if (found.definition.isMultiline) following.push({ definition: found.definition, via: value.via });
      if (!value.line.text.includes('$')) {
        done.append(value.line);
        copied = at = end;
      } else {
        // What a value refers to is replaced in turn, even together with the text behind it.
        rest = spliceLine(rest, 0, end, value.line);
        copied = at = 0;
      }
      // As keepalived: text that a sequence repeats is replaced when it is repeated.
      if (REPEATED.test(value.line.text)) break;
    }
    if (count === 0) return { line, changed: false, following };
    done.append(rest, copied);
    return { line: done.build(), changed: true, following };
  }

  #findReference(line: MappedLine, at: number): Found | undefined {
    REFERENCE.lastIndex = at;
    const match = REFERENCE.exec(line.text);
    if (!match) return undefined;
    const [whole, bare, braced, given] = match;
    const width = whole.length;
    const name = bare ?? braced ?? '';
    const definition = this.#definitions.find(name);
    if (!definition) {
      this.#explainUndefined(line, at, width, name);
      return undefined;
    }
    const next = line.text[at + width];
    if (bare !== undefined && next !== undefined && !' \t,)'.includes(next)) {
      this.#explainUnbraced(line, at, width, name);
      return undefined;
    }
    if (definition.isMultiline && next !== undefined) {
      const text = `$${name} has several lines, nothing may follow it`;
      this.#warn('multiline-not-last', text, line, at, width);
      return undefined;
    }
    return this.#withParameters(line, { definition, at, width, parameters: splitParameters(given) });
  }

  #withParameters(line: MappedLine, found: Found): Found | undefined {
    const { parameters, definition, at, width } = found;
    if (takesParameters(definition, parameters)) return found;
    const text = `$${definition.name} does not take these parameters`;
    this.#warn('definition-parameters', text, line, at, width);
    return undefined;
  }

  #value(
    found: Found,
    reference: Reference,
  ): { readonly line: MappedLine; readonly via: number } | undefined {
    const { definition } = found;
    if (definition.builtIn) {
      const value = definition.builtIn.value(found.parameters) ?? '';
      return { line: computedLine(value, reference), via: reference.via };
    }
    const first = definition.lines[0] ?? computedLine('', reference);
    const { origins } = this.#trace;
    if (!definition.isWritten && !first.text.includes('$')) {
      return { line: computedLine(first.text, reference), via: reference.via };
    }
    if (origins.cameFrom(reference.via, definition.identity)) {
      const text = `$${definition.name} is defined by itself: replacing it never ends`;
      const code = 'recursive-definition';
      this.#report(code, () => problemError(code, text, this.#trace.span(reference)), reference.place);
      return undefined;
    }
    const via = origins.add('definition', `$${definition.name}`, reference, definition.identity);
    return { line: lineVia(first, via), via };
  }

  /** False, with a complaint, if the line would grow beyond what keepalived can hold. */
  #fits(length: number, { definition }: Found, reference: Reference): boolean {
    if (length <= MAX_LINE_BYTES) return true;
    const code = 'line-too-long';
    const text = `replacing $${definition.name} makes the line longer than ${MAX_LINE_BYTES} bytes`;
    this.#report(code, () => problemError(code, text, this.#trace.span(reference)), reference.place);
    return false;
  }

  #giveUp(line: MappedLine, { at, width }: Found): Replaced {
    const code = 'expansion-too-large';
    const text = `more than ${MAX_REPLACEMENTS} replacements in one line: it is ignored`;
    const reference = referenceAt(line, at, width);
    this.#report(code, () => problemError(code, text, this.#trace.span(reference)), reference.place);
    return { line: computedLine('', reference), changed: true, following: [] };
  }

  #explainUndefined(line: MappedLine, at: number, width: number, name: string): void {
    if (isInQuotes(line.text, at) || !/^[A-Z_][A-Z0-9_]*$/.test(name)) return;
    this.#warn('undefined-definition', `$${name} is not defined`, line, at, width, () => {
      const { names } = this.#definitions;
      const suggestion = names.length > MAX_CANDIDATES ? undefined : nearest(name, names);
      return suggestion === undefined ? undefined : `$${suggestion}`;
    });
  }

  #explainUnbraced(line: MappedLine, at: number, width: number, name: string): void {
    if (isInQuotes(line.text, at) || line.text[at + width] === '=') return;
    this.#warn(
      'definition-needs-braces',
      `$${name} is not replaced here`,
      line,
      at,
      width,
      () => `\${${name}}`,
    );
  }

  #warn(
    code: string,
    text: string,
    line: MappedLine,
    at: number,
    width: number,
    suggest: () => string | undefined = () => undefined,
  ): void {
    const reference = referenceAt(line, at, width);
    const make = () => {
      const suggestion = suggest();
      return problemWarning(
        code,
        text,
        this.#trace.span(reference),
        suggestion === undefined ? {} : { suggestion },
      );
    };
    this.#report(code, make, reference.place);
  }
}

interface Found {
  readonly definition: Definition;
  readonly at: number;
  readonly width: number;
  readonly parameters: readonly string[];
}

/** Scripts use `$` too; in quotes it is theirs unless a definition says otherwise. */
const isInQuotes = (text: string, at: number): boolean => (text.slice(0, at).split('"').length & 1) === 0;

const splitParameters = (text = ''): readonly string[] =>
  text
    .trim()
    .split(/[ \t]+/)
    .filter(Boolean);

function takesParameters({ builtIn }: Definition, parameters: readonly string[]): boolean {
  if (!builtIn) return parameters.length === 0;
  if (parameters.length < builtIn.minimum || parameters.length > builtIn.maximum) return false;
  return !builtIn.numbersOnly || parameters.every((parameter) => /^\d+$/.test(parameter));
}
