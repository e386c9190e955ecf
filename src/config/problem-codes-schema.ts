import { type ProblemCode } from './problem-codes.js';

/** Codes of the schema and of the passes behind it. */
export const schemaProblemCodes: readonly ProblemCode[] = [];
