import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { releaseCleanPages } from '../kernel/process.js';

/**
 * Gives back what only a start or a reload has needed: with thousands of real servers that is as much as what is kept.
 * Takes tens of milliseconds then, so it is for processes and moments that nobody waits for.
 */
export function collectGarbage(): void {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  setFlagsFromString('--no-expose-gc');
  collect();
  releaseCleanPages();
}
