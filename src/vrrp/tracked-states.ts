import { type Context } from './context.js';
import { type InstanceSettings, type TrackedObject } from './settings.js';
import {
  isFaulty,
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
  return [
    ...authenticationFaults(settings),
    ...sourceFaults(settings, context),
    ...tracked.interfaces
      .filter((track) => isFaulty(track, interfaceState(track, context)))
      .map((track) => fault('interface', track)),
    ...tracked.scripts
      .filter((track) => isFaulty(track, scriptState(track, context)))
      .map((track) => fault('script', track)),
  ];
}

/** True if a script that could be a fault is to be heard before the first election. */
export const isWaiting = (tracked: TrackedObjects, context: Context): boolean =>
  tracked.scripts.some((track) => track.weight === 0 && context.scripts.get(track.name)?.blocks === true);

/** What every tracked object adds to the priority at this moment. */
export const sharesOf = (tracked: TrackedObjects, context: Context): readonly number[] => [
  ...tracked.interfaces.map((track) => priorityShare(track, interfaceState(track, context))),
  ...tracked.scripts.map((track) => priorityShare(track, scriptState(track, context))),
];

const interfaceState = (track: TrackedObject, context: Context): TrackedState =>
  context.interfaces.isUp(track.name) ? 'up' : 'down';

function scriptState(track: TrackedObject, context: Context): TrackedState {
  const state = context.scripts.get(track.name)?.state;
  return state === undefined || state === 'init' ? 'unknown' : state;
}

function fault(kind: 'interface' | 'script', track: TrackedObject): Fault {
  const state = track.reverse ? 'up' : 'down';
  return { code: `${kind}-${state}`, text: `${kind} ${track.name} is ${state}` };
}

/** An advert without AH would not be believed by the others, and must not pass for one of theirs. */
function authenticationFaults(settings: InstanceSettings): readonly Fault[] {
  if (settings.authentication.type !== 'ah') return [];
  return [{ code: 'authentication-not-active', text: 'authentication by AH is not yet active' }];
}

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
