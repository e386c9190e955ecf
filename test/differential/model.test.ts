// What keepalived understands of real files, as it tells itself with -d, beside what we understand of them.
import { corpusIsThere } from '../unit/config/corpus.js';
import { requires } from '../requires.js';
import { bareRuns, compareDumps } from './model-cases.js';
import { dumpedInstances, ourInstances } from './model-facts.js';

const withKeepalived = requires({ root: true, netns: true, keepalived: true });
const timeoutMs = 600_000;

/** Files that keepalived never comes to an end with, and where we differ on purpose: docs/deviations.md says why. */
const otherwise = new Set([
  ...['152', '153', '165', '168'],
  // `\#` outside quotes.
  '190',
  // An instance on an interface that is not there, with a VMAC: keepalived dumps the name of the VMAC alone.
  '196',
]);

describe('instances of real files', () => {
  if (!corpusIsThere) {
    test.skip('are what keepalived dumps (skipped: the corpus is not beside the project)', () => undefined);
    return;
  }
  withKeepalived(
    'names, VRIDs, priorities, VIPs and the rest are what keepalived dumps',
    async () => {
      const { ours, theirs } = await compareDumps({
        process: 'vrrp',
        runs: bareRuns(/\bvrrp_instance\b/, otherwise),
        dumped: dumpedInstances,
        ours: ourInstances,
      });
      expect(ours).toEqual(theirs);
      expect(Object.keys(theirs).length).toBeGreaterThan(100);
    },
    timeoutMs,
  );
});
