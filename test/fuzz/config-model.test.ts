import fc from 'fast-check';
import {
  type Configuration,
  diffConfigurations,
  type LoadedConfiguration,
  keywords,
  loadConfiguration,
  printConfiguration,
} from '#config/index.js';
import { lint, lintPair, type LintSubject } from '#config/lint/index.js';
import { renderProblems } from '#config/render.js';
import { corpusIsThere, readCorpus } from '../unit/config/corpus.js';
import { fakeHost } from '../unit/config/host.js';

/*
 * Configurations with mistakes such as people make, and worse: real files with lines left out, doubled, exchanged, with
 * words and keywords where they do not belong. Each is read, checked, compared, printed, and what was printed is read
 * again. FUZZ_RUNS sets how many.
 */
const numRuns = Number(process.env['FUZZ_RUNS'] ?? 300);

/** Seconds of processor time for one file: what takes hundredths of one would have to hang for this. */
const MOST_CPU_S = 10;

/** Makes thousands of instances of forty lines; that it does so fast is bench/config's business. */
const LARGE = '196';

const PATH = '/etc/keepalived/keepalived.conf';

/** Files that end in errors on purpose are of as much use here as any other. */
const files = corpusIsThere
  ? readCorpus()
      .filter(({ number }) => number !== LARGE)
      .map(({ runs }) => {
        const file = runs[0]?.machine.files?.[runs[0].path];
        return (typeof file === 'string' ? file : (file?.text ?? '')).split('\n');
      })
  : [];

const words = [...new Set(files.flat().flatMap((line) => line.trim().split(/\s+/)))];
const NUMBERS = [
  '0',
  '-1',
  '1',
  '0.001',
  '253',
  '254',
  '255',
  '256',
  '65535',
  '65536',
  '4294967296',
  '1e9',
  '٣',
];
const PIECES = [
  '{',
  '}',
  '"',
  "'",
  '!',
  '#',
  '@x',
  '~SEQ(A,1,3)',
  '${A}',
  '$A=1',
  '\\',
  '/',
  '::1',
  '10.0.0.0/33',
];

const word = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom('', ...words) },
  { weight: 2, arbitrary: fc.constantFrom(...NUMBERS) },
  { weight: 1, arbitrary: fc.constantFrom(...PIECES) },
);
const line = fc.oneof(
  fc
    .tuple(fc.constantFrom(...keywords), fc.array(word, { maxLength: 3 }))
    .map(([{ path }, rest]) => [path.slice(path.lastIndexOf('/') + 1), ...rest].join(' ')),
  fc.constantFrom(...keywords.flatMap(({ example }) => example ?? [])),
  fc.array(word, { maxLength: 4 }).map((all) => all.join(' ')),
);

/** What is done to a file, at places given as parts of its length. */
type Change = (lines: string[], at: (part: number) => number) => void;

const part = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
const change: fc.Arbitrary<Change> = fc.oneof(
  fc.tuple(part, line).map(
    ([where, text]): Change =>
      (lines, at) =>
        void lines.splice(at(where), 0, text),
  ),
  part.map(
    (where): Change =>
      (lines, at) =>
        void lines.splice(at(where), 1),
  ),
  fc.tuple(part, part, fc.nat(12)).map(
    ([from, to, count]): Change =>
      (lines, at) =>
        void lines.splice(at(to), 0, ...lines.slice(at(from), at(from) + count)),
  ),
  fc.tuple(part, part, word).map(([where, which, text]): Change => (lines, at) => {
    const parts = (lines[at(where)] ?? '').split(' ');
    parts[Math.floor(parts.length * which)] = text;
    lines[at(where)] = parts.join(' ');
  }),
);

const configuration = fc
  .tuple(fc.constantFrom([], ...files), fc.array(change, { maxLength: 12 }))
  .map(([file, changes]) => {
    const lines = [...file];
    for (const each of changes) each(lines, (where) => Math.floor(lines.length * where));
    return lines.join('\n');
  });

/** The fake host has files with one character a byte. */
const inBytes = (text: string): string => Buffer.from(text, 'utf8').toString('latin1');

const load = (text: string): LoadedConfiguration =>
  loadConfiguration(PATH, fakeHost({ files: { [PATH]: text } }), { instance: 'director1', seed: 1 });

const knowsNothing: LintSubject['host'] = {
  subnets: () => undefined,
  marks: () => undefined,
  permissions: () => undefined,
};
const subject = ({ tree }: LoadedConfiguration, model: Configuration): LintSubject => ({
  tree,
  configuration: model,
  host: knowsNothing,
});

const declare = corpusIsThere ? test : test.skip;

declare(
  'a damaged file is understood or refused, soon, and what is understood is printed as it is meant',
  () => {
    let last: LoadedConfiguration | undefined;
    fc.assert(
      fc.property(configuration, (text) => {
        const before = process.cpuUsage();
        const loaded = load(text);
        renderProblems(loaded.problems);
        const { user, system } = process.cpuUsage(before);
        expect((user + system) / 1e6).toBeLessThan(MOST_CPU_S);
        const model = loaded.configuration;
        if (!model) return;
        lint(subject(loaded, model));
        if (last?.configuration) {
          diffConfigurations(last.configuration, model);
          lintPair(subject(last, last.configuration), subject(loaded, model), 'b.conf');
        }
        last = loaded;
        expect(load(inBytes(printConfiguration(model))).configuration).toEqual(model);
      }),
      { numRuns },
    );
  },
  1_000_000,
);
