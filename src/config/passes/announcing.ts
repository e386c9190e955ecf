import { type Micros } from '../../base/units.js';
import { type AnnouncementPacing, type InstanceSettings, type VirtualAddress } from '../../vrrp/index.js';
import { type VrrpDaemonSettings } from '../model-daemon.js';
import { type GarpGroup } from '../model-vrrp.js';
import { type AddressDraft } from './addresses.js';
import { type CompletedInstance } from './complete-instance.js';

/**
 * garp_extra_if: one VIP for each interface other than that of the instance, because nothing else may ever be sent
 * from there; without `all` only for virtual MACs. With vmac_xmit_base the instance's own virtual MAC needs it too,
 * but keepalived thinks of that only where there is another interface.
 * @param virtual makes a VIP of a draft.
 */
export function extraAddresses(
  { draft, details }: CompletedInstance,
  virtual: (address: AddressDraft) => VirtualAddress,
): readonly VirtualAddress[] {
  if (details.garpExtraInterval === 0) return [];
  const { link, garpExtraAll } = details;
  const isOwn = ({ interface: name, useVmac }: AddressDraft): boolean => !useVmac && name === draft.interface;
  const isVirtual = (address: AddressDraft): boolean =>
    address.useVmac || (isOwn(address) ? link !== undefined : details.useVmacAddr);
  const addresses = [...draft.vips, ...draft.excluded];
  const ownToo = link?.kind === 'vmac' && link.transmitOnBase;
  const wanted = addresses.filter((each) => isVirtual(each) || garpExtraAll);
  if (wanted.every(isOwn)) return [];
  const first = new Map<string, AddressDraft>();
  for (const each of wanted.filter((address) => ownToo || !isOwn(address))) {
    const port = `${each.interface ?? ''} ${String(isVirtual(each))}`;
    if (!first.has(port)) first.set(port, each);
  }
  return [...first.values()].map(virtual);
}

/** garp_groups as they are, and the global intervals for every other interface that an instance uses. */
export function announcementPacing(
  groups: readonly GarpGroup[],
  { garpInterval, gnaInterval }: Pick<VrrpDaemonSettings, 'garpInterval' | 'gnaInterval'>,
  instances: readonly InstanceSettings[],
): readonly AnnouncementPacing[] {
  const none = 0 as Micros;
  const grouped = groups.map((group) => ({
    interfaces: group.interfaces,
    garpInterval: group.garpInterval ?? none,
    gnaInterval: group.gnaInterval ?? none,
  }));
  if (garpInterval === 0 && gnaInterval === 0) return grouped;
  const used = new Set(
    instances.flatMap((each) => [each.interface, ...each.addresses.map((vip) => vip.interface)]),
  );
  for (const name of grouped.flatMap(({ interfaces }) => interfaces)) used.delete(name);
  used.delete('');
  return [...grouped, ...[...used].map((name) => ({ interfaces: [name], garpInterval, gnaInterval }))];
}
