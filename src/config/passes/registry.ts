import { type BfdDetails } from '../model-bfd.js';
import { type TrackFileSettings, type TrackProcessSettings } from '../model-track.js';
import { type Span } from '../tree.js';
import { type PassContext } from './context.js';
import { RouteNames } from './route-names.js';
import { RulePriorities } from './rules.js';
import { type Section } from './section.js';
import { type TrackedScriptDraft } from './tracked-scripts.js';

/** What has been defined so far: references are looked up here while the file is read from top to bottom. */
export interface Registry {
  readonly scripts: Map<string, TrackedScriptDraft>;
  readonly trackFiles: Map<string, TrackFileSettings>;
  readonly trackProcesses: Map<string, TrackProcessSettings>;
  readonly bfd: ReadonlyMap<string, BfdDetails>;
  /** Members of each track_group. */
  readonly trackGroups: Map<string, readonly string[]>;
  /** Instances by the name of the link that they make. */
  readonly links: Map<string, string>;
  readonly names: RouteNames;
  readonly priorities: RulePriorities;
  /** Where IPVS synchronisation was asked for, if it was. */
  lvsSync: Span | undefined;
}

/** An empty registry. */
export function makeRegistry(
  context: PassContext,
  globals: Section,
  bfd: ReadonlyMap<string, BfdDetails>,
): Registry {
  const usr = globals.text('iproute_usr_dir') ?? '/usr/share/iproute2';
  const etc = globals.text('iproute_etc_dir') ?? '/etc/iproute2';
  return {
    scripts: new Map(),
    trackFiles: new Map(),
    trackProcesses: new Map(),
    bfd,
    trackGroups: new Map(),
    links: new Map(),
    names: new RouteNames(context, { usr, etc }),
    priorities: new RulePriorities(),
    lvsSync: globals.get('lvs_sync_daemon')?.statement.span,
  };
}
