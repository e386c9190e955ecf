import { isDeepStrictEqual } from 'node:util';
import { micros } from '#base/units.js';
import { decodeLine, encodeLine, type RecordedStep } from '#observe/recording.js';
import { Router, type VrrpEffect, type VrrpEvent, type VrrpSettings } from '#vrrp/index.js';

/** What `understudy record` wrote of the VRRP worker, taken apart. */
export interface Recording {
  /** By generation: what it was started with, then what reloads brought. */
  readonly settings: readonly VrrpSettings[];
  readonly steps: readonly RecordedStep[];
}

/** A step whose effects are not those that were recorded. */
export interface Difference {
  readonly step: number;
  readonly event: unknown;
  readonly recorded: readonly unknown[];
  readonly replayed: readonly unknown[];
}

/** Takes a recording apart. @throws Error if it cannot be played again, and why. */
export function readRecording(text: string): Recording {
  const lines = text.split('\n').filter(Boolean).map(decodeLine);
  const [header] = lines;
  if (!header || !('recording' in header)) throw new Error('no recording: the header is missing');
  if (header.worker !== 'vrrp') throw new Error(`a recording of the worker ${header.worker} is not replayed`);
  if (!header.complete)
    throw new Error('it does not reach back to the start of the worker: it can only be read');
  const end = lines.at(-1);
  if (!end || !('end' in end)) throw new Error('it was cut off');
  if (end.missed > 0) throw new Error(`${end.missed} parts of it were missed`);
  return {
    settings: lines.flatMap((line) => ('settings' in line ? [line.settings as VrrpSettings] : [])),
    steps: lines.flatMap((line) => ('event' in line ? [line] : [])),
  };
}

/** Plays the events of a recording through the protocol core, at their times, and compares what follows from them. */
export function replay({ settings, steps }: Recording): readonly Difference[] {
  const [first] = settings;
  if (!first) throw new Error('there are no settings');
  const router = new Router(first);
  return steps.flatMap(({ at, event, effects }, step) => {
    const replayed = asRecorded(router.step(eventOf(event, settings), micros(at)));
    return isDeepStrictEqual(replayed, effects) ? [] : [{ step, event, recorded: effects, replayed }];
  });
}

/** Reloads name their settings by number. */
function eventOf(event: RecordedStep['event'], settings: readonly VrrpSettings[]): VrrpEvent {
  if (!('generation' in event)) return event as VrrpEvent;
  const { generation, ...rest } = event;
  const found = settings[Number(generation)];
  if (!found) throw new Error(`there are no settings of generation ${String(generation)}`);
  return { ...rest, settings: found } as unknown as VrrpEvent;
}

/** What writing and reading do to effects: members that are undefined are left out. */
function asRecorded(effects: readonly VrrpEffect[]): RecordedStep['effects'] {
  const line = decodeLine(encodeLine({ at: 0, event: { type: 'none' }, effects }));
  return 'effects' in line ? line.effects : [];
}
