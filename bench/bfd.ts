// How soon a lost BFD neighbour costs a master its place, and what sessions cost, Understudy and keepalived in turn.
//
//   npm run bench -- bfd [--rounds N] [--seconds N] [--only keepalived|understudy]
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { type Implementation } from '../test/differential/daemon.js';
import { BfdTrack, type Cost, type Load, type Loss } from './bfd-track.js';

const implementations: readonly Implementation[] = ['understudy', 'keepalived'];
/** keepalived does not hold a hundred sessions at 10 ms on a busy machine: what costs are compared at must be held by both. */
const LOADS: readonly Load[] = [
  { sessions: 1, intervalMs: 10 },
  { sessions: 10, intervalMs: 50 },
  { sessions: 100, intervalMs: 100 },
];

function quantile(values: readonly number[], part: number): number {
  const sorted = values.toSorted((x, y) => x - y);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? Number.NaN;
}

function row(label: string, values: readonly number[], unit: string): void {
  const ratio = values.length === 2 ? (values[0]! / values[1]!).toFixed(2) : '';
  const cells = values.map((value) => `${value.toFixed(2)} ${unit}`.padStart(14)).join('');
  console.log(`  ${label.padEnd(28)}${cells}${ratio.padStart(8)}`);
}

function reportLosses(losses: readonly Loss[], names: readonly Implementation[]): void {
  console.log(
    '\nneighbour killed, 10 ms x 5: from its last packet to our priority 0 (the protocol takes 50 ms)',
  );
  console.log(`  ${''.padEnd(28)}${names.map((name) => name.padStart(14)).join('')}${'ratio'.padStart(8)}`);
  for (const [label, part] of [
    ['median', 0.5],
    ['90 %', 0.9],
    ['worst', 1],
  ] as const) {
    const of = (name: Implementation) =>
      losses.filter(({ implementation }) => implementation === name).map(({ resignedMs }) => resignedMs);
    row(
      label,
      names.map((name) => quantile(of(name), part)),
      'ms',
    );
  }
}

function reportCosts(costs: readonly Cost[], names: readonly Implementation[]): void {
  console.log('\nthe BFD process, packets both ways');
  console.log(`  ${''.padEnd(28)}${names.map((name) => name.padStart(14)).join('')}${'ratio'.padStart(8)}`);
  for (const load of LOADS) {
    const { sessions, intervalMs } = load;
    const of = (pick: (cost: Cost) => number) =>
      names.map((name) => {
        const cost = costs.find((each) => each.implementation === name && each.load === load);
        return cost ? pick(cost) : Number.NaN;
      });
    const label = `${sessions} x ${intervalMs} ms`;
    row(
      `${label}: CPU`,
      of(({ cpuPercent }) => cpuPercent),
      '%',
    );
    row(
      `${label}: per packet`,
      of(({ perPacketUs }) => perPacketUs),
      'us',
    );
    row(
      `${label}: RSS`,
      of(({ rssMb }) => rssMb),
      'MB',
    );
  }
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: { rounds: { type: 'string' }, seconds: { type: 'string' }, only: { type: 'string' } },
  });
  if (process.geteuid?.() !== 0) throw new Error('bench: making networks needs root');
  const names = implementations.filter((name) => values.only === undefined || values.only === name);
  const directory = mkdtempSync(join(tmpdir(), 'understudy-bench-'));
  const track = await BfdTrack.open(directory, Math.max(...LOADS.map(({ sessions }) => sessions)));
  try {
    const losses: Loss[] = [];
    for (let round = 0; round < Number(values.rounds ?? 20); round += 1) {
      for (const name of names) losses.push(await track.lose(name));
    }
    reportLosses(losses, names);
    const costs: Cost[] = [];
    for (const load of LOADS) {
      for (const name of names) costs.push(await track.run(name, load, Number(values.seconds ?? 10)));
    }
    reportCosts(costs, names);
  } finally {
    await track.close();
    rmSync(directory, { recursive: true, force: true });
  }
}

await main();
