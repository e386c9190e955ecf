// Checks against servers that misbehave: what they come to, and what is said of it, beside keepalived's.
import { resolve } from 'node:path';
import { requires } from '../requires.js';
import { cases, portOf } from './checkers-cast.js';
import { readTales, verdictsOf, type Tale } from './checkers-tale.js';
import { runInLab } from './lab.js';

const inLab = requires({ lab: true, keepalived: true });
// Two daemons, each through forty servers, on a machine that may have other things to do.
const timeoutMs = 1_200_000;

const keepalived = process.env['UNDERSTUDY_TEST_KEEPALIVED'] ?? 'keepalived';
const understudy = `${process.execPath} ${resolve('dist/cli/main.js')}`;

/** keepalived overlooks at the start that this file takes its server out (docs/deviations.md). */
const REVERSED = 'a file that must say yes';
const INDEX_OF_REVERSED = cases.findIndex(({ name }) => name === REVERSED);

/** Both daemons' tales, of one boot. */
async function told(): Promise<readonly [Tale, Tale]> {
  const run = await runInLab(
    `bash test/lab/checkers-story.sh keepalived ${keepalived} -- understudy ${understudy} 2>&1`,
    { timeoutMs, memoryMb: 1024 },
  );
  const tales = readTales(run.output);
  const [theirs, ours] = [tales.get('keepalived'), tales.get('understudy')];
  if (!theirs || !ours || run.status !== 0)
    throw new Error(
      `the story ended early, status ${run.status}\n${run.output.slice(-5000)}\n${run.complaints}`,
    );
  return [theirs, ours];
}

describe('checkers', () => {
  inLab(
    'come to what keepalived comes to, tell it in its words, and leave nothing behind',
    async () => {
      const [theirs, ours] = await told();
      const named = (tale: Tale) =>
        Object.fromEntries(cases.map(({ name }, index) => [name, verdictsOf(tale, portOf(index))]));
      const but = (verdicts: Readonly<Record<string, readonly string[]>>) => ({
        ...verdicts,
        [REVERSED]: [],
      });
      expect(but(named(ours))).toEqual(but(named(theirs)));
      const reversed = named(ours)[REVERSED];
      expect(reversed?.map((line) => line.split(' ')[0])).toEqual(['Adding', 'Removing']);
      const callsBut = ({ calls }: Tale) => calls.filter((line) => !line.startsWith(`${INDEX_OF_REVERSED} `));
      expect(callsBut(ours)).toEqual(callsBut(theirs));
      expect(ours.table).toEqual(theirs.table);
      expect([ours.range, ours.left]).toEqual(['1\t0', []]);
      expect([...theirs.complaints, ...ours.complaints]).toEqual([]);
    },
    timeoutMs,
  );
});
