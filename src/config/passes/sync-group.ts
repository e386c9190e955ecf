import { type SyncGroupSettings, type TrackedObject } from '../../vrrp/index.js';
import { type GroupDetails } from '../model-vrrp.js';
import { type Span, type Word } from '../tree.js';
import { type PassContext } from './context.js';
import { type Globals } from './globals.js';
import { type InstanceDraft } from './instance-draft.js';
import { emptyTrackLists, readTrackBlock, type TrackLists } from './track-kinds.js';
import { type Reading } from './read-arguments.js';
import { type Registry } from './registry.js';
import { readCommand, type ScriptDraft } from './scripts.js';
import { linesOf, readSection, type Section } from './section.js';

/** A vrrp_sync_group block. */
export interface SyncGroupDraft {
  readonly name: string;
  readonly span: Span;
  readonly section: Section;
  /** As written; which of them exist is known only at the end of the file. */
  readonly names: readonly Word[];
  /** Those that exist and are in no group before; filled in by joinMembers. */
  members: readonly InstanceDraft[];
  readonly track: TrackLists;
  readonly notify: Readonly<Record<string, ScriptDraft>>;
  readonly trackingWeight: boolean;
}

/** Reads the block; undefined (and a problem) if it has no members. */
export function readSyncGroup(
  context: PassContext,
  globals: Globals,
  registry: Registry,
  block: Reading,
): SyncGroupDraft | undefined {
  const { statement } = block;
  const name = block.values[0] as string;
  const names: Word[] = [];
  const notify: Record<string, ScriptDraft> = {};
  const track = emptyTrackLists();
  const section = readSection(context, 'vrrp_sync_group', statement.body ?? [], statement, (reading) => {
    const keyword = reading.name;
    if (keyword === 'group') names.push(...linesOf(context, reading.statement).flatMap((line) => line.words));
    else if (readTrackBlock(context, registry, track, reading.statement)) return true;
    else if (/^notify(_(master|backup|fault|stop))?$/.test(keyword)) {
      const script = readCommand(context, reading, globals.scriptUser);
      if (script) notify[keyword] = script;
      return script !== undefined;
    }
    if (keyword !== 'group' || names.length > 0) return true;
    context.error('empty-list', 'the group has no members', reading.statement.span);
    return false;
  });
  if (names.length === 0) {
    context.error('empty-group', `vrrp_sync_group '${name}' has no members; it is left out`, statement.span);
    return undefined;
  }
  const trackingWeight = section.has('sync_group_tracking_weight');
  return {
    name,
    span: statement.span,
    section,
    names,
    members: [],
    track,
    notify,
    trackingWeight,
  };
}

/** Finds the members of all groups; groups without any are left out. */
export function joinMembers(
  context: PassContext,
  groups: readonly SyncGroupDraft[],
  instances: readonly InstanceDraft[],
): ReadonlyMap<InstanceDraft, SyncGroupDraft> {
  const byName = new Map(instances.map((instance) => [instance.name, instance]));
  const groupOf = new Map<InstanceDraft, SyncGroupDraft>();
  for (const group of groups) {
    const members: InstanceDraft[] = [];
    for (const { text, span } of group.names) {
      const instance = byName.get(text);
      const other = instance && groupOf.get(instance);
      if (!instance)
        context.error('unknown-instance', `there is no vrrp_instance '${text}'; it is ignored`, span);
      else if (other) {
        context.error(
          'already-given',
          `instance '${text}' is already in group '${other.name}'; it is ignored here`,
          span,
        );
      } else {
        members.push(instance);
        groupOf.set(instance, group);
      }
    }
    group.members = members;
    checkMembers(context, group);
  }
  return groupOf;
}

function checkMembers(context: PassContext, group: SyncGroupDraft): void {
  const { name, members, span } = group;
  if (members.length === 0) {
    context.error('empty-group', `vrrp_sync_group '${name}' has no member that exists; it is left out`, span);
    return;
  }
  const owners = members.map((each) => each.state === 'MASTER' && each.section.number('priority') === 255);
  const firstOther = owners.includes(false) ? owners.indexOf(false) : members.length;
  const mixed = members.some((each, index) => each.state === 'BACKUP' && index > 0 && index <= firstOther);
  if (mixed) {
    context.warning('mixed-group', `vrrp_sync_group '${name}' has both owners of addresses and others`, span);
  }
  if (members.length === 1) {
    context.warning('single-member-group', `vrrp_sync_group '${name}' has a single member`, span);
  }
}

/** Weights cannot act where a member owns its addresses. */
export function settleGroupTracking(context: PassContext, group: SyncGroupDraft): void {
  if (!group.members.some((member) => member.section.number('priority') === 255)) return;
  const clear =
    (what: string) =>
    (object: TrackedObject): TrackedObject => {
      if (object.weight === 0) return object;
      const text = `the weight of ${what} '${object.name}' is ignored, since a member of '${group.name}' has priority 255`;
      context.warning('weight-of-owner', text, group.span);
      return { ...object, weight: 0 };
    };
  const { track } = group;
  track.scripts = track.scripts.map(clear('script'));
  track.files = track.files.map(clear('file'));
  track.processes = track.processes.map(clear('process'));
  track.bfd = track.bfd.map(clear('session'));
  track.interfaces = track.interfaces.map(clear('interface'));
}

/** The group as the protocol sees it. */
export const groupSettings = (group: SyncGroupDraft): SyncGroupSettings => ({
  name: group.name,
  members: group.members.map((member) => member.name),
  trackInterfaces: group.track.interfaces,
  trackScripts: group.track.scripts,
  trackFiles: group.track.files,
  trackProcesses: group.track.processes,
  trackBfd: group.track.bfd,
  trackingWeight: group.trackingWeight,
});

/** What the protocol does not need to know of a group. */
export const groupDetails = ({ section }: SyncGroupDraft, smtpAlert: boolean): GroupDetails => ({
  smtpAlert: section.flag('smtp_alert') ?? smtpAlert,
});
