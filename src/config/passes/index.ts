import { type Configuration } from '../model.js';
import { type Problem } from '../problem.js';
import { type Tree } from '../tree.js';
import { BfdReader } from './bfd.js';
import { type ExitCode, PassContext } from './context.js';
import { withoutRefused } from './daemon-settings.js';
import { type Globals, readGlobals } from './globals.js';
import { type PassHost } from './host.js';
import { LvsReader } from './lvs.js';
import { syncSettings } from './lvs-sync.js';
import { type Reading } from './read-arguments.js';
import { makeRegistry, type Registry } from './registry.js';
import { ScriptSecurity } from './script-security.js';
import { readSection } from './section.js';
import { StaticReader } from './statics.js';
import { readTrackFile, readTrackProcess } from './tracked-others.js';
import { VrrpReader } from './vrrp.js';

export type { ExitCode } from './context.js';
export type * from './host.js';

/** What a configuration amounts to. */
export interface Verdict {
  /** Absent if it cannot be run at all. */
  readonly configuration?: Configuration;
  readonly problems: readonly Problem[];
  /** What `-t` exits with, as keepalived 2.4.3 does. */
  readonly exitCode: ExitCode;
}

/**
 * From tree to model. keepalived reads the file once for each of its processes, and all of global_defs before
 * anything else: an instance sees all of global_defs, but only those scripts and files that stand above it.
 */
export function evaluate(tree: Tree, host: PassHost): Verdict {
  const context = new PassContext(host);
  for (const problem of tree.problems) context.adopt(problem);
  const top = readSection(context, '', tree.statements, undefined);
  const globals = readGlobals(context, top.all('global_defs'), top);
  const bfd = new BfdReader(context);
  const registry = makeRegistry(context, globals.section, bfd.details);
  const statics = new StaticReader(context, globals, registry);
  const lvs = new LvsReader({ context, globals, registry });
  const vrrp = new VrrpReader(context, globals, registry);
  lvs.readGroups(top.readings);
  for (const block of top.readings) {
    define(context, registry, block);
    for (const reader of [bfd, statics, lvs, vrrp]) reader.read(block);
  }
  secureTimedScripts(context, globals);
  const health = lvs.complete(vrrp.instanceNames);
  const { notify, details, ...share } = vrrp.complete(statics);
  const ipvsSync = syncSettings(context, globals, share.vrrp.instances, details.instances);
  const configuration: Configuration = {
    global: globals.settings,
    ...share,
    statics: statics.finish(vrrp.instanceNames),
    bfd: { sessions: bfd.sessions },
    trackFiles: Object.fromEntries(registry.trackFiles),
    trackProcesses: Object.fromEntries(registry.trackProcesses),
    health: health.health,
    probes: health.probes,
    services: health.services,
    ...(health.ipvsMarks && { ipvsMarks: health.ipvsMarks }),
    ...(ipvsSync && { ipvsSync }),
    ...(lvs.tls && { tls: lvs.tls }),
    notify: { ...notify, ...health.notify },
    details: {
      daemon: withoutRefused(globals.daemon, globals.scripts),
      ...details,
      ...health.details,
      links: statics.links,
      bfd: Object.fromEntries(bfd.details),
      serverGroups: Object.fromEntries(
        [...lvs.groups].map(([name, { ranges, marks }]) => [name, { ranges, marks }]),
      ),
    },
  };
  const { exitCode, problems } = context;
  return context.fatal ? { problems, exitCode } : { configuration, problems, exitCode };
}

/** Blocks that others refer to by name. The first of a name counts. */
function define(context: PassContext, registry: Registry, block: Reading): void {
  const { path } = block.keyword;
  const name = block.values[0] as string;
  if (path === 'track_file' || path === 'vrrp_track_file') {
    const file = readTrackFile(context, block);
    if (file && !registry.trackFiles.has(name)) registry.trackFiles.set(name, file);
  } else if (path === 'vrrp_track_process') {
    const process = readTrackProcess(context, block);
    if (process && !registry.trackProcesses.has(name)) registry.trackProcesses.set(name, process);
  }
}

/** startup_script and shutdown_script are looked at before the workers' scripts. */
function secureTimedScripts(context: PassContext, globals: Globals): void {
  const security = new ScriptSecurity(context, globals);
  security.checkGlobal(globals.scripts, ['startup_script', 'shutdown_script']);
  security.conclude();
}
