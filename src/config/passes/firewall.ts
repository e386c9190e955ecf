import { type BlockedAddress, type FirewallSettings } from '../../net/index.js';
import { type Configuration } from '../model.js';
import { type FirewallSettings as TableSettings } from '../model-daemon.js';
import { type CompletedInstance } from './complete-instance.js';

const OWNER = 255;
const DEFAULT_TABLE = 'keepalived';

/**
 * Whose addresses are blocked, and in which table. As in keepalived the table is there as soon as somebody needs it:
 * an instance that does not accept packets to its addresses, or a virtual MAC.
 */
export function firewallSettings(
  { nftablesTable, nftablesPriority, nftablesCounters, nftablesIfindex, iptables }: TableSettings,
  completed: readonly CompletedInstance[],
  addresses: Configuration['vrrpAddresses'],
): FirewallSettings | undefined {
  const closed = completed.filter(({ details, priority }) => !details.accept && priority !== OWNER);
  const needed = closed.length > 0 || completed.some(({ details }) => details.link?.kind === 'vmac');
  if (nftablesTable === undefined && !needed) return undefined;
  return {
    table: {
      name: nftablesTable ?? DEFAULT_TABLE,
      priority: nftablesPriority,
      counters: nftablesCounters,
      byIndex: nftablesIfindex,
    },
    ...(iptables && { iptables }),
    assumed: nftablesTable === undefined,
    blocked: Object.fromEntries(
      closed.map((instance) => [instance.draft.name, blockedAddresses(instance, addresses)]),
    ),
  };
}

function blockedAddresses(
  { draft }: CompletedInstance,
  addresses: Configuration['vrrpAddresses'],
): readonly BlockedAddress[] {
  const untracked = draft.section.has('dont_track_primary');
  return (addresses[draft.name] ?? []).map(({ address, interface: name, noTrack }) => {
    const isOwn = name === draft.interface;
    const byName = untracked && (isOwn || noTrack);
    return { address, interface: name, byName };
  });
}
