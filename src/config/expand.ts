import { makePrng, type Prng } from '../base/prng.js';
import { contentOf, type Content } from './expand-content.js';
import { Definitions } from './expand-definitions.js';
import { lineVia, type MappedLine, referenceAt, sliceLine } from './expand-line.js';
import { ExpandedLines } from './expand-output.js';
import { type Following, Replacer } from './expand-replace.js';
import { type Repetition, startRepetition } from './expand-sequence.js';
import { parse } from './keepalived-parser.js';
import { type Problem, problemError, problemWarning } from './problem.js';
import { type SourceHost } from './source-host.js';
import { applyIncludeCheck } from './source-include-check.js';
import { ALL_CHECKS, INCLUDE_CHECKS, type Input, SourceInput } from './source-input.js';
import { FileChunk } from './tree-chunk.js';
import { type TreeBuilder } from './tree-builder.js';
import { type Trace } from './tree-span.js';

/** What the text may depend on. */
export interface ExpandOptions {
  /** Name that @ID is compared with and that ${_INSTANCE} stands for: -i, or the host's name up to its first dot. */
  readonly instance: string;
  /** Start of ${_RANDOM}; any number. */
  readonly seed: number;
  /** What include_check alone asks for is asked for from the first line on. */
  readonly allIncludes?: boolean;
  /** Lines that definitions and sequences may make in all, MAX_EXPANDED_LINES if absent. */
  readonly maxLines?: number;
}

/** Lines that definitions and sequences may make in all: more than twice the manual's example of 65,024 instances. */
export const MAX_EXPANDED_LINES = 2_000_000;

/** Statements in all: what fits into memory beside everything else. */
const MAX_STATEMENTS = 4_000_000;

/** What a line is, by its first characters. */
const INCLUDE_LINE = /^include[rmwba]?[ \t\v\f\r]/;
const DEFINITION_LINE = /^\$[A-Za-z_][A-Za-z0-9_]*=/;
const REPETITION_LINE = /^~(?:SEQ|LST)/;
const SETTING_LINE = /^(?:include_check|random_seed)\b/;
const OWN_REMARK = /^#understudy[ \t]/;
/** A brace, and behind it what would be a directive at the start of a line. */
const DIRECTIVE_AFTER_BRACE = /[{}][ \t]*(?:@|\$[A-Za-z_][A-Za-z0-9_]*=|~|include)/;

/** Lines of a multi-line definition that are still to come. */
interface Remainder extends Following {
  next: number;
}

/** A definition whose further lines are being collected. */
interface Growing {
  readonly name: string;
  readonly lines: MappedLine[];
}

/**
 * Reads files and turns their lines into statements: conditions, definitions, sequences and includes act here, in
 * the order of the lines, as keepalived's read_line() has it. Lines come from the rest of a line behind a brace,
 * then from sequences, then from multi-line definitions, then from files.
 */
export class Expander {
  readonly #builder: TreeBuilder;
  readonly #trace: Trace;
  readonly #instance: string;
  readonly #maxLines: number;
  readonly #input: SourceInput;
  readonly #definitions: Definitions;
  readonly #replacer: Replacer;
  readonly #output: ExpandedLines;
  #random: Prng;
  #residue: MappedLine | undefined;
  readonly #repetitions: Repetition[] = [];
  /** How many repetitions were at work when the innermost multi-line definition was used: those wait for it. */
  #waiting = 0;
  #remainder: Remainder | undefined;
  readonly #outerRemainders: { readonly remainder: Remainder; readonly waiting: number }[] = [];
  #growing: Growing | undefined;
  /** A comment of ours, once its line is done. */
  #remark: MappedLine | undefined;
  #made = 0;

