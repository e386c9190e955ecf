import { type Configuration } from '../model.js';
import { type Problem } from '../problem.js';
import { type Statement, type Tree } from '../tree.js';
import { type ExitCode, PassContext } from './context.js';
import { readGlobals } from './globals.js';
import { type PassHost } from './host.js';
import { LvsReader } from './lvs.js';
import { type Reading } from './read-arguments.js';
import { readSection } from './section.js';
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
 * From tree to model. keepalived reads the file once for each of its processes: first global_defs, then LVS, then
 * VRRP; so an instance sees all of global_defs, but only those scripts that stand above it.
 */
export function evaluate(tree: Tree, host: PassHost): Verdict {
  const context = new PassContext(host);
  for (const problem of tree.problems) context.adopt(problem);
  const blocks = readTopLevel(context, tree.statements);
  const globals = readGlobals(context, blocks.filter(isGlobal));
  const lvs = new LvsReader(context, globals);
  for (const block of blocks) lvs.read(block);
  const health = lvs.complete();
  const vrrp = new VrrpReader(context, globals);
  for (const block of blocks) vrrp.read(block);
  const { notify, ...share } = vrrp.complete();
  const configuration: Configuration = {
    global: globals.settings,
    ...share,
    health: health.health,
    probes: health.probes,
    services: health.services,
    notify: { ...notify, ...health.notify },
  };
  const { exitCode, problems } = context;
  return context.fatal ? { problems, exitCode } : { configuration, problems, exitCode };
}

const isGlobal = ({ keyword }: Reading): boolean => keyword.path === 'global_defs';

function readTopLevel(context: PassContext, statements: readonly Statement[]): readonly Reading[] {
  return readSection(context, '', statements, undefined).readings;
}
