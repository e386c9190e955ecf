// Every scenario with every cast. Keepalived beside keepalived is held to the story that the scenario tells, and is
// the measure for the others.
import { requires } from '../requires.js';
import { type Cast, type Performance, play } from './play.js';
import { type Outcome } from './outcome.js';
import { type Scenario } from './scenario.js';
import { scenarios } from './scenarios/index.js';

const casts: readonly Cast[] = [
  ['understudy', 'understudy'],
  ['understudy', 'keepalived'],
  ['keepalived', 'understudy'],
];
const timeoutMs = 300_000;
const differential = requires({ root: true, netns: true, keepalived: true });

const measures = new Map<string, Promise<Performance>>();

/** Keepalived beside keepalived, played once a scenario and attempt. */
function measureOf(scenario: Scenario, attempt: number): Promise<Performance> {
  const key = `${attempt} ${scenario.name}`;
  const known = measures.get(key) ?? play(scenario, ['keepalived', 'keepalived']);
  measures.set(key, known);
  return known;
}

/**
 * A machine that stands still for longer than a master may be silent makes another master, and rightly so. What fails
 * is therefore played again, keepalived's part too, and has failed when it fails again; it is said when that happens.
 */
async function inTwoAttempts(name: string, attempt: (number: number) => Promise<void>): Promise<void> {
  try {
    await attempt(1);
  } catch (error) {
    process.stderr.write(`  played again: ${name}\n`);
    await attempt(2).catch((again: unknown) => {
      throw new Error(`${String(again)}\n\nand at the first attempt:\n${String(error)}`, { cause: again });
    });
  }
}

/**
 * Half as much again and a second: enough for a busy machine, too little for a delay that was not kept. A process may
 * take longer to start than another; what counts begins when it has arrived.
 */
function expectSimilarTimings(actual: Performance, measure: Performance): void {
  const late = actual.timings.flatMap(({ what, seconds }, index) => {
    const expected = measure.timings[index]!.seconds;
    const tolerance = expected * 0.5 + (what.includes('"start ') ? 6 : 1);
    return Math.abs(seconds - expected) <= tolerance ? [] : [{ what, seconds, expected }];
  });
  expect(late).toEqual([]);
}

async function compare(scenario: Scenario, cast: Cast, attempt: number): Promise<void> {
  const [actual, measure] = await Promise.all([play(scenario, cast), measureOf(scenario, attempt)]);
  const deviations = scenario.deviations?.[cast.join(' + ')] ?? {};
  const expected = { ...measure.outcome, ...deviations };
  const fields = scenario.compare && new Set<string>([...scenario.compare, ...Object.keys(deviations)]);
  const compared = (outcome: Outcome) =>
    Object.fromEntries(Object.entries(outcome).filter(([field]) => fields?.has(field) ?? true));
  expect(compared(actual.outcome)).toEqual(compared(expected));
  if (!scenario.compare) expectSimilarTimings(actual, measure);
}

// All in one block, for jest plays only the tests of one block side by side; they spend their time waiting.
for (const scenario of scenarios) {
  const measured = `${scenario.name}: keepalived + keepalived`;
  differential.concurrent(
    measured,
    () =>
      inTwoAttempts(measured, async (attempt) => {
        const { outcome } = await measureOf(scenario, attempt);
        if (scenario.masters) expect(outcome.masters).toEqual(scenario.masters);
      }),
    timeoutMs,
  );

  for (const cast of casts) {
    const name = `${scenario.name}: ${cast.join(' + ')}`;
    differential.concurrent(
      name,
      () => inTwoAttempts(name, (attempt) => compare(scenario, cast, attempt)),
      timeoutMs,
    );
  }
}
