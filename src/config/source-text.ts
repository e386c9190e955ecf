/**
 * The texts that make up a configuration. Every character of every file has one number, its place: the offset in
 * its file plus the file's base. Places are what the expansion carries along with text; line and column are worked
 * out only for the few that are shown.
 */
export class SourceText {
  readonly name: string;
  readonly text: string;
  /** The place of the first character. */
  readonly base: number;
  #lineStarts: readonly number[] | undefined;

  constructor(name: string, text: string, base: number) {
    this.name = name;
    this.text = text;
    this.base = base;
  }

  /** Index of the line that holds the offset, first is 0. */
  lineIndexAt(offset: number): number {
    return lastAtMost(this.lineStarts, offset);
  }

  /** Offset of the first character of a line. */
  lineStart(index: number): number {
    return this.lineStarts[index] ?? this.text.length;
  }

  /** The line without its end. */
  lineText(index: number): string {
    const start = this.lineStart(index);
    const end = this.text.indexOf('\n', start);
    return this.text.slice(start, end < 0 ? this.text.length : end).replace(/\r+$/, '');
  }

  private get lineStarts(): readonly number[] {
    this.#lineStarts ??= findLineStarts(this.text);
    return this.#lineStarts;
  }
}

/** A place in words that people use. */
export interface Location {
  readonly file: string;
  /** First line is 1. */
  readonly line: number;
  /** First column is 1. */
  readonly column: number;
  readonly sourceLine: string;
}

/** All texts of one configuration, by place. */
export class Sources {
  readonly #texts: SourceText[] = [];
  readonly #bases: number[] = [];
  #next = 0;

  /** A file read once more is added once more: only its include directives tell the two apart. */
  add(name: string, text: string): SourceText {
    const source = new SourceText(name, text, this.#next);
    this.#texts.push(source);
    this.#bases.push(source.base);
    // One more than the text has characters, so that its end has a place too.
    this.#next += text.length + 1;
    return source;
  }

  /** @throws RangeError for a place before the first text: there is none. */
  locate(place: number): Location {
    const source = this.#texts[lastAtMost(this.#bases, place)];
    if (!source) throw new RangeError(`no source has place ${place}`);
    const index = source.lineIndexAt(place - source.base);
    const column = place - source.base - source.lineStart(index) + 1;
    return { file: source.name, line: index + 1, column, sourceLine: source.lineText(index) };
  }

  /** True if both places are on one line of one file. */
  onSameLine(one: number, other: number): boolean {
    const source = this.#texts[lastAtMost(this.#bases, one)];
    if (source === undefined || source !== this.#texts[lastAtMost(this.#bases, other)]) return false;
    return source.lineIndexAt(one - source.base) === source.lineIndexAt(other - source.base);
  }
}

/** Index of the last of the ascending numbers that is not above `value`; 0 if all are. */
export function lastAtMost(ascending: readonly number[], value: number): number {
  let low = 0;
  let high = ascending.length;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if ((ascending[middle] ?? Infinity) <= value) low = middle;
    else high = middle;
  }
  return low;
}

function findLineStarts(text: string): readonly number[] {
  const starts = [0];
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
  return starts;
}
