import { type ScriptCommand } from '../model.js';

/** A word of a line, or nothing: undefined and false are left out. */
export type Part = string | number | undefined | false;

/** Builds keepalived.conf text, one statement a line, blocks indented by four spaces. */
export class ConfigWriter {
  private readonly lines: string[] = [];
  private indent = '';

  /** The whole text, ending in a newline. */
  get text(): string {
    return this.lines.map((line) => `${line}\n`).join('');
  }

  /** A statement. Words are quoted where they need it. */
  line(...parts: readonly Part[]): void {
    this.lines.push(this.indent + words(parts).join(' '));
  }

  /** A statement if `value` is there: the keyword and the value. */
  value(keyword: string, value: Part): void {
    if (value !== undefined && value !== false) this.line(keyword, value);
  }

  /** A setting of Understudy's own, if `value` is there. */
  ours(keyword: string, value: Part, ...more: readonly Part[]): void {
    if (value !== undefined)
      this.lines.push(`${this.indent}#understudy ${words([keyword, value, ...more]).join(' ')}`);
  }

  /** A keyword alone if it holds. */
  flag(keyword: string, holds: boolean | undefined): void {
    if (holds) this.line(keyword);
  }

  /** A keyword with true or false, where both need saying. */
  choice(keyword: string, value: boolean | undefined): void {
    if (value !== undefined) this.line(keyword, value ? 'on' : 'off');
  }

  /** A command in quotes, who runs it. */
  command(keyword: string, command: ScriptCommand | undefined): void {
    if (!command) return;
    const owner = words([command.user, command.group]).join(' ');
    this.lines.push(
      `${this.indent}${keyword} ${commandText(command.argv)}${owner === '' ? '' : ` ${owner}`}`,
    );
  }

  /** A text that is quoted whether it needs it or not, with backslashes doubled. */
  quoted(keyword: string, text: string): void {
    this.lines.push(`${this.indent}${keyword} "${escapeText(text)}"`);
  }

  /** A block; it is written even if nothing is in it. */
  block(head: readonly Part[], body: () => void): void {
    this.lines.push(`${this.indent}${words(head).join(' ')} {`);
    this.indent += '    ';
    body();
    this.indent = this.indent.slice(4);
    this.lines.push(`${this.indent}}`);
  }

  /** A block of one line an item, left out if there is none. */
  list<T>(head: string, items: readonly T[], parts: (item: T) => readonly Part[]): void {
    if (items.length === 0) return;
    this.block([head], () => {
      for (const item of items) this.line(...parts(item));
    });
  }

  /** An empty line between top-level statements. */
  gap(): void {
    if (this.lines.length > 0 && this.lines.at(-1) !== '') this.lines.push('');
  }
}

const words = (parts: readonly Part[]): readonly string[] =>
  parts.flatMap((part) => (part === undefined || part === false ? [] : [quote(String(part))]));

/** Quotes a word that would not be one without, or be expanded at the head of a line. It cannot hold a double quote. */
const quote = (word: string): string => (/^[^\s{}#!"~@$][^\s{}#!"]*$/.test(word) ? word : `"${word}"`);

/** Seconds of microseconds, without trailing zeros. */
export function inSeconds(micros: number): string {
  return (micros / 1_000_000).toFixed(6).replace(/\.?0+$/, '');
}

/** Milliseconds of microseconds. */
export function inMilliseconds(micros: number): string {
  return (micros / 1000).toFixed(3).replace(/\.?0+$/, '');
}

const escapes: Readonly<Record<string, string>> = {
  '\n': '\\n',
  '\t': '\\t',
  '\r': '\\r',
  '\v': '\\v',
  '\f': '\\f',
};

/** Characters that a shell-like split gives a meaning to get a backslash. */
const escapeText = (text: string): string =>
  text
    .replace(/[\n\t\r\v\f]/g, (character) => escapes[character] ?? '')
    .replace(/(\\(?![ntrvf]))|(["'])/g, '\\$&');

/** A command line: argument by argument, then in quotes as a whole. It is split twice when it is read. */
export function commandText(argv: readonly string[]): string {
  const parts = argv.map((argument) => {
    if (argument === '') return "''";
    return argument.replace(/[\s\\"']/g, (character) => escapes[character] ?? `\\${character}`);
  });
  return `"${parts.join(' ')}"`;
}
