import { type Problem } from '../problem.js';
import { vipsInTwoPlaces, vipsOutsideSubnets } from './addresses.js';
import { slowCheckers, unmarkedServices } from './pools.js';
import { writableScripts } from './scripts.js';
import { type LintSubject } from './subject.js';

export { lintPair } from './pair.js';
export type * from './subject.js';

/** What keepalived takes without a word and an operator would want to hear of. */
export const lintRules: readonly ((subject: LintSubject) => readonly Problem[])[] = [
  vipsInTwoPlaces,
  vipsOutsideSubnets,
  slowCheckers,
  unmarkedServices,
  writableScripts,
];

/** All that the rules have to say of one file. */
export const lint = (subject: LintSubject): readonly Problem[] => lintRules.flatMap((rule) => rule(subject));
