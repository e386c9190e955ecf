import { type PassContext } from './context.js';
import { type Registry } from './registry.js';
import { linesOf } from './section.js';
import { readTracked, type TrackedKind } from './track.js';
import { type Statement } from '../tree.js';
import { type TrackedObject } from '../../vrrp/index.js';

/** Interfaces as tracked objects. */
const interfaceKind = (context: PassContext): TrackedKind => ({
  what: 'interface',
  limit: 254,
  cut: true,
  canUnreverse: false,
  lookUp: ({ text, span }) =>
    context.requireInterface(text, 'tracked interface', span) ? { weight: 0, reverse: false } : undefined,
});

type Known = ReadonlyMap<string, { readonly weight: number; readonly reverse: boolean }>;

/** What only those lines know that stand below its definition. */
const definedKind = (
  context: PassContext,
  traits: Pick<TrackedKind, 'what' | 'limit' | 'cut'> & { readonly block: string },
  known: Known,
): TrackedKind => ({
  ...traits,
  canUnreverse: true,
  lookUp: ({ text, span }) => {
    const object = known.get(text);
    if (object) return object;
    const code = traits.what === 'script' ? 'unknown-script' : 'unknown-tracked';
    context.error(code, `there is no ${traits.block} '${text}' above; it is ignored`, span);
    return undefined;
  },
});

/** vrrp_scripts as tracked objects. */
const scriptKind = (context: PassContext, registry: Registry): TrackedKind =>
  definedKind(context, { what: 'script', limit: 254, cut: true, block: 'vrrp_script' }, registry.scripts);

/** track_files as tracked objects. */
const fileKind = (context: PassContext, registry: Registry): TrackedKind =>
  definedKind(context, { what: 'file', limit: 254, cut: false, block: 'track_file' }, registry.trackFiles);

/** vrrp_track_processes as tracked objects. */
const processKind = (context: PassContext, registry: Registry): TrackedKind =>
  definedKind(
    context,
    { what: 'process', limit: 254, cut: false, block: 'vrrp_track_process' },
    registry.trackProcesses,
  );

/** BFD sessions that tell the VRRP worker as tracked objects. */
const bfdKind = (context: PassContext, registry: Registry): TrackedKind =>
  definedKind(
    context,
    { what: 'session', limit: 253, cut: false, block: 'bfd_instance' },
    new Map([...registry.bfd].filter(([, session]) => session.vrrp)),
  );

/** All that an instance or a sync group tracks. */
export interface TrackLists {
  interfaces: readonly TrackedObject[];
  scripts: readonly TrackedObject[];
  files: readonly TrackedObject[];
  processes: readonly TrackedObject[];
  bfd: readonly TrackedObject[];
}

/** Nothing is tracked yet. */
export const emptyTrackLists = (): TrackLists => ({
  interfaces: [],
  scripts: [],
  files: [],
  processes: [],
  bfd: [],
});

const listOf: Readonly<Record<string, keyof TrackLists>> = {
  track_interface: 'interfaces',
  track_script: 'scripts',
  track_file: 'files',
  track_process: 'processes',
  track_bfd: 'bfd',
};

/** Takes a track block onto the list of its kind; false for any other keyword. */
export function readTrackBlock(
  context: PassContext,
  registry: Registry,
  lists: TrackLists,
  statement: Statement,
): boolean {
  const list = listOf[statement.keyword.text];
  if (list === undefined) return false;
  const kinds: Readonly<Record<keyof TrackLists, () => TrackedKind>> = {
    interfaces: () => interfaceKind(context),
    scripts: () => scriptKind(context, registry),
    files: () => fileKind(context, registry),
    processes: () => processKind(context, registry),
    bfd: () => bfdKind(context, registry),
  };
  lists[list] = readTracked(context, linesOf(context, statement), kinds[list](), lists[list]);
  return true;
}
