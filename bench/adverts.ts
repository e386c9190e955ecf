// How evenly adverts leave and what they cost, Understudy and keepalived in turn: jitter, drift, CPU, memory, start.
//
//   npm run bench -- adverts [--instances 1,100,255] [--seconds N] [--interval S] [--idle | --burning] [--only NAME]
//   npm run bench -- adverts --start 255,2000           time until every instance is master
import { mkdtempSync, rmSync } from 'node:fs';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { type Implementation } from '../test/differential/daemon.js';
import { Field, type Measured } from './adverts-field.js';

const implementations: readonly Implementation[] = ['understudy', 'keepalived'];

const rows: readonly [label: string, unit: string, (measured: Measured) => number][] = [
  ['interval off by, p50', 'ms', ({ jitterMs }) => quantile(jitterMs, 0.5)],
  ['p99', 'ms', ({ jitterMs }) => quantile(jitterMs, 0.99)],
  ['p99.9', 'ms', ({ jitterMs }) => quantile(jitterMs, 0.999)],
  ['worst', 'ms', ({ jitterMs }) => quantile(jitterMs, 1)],
  ['drift an advert', 'us', ({ driftUs }) => driftUs],
  ['CPU an advert', 'us', ({ cpuSeconds, adverts }) => (cpuSeconds * 1e6) / adverts],
  ['CPU a minute', 's', ({ cpuSeconds, seconds }) => (cpuSeconds * 60) / seconds],
  ['RSS', 'MB', ({ rssKb }) => rssKb / 1024],
  ['PSS', 'MB', ({ pssKb }) => pssKb / 1024],
];

function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((x, y) => x - y);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

function table(title: string, names: readonly Implementation[], lines: readonly [string, number[]][]): void {
  const load = loadavg()[0]!.toFixed(1);
  console.log(`\n${title} (load ${load} on ${cpus().length} CPUs)`);
  console.log(`  ${''.padEnd(24)}${names.map((name) => name.padStart(14)).join('')}${'ratio'.padStart(10)}`);
  for (const [label, values] of lines) {
    const ratio = values.length === 2 ? (values[0]! / values[1]!).toFixed(2) : '';
    const cells = values.map((value) => value.toFixed(3).padStart(14)).join('');
    console.log(`  ${label.padEnd(24)}${cells}${ratio.padStart(10)}`);
  }
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      instances: { type: 'string', default: '1,100,255' },
      seconds: { type: 'string', default: '30' },
      interval: { type: 'string', default: '1' },
      idle: { type: 'boolean', default: false },
      burning: { type: 'boolean', default: false },
      start: { type: 'string' },
      only: { type: 'string' },
      settings: { type: 'string', default: '' },
    },
  });
  if (process.geteuid?.() !== 0) throw new Error('bench: making networks needs root');
  const names = implementations.filter((name) => values.only === undefined || values.only === name);
  const directory = mkdtempSync(join(tmpdir(), 'understudy-bench-'));
  const run = async <Outcome>(
    count: number,
    play: (field: Field) => Promise<Outcome>,
  ): Promise<Outcome[]> => {
    const outcomes: Outcome[] = [];
    for (const name of names) {
      process.stderr.write(`\r${count} instances, ${name}          `);
      const field = await Field.open(directory, name, count, Number(values.interval), values.settings);
      try {
        outcomes.push(await play(field));
      } finally {
        await field.close();
      }
    }
    process.stderr.write('\r\x1b[K');
    return outcomes;
  };
  try {
    for (const count of values.start?.split(',').map(Number) ?? []) {
      const times = await run(count, (field) => field.untilAllMasters());
      table(`${count} instances: from the start`, names, [['last is MASTER, s', times]]);
    }
    if (values.start !== undefined) return;
    for (const count of values.instances.split(',').map(Number)) {
      for (const burning of values.idle === values.burning ? [false, true] : [values.burning]) {
        const measured = await run(count, (field) => field.measure(Number(values.seconds), burning));
        const title = `${count} instances, advert_int ${values.interval}, ${burning ? 'every CPU burning' : 'idle'}`;
        const lines = rows.map(([label, unit, value]): [string, number[]] => [
          `${label}, ${unit}`,
          measured.map(value),
        ]);
        table(title, names, lines);
      }
    }
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

await main();
