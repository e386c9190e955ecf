import { type Problem, type ProblemNote } from './problem.js';
import { type Span } from './tree.js';

/** Problems as one JSON document for programs: `{"version": 1, "problems": [...]}`. The order is kept. */
export function renderJson(problems: readonly Problem[]): string {
  return `${JSON.stringify({ version: 1, problems: problems.map(jsonProblem) }, undefined, 2)}\n`;
}

const jsonProblem = ({ severity, code, text, span, suggestion, notes = [] }: Problem) => ({
  severity,
  code,
  text,
  ...(span && { location: jsonSpan(span) }),
  ...(suggestion !== undefined && { suggestion }),
  ...(notes.length > 0 && { notes: notes.map(jsonNote) }),
});

const jsonNote = ({ text, span }: ProblemNote) => ({ text, ...(span && { location: jsonSpan(span) }) });

/** Lines and columns count from 1, columns in UTF-16 units; the end is the column behind the last one. */
const jsonSpan = ({ file, line, column, length, sourceLine, chain }: Span) => ({
  file,
  line,
  column,
  endColumn: column + length,
  sourceLine,
  ...(chain.length > 0 && { chain }),
});
