// Has keepalived say what it understands of configurations (-d).
import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { type Configuration, loadConfiguration } from '#config/index.js';
import { type CorpusRun, readCorpus } from '../unit/config/corpus.js';
import { fakeHost } from '../unit/config/host.js';
import { type Model } from './model-facts.js';

/** The script that has keepalived dump the cases of a directory. */
const dumpScript = 'test/differential/model-dump.sh';

/** Real files whose text matches, on a machine that has their interfaces, but neither scripts nor users nor hosts. */
export function bareRuns(
  text: RegExp,
  without: ReadonlySet<string> = new Set(),
): ReadonlyMap<string, CorpusRun> {
  const runs = new Map<string, CorpusRun>();
  for (const { number, runs: all } of readCorpus()) {
    const run = all.find((each) => each.run === 'A' && text.test(textOf(each)));
    if (run && !without.has(number)) runs.set(number, run);
  }
  return runs;
}

const textOf = ({ machine }: CorpusRun): string =>
  Object.values(machine.files ?? {})
    .map((file) => (typeof file === 'string' ? file : (file.text ?? '')))
    .join('\n');

/** What is compared. */
export interface Comparison {
  readonly process: 'vrrp' | 'checkers';
  /** By the file's number. */
  readonly runs: ReadonlyMap<string, CorpusRun>;
  readonly dumped: (lines: readonly string[]) => Model;
  readonly ours: (configuration: Configuration) => Model;
  /** Runs the script; as a child process unless told. */
  readonly execute?: (command: string) => Promise<string>;
}

const inChild = async (command: string): Promise<string> =>
  (await promisify(execFile)('bash', ['-c', command], { maxBuffer: 2 ** 28 })).stdout;

/** Both models of every file that keepalived tells the model of, by number. */
export async function compareDumps({ process, runs, dumped, ours, execute = inChild }: Comparison): Promise<{
  ours: Readonly<Record<string, Model>>;
  theirs: Readonly<Record<string, Model>>;
}> {
  const cases = layOutCases(runs);
  try {
    const told = [...splitDumps(await execute(`bash ${dumpScript} ${process} ${cases}`))].filter(
      ([, lines]) => lines.some((line) => line.includes('Topology >')),
    );
    return {
      ours: Object.fromEntries(
        told.map(([number]) => {
          const configuration = load(runs.get(number)!);
          return [number, configuration ? ours(configuration) : {}];
        }),
      ),
      theirs: Object.fromEntries(told.map(([number, lines]) => [number, dumped(lines)])),
    };
  } finally {
    rmSync(cases, { recursive: true });
  }
}

/** Undefined for a file that is refused. */
const load = ({ path, machine, instance }: CorpusRun): Configuration | undefined =>
  loadConfiguration(path, fakeHost(machine), { instance, seed: 1 }).configuration;

/** Lays out runs of the corpus as cases for the script. */
function layOutCases(runs: ReadonlyMap<string, CorpusRun>): string {
  const cases = mkdtempSync(join(tmpdir(), 'understudy-dump-'));
  for (const [number, run] of runs) {
    const files = join(cases, number, 'files');
    mkdirSync(files, { recursive: true });
    for (const [path, file] of Object.entries(run.machine.files ?? {})) {
      if (typeof file === 'string' || file.text === undefined || !path.startsWith('/etc/keepalived/'))
        continue;
      const target = join(files, path.slice('/etc/keepalived/'.length));
      mkdirSync(dirname(target), { recursive: true });
      writeFileSync(target, Buffer.from(file.text, 'latin1'));
    }
    const names = (run.machine.interfaces ?? []).map((each) => (typeof each === 'string' ? each : each.name));
    writeFileSync(join(cases, number, 'links'), names.map((name) => `${name}\n`).join(''));
    writeFileSync(join(cases, number, 'main'), run.path.slice('/etc/keepalived/'.length));
  }
  return cases;
}

/** What keepalived said of each case. */
const splitDumps = (output: string): ReadonlyMap<string, readonly string[]> =>
  new Map(
    output
      .split(/^=== /m)
      .slice(1)
      .map((part) => part.split('\n'))
      .map(([name = '', ...lines]) => [name, lines]),
  );
