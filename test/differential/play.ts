// Plays a scenario with a cast, and leaves a record of it in build/differential.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Implementation } from './daemon.js';
import { judge, type Outcome, type Timing } from './outcome.js';
import { type Scenario } from './scenario.js';
import { Stage } from './stage.js';

/** Which implementation plays the first director, and which plays all others. */
export type Cast = readonly [Implementation, Implementation];

export interface Performance {
  readonly outcome: Outcome;
  readonly timings: readonly Timing[];
}

/** Plays `scenario` once. A failure carries what the daemons logged. */
export async function play(scenario: Scenario, cast: Cast): Promise<Performance> {
  const names = Object.keys(scenario.directors);
  const stage = await Stage.open(
    scenario,
    Object.fromEntries(names.map((name, index) => [name, cast[index === 0 ? 0 : 1]])),
  );
  try {
    await scenario.play(stage);
    const performance = judge(stage, scenario, await stage.finish());
    record(scenario, cast, stage, performance);
    return performance;
  } catch (error) {
    const now = BigInt(Date.now()) * 1_000_000n;
    record(scenario, cast, stage, judge(stage, scenario, now));
    throw new Error(`${String(error)}\n${logs(stage)}`, { cause: error });
  } finally {
    await stage.close();
  }
}

function logs(stage: Stage): string {
  return [...stage.directors.values()]
    .map(({ name, daemon }) => `--- ${name}: ${daemon.implementation}\n${daemon.log}`)
    .join('\n');
}

function record(scenario: Scenario, cast: Cast, stage: Stage, performance: Performance): void {
  const directory = join('build', 'differential', scenario.name.replaceAll(/[^a-z0-9]+/gi, '-'));
  mkdirSync(directory, { recursive: true });
  const start = stage.actions[0]?.at ?? 0n;
  const seconds = (at: bigint) => (Number(at - start) / 1e9).toFixed(3);
  const story = [
    ...stage.actions.map(({ at, what }) => ({ at, text: `*** ${what}` })),
    ...[...stage.directors.keys()].flatMap((name) =>
      stage.notifyCalls(name).map(({ at, args }) => ({ at, text: `${name} notify ${args}` })),
    ),
    ...stage.frames.map((frame) => {
      const { at, source, ...rest } = frame;
      return { at, text: `${stage.owner(frame) ?? source} ${JSON.stringify(rest)}` };
    }),
  ].sort((x, y) => Number(x.at - y.at));
  const text = [
    JSON.stringify(performance, undefined, 2),
    ...story.map(({ at, text: line }) => `${seconds(at)} ${line}`),
    logs(stage),
  ];
  writeFileSync(join(directory, `${cast.join('+')}.log`), `${text.join('\n')}\n`);
}
