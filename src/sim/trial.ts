import { plus, type Micros } from '../base/units.js';
import { makeChaos } from './chaos.js';
import { inSeconds } from './effect-text.js';
import { Referee, type Violation } from './referee.js';
import { Simulation } from './simulation.js';
import { Timeline } from './timeline.js';

/** What became of one seed. */
export interface Trial {
  readonly seed: number;
  readonly violations: readonly Violation[];
  /** Faults, state changes and violations, one line each; and how to see them again. */
  readonly story: string;
}

/** Runs the experiment of one seed under the referee's eyes. */
export function runTrial(seed: number): Trial {
  const chaos = makeChaos(seed);
  const timeline = new Timeline();
  const referee = new Referee(chaos.patience);
  const simulation = new Simulation({
    routers: chaos.routers,
    faults: chaos.faults,
    seed,
    quality: chaos.quality,
    onEffect: (router, effect, now) => {
      // Millions of effects pass by; the story tells of these alone.
      if (effect.type === 'StateChanged') timeline.addEffect(router, effect, now);
    },
    onFault: (fault, now) => {
      timeline.addFault(fault, now);
      if (fault.type === 'stall') referee.disturb(plus(now, fault.duration));
      else if (fault.type !== 'forge') referee.disturb(now);
    },
    onInstant: (now, current) => referee.inspect(now, current),
  });
  simulation.startAll();
  simulation.runUntil(chaos.until);
  return {
    seed,
    violations: referee.violations,
    story: tell(seed, timeline, referee.violations, chaos.until),
  };
}

function tell(seed: number, timeline: Timeline, violations: readonly Violation[], until: Micros): string {
  return [
    `seed ${seed}, ${inSeconds(until)}`,
    ...timeline.lines(['fault', 'states']),
    ...violations.map(({ at, text }) => `${inSeconds(at).padStart(12)}  ! ${text}`),
  ].join('\n');
}
