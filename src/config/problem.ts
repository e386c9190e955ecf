import { type Span } from './tree.js';

/** How bad: an error stops a start or a reload, a warning is worth a look, a note explains. */
export type Severity = 'error' | 'warning' | 'note';

/**
 * One thing to tell whoever wrote the file. Every pass reports all its problems; rendering (render.ts) shows
 * them with the source line, a caret and the way by which the text came there.
 */
export interface Problem {
  readonly severity: Severity;
  /** Stable kebab-case name, registered in problem-codes.ts: what `understudy explain CODE` takes. */
  readonly code: string;
  /** One sentence without a final stop, without file and line: "unknown keyword 'virual_ipaddress'". */
  readonly text: string;
  /** Absent only if the problem has no place, such as a file that cannot be read. */
  readonly span?: Span;
  /** What to write instead, without quotes: shown as "did you mean 'virtual_ipaddress'?". */
  readonly suggestion?: string;
  /** Further places or explanations, shown below. */
  readonly notes?: readonly ProblemNote[];
}

/** "first defined here", "keepalived ignores the line", and the like. */
export interface ProblemNote {
  readonly text: string;
  readonly span?: Span;
}

/** Optional parts of a problem. */
export type ProblemDetail = Partial<Pick<Problem, 'suggestion' | 'notes'>>;

/** An error: what was meant cannot be known or done. */
export const problemError = (code: string, text: string, span?: Span, detail?: ProblemDetail): Problem =>
  problem('error', code, text, span, detail);

/** A warning: it works, but perhaps not as meant. */
export const problemWarning = (code: string, text: string, span?: Span, detail?: ProblemDetail): Problem =>
  problem('warning', code, text, span, detail);

/** A note: nothing is wrong. */
export const problemNote = (code: string, text: string, span?: Span, detail?: ProblemDetail): Problem =>
  problem('note', code, text, span, detail);

function problem(
  severity: Severity,
  code: string,
  text: string,
  span: Span | undefined,
  detail: ProblemDetail = {},
): Problem {
  return span ? { severity, code, text, span, ...detail } : { severity, code, text, ...detail };
}
