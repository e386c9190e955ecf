import { micros, MICROS_PER_SECOND, secondsToMicros, type Micros } from '#base/units.js';
import {
  describeEffect,
  Host,
  inSeconds,
  kindOf,
  type EffectKind,
  type HostOptions,
  type ScriptRun,
} from '#sim/index.js';
import { type VrrpEffect } from '#vrrp/index.js';
import { type Case } from './case-file.js';
import { readHappening, type Happening } from './happening.js';

/** An effect that a story tells of. */
interface Expectation {
  readonly at: Micros;
  /** The time as written: what actually happens is compared to as many digits. */
  readonly written: string;
  readonly parts: readonly string[];
}

/** The story's lines, understood. */
interface Plot {
  readonly watched: ReadonlySet<EffectKind>;
  readonly happenings: readonly { readonly at: Micros; readonly happening: Happening }[];
  readonly expected: readonly Expectation[];
  readonly end: Micros;
}

/** What the story says and what was seen, line by line; equal if the case holds. */
export interface Comparison {
  readonly expected: readonly string[];
  readonly actual: readonly string[];
  /** The state changes that were seen, as `BACKUP -> MASTER`. */
  readonly transitions: readonly string[];
}

const alwaysWatched: readonly EffectKind[] = ['states', 'adverts', 'addresses'];

/** Plays a case through the protocol core on a virtual clock. */
export function play(story: Case, onStep?: HostOptions['onStep']): Comparison {
  const plot = readPlot(story);
  const { seen, transitions } = perform(story, plot, onStep);
  return { ...compare(plot.expected, seen), transitions };
}

function readPlot(story: Case): Plot {
  const watched = new Set<EffectKind>(alwaysWatched);
  const happenings: { at: Micros; happening: Happening }[] = [];
  const expected: Expectation[] = [];
  let at = '0s';
  let end: Micros | undefined;
  for (const line of story.story) {
    if (end !== undefined) throw new Error(`"${line}" comes after the end`);
    if (line.startsWith('watch ')) {
      for (const kind of line.slice(6).split(/, */)) watched.add(kind as EffectKind);
      continue;
    }
    const every = /^(\S+)\.\.(\S+) every (\S+)\s+> (.*)$/.exec(line);
    if (every) {
      expected.push(...repeat(every));
      continue;
    }
    const [, time, rest = ''] = /^(?:([\d.]+[mu]?s)\s+)?(.*)$/.exec(line) ?? [];
    if (time !== undefined) {
      if (toMicros(time) < toMicros(at)) throw new Error(`"${line}" goes back in time`);
      at = time;
    }
    if (rest === 'end') end = toMicros(at);
    else if (rest.startsWith('>')) expected.push(...expectation(at, rest.slice(1).trim()));
    else happenings.push({ at: toMicros(at), happening: readHappening(rest, story) });
  }
  if (end === undefined) throw new Error('a story ends with "TIME end"');
  // Stable: what is written first comes first at the same instant.
  return { watched, happenings, end, expected: expected.sort((a, b) => a.at - b.at) };
}

/** Microseconds in each unit that a story may write. */
const units: Readonly<Record<string, number>> = { s: MICROS_PER_SECOND, ms: 1000, us: 1 };

function toMicros(time: string): Micros {
  const match = /^([\d.]+)(s|ms|us)$/.exec(time);
  if (!match) throw new Error(`"${time}" is no time`);
  return micros(Math.round(Number(match[1]) * (units[match[2] ?? ''] ?? 0)));
}

/** `5 x VI announces 192.0.2.100` stands for five such effects. */
function expectation(written: string, text: string): Expectation[] {
  const [, times = '1', what = text] = /^(\d+) x (.*)$/.exec(text) ?? [];
  const one = { at: toMicros(written), written, parts: what.split(/,\s*/) };
  return new Array<Expectation>(Number(times)).fill(one);
}

