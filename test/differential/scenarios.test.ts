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
/** A director alone has nobody beside it. */
const castsOf = ({ directors }: Scenario): readonly Cast[] =>
  Object.keys(directors).length === 1 ? casts.slice(0, 1) : casts;
const timeoutMs = 300_000;
const needs = { root: true, netns: true, keepalived: true } as const;

const measures = new Map<Scenario, Promise<Performance>>();

/** Keepalived beside keepalived, played once a scenario. */
function measureOf(scenario: Scenario): Promise<Performance> {
  const known = measures.get(scenario) ?? play(scenario, ['keepalived', 'keepalived']);
  measures.set(scenario, known);
  return known;
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

// All in one block, for jest plays only the tests of one block side by side; they spend their time waiting.
for (const scenario of scenarios) {
  const differential = requires({ ...needs, keepalivedSince: scenario.since });
  differential.concurrent(
    `${scenario.name}: keepalived + keepalived`,
    async () => {
      const { outcome } = await measureOf(scenario);
      if (scenario.masters) expect(outcome.masters).toEqual(scenario.masters);
    },
    timeoutMs,
  );

  for (const cast of castsOf(scenario)) {
    differential.concurrent(
      `${scenario.name}: ${cast.join(' + ')}`,
      async () => {
        const [actual, measure] = await Promise.all([play(scenario, cast), measureOf(scenario)]);
        const deviations = scenario.deviations?.[cast.join(' + ')] ?? {};
        const expected = { ...measure.outcome, ...deviations };
        const fields = scenario.compare && new Set<string>([...scenario.compare, ...Object.keys(deviations)]);
        const compared = (outcome: Outcome) =>
          Object.fromEntries(Object.entries(outcome).filter(([field]) => fields?.has(field) ?? true));
        expect(compared(actual.outcome)).toEqual(compared(expected));
        if (!scenario.compare) expectSimilarTimings(actual, measure);
      },
      timeoutMs,
    );
  }
}
