// How long a takeover takes, Understudy and keepalived alternating in one run: kill -9 and stop of the master.
//
//   npm run bench -- failover [--rounds N] [--interval 1|0.1|0.01] [--only keepalived|understudy]
//                                 [--burning] [--settings 'LINE;LINE']
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { type Implementation } from '../test/differential/daemon.js';
import { setFire } from './burners.js';
import { Track, type Course, type Ending, type Round } from './failover-track.js';

const courses: readonly Course[] = [
  { version: 2, interval: 1, rounds: 5 },
  { version: 3, interval: 0.1, rounds: 11 },
  { version: 3, interval: 0.01, rounds: 21 },
];
const endings: readonly Ending[] = ['kill', 'stop'];
const implementations: readonly Implementation[] = ['understudy', 'keepalived'];

function median(values: readonly number[]): number {
  const sorted = values.toSorted((x, y) => x - y);
  const middle = sorted.length >> 1;
  if (sorted.length === 0) return Number.NaN;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

const measures: readonly [string, (round: Round) => number][] = [
  ['first advert', (round) => round.advertMs],
  ['gratuitous ARP', (round) => round.announcementMs],
  ['VIP reachable', (round) => round.reachableMs],
];

/** What the protocol itself takes, in milliseconds, from the master's last word to the backup's first. */
function limitMs({ version, interval }: Course, ending: Ending, priority: number): number {
  const skew = ((256 - priority) / 256) * (version === 2 ? 1 : interval);
  return (ending === 'kill' ? 3 * interval + skew : skew) * 1000;
}

function report(
  course: Course,
  ending: Ending,
  rounds: readonly Round[],
  names: readonly Implementation[],
): void {
  const limit = limitMs(course, ending, Track.backupPriority);
  const what =
    ending === 'kill' ? "kill -9, from the master's last advert" : "stop, from the master's priority 0";
  console.log(
    `\nadvert_int ${course.interval}, VRRPv${course.version}, ${what}: the protocol takes ${limit.toFixed(1)} ms`,
  );
  console.log(`  ${''.padEnd(16)}${names.map((name) => name.padStart(14)).join('')}${'ratio'.padStart(10)}`);
  const row = (
    label: string,
    value: (round: Round) => number,
    pick = (...all: number[]): number => median(all),
  ) => {
    const picked = names.map((name) =>
      pick(...rounds.filter((round) => round.implementation === name).map(value)),
    );
    const ratio = picked.length === 2 ? (picked[0]! / picked[1]!).toFixed(3) : '';
    console.log(
      `  ${label.padEnd(16)}${picked.map((ms) => `${ms.toFixed(2)} ms`.padStart(14)).join('')}${ratio.padStart(10)}`,
    );
  };
  for (const [label, value] of measures) row(label, value);
  row('from the signal', (round) => round.signalToAdvertMs);
  row('beyond the limit', (round) => round.advertMs - limit);
  row('at worst', (round) => round.advertMs - limit, Math.max);
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      rounds: { type: 'string' },
      interval: { type: 'string' },
      only: { type: 'string' },
      burning: { type: 'boolean', default: false },
      settings: { type: 'string', default: '' },
    },
  });
  if (process.geteuid?.() !== 0) throw new Error('bench: making networks needs root');
  const names = implementations.filter((name) => values.only === undefined || values.only === name);
  const directory = mkdtempSync(join(tmpdir(), 'understudy-bench-'));
  const track = await Track.open(directory, values.settings);
  const putOut = values.burning ? setFire() : () => undefined;
  try {
    for (const course of courses) {
      if (values.interval !== undefined && Number(values.interval) !== course.interval) continue;
      const count = values.rounds === undefined ? course.rounds : Number(values.rounds);
      for (const ending of endings) {
        const rounds: Round[] = [];
        for (let number = 1; number <= count; number++) {
          for (const name of names) {
            process.stderr.write(
              `\r${ending} at ${course.interval} s: round ${number}/${count}, ${name}      `,
            );
            rounds.push(await track.race(course, ending, name));
          }
        }
        process.stderr.write('\r\x1b[K');
        report(course, ending, rounds, names);
      }
    }
  } finally {
    putOut();
    await track.close();
    rmSync(directory, { recursive: true, force: true });
  }
}

await main();
