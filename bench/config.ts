// How long `-t` takes on large configurations, and how much memory: the whole command, against keepalived in the same run.
//
//   npm run bench -- config [--rounds N] [--limit SECONDS] [--only TEXT]
//
// Both read the same file, alternating, in a network namespace that has the interfaces which the file names. A run
// that takes longer than the limit is cut off and not tried again: keepalived's time grows with the square of the
// real servers of one virtual_server, and of the instances.
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { spawnSync } from 'node:child_process';
import { parseArgs } from 'node:util';
import { type Namespace, Network, run } from '../test/namespaces.js';
import { instances, realServers } from './config-files.js';

interface Course {
  readonly name: string;
  readonly text: () => string;
  /** What the whole command may take, in seconds. */
  readonly aimS?: number;
}

const MAX_MEGABYTES = 500;

const courses: readonly Course[] = [
  { name: '100 real servers', text: () => realServers(100, 'in tens') },
  { name: '1,000 real servers', text: () => realServers(1000, 'in tens') },
  { name: '10,000 real servers', text: () => realServers(10_000, 'in tens'), aimS: 0.4 },
  { name: '50,000 real servers', text: () => realServers(50_000, 'in tens'), aimS: 1.5 },
  { name: '50,000 in one pool', text: () => realServers(50_000, 'in one pool'), aimS: 1.5 },
  { name: '255 instances', text: () => instances(255) },
  { name: '65,024 instances', text: () => instances(65_024) },
];

const commands = {
  understudy: [process.execPath, resolve('dist/cli/main.js')],
  keepalived: ['keepalived'],
} as const;
type Implementation = keyof typeof commands;
const implementations: readonly Implementation[] = ['understudy', 'keepalived'];

/** What one run took. */
interface Usage {
  readonly wallS: number;
  readonly cpuS: number;
  readonly megabytes: number;
  /** Of the command; 124 if it was cut off. */
  readonly exit: number;
}

const CUT_OFF = 124;

/** Runs `-t` inside, to its end or to the limit; time(1) asks the kernel what it used. */
function measure(who: Implementation, host: Namespace, file: string, limitS: number): Usage {
  const report = `${file}.usage`;
  const limited = ['timeout', '--signal=KILL', '--preserve-status', String(limitS)];
  const timed = ['time', '--quiet', '--output', report, '--format', '%e %U %S %M'];
  const command = ['netns', 'exec', host.name, ...timed, ...limited, ...commands[who], '-t', '-f', file];
  const { status, error } = spawnSync('ip', command, { stdio: 'ignore' });
  if (error) throw error;
  const [wallS = 0, user = 0, system = 0, kilobytes = 0] = readFileSync(report, 'utf8')
    .trim()
    .split(' ')
    .map(Number);
  const exit = status === 137 ? CUT_OFF : (status ?? -1);
  return { wallS, cpuS: user + system, megabytes: kilobytes / 1024, exit };
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((x, y) => x - y);
  const middle = sorted.length >> 1;
  if (sorted.length === 0) return Number.NaN;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

/** The medians of several runs. */
const typical = (usages: readonly Usage[]): Usage => ({
  wallS: median(usages.map(({ wallS }) => wallS)),
  cpuS: median(usages.map(({ cpuS }) => cpuS)),
  megabytes: median(usages.map(({ megabytes }) => megabytes)),
  exit: Math.max(...usages.map(({ exit }) => exit)),
});

/** All rounds of one course. */
function race(host: Namespace, file: string, rounds: number, limitS: number): Record<Implementation, Usage> {
  const usages: Record<Implementation, Usage[]> = { understudy: [], keepalived: [] };
  for (let round = 0; round < rounds; round += 1) {
    for (const who of implementations) {
      if (usages[who].at(-1)?.exit === CUT_OFF) continue;
      usages[who].push(measure(who, host, file, limitS));
    }
  }
  return { understudy: typical(usages.understudy), keepalived: typical(usages.keepalived) };
}

function columns({ wallS, cpuS, megabytes, exit }: Usage): string {
  if (exit === CUT_OFF) return `cut off after ${wallS.toFixed(0)} s`.padStart(30);
  const verdict = exit === 0 ? '' : `exit ${exit}`;
  return `${wallS.toFixed(2).padStart(8)} s${cpuS.toFixed(2).padStart(7)} s${megabytes.toFixed(0).padStart(5)} MB ${verdict}`.padEnd(
    30,
  );
}

/** What was aimed at, and whether it was reached. */
function verdictOn({ aimS }: Course, { wallS, megabytes, exit }: Usage): string {
  const reached = exit !== CUT_OFF && wallS <= (aimS ?? Infinity) && megabytes <= MAX_MEGABYTES;
  const aim = [...(aimS === undefined ? [] : [`${aimS} s`]), `${MAX_MEGABYTES} MB`].join(', ');
  return `${reached ? 'within' : 'MISSED'} ${aim}`;
}

/** A host with all interfaces that the instances ask for, bond0.0 to bond7.31. */
function makeHost(network: Network, directory: string): Namespace {
  const host = network.namespace('host');
  const links: string[] = [];
  for (let bond = 0; bond < 8; bond += 1)
    for (let number = 0; number < 32; number += 1) links.push(`link add bond${bond}.${number} type bridge`);
  const batch = join(directory, 'links');
  writeFileSync(batch, `${links.join('\n')}\n`);
  run('ip', '-n', host.name, '-batch', batch);
  return host;
}

const { values: options } = parseArgs({
  options: {
    rounds: { type: 'string', default: '5' },
    limit: { type: 'string', default: '30' },
    only: { type: 'string', default: '' },
  },
});

const directory = mkdtempSync(join(tmpdir(), 'bench-config-'));
const network = new Network();
try {
  const host = makeHost(network, directory);
  // Where the track files of the instances are.
  mkdirSync(join(directory, '679', 'track_files'), { recursive: true });
  console.log(`-t, the whole command; medians of ${options.rounds} rounds; elapsed, CPU, peak memory`);
  console.log(`${''.padEnd(31)}${'Understudy'.padEnd(30)}${'keepalived'.padEnd(30)}ratio`);
  for (const course of courses.filter(({ name }) => name.includes(options.only))) {
    const file = join(directory, 'keepalived.conf');
    writeFileSync(file, course.text());
    const { understudy, keepalived } = race(host, file, Number(options.rounds), Number(options.limit));
    const ratio = (understudy.wallS / keepalived.wallS).toFixed(keepalived.exit === CUT_OFF ? 3 : 2);
    const size = `${(statSync(file).size / 1e6).toFixed(2)} MB`;
    console.log(
      `${course.name.padEnd(20)}${size.padStart(9)}  ${columns(understudy)}${columns(keepalived)}${ratio.padStart(5)}  ${verdictOn(course, understudy)}`,
    );
  }
} finally {
  await network.close();
  rmSync(directory, { recursive: true });
}
