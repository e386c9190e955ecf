import { lvsProblemCodes } from './problem-codes-lvs.js';
import { moreProblemCodes } from './problem-codes-more.js';
import { statementProblemCodes } from './problem-codes-statement.js';
import { type ProblemCode } from './problem-codes.js';
import { vrrpProblemCodes } from './problem-codes-vrrp.js';

/** Codes of the schema and of the passes behind it. */
export const schemaProblemCodes: readonly ProblemCode[] = [
  ...statementProblemCodes,
  ...vrrpProblemCodes,
  ...lvsProblemCodes,
  ...moreProblemCodes,
];
