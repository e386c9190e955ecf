import { type TrackedObject } from '../../vrrp/index.js';
import { type PassContext } from './context.js';
import { type InstanceDraft } from './instance-draft.js';
import { type SyncGroupDraft } from './sync-group.js';
import { type TrackLists } from './track-kinds.js';

const OWNER = 255;

/**
 * What an instance tracks in the end. In a sync group without sync_group_tracking_weight, and for the owner of
 * addresses, nothing may change the priority; keepalived treats each kind of object a little differently.
 */
export function settleTracking(
  context: PassContext,
  draft: InstanceDraft,
  group: SyncGroupDraft | undefined,
  priority: number,
): TrackLists {
  const interfaces = draft.track.interfaces.filter(({ name }) => !isOwn(context, draft, name));
  const lists: TrackLists = { ...draft.track, interfaces };
  const inGroup = group !== undefined && !group.trackingWeight;
  if (!inGroup && priority !== OWNER) return lists;
  const why = inGroup ? 'the instance is in a sync group' : 'priority is 255';
  const complain = (what: string, name: string) =>
    context.warning('weight-in-group', `tracked ${what} '${name}' has a weight, but ${why}`, draft.span);
  const drop = (what: string, objects: readonly TrackedObject[]) =>
    objects.filter(({ name, weight }) => {
      if (weight !== 0) complain(what, name);
      return weight === 0;
    });
  return {
    interfaces: inGroup ? clearWeights(interfaces, complain) : drop('interface', interfaces),
    scripts: drop('script', lists.scripts),
    // 1 is the usual weight of a file, so that it was hardly asked for.
    files: drop(
      'file',
      lists.files.map((file) => (file.weight === 1 ? clearOne('file', file, complain) : file)),
    ),
    processes: lists.processes,
    bfd: drop('session', lists.bfd),
  };
}

type Complain = (what: string, name: string) => void;

const clearWeights = (objects: readonly TrackedObject[], complain: Complain): readonly TrackedObject[] =>
  objects.map((object) => (object.weight === 0 ? object : clearOne('interface', object, complain)));

function clearOne(what: string, object: TrackedObject, complain: Complain): TrackedObject {
  complain(what, object.name);
  return { ...object, weight: 0 };
}

function isOwn(context: PassContext, draft: InstanceDraft, name: string): boolean {
  if (name !== draft.interface) return false;
  const text = `'${name}' is the instance's own interface, which is always tracked; the line is ignored`;
  context.warning('own-interface', text, draft.section.spanOf('track_interface'));
  return true;
}
