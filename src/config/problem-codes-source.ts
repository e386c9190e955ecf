import { type ProblemCode } from './problem-codes.js';

/** Codes of the way from bytes to the tree. */
export const sourceProblemCodes: readonly ProblemCode[] = [
  {
    code: 'unclosed-block',
    title: "a block's closing brace is missing",
    explanation:
      'The file ends inside a block. keepalived reports the number of missing braces without their place; what stands after the unclosed block was read as part of it.',
    example: 'vrrp_instance VI_1 {\n    state MASTER',
    exit: 5,
  },
];
