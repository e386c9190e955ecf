/** The parser that the build makes from grammar/keepalived.peggy: one function, with a start rule for each use. */

/** Called for what Lines finds, in order; offsets into the text. */
export interface LineSink {
  word(start: number, end: number): void;
  /** A word in double quotes, the quotes included. */
  quoted(start: number, end: number): void;
  open(at: number): void;
  close(at: number): void;
  /** A double quote that the line does not close; nothing more comes from that line. */
  unmatched(at: number): void;
  /** The mark of a comment that is a setting of Understudy's own; its words follow, to the end of the line. */
  own(at: number): void;
  endOfLine(): void;
}

/** What is left of a line without its comment: see Content in the grammar. */
export interface LineContent {
  readonly start: number;
  /** Blanks before it may still be trimmed. */
  readonly end: number;
  /** Offsets of backslashes that are not part of the text. */
  readonly dropped: readonly number[];
  /** True if a last backslash, not before `end`, continues a definition. */
  readonly continued: boolean;
  /** Where a quote opens that the line does not close. */
  readonly unterminated?: number;
  /** Where the comment starts, or the length of the line. */
  readonly remark: number;
}

export interface ConditionLine {
  readonly not: boolean;
  readonly id: string;
  /** Where the conditional text starts; null if there is none. */
  readonly rest: number | null;
}

export interface DefinitionLine {
  readonly name: string;
  /** Where the value starts. */
  readonly value: number;
}

export interface SequenceLine {
  readonly name: string;
  readonly hexadecimal: boolean;
  /** The parameters, from `start` to `end`. */
  readonly start: number;
  readonly end: number;
  /** Where the repeated text starts. */
  readonly rest: number;
}

export interface ListLine {
  readonly names: readonly string[];
  /** A tuple for each repetition, perhaps shorter than names. */
  readonly values: readonly (readonly string[])[];
  readonly rest: number;
}

export interface IncludeLine {
  /** The letter after `include`, or nothing. */
  readonly checks: '' | 'r' | 'm' | 'w' | 'b' | 'a';
  readonly path: number;
}

export interface ShellWord {
  /** Without quotes, escapes replaced if that was asked for. */
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

export interface ShellLine {
  readonly words: readonly ShellWord[];
  /** The quote or backslash that nothing completes. */
  readonly trouble: { readonly at: number; readonly mark: string } | null;
}

/**
 * Sequence and List return null for what is neither.
 * @throws SyntaxError of Peggy's, only for Condition, Definition and Include: callers look before they parse
 */
export function parse(
  text: string,
  options: { startRule: 'Lines'; sink: LineSink; expanded: boolean },
): undefined;
export function parse(text: string, options: { startRule: 'Content' }): LineContent;
export function parse(text: string, options: { startRule: 'Condition' }): ConditionLine;
export function parse(text: string, options: { startRule: 'Definition' }): DefinitionLine;
export function parse(text: string, options: { startRule: 'Sequence' }): SequenceLine | null;
export function parse(text: string, options: { startRule: 'List' }): ListLine | null;
export function parse(text: string, options: { startRule: 'Include' }): IncludeLine;
export function parse(text: string, options: { startRule: 'ShellWords'; escapes: boolean }): ShellLine;
export class SyntaxError extends Error {}
