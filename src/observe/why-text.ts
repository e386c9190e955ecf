import { minus, type Micros } from '../base/units.js';
import { type ToldTransition } from './chronicle.js';
import { type ClockPair, type WhyDocument, type WhyInstance } from './why.js';

/** A time of the monotonic clock, moved to the wall clock. @returns microseconds since 1970. */
export const onTheWall = (at: Micros, { monotonic, wall }: ClockPair): number => wall - (monotonic - at);

/** How far back the telling goes: all that is remembered, or the latest transition of each instance. */
export type Depth = 'all' | 'latest';

/** Why instances are what they are, in sentences. */
export function renderWhy({ clock, instances }: WhyDocument, depth: Depth): string {
  const time = (at: Micros): string => timeText(onTheWall(at, clock), clock.wall);
  return instances.map((instance) => instanceText(instance, depth, time)).join('\n');
}

function instanceText(instance: WhyInstance, depth: Depth, time: (at: Micros) => string): string {
  const { name, state, effectivePriority, configuredPriority, faults } = instance;
  const transitions = depth === 'all' ? instance.transitions : instance.transitions.slice(-1);
  const configured = effectivePriority === configuredPriority ? '' : ` (configured ${configuredPriority})`;
  const held = faults.length === 0 ? '' : `; what holds it there: ${faults.join(', ')}`;
  return [
    ...transitions.flatMap((transition) => transitionLines(name, transition, time)),
    `${name} is ${state} now, with priority ${effectivePriority}${configured}${held}.\n`,
  ].join('');
}

function transitionLines(
  name: string,
  transition: ToldTransition,
  time: (at: Micros) => string,
): readonly string[] {
  const { from, to, at, cause, late } = transition;
  const sentences = [
    cause.text,
    ...lastAdvertText(transition, time),
    ...(late === undefined ? [] : [lateText(late)]),
  ];
  return [
    `${time(at)} ${name} became ${to}, from ${from}: ${sentences.join('; ')}.\n`,
    ...circumstanceLines(name, transition, time),
  ];
}

/** Nothing where the cause itself came with that advert. */
function lastAdvertText(
  { lastAdvert, trigger }: ToldTransition,
  time: (at: Micros) => string,
): readonly string[] {
  if (!lastAdvert || trigger === 'AdvertReceived') return [];
  const { at, source, priority } = lastAdvert;
  const resigned = priority === 0 ? ' (it resigned)' : '';
  return [`the last advert came from ${source} at ${time(at)} with priority ${priority}${resigned}`];
}

/** What is later than this is worth more than a number. */
const LATE_US = 2000;

function lateText(late: Micros): string {
  const text = `our deadline was met ${late / 1000} ms late`;
  return late < LATE_US ? text : `${text}, because this host was busy or stood still`;
}

function circumstanceLines(
  name: string,
  { circumstances, at }: ToldTransition,
  time: (at: Micros) => string,
): readonly string[] {
  if (circumstances.length === 0) return [];
  return [
    `    what had happened until then:\n`,
    ...circumstances.map((each) => {
      const before = each.at === at ? '' : `, ${gapText(minus(at, each.at))} before`;
      const text = each.text.startsWith(`(${name}) `) ? each.text.slice(name.length + 3) : each.text;
      const again = each.times === 1 ? '' : ` (${each.times} times; this was the last)`;
      return `    ${time(each.at)} ${text}${again}${before}\n`;
    }),
  ];
}

const gapText = (gap: Micros): string =>
  gap < 1_000_000 ? `${(gap / 1000).toFixed(1)} ms` : `${(gap / 1_000_000).toFixed(3)} s`;

/** `14:03:07.123` in local time, with the date if that is not today's. @param now microseconds since 1970 */
export function timeText(wall: number, now: number): string {
  const date = new Date(wall / 1000);
  const day = dayText(date);
  const clock = [date.getHours(), date.getMinutes(), date.getSeconds()].map(two).join(':');
  const text = `${clock}.${String(date.getMilliseconds()).padStart(3, '0')}`;
  return day === dayText(new Date(now / 1000)) ? text : `${day} ${text}`;
}

const dayText = (date: Date): string =>
  `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;

const two = (number: number): string => String(number).padStart(2, '0');
