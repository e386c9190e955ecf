import { type Problem, type ProblemNote, type Severity } from './problem.js';
import { type Cell, layOut, printable } from './render-width.js';
import { type Origin, type Span } from './tree.js';

/** Columns of source that are shown; of a longer line, those around the problem. */
const MAX_COLUMNS = 120;
const MARGIN = '    ';

/** How problems are shown. */
export interface RenderOptions {
  /** Colours by ANSI escape sequences. */
  readonly color: boolean;
}

/** Paints text; the plain painter leaves it as it is. */
type Paint = (style: 'error' | 'warning' | 'note' | 'strong' | 'mark', text: string) => string;

const CODES = { error: '1;31', warning: '1;35', note: '1;36', strong: '1', mark: '1;32' };
const plain: Paint = (_style, text) => text;
const colored: Paint = (style, text) => `\u001b[${CODES[style]}m${text}\u001b[0m`;

/**
 * Problems as people read them, in the order given:
 *
 *     keepalived.conf:12:5: error: unknown keyword 'virual_ipaddress' [unknown-keyword]
 *         virual_ipaddress {
 *         ^~~~~~~~~~~~~~~~
 *         did you mean 'virtual_ipaddress'?
 *
 * followed by the expansions and includes that the text came through, and by notes in the same form.
 */
export function renderProblems(
  problems: readonly Problem[],
  options: RenderOptions = { color: false },
): string {
  const paint = options.color ? colored : plain;
  return problems.map((problem) => `${renderProblem(problem, paint).join('\n')}\n`).join('');
}

/** "2 errors, 1 warning"; undefined if there are neither. Notes do not count. */
export function summarizeProblems(problems: readonly Problem[]): string | undefined {
  const parts = (['error', 'warning'] as const).flatMap((severity) => {
    const count = problems.filter((problem) => problem.severity === severity).length;
    return count === 0 ? [] : [`${count} ${severity}${count === 1 ? '' : 's'}`];
  });
  return parts.length === 0 ? undefined : parts.join(', ');
}

/**
 * Problems by file, line and column; files in the order in which they first occur, and what has no place first.
 * Passes report what they find when they find it, but a file is mended from top to bottom.
 */
export function inFileOrder(problems: readonly Problem[]): readonly Problem[] {
  const files = new Map<string, number>();
  for (const { span } of problems) if (span && !files.has(span.file)) files.set(span.file, files.size);
  const key = ({ span }: Problem) =>
    span ? [files.get(span.file) ?? 0, span.line, span.column] : [-1, 0, 0];
  return [...problems].sort((one, other) => compareKeys(key(one), key(other)));
}

function compareKeys(one: readonly number[], other: readonly number[]): number {
  const differing = one.findIndex((value, index) => value !== other[index]);
  return differing < 0 ? 0 : (one[differing] ?? 0) - (other[differing] ?? 0);
}

function renderProblem(problem: Problem, paint: Paint): readonly string[] {
  const { severity, code, text, span, suggestion, notes = [] } = problem;
  const title = `${paint('strong', printable(text))} [${code}]`;
  const lines = [headline(severity, span, title, paint), ...excerpt(span, paint)];
  if (suggestion !== undefined) lines.push(`${MARGIN}did you mean '${printable(suggestion)}'?`);
  lines.push(...(span?.chain ?? []).map((origin) => MARGIN + describeOrigin(origin)));
  return [...lines, ...notes.flatMap((note) => renderNote(note, paint))];
}

function renderNote(note: ProblemNote, paint: Paint): readonly string[] {
  if (!note.span) return [`${MARGIN}${paint('note', 'note:')} ${printable(note.text)}`];
  return [headline('note', note.span, printable(note.text), paint), ...excerpt(note.span, paint)];
}

function headline(severity: Severity, span: Span | undefined, title: string, paint: Paint): string {
  const place = span ? `${paint('strong', `${printable(span.file)}:${span.line}:${span.column}:`)} ` : '';
  return `${place}${paint(severity, `${severity}:`)} ${title}`;
}

/** The source line with a caret below the first character and tildes below the others. */
function excerpt(span: Span | undefined, paint: Paint): readonly string[] {
  if (!span || span.sourceLine.trim() === '') return [];
  const cells = layOut(span.sourceLine);
  const start = span.column - 1;
  const before = cells.filter(({ offset }) => offset < start);
  const marked = cells.filter(({ offset }) => offset >= start && offset < start + span.length);
  const { shown, prefix } = cutAround(cells, before.length);
  const suffix = shown.at(-1) === cells.at(-1) ? '' : '...';
  const left = shown.filter((cell) => before.includes(cell));
  const width = widthOf(shown.filter((cell) => marked.includes(cell)));
  const mark = `^${'~'.repeat(Math.max(0, width - 1))}`;
  return [
    `${MARGIN}${prefix}${shown.map(({ text }) => text).join('')}${suffix}`,
    `${MARGIN}${' '.repeat(prefix.length + widthOf(left))}${paint('mark', mark)}`,
  ];
}

const widthOf = (cells: readonly Cell[]): number => cells.reduce((sum, { width }) => sum + width, 0);

const firstVisible = (cells: readonly Cell[]): Cell | undefined =>
  cells.find(({ text }) => text.trim() !== '');

/** The cells to show: without indentation, unless it is what is wrong, and not more than fit around `index`. */
function cutAround(cells: readonly Cell[], index: number) {
  const visible = cells.findIndex((cell) => cell === firstVisible(cells));
  const first = index < visible ? 0 : visible;
  const distance = (cells[index]?.column ?? 0) - (cells[first]?.column ?? 0);
  const from = distance < (MAX_COLUMNS * 2) / 3 ? first : index - MAX_COLUMNS / 3;
  const start = cells[from]?.column ?? 0;
  const shown = cells.slice(from).filter(({ column, width }) => column + width - start <= MAX_COLUMNS);
  return { shown, prefix: from > first ? '...' : '' };
}

function describeOrigin({ kind, name, file, line, column }: Origin): string {
  const place = `${printable(file)}:${line}:${column}`;
  switch (kind) {
    case 'include':
      return `in ${printable(name)}, included at ${place}`;
    case 'definition':
      return `in ${name}, used at ${place}`;
    case 'sequence':
      return `with ${name} of the ~SEQ at ${place}`;
    case 'list':
      return `with ${printable(name)} of the ~LST at ${place}`;
  }
}
