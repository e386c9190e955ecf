import { MICROS_PER_SECOND, type Micros } from '../base/units.js';
import {
  outcomes,
  simulate,
  textOf,
  type NamedRouter,
  type Outcome,
  type Quality,
  type Stretch,
  type TimedFault,
  type TrackedEvent,
} from '../sim/index.js';
import { type VrrpSettings } from '../vrrp/index.js';

/** What is played. */
export interface Play {
  readonly routers: readonly (NamedRouter & { readonly file: string })[];
  readonly faults: readonly TimedFault[];
  readonly seed: number;
  readonly quality: Quality;
  readonly until: Micros;
}

/** What became of it, for programs and for people. */
export interface Played {
  readonly document: unknown;
  readonly text: string;
}

/** Plays it, and tells what became of it. */
export function simulatePair(play: Play): Played {
  const { routers, until } = play;
  const timeline = simulate({
    ...play,
    routers: routers.map(({ name, settings }) => ({ name, settings, tracked: healthy(settings) })),
  });
  const labels = labelsOf(play);
  const found = outcomes(
    timeline,
    (router, instance) => labels.get(`${router} ${instance}`) ?? instance,
    until,
  );
  const alone = loneRouters(labels, routers);
  const events = timeline.entries.filter(({ kind }) => kind === 'fault' || kind === 'states');
  return {
    document: {
      seed: play.seed,
      untilUs: until,
      routers: routers.map(({ name, file }) => ({ name, file })),
      events: events.map((entry) => ({
        atUs: entry.at,
        kind: entry.kind,
        ...('router' in entry && { router: entry.router }),
        text: textOf(entry),
      })),
      virtualRouters: found,
      warnings: alone,
    },
    text: [
      ...alone.map((text) => `Warning: ${text}\n`),
      `${timeline.lines().join('\n')}\n\n`,
      ...found.map((outcome) => outcomeText(outcome)),
      ...(found.length === 0 ? ['Nobody ever became master.\n'] : []),
    ].join(''),
  };
}

/** All that is tracked is well at the start, as on a host that works. */
function healthy({ instances, syncGroups, processes }: VrrpSettings): readonly TrackedEvent[] {
  const owners = [...instances, ...syncGroups];
  const sessions = new Set(owners.flatMap(({ trackBfd }) => trackBfd.map(({ name }) => name)));
  return [
    ...[...sessions].map((name) => ({ type: 'BfdChanged', name, up: true }) as const),
    ...processes.map(
      ({ name, quorum }) => ({ type: 'ProcessesCounted', name, count: quorum, by: 'scan' }) as const,
    ),
  ];
}

/** The virtual router of each instance of each router, by their names; what a reload brings counts, too. */
function labelsOf({ routers, faults }: Play): ReadonlyMap<string, string> {
  const reloads = faults.flatMap(({ fault }) =>
    fault.type === 'reload' ? [{ name: fault.router, settings: fault.settings }] : [],
  );
  return new Map(
    [...routers, ...reloads].flatMap(({ name, settings }) =>
      settings.instances.map((each) => [
        `${name} ${each.name}`,
        `${each.interface} ${each.family === 'inet' ? 'IPv4' : 'IPv6'} VRID ${each.vrid}`,
      ]),
    ),
  );
}

/** A virtual router that only one of several routers has is no pair: a misspelt interface or VRID, most likely. */
function loneRouters(labels: ReadonlyMap<string, string>, routers: Play['routers']): readonly string[] {
  if (routers.length < 2) return [];
  const homes = new Map<string, Set<string>>();
  for (const [key, label] of labels) {
    const [router = ''] = key.split(' ');
    homes.set(label, (homes.get(label) ?? new Set()).add(router));
  }
  return [...homes]
    .filter(([, names]) => names.size === 1)
    .map(
      ([label, names]) =>
        `${label} is on ${[...names].join()} alone: no other router has that interface and VRID`,
    );
}

function outcomeText({ virtualRouter, reigns, gaps, doubles, winners }: Outcome): string {
  const first = reigns[0];
  const winner =
    winners.length === 0
      ? 'nobody is master'
      : `${winners.join(' and ')} ${winners.length === 1 ? 'is' : 'are both'} master`;
  return [
    `${virtualRouter}: at the end ${winner}.\n`,
    ...(first ? [`  the first master was ${first.router}, after ${inMs(first.from)}\n`] : []),
    ...gaps.map((gap) => `  nobody was master for ${stretchText(gap)}\n`),
    ...doubles.map((double) => `  more than one was master for ${stretchText(double)}\n`),
    ...(gaps.length === 0 && first ? ['  from then on there was always a master\n'] : []),
  ].join('');
}

const stretchText = ({ from, until, duration, open }: Stretch): string =>
  `${inMs(duration)}, from ${inSeconds(from)} ${open ? 'to the end' : `to ${inSeconds(until)}`}`;

const inMs = (time: Micros): string => `${(time / 1000).toFixed(1)} ms`;
const inSeconds = (time: Micros): string => `${(time / MICROS_PER_SECOND).toFixed(3)} s`;