function repeat([, from = '', to = '', step = '', text = '']: RegExpExecArray): Expectation[] {
  const all: Expectation[] = [];
  const unit = /[a-z]+$/.exec(from)?.[0] ?? '';
  const decimals = decimalsOf(from);
  for (let at = toMicros(from); at <= toMicros(to); at = micros(at + toMicros(step))) {
    all.push(...expectation(`${(at / (units[unit] ?? 1)).toFixed(decimals)}${unit}`, text));
  }
  return all;
}

/** Digits behind the point of a time as written. */
const decimalsOf = (written: string): number => (/\.(\d+)/.exec(written)?.[1] ?? '').length;

interface Seen {
  readonly at: Micros;
  readonly parts: readonly string[];
}

function perform(
  story: Case,
  { happenings, watched, end }: Plot,
  onStep: HostOptions['onStep'],
): { seen: Seen[]; transitions: string[] } {
  const seen: Seen[] = [];
  const transitions: string[] = [];
  const scripts = new Map<string, ScriptRun>();
  const host = new Host({
    settings: story.settings,
    interfaces: story.interfaces,
    runScript: (script) => scripts.get(script) ?? { success: true, duration: micros(0) },
    emit: (effect: VrrpEffect, at) => {
      if (effect.type === 'StateChanged') transitions.push(`${effect.from} -> ${effect.to}`);
      if (watched.has(kindOf(effect))) seen.push({ at, parts: describeEffect(effect) });
    },
    ...(onStep && { onStep }),
  });
  for (const { at, happening } of happenings) {
    runUntil(host, at);
    if (happening.kind === 'start') host.start(at, happening.resume, happening.uptime);
    else if (happening.kind === 'event') host.take(happening.event, at);
    else {
      const duration = secondsToMicros(happening.seconds);
      scripts.set(happening.script, { success: happening.success, duration });
    }
    host.wake(at);
  }
  runUntil(host, end);
  return { seen, transitions };
}

/** What falls due at an instant comes before what the story lets happen then. */
function runUntil(host: Host, end: Micros): void {
  for (let next = host.next(); next !== undefined && next <= end; next = host.next()) host.wake(next);
}

/** A seen effect that is as told is written as the story writes it, so that only differences differ. */
function compare(expected: readonly Expectation[], seen: readonly Seen[]): Omit<Comparison, 'transitions'> {
  const told = expected.map(({ written, parts }) => `${written} > ${parts.join(', ')}`);
  const pairs = align(expected, seen);
  const actual = seen.map((effect, index) => {
    const partner = pairs.get(index);
    return partner === undefined
      ? `${inSeconds(effect.at)} > ${effect.parts.join(', ')}`
      : (told[partner] ?? '');
  });
  return { expected: told, actual };
}

/** The longest common subsequence of both: which expectation each seen effect meets, by index. */
function align(expected: readonly Expectation[], seen: readonly Seen[]): Map<number, number> {
  const width = seen.length + 1;
  const longest = new Array<number>((expected.length + 1) * width).fill(0);
  const lengthAt = (row: number, column: number): number => longest[row * width + column] ?? 0;
  for (let row = expected.length - 1; row >= 0; row -= 1) {
    for (let column = seen.length - 1; column >= 0; column -= 1) {
      longest[row * width + column] = fits(expected[row]!, seen[column]!)
        ? lengthAt(row + 1, column + 1) + 1
        : Math.max(lengthAt(row + 1, column), lengthAt(row, column + 1));
    }
  }
  const pairs = new Map<number, number>();
  for (let row = 0, column = 0; row < expected.length && column < seen.length;) {
    if (fits(expected[row]!, seen[column]!)) pairs.set(column++, row++);
    else if (lengthAt(row + 1, column) >= lengthAt(row, column + 1)) row += 1;
    else column += 1;
  }
  return pairs;
}

function fits({ written, parts }: Expectation, effect: Seen): boolean {
  const unit = /[a-z]+$/.exec(written)?.[0] ?? '';
  const decimals = decimalsOf(written);
  const shown = (effect.at / (units[unit] ?? 1)).toFixed(decimals);
  if (shown !== parseFloat(written).toFixed(decimals)) return false;
  return parts[0] === effect.parts[0] && parts.every((part) => effect.parts.includes(part));
}
