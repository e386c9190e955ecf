import { type InstanceSettings, type SyncGroupSettings, type TrackedObject } from './settings.js';
import { PRIORITY_OWNER } from './timers.js';

/** Why an instance cannot take part in the election. */
export interface Fault {
  /** Stable and greppable, for example `interface-down`. */
  readonly code: string;
  /** For people, for example `interface eth0 is down`. */
  readonly text: string;
}

/** Everything that an instance tracks, its own and its sync group's, weights settled. */
export interface TrackedObjects {
  readonly interfaces: readonly TrackedObject[];
  readonly files: readonly TrackedObject[];
  readonly processes: readonly TrackedObject[];
  readonly scripts: readonly TrackedObject[];
  readonly bfd: readonly TrackedObject[];
}

/** What an instance that tracks nothing tracks. */
export const NOTHING_TRACKED: TrackedObjects = {
  interfaces: [],
  files: [],
  processes: [],
  scripts: [],
  bfd: [],
};

/** How a tracked object does: `unknown` for a script without a result yet. */
export type TrackedState = 'up' | 'down' | 'unknown';

/** The interface whose address adverts come from. */
export const sourceInterface = (settings: InstanceSettings): string =>
  settings.sourceInterface ?? settings.interface;

/** True if adverts of this instance carry the owner's priority, which tracking never changes. */
export const isOwner = (settings: InstanceSettings): boolean => settings.priority === PRIORITY_OWNER;

/**
 * Puts together what an instance tracks. A group without sync_group_tracking_weight takes the weights of its
 * members away: interfaces then fault, and so do files of the usual weight; scripts, sessions and other files that
 * have a weight are not tracked; processes keep theirs. A group with an address owner takes its own weights away.
 * An owner tracks nothing by weight. Where both name an object, the instance's fault wins, then the group's weight.
 * @param siblings the settings of every member of the group, this one among them.
 */
export function trackedObjects(
  settings: InstanceSettings,
  group: SyncGroupSettings | undefined,
  siblings: readonly InstanceSettings[],
): TrackedObjects {
  const own = ownTracks(settings, group !== undefined && !group.trackingWeight);
  if (!group) return own;
  const settle = (track: TrackedObject): TrackedObject =>
    siblings.some(isOwner) ? { ...track, weight: 0 } : track;
  return {
    interfaces: merge(own.interfaces, group.trackInterfaces.map(settle)),
    files: merge(own.files, group.trackFiles.map(settle)),
    // keepalived does not take the direction of a process from the group.
    processes: merge(own.processes, group.trackProcesses.map(settle), (theirs, track) => ({
      ...theirs,
      reverse: track.reverse,
    })),
    scripts: merge(own.scripts, group.trackScripts.map(settle)),
    bfd: merge(own.bfd, group.trackBfd.map(settle)),
  };
}

function ownTracks(settings: InstanceSettings, withoutWeights: boolean): TrackedObjects {
  const tracksPrimary = settings.interface !== '' && !settings.dontTrackPrimary;
  const needed = [...new Set([...(tracksPrimary ? [settings.interface] : []), ...(settings.carriers ?? [])])];
  const primary = needed.map((name): TrackedObject => ({ name, weight: 0, reverse: false }));
  // An explicit track_interface of the own interface is ignored, and one of a carrier cannot soften it to a weight.
  const own = [settings.interface, sourceInterface(settings), ...needed];
  const others = settings.trackInterfaces.filter((track) => !own.includes(track.name));
  const weightless = (track: TrackedObject): boolean => track.weight === 0;
  const interfaces = withoutWeights
    ? others.map((track) => ({ ...track, weight: 0 }))
    : others.filter((track) => weightless(track) || !isOwner(settings));
  const allowed = (tracks: readonly TrackedObject[]): readonly TrackedObject[] =>
    withoutWeights || isOwner(settings) ? tracks.filter(weightless) : tracks;
  // The usual weight of a file was hardly asked for.
  const files = settings.trackFiles.map((track) =>
    track.weight === 1 && (withoutWeights || isOwner(settings)) ? { ...track, weight: 0 } : track,
  );
  return {
    interfaces: [...primary, ...interfaces],
    files: allowed(files),
    processes: settings.trackProcesses,
    scripts: allowed(settings.trackScripts),
    bfd: allowed(settings.trackBfd),
  };
}

type Override = (theirs: TrackedObject, own: TrackedObject) => TrackedObject;

function merge(
  own: readonly TrackedObject[],
  group: readonly TrackedObject[],
  override: Override = (theirs) => theirs,
): readonly TrackedObject[] {
  const merged = own.map((track) => {
    const theirs = track.weight === 0 ? undefined : group.find(({ name }) => name === track.name);
    return theirs ? override(theirs, track) : track;
  });
  const added = group.filter((track) => !own.some(({ name }) => name === track.name));
  return [...merged, ...added];
}

/** True if a tracked object of weight 0 puts the instance in FAULT. */
export function isFaulty(track: TrackedObject, state: TrackedState): boolean {
  return track.weight === 0 && state !== 'unknown' && (state === 'up') === track.reverse;
}

/**
 * What a tracked object adds to the priority: a positive weight counts while the object is up, a negative one
 * while it is down, and `reverse` turns the sign.
 */
export function priorityShare(track: TrackedObject, state: TrackedState): number {
  if (state === 'unknown') return 0;
  const counts = state === 'up' ? track.weight > 0 : track.weight < 0;
  if (!counts) return 0;
  return track.reverse ? -track.weight : track.weight;
}

/** The product of number and weight that is a fault; what is beyond counts as much. */
const FILE_FAULT = -254;
const FILE_MOST = 253;

/**
 * What a track_file makes of its number, -254 (a fault) to 253: weight times the number, cut. Without a weight any
 * number but 0 is a fault. `reverse` turns the sign, or makes 0 the fault.
 */
export function fileStatus(track: TrackedObject, value: number): number {
  if (track.weight === 0) return (value === 0) === track.reverse ? FILE_FAULT : 0;
  const product = value * track.weight * (track.reverse ? -1 : 1);
  return Math.min(Math.max(product, FILE_FAULT), FILE_MOST);
}

/** True if the number in a track_file puts the instance in FAULT. */
export const isFileFaulty = (track: TrackedObject, value: number): boolean =>
  fileStatus(track, value) === FILE_FAULT;

/** What a track_file adds to the priority: nothing while it is a fault. */
export const fileShare = (track: TrackedObject, value: number): number =>
  isFileFaulty(track, value) ? 0 : fileStatus(track, value);

/** Effective priority: the configured one and all shares, kept within 1-254; an owner's stays 255. */
export function effectivePriority(configured: number, shares: readonly number[]): number {
  if (configured === PRIORITY_OWNER) return PRIORITY_OWNER;
  const total = shares.reduce((sum, share) => sum + share, configured);
  return Math.min(Math.max(total, 1), PRIORITY_OWNER - 1);
}
