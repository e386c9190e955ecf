import { lintProblemCodes } from './problem-codes-lint.js';
import { schemaProblemCodes } from './problem-codes-schema.js';
import { sourceProblemCodes } from './problem-codes-source.js';

/** What is known about an error code: printed by `understudy explain CODE`, collected in docs/errors.md. */
export interface ProblemCode {
  /** Kebab-case, stable over releases. */
  readonly code: string;
  /** A line without a final stop. */
  readonly title: string;
  /** What happened, what keepalived makes of it, what to do. One paragraph. */
  readonly explanation: string;
  /** Lines of a configuration that show it. */
  readonly example: string;
  /**
   * How the exit status of `-t` counts it, as keepalived 2.4.3 does: 0 not at all (log only), 2 stops at once for a
   * missing parameter, 4 keepalived cannot run this, 5 configuration error or warning, 6 script security.
   */
  readonly exit: 0 | 2 | 4 | 5 | 6;
}

/** Every code, in alphabetical order. */
export const problemCodes: readonly ProblemCode[] = [
  ...sourceProblemCodes,
  ...schemaProblemCodes,
  ...lintProblemCodes,
].sort((a, b) => (a.code < b.code ? -1 : 1));

/** The entry of a code; undefined if there is none. */
export const findProblemCode = (code: string): ProblemCode | undefined =>
  problemCodes.find((entry) => entry.code === code);
