import { type Context } from './context.js';
import { type InstanceSettings, type TrackedObject } from './settings.js';
import {
  fileShare,
  isFaulty,
  isFileFaulty,
  priorityShare,
  sourceInterface,
  type Fault,
  type TrackedObjects,
  type TrackedState,
} from './tracking.js';

/** What keeps an instance out of the election, in the order in which it is looked at. */
export function findFaults(
  settings: InstanceSettings,
  tracked: TrackedObjects,
  context: Context,
): readonly Fault[] {
  const faulty = (tracks: readonly TrackedObject[], stateOf: StateOf): readonly TrackedObject[] =>
    tracks.filter((track) => isFaulty(track, stateOf(track, context)));
  return [
    ...settings.configFaults.map((text) => ({ code: 'configuration', text })),
    ...duplicateFaults(settings, context),
    ...sourceFaults(settings, context),
    ...faulty(tracked.interfaces, interfaceState).map((track) => fault('interface', track)),
    ...tracked.files
      .filter((track) => isFileFaulty(track, fileValue(track, context)))
      .map((track) => fileFault(track, fileValue(track, context))),
    ...faulty(tracked.processes, processState).map(processFault),
    ...faulty(tracked.scripts, scriptState).map((track) => fault('script', track)),
    ...faulty(tracked.bfd, bfdState).map((track) => fault('session', track)),
  ];
}

function duplicateFaults({ name }: InstanceSettings, { duplicates }: Context): readonly Fault[] {
  const text = duplicates.get(name);
  return text === undefined ? [] : [{ code: 'duplicate-vrid', text }];
}

/** True if a script that could be a fault is to be heard before the first election. */
export const isWaiting = (tracked: TrackedObjects, context: Context): boolean =>
  tracked.scripts.some((track) => track.weight === 0 && context.scripts.get(track.name)?.blocks === true);

/** What every tracked object adds to the priority at this moment. */
export function sharesOf(tracked: TrackedObjects, context: Context): readonly number[] {
  const shares = (tracks: readonly TrackedObject[], stateOf: StateOf): readonly number[] =>
    tracks.map((track) => priorityShare(track, stateOf(track, context)));
  return [
    ...shares(tracked.interfaces, interfaceState),
    ...tracked.files.map((track) => fileShare(track, fileValue(track, context))),
    ...shares(tracked.processes, processState),
    ...shares(tracked.scripts, scriptState),
    ...shares(tracked.bfd, bfdState),
  ];
}

/** How many files with a weight are a fault: these change the priority without a word. */
export const weightedFaults = (tracked: TrackedObjects, context: Context): number =>
  tracked.files.filter((track) => track.weight !== 0 && isFileFaulty(track, fileValue(track, context)))
    .length;

type StateOf = (track: TrackedObject, context: Context) => TrackedState;

const interfaceState: StateOf = (track, context) => (context.interfaces.isUp(track.name) ? 'up' : 'down');

function processState(track: TrackedObject, context: Context): TrackedState {
  const process = context.processes.get(track.name);
  if (!process) return 'unknown';
  return process.hasQuorum ? 'up' : 'down';
}

const bfdState: StateOf = (track, context) => (context.bfdUp.get(track.name) === true ? 'up' : 'down');

const fileValue = (track: TrackedObject, context: Context): number => context.fileValues.get(track.name) ?? 0;

function scriptState(track: TrackedObject, context: Context): TrackedState {
  const state = context.scripts.get(track.name)?.state;
  return state === undefined || state === 'init' ? 'unknown' : state;
}

function fault(kind: 'interface' | 'script' | 'session', track: TrackedObject): Fault {
  const state = track.reverse ? 'up' : 'down';
  return { code: `${kind}-${state}`, text: `${kind} ${track.name} is ${state}` };
}

const fileFault = (track: TrackedObject, value: number): Fault => ({
  code: 'file-fault',
  text: `tracked file ${track.name} has value ${value}`,
});

const processFault = (track: TrackedObject): Fault => ({
  code: track.reverse ? 'process-quorate' : 'process-not-quorate',
  text: `tracked process ${track.name} has ${track.reverse ? 'its' : 'no'} quorum`,
});

function sourceFaults(settings: InstanceSettings, context: Context): readonly Fault[] {
  const { transport, family } = settings;
  const name = sourceInterface(settings);
  if (transport.source === undefined) {
    if (context.interfaces.primaryAddress(name, family) !== undefined) return [];
    const text = `no IPv${family === 'inet' ? 4 : 6} address for interface ${name}`;
    return [{ code: 'no-source-address', text }];
  }
  // Adverts to a unicast source reach us only if that address is ours; a multicast source is only a label, unless told.
  if (transport.kind === 'multicast' && transport.tracksSource !== true) return [];
  if (context.interfaces.has(transport.source)) return [];
  return [{ code: 'source-address-missing', text: `source address ${transport.source} is on no interface` }];
}
