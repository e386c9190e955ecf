import { type Micros, secondsToMicros } from '../../base/units.js';
import { type Statement } from '../tree.js';
import { type PassContext } from './context.js';
import { readHmac } from './instance-hmac.js';
import { readIpvlan, readVmac } from './instance-link.js';
import { type InstanceScene, joinFamily, type InstanceVisitor } from './instance-draft.js';
import { parseInteger } from './numbers.js';
import { type Reading } from './read-arguments.js';
import { readRoute } from './routes.js';
import { readRule } from './rules.js';
import { linesOf } from './section.js';

/** Keywords of an instance that need more than their schema entry, beyond those of the protocol itself. */
export const moreVisitors: Readonly<Record<string, InstanceVisitor>> = {
  use_vmac: visitVmac,
  vmac_xmit_base: () => true,
  use_ipvlan: visitIpvlan,
  vrf: visitVrf,
  virtual_routes: visitRoutes,
  virtual_rules: visitRules,
  auth_hmac: ({ context, draft }, reading) => {
    draft.hmac = readHmac(context, reading, draft.hmac);
    return true;
  },
  accept: ({ draft }) => (draft.accept = true),
  no_accept: ({ draft }) => !(draft.accept = false),
  garp_extra_if: visitExtraInterfaces,
  vmac_garp_intvl: visitExtraInterfaces,
  lvs_sync_daemon_interface: visitSyncInterface,
};

function visitVmac({ context, registry, draft }: InstanceScene, { statement }: Reading): boolean {
  draft.link = readVmac(context, registry.names, registry.links, statement, draft.link);
  if (draft.link.name !== undefined) registry.links.set(draft.link.name, draft.name);
  return true;
}

function visitIpvlan(scene: InstanceScene, { statement }: Reading): boolean {
  const { context, registry, draft } = scene;
  const link = readIpvlan(context, registry.names, registry.links, statement, (address, word) => {
    const joined = joinFamily(scene, address, 'address', word.span);
    if (joined) draft.source ??= address;
    return joined;
  });
  draft.link = link;
  if (link.name !== undefined) registry.links.set(link.name, draft.name);
  return true;
}

function visitVrf({ context, draft }: InstanceScene, { values: [value], statement }: Reading): boolean {
  const name = value as string;
  if (draft.interface !== undefined) {
    context.error('conflict', 'vrf is ignored, since an interface is given above', statement.span);
    return false;
  }
  return context.requireInterface(name, 'VRF', statement.span);
}

function visitRoutes({ context, registry, draft }: InstanceScene, { statement }: Reading): boolean {
  const scene = { context, names: registry.names, trackGroups: undefined };
  for (const line of linesOf(context, statement)) {
    const route = readRoute(scene, line);
    if (route) draft.routes.push(route);
  }
  return true;
}

function visitRules({ context, registry, draft }: InstanceScene, { statement }: Reading): boolean {
  const scene = { context, names: registry.names, trackGroups: undefined };
  for (const line of linesOf(context, statement)) {
    const rule = readRule(scene, registry.priorities, line);
    if (rule) draft.rules.push(rule);
  }
  return true;
}

function visitExtraInterfaces({ context, draft }: InstanceScene, { statement }: Reading): boolean {
  const extra = readExtraInterval(context, statement, 0);
  if (extra) draft.garpExtra = extra;
  return extra !== undefined;
}

/**
 * Reads `[all] SECONDS` of garp_extra_if; undefined (and a problem) if it has to be ignored.
 * @param least the least number of seconds that is taken
 */
export function readExtraInterval(
  context: PassContext,
  statement: Statement,
  least: number,
): { interval: Micros; all: boolean } | undefined {
  let all = false;
  let interval: Micros | undefined;
  for (const { text, span } of statement.words.slice(1)) {
    const number = parseInteger(text);
    if (text === 'all') all = true;
    else if (number?.exact && number.value >= least && number.value <= 86_400)
      interval = secondsToMicros(number.value);
    else {
      context.error(
        'out-of-range',
        `'${text}' is neither 'all' nor within ${least} to 86400; the line is ignored`,
        span,
      );
      return undefined;
    }
  }
  if (interval !== undefined) return { interval, all };
  context.error(
    'missing-argument',
    `'${statement.keyword.text}' needs a time in seconds; the line is ignored`,
    statement.span,
  );
  return undefined;
}

function visitSyncInterface({ context, registry }: InstanceScene, { statement }: Reading): boolean {
  if (!registry.lvsSync) {
    registry.lvsSync = statement.span;
    return true;
  }
  const notes = [{ text: 'first given here', span: registry.lvsSync }];
  context.error(
    'already-given',
    'IPVS synchronisation is already set up; this line is ignored',
    statement.span,
    { notes },
  );
  return false;
}