  constructor(host: SourceHost, builder: TreeBuilder, trace: Trace, options: ExpandOptions) {
    const report = (problem: Problem) => {
      builder.problems.add(problem);
    };
    this.#builder = builder;
    this.#trace = trace;
    this.#instance = options.instance;
    this.#maxLines = options.maxLines ?? MAX_EXPANDED_LINES;
    this.#random = makePrng(options.seed);
    this.#input = new SourceInput(host, trace, report);
    if (options.allIncludes === true) this.#input.checks = ALL_CHECKS;
    this.#output = new ExpandedLines(builder, trace);
    this.#definitions = new Definitions({
      instance: options.instance,
      directory: () => this.#input.directory,
      environment: (name) => host.environment(name),
      random: () => this.#random,
    });
    this.#replacer = new Replacer(trace, this.#definitions, (code, make, place) => {
      builder.problems.addMade(code, make, place);
    });
  }

  /** Reads the main file and all that it leads to. */
  run(path: string): void {
    this.#input.open(path, { ...ALL_CHECKS, brace: false });
    while (this.#step());
    this.#endGrowing();
    this.#output.flush();
  }

  /** Takes one line, or a run of lines without directives. False at the end. */
  #step(): boolean {
    const line = this.#takeMade();
    if (line) {
      this.#takeLine(line);
      return this.#made <= this.#maxLines || this.#giveUp(line);
    }
    this.#emitRemark();
    const input = this.#input.next(this.#growing !== undefined);
    if (input) this.#takeInput(input);
    return input !== undefined && (this.#builder.count <= MAX_STATEMENTS || this.#giveUp());
  }

  #giveUp(line?: MappedLine): false {
    const text = line
      ? `definitions and sequences make more than ${this.#maxLines} lines; the rest is not read`
      : `there are more than ${MAX_STATEMENTS} statements; the rest is not read`;
    const span = line && this.#trace.span(referenceAt(line, 0, line.text.length));
    this.#builder.problems.add(problemError('expansion-too-large', text, span));
    return false;
  }

  /** The next line that is not read from a file. */
  #takeMade(): MappedLine | undefined {
    if (this.#residue) {
      const line = this.#residue;
      this.#residue = undefined;
      return line;
    }
    this.#made += 1;
    while (this.#repetitions.length > this.#waiting) {
      const line = this.#repetitions.at(-1)?.next();
      if (line) return line;
      this.#repetitions.pop();
    }
    return this.#takeRemainder();
  }

  #takeRemainder(): MappedLine | undefined {
    const remainder = this.#remainder;
    if (!remainder) {
      this.#made -= 1;
      return undefined;
    }
    const { definition, via } = remainder;
    const line = definition.lines[remainder.next];
    remainder.next += 1;
    if (remainder.next >= definition.lines.length) {
      // Before its last line is looked at: what that uses must not come back here.
      const outer = this.#outerRemainders.pop();
      this.#remainder = outer?.remainder;
      this.#waiting = outer?.waiting ?? 0;
    }
    return line && lineVia(line, via);
  }

  #takeInput(input: Input): void {
    if (input.kind === 'run') {
      this.#output.flush();
      this.#builder.add(new FileChunk(this.#trace, input.text, input.place, input.via), false);
      return;
    }
    const physical = sliceLine(input.line, 0, /\r*$/.exec(input.line.text)?.index);
    if (physical.text === '') {
      this.#endGrowing();
      return;
    }
    const content = contentOf(physical);
    this.#reportQuote(content);
    this.#reportEscape(content);
    if (OWN_REMARK.test(content.remark.text)) this.#remark = content.remark;
    if (content.line.text !== '' && !this.#takeLine(content.line)) this.#remark = undefined;
  }

  #reportQuote({ unterminated }: Content): void {
    if (!unterminated) return;
    const span = this.#trace.span(unterminated);
    this.#builder.problems.add(problemError('unmatched-quote', 'no " closes this quote', span));
  }

  /** keepalived reads the text twice, and the second time there is no backslash. */
  #reportEscape({ escape }: Content): void {
    if (!escape) return;
    const text = "keepalived's worker processes take this character for the start of a comment";
    this.#builder.problems.add(problemWarning('escaped-comment', text, this.#trace.span(escape)));
  }

  /** Does what the line says. False if it is for another instance. */
  #takeLine(line: MappedLine): boolean {
    if (this.#growing) {
      this.#grow(this.#growing, line);
      return true;
    }
    const conditional = this.#applyCondition(line);
    if (!conditional) return false;
    const { text } = conditional;
    if (DEFINITION_LINE.test(text)) this.#startDefinition(conditional);
    else if (REPETITION_LINE.test(text)) this.#startRepetition(conditional);
    else if (text.includes('$') && !text.startsWith('~')) this.#replaceAndTake(conditional);
    else this.#takeReplaced(conditional);
    return true;
  }

  /** What follows `@ID`, if this is that instance; the whole line if it has no condition. */
  #applyCondition(line: MappedLine): MappedLine | undefined {
    if (!line.text.startsWith('@')) return line;
    const { not, id, rest } = parse(line.text, { startRule: 'Condition' });
    return rest === null || (id === this.#instance) === not ? undefined : sliceLine(line, rest);
  }

  #startDefinition(line: MappedLine): void {
    const { name, value } = parse(line.text, { startRule: 'Definition' });
    const text = sliceLine(line, value);
    if (!text.text.endsWith('\\')) {
      this.#definitions.define(name, [text], false);
      return;
    }
    this.#growing = { name, lines: [] };
    this.#grow(this.#growing, text);
  }

  /** Adds a line to a definition, up to the first that no backslash continues. */
  #grow({ name, lines }: Growing, line: MappedLine): void {
    const isLast = !line.text.endsWith('\\');
    const kept = sliceLine(line, 0, isLast ? undefined : line.text.slice(0, -1).trimEnd().length);
    const isMultiline = lines.length > 0;
    if (kept.text !== '') lines.push(kept);
    if (!isLast) return;
    this.#definitions.define(name, lines, isMultiline);
    this.#growing = undefined;
  }

  /** An empty line, or the end of everything, ends a definition too. */
  #endGrowing(): void {
    if (!this.#growing) return;
    const { name, lines } = this.#growing;
    this.#definitions.define(name, lines, lines.length > 0);
    this.#growing = undefined;
  }

  #startRepetition(line: MappedLine): void {
    const repetition = startRepetition(line, {
      definitions: this.#definitions,
      origins: this.#trace.origins,
      replace: (parameters) => {
        const replaced = this.#replacer.replace(parameters);
        return replaced.following.length === 0 ? replaced.line : undefined;
      },
    });
    if (!('trouble' in repetition)) {
      this.#repetitions.push(repetition);
      return;
    }
    const span = this.#trace.span(referenceAt(line, 0, line.text.length));
    this.#builder.problems.add(problemError('invalid-sequence', repetition.trouble, span));
  }

  #replaceAndTake(line: MappedLine): void {
    const replaced = this.#replacer.replace(line);
    for (const following of replaced.following) this.#follow(following);
    if (!replaced.changed) {
      this.#takeReplaced(line);
      return;
    }
    const content = contentOf(replaced.line);
    this.#reportQuote(content);
    const { text } = content.line;
    if (!text.startsWith('@') && !DEFINITION_LINE.test(text) && !REPETITION_LINE.test(text)) {
      this.#takeReplaced(content.line);
      return;
    }
    this.#warnReplacedDirective(content.line);
    this.#takeLine(content.line);
  }

  /** The manual and keepalived 2.2.7 have it so; 2.4.3 takes the line for a statement. */
  #warnReplacedDirective(line: MappedLine): void {
    const word = /^[^ \t]+/.exec(line.text)?.[0] ?? '';
    const text = `'${word}' comes from a definition: keepalived 2.4 takes it for a keyword`;
    const span = this.#trace.span(referenceAt(line, 0, word.length));
    this.#builder.problems.add(problemWarning('replaced-directive', text, span));
  }

  #follow(following: Following): void {
    if (this.#remainder) this.#outerRemainders.push({ remainder: this.#remainder, waiting: this.#waiting });
    this.#waiting = this.#repetitions.length;
    this.#remainder = { ...following, next: 1 };
  }

  /** A line without anything left to replace: an include, or a part of the configuration itself. */
  #takeReplaced(line: MappedLine): void {
    if (line.text === '') return;
    if (INCLUDE_LINE.test(line.text)) {
      const { checks, path } = parse(line.text, { startRule: 'Include' });
      const pattern = line.text.slice(path);
      this.#output.flush();
      this.#input.open(pattern, INCLUDE_CHECKS[checks], referenceAt(line, path, pattern.length));
      return;
    }
    const cut = DIRECTIVE_AFTER_BRACE.test(line.text) ? splitAtBrace(line.text) : line.text.length;
    this.#output.add(sliceLine(line, 0, cut));
    if (cut < line.text.length) this.#residue = sliceLine(line, cut);
    if (SETTING_LINE.test(line.text)) this.#applySetting();
  }

  /** Statements of global_defs that act on the very next line. */
  #applySetting(): void {
    this.#output.flush();
    const [block, ...others] = this.#builder.path;
    if (block?.keyword.text !== 'global_defs' || others.length > 0) return;
    const setting = block.body?.at(-1);
    if (!setting) return;
    const [keyword, ...parameters] = setting.words.map((word) => word.text);
    if (keyword === 'include_check') this.#input.checks = applyIncludeCheck(this.#input.checks, parameters);
    const seed = Number(parameters[0]);
    if (keyword === 'random_seed' && Number.isInteger(seed)) this.#random = makePrng(seed);
  }

  #emitRemark(): void {
    if (!this.#remark) return;
    const { place, via } = referenceAt(this.#remark, 0, 1);
    this.#output.flush();
    this.#builder.add(new FileChunk(this.#trace, this.#remark.text, place, via), false);
    this.#remark = undefined;
  }
}

/** Where keepalived ends the line: before its first brace outside quotes, or behind one that it starts with. */
function splitAtBrace(text: string): number {
  const leading = /^[{}][ \t]*/.exec(text);
  if (leading) return leading[0].length;
  const before = /^(?:[^{}"]|"[^"]*")*(?=[{}])/.exec(text);
  return before ? before[0].length : text.length;
}
