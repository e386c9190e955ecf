// Pools and checkers of real files, as keepalived tells them in a guest whose kernel has ip_vs, beside our model's.
import { bareRuns, compareDumps } from '../differential/model-cases.js';
import {
  dumpedCheckers,
  dumpedPools,
  type Model,
  ourCheckers,
  ourPools,
} from '../differential/model-facts.js';
import { requires } from '../requires.js';
import { corpusIsThere } from '../unit/config/corpus.js';
import { runInLab } from './lab.js';

const inLab = requires({ lab: true, keepalived: true });
const timeoutMs = 900_000;

/** Files that keepalived never comes to an end with; and one whose SMTP_CHECK hosts have no timeout in 2.2.7. */
const otherwise = new Set(['152', '153', '165', '168', '035']);

const merge = (first: Model, second: Model): Model => ({ ...first, ...second });

describe('pools and checkers of real files', () => {
  if (!corpusIsThere) {
    test.skip('are what keepalived dumps (skipped: the corpus is not beside the project)', () => undefined);
    return;
  }
  inLab(
    'virtual servers, real servers and checkers are what keepalived dumps',
    async () => {
      const { ours, theirs } = await compareDumps({
        process: 'checkers',
        runs: bareRuns(/\bvirtual_server\b/, otherwise),
        dumped: (lines) => merge(dumpedPools(lines), dumpedCheckers(lines)),
        ours: (configuration) => merge(ourPools(configuration), ourCheckers(configuration)),
        execute: async (command) => (await runInLab(command, { timeoutMs, memoryMb: 1024 })).output,
      });
      expect(ours).toEqual(theirs);
      expect(Object.keys(theirs).length).toBeGreaterThan(40);
    },
    timeoutMs,
  );
});
