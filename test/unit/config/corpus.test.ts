import { type Configuration, loadConfiguration, printConfiguration, problemCodes } from '#config/index.js';
import { type CorpusFile, corpusIsThere, type CorpusRun, readCorpus } from './corpus.js';
import { fakeHost } from './host.js';

/** Files on which we differ from keepalived 2.4.3 on purpose, by number and run; docs/deviations.md has the reasons. */
const deviations: Readonly<Record<string, { readonly exitCode: number; readonly why: string }>> = {
  '152 B': { exitCode: 0, why: 'that keepalived was built without SNMP and calls its keywords unknown' },
  '153 A': { exitCode: 5, why: 'keepalived never ends on a definition that contains itself' },
  '153 B': { exitCode: 5, why: 'keepalived never ends on a definition that contains itself' },
  '165 A': { exitCode: 5, why: 'keepalived never ends on a definition that contains itself' },
  '165 B': { exitCode: 5, why: 'keepalived never ends on a definition that contains itself' },
  '196 B': {
    exitCode: 6,
    why: 'a ~SEQ inside a definition is expanded, so that there are instances whose scripts count',
  },
};

const load = ({ path, machine, instance }: CorpusRun) =>
  loadConfiguration(path, fakeHost(machine), { instance, seed: 1 });

const describeCorpus = corpusIsThere ? describe : describe.skip;
const files: readonly CorpusFile[] = corpusIsThere ? readCorpus() : [];
const runs = files.flatMap(({ name, number, runs: all }) =>
  all.map((run) => [`${name} ${run.run} ${run.instance}`, number, run] as const),
);

describeCorpus(
  'real files, with the verdicts of keepalived 2.4.3 (skipped where the corpus is not beside the project)',
  () => {
    test.each(runs)('%s', (_, number, run) => {
      const { exitCode, problems, configuration } = load(run);
      const expected = deviations[`${number} ${run.run}`]?.exitCode ?? run.exitCode;
      expect({ exitCode, problems: problems.map(({ code, text }) => `${code}: ${text}`) }).toMatchObject({
        exitCode: expected,
      });
      if (exitCode !== 0 && exitCode !== 6)
        expect(problems.some(({ severity }) => severity !== 'note')).toBe(true);
      if (configuration) expect(readAgain(run, configuration)).toEqual(configuration);
    });

    test('every deviation is one', () => {
      for (const [, number, run] of runs) {
        const deviation = deviations[`${number} ${run.run}`];
        if (deviation) expect(run.exitCode).not.toBe(deviation.exitCode);
      }
    });

    test('every problem found in them has a code that is explained', () => {
      const known = new Set(problemCodes.map(({ code }) => code));
      const found = new Set(runs.flatMap(([, , run]) => load(run).problems.map(({ code }) => code)));
      expect([...found].filter((code) => !known.has(code))).toEqual([]);
    });

    test('how many agree', () => {
      const count = new Map<string, { agree: number; all: number }>();
      for (const [, number, { run }] of runs) {
        const one = count.get(run) ?? { agree: 0, all: 0 };
        const agree = one.agree + (deviations[`${number} ${run}`] ? 0 : 1);
        count.set(run, { agree, all: one.all + 1 });
      }
      const text = [...count].map(([run, { agree, all }]) => `run ${run}: ${agree} of ${all}`).join(', ');
      process.stdout.write(`exit status of real files as keepalived 2.4.3: ${text}\n`);
      expect(count.get('B')?.all).toBeGreaterThan(100);
    });
  },
);

/** The model of the normalised text of a model. */
function readAgain(run: CorpusRun, configuration: Configuration): Configuration | undefined {
  const files = { ...run.machine.files, [run.path]: printConfiguration(configuration) };
  return load({ ...run, machine: { ...run.machine, files } }).configuration;
}
