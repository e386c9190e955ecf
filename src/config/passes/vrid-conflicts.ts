import { type CompletedInstance } from './complete-instance.js';
import { type PassContext } from './context.js';

/**
 * Two instances of one family may not use one virtual router id on one interface (multicast), or towards one peer
 * (unicast). False (and a problem) if any do: keepalived then runs nothing.
 * @param changeable interfaces may become others (allow_if_changes): of two on one that can, the second waits in FAULT.
 */
export function checkVridConflicts(
  context: PassContext,
  completed: readonly CompletedInstance[],
  changeable: boolean,
): boolean {
  const seen = new Map<string, CompletedInstance[]>();
  let free = true;
  for (const each of completed) {
    const key = spaceOf(each);
    const others = seen.get(key) ?? [];
    if (others.length === 0) seen.set(key, others);
    for (const other of others) {
      if (each.unicast && !unicastConflict(context, other, each)) continue;
      if (changeable && !each.unicast && isVirtual(context, each)) {
        warn(context, other, each);
        continue;
      }
      free = false;
      report(context, other, each);
    }
    others.push(each);
  }
  return free;
}

/** Instances of one space conflict: always where they use multicast, perhaps where they use unicast. */
function spaceOf({ family, vrid, unicast, draft }: CompletedInstance): string {
  const link = unicast ? 'unicast' : `${draft.interface ?? ''} ${draft.group ?? ''}`;
  return `${family} ${vrid} ${link}`;
}

const isVirtual = (context: PassContext, { draft }: CompletedInstance): boolean =>
  draft.interface !== undefined && context.interface(draft.interface)?.virtual === true;

function warn(context: PassContext, first: CompletedInstance, second: CompletedInstance): void {
  const text =
    `instances '${first.draft.name}' and '${second.draft.name}' both use virtual_router_id ${second.vrid}: ` +
    `'${second.draft.name}' is kept in FAULT until their interfaces are others`;
  context.warning('vrid-conflict', text, second.draft.section.spanOf('virtual_router_id'), {
    notes: [{ text: 'first used here', ...spanPart(first) }],
  });
}

function report(context: PassContext, first: CompletedInstance, second: CompletedInstance): void {
  const text = `instances '${first.draft.name}' and '${second.draft.name}' both use virtual_router_id ${second.vrid}`;
  context.error('vrid-conflict', text, second.draft.section.spanOf('virtual_router_id'), {
    notes: [{ text: 'first used here', ...spanPart(first) }],
  });
  context.refuse(text);
}

function spanPart({ draft }: CompletedInstance) {
  const span = draft.section.spanOf('virtual_router_id');
  return span ? { span } : {};
}

function unicastConflict(context: PassContext, a: CompletedInstance, b: CompletedInstance): boolean {
  const [one, two] = [a.draft, b.draft];
  if (one.interface !== undefined && two.interface !== undefined && one.interface !== two.interface)
    return false;
  const [source, other] = [sourceOf(context, a), sourceOf(context, b)];
  if (source === undefined || other === undefined || source !== other) return false;
  return one.peers.some((peer) => two.peers.some(({ address }) => address === peer.address));
}

/** Where its adverts come from: as configured, or the first address of its interface. */
function sourceOf(context: PassContext, { draft, family }: CompletedInstance): string | undefined {
  if (draft.source !== undefined) return draft.source;
  const device = draft.interface === undefined ? undefined : context.interface(draft.interface);
  return device?.addresses.find((address) => address.includes(':') === (family === 'inet6'));
}
