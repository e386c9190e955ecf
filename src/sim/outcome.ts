import { micros, minus, type Micros } from '../base/units.js';
import { type Reign, type Timeline } from './timeline.js';

/** What became of one virtual router. */
export interface Outcome {
  /** Interface, family and VRID. */
  readonly virtualRouter: string;
  /** Who was master when, in order of time. */
  readonly reigns: readonly Reign[];
  /** When nobody was, after somebody had been; `until` is absent if nobody came any more. */
  readonly gaps: readonly Stretch[];
  /** When more than one was. */
  readonly doubles: readonly Stretch[];
  /** Who is master at the end. */
  readonly winners: readonly string[];
}

/** A stretch of time. */
export interface Stretch {
  readonly from: Micros;
  readonly until: Micros;
  readonly duration: Micros;
  /** It was still so at the end. */
  readonly open: boolean;
}

/**
 * What became of each virtual router. Names of instances are each router's own: what makes two of them the same
 * virtual router is `virtualRouterOf`.
 * @param end when the simulation ended.
 */
export function outcomes(
  timeline: Timeline,
  virtualRouterOf: (router: string, instance: string) => string,
  end: Micros,
): readonly Outcome[] {
  const byName = new Map<string, Reign[]>();
  for (const reign of timeline.reigns()) {
    const name = virtualRouterOf(reign.router, reign.instance);
    byName.set(name, [...(byName.get(name) ?? []), reign]);
  }
  return [...byName].map(([virtualRouter, reigns]) => ({
    virtualRouter,
    reigns,
    ...stretches(reigns, end),
    winners: reigns.filter(({ until }) => until === undefined).map(({ router }) => router),
  }));
}

/** Counts masters from change to change. */
function stretches(reigns: readonly Reign[], end: Micros): Pick<Outcome, 'gaps' | 'doubles'> {
  const changes = reigns.flatMap(({ from, until }) => [
    { at: from, by: 1 },
    ...(until === undefined ? [] : [{ at: until, by: -1 }]),
  ]);
  // At one instant who comes is counted before who goes: a handover is no gap.
  changes.sort((a, b) => a.at - b.at || b.by - a.by);
  const gaps: Stretch[] = [];
  const doubles: Stretch[] = [];
  let masters = 0;
  changes.forEach(({ at, by }, index) => {
    masters += by;
    const until = changes[index + 1]?.at ?? end;
    if (until === at) return;
    const stretch = { from: at, until, duration: minus(until, at), open: index === changes.length - 1 };
    if (masters === 0) gaps.push(stretch);
    else if (masters > 1) doubles.push(stretch);
  });
  return { gaps: joined(gaps), doubles: joined(doubles) };
}

/** Stretches that follow one another at once are one. */
function joined(list: readonly Stretch[]): readonly Stretch[] {
  const result: Stretch[] = [];
  for (const next of list) {
    const last = result.at(-1);
    if (last?.until !== next.from) result.push(next);
    else {
      result[result.length - 1] = {
        ...next,
        from: last.from,
        duration: micros(last.duration + next.duration),
      };
    }
  }
  return result;
}
