import { type InstanceDraft } from './instance-draft.js';

/**
 * Interfaces besides its own that an instance cannot do without, because something that moves with it is installed
 * there that is not no_track; each once, in file order.
 * @param forStatics those that its track_groups ask for.
 */
export function carriersOf(draft: InstanceDraft, forStatics: readonly string[]): readonly string[] {
  const { interface: own } = draft;
  const addresses = [...draft.vips, ...draft.excluded]
    .filter(({ noTrack }) => !noTrack)
    .map((address) => address.interface)
    .filter((name) => name !== own);
  const routes = draft.routes.filter(({ noTrack }) => !noTrack).map((route) => route.interface);
  const rules = draft.rules
    .filter(({ noTrack }) => !noTrack)
    .flatMap((rule) => [rule.inputInterface, rule.outputInterface]);
  // With dont_track_primary routes bring the own interface back in; addresses, above, do not (keepalived).
  const ownIsTracked = !draft.section.has('dont_track_primary');
  const others = [...routes, ...rules, ...forStatics].filter((name) => name !== own || !ownIsTracked);
  return [...new Set([...addresses, ...others].filter((name) => name !== undefined))];
}
