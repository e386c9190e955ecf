import { familyOf, isMulticast, type Family } from '../base/address.js';
import { type AdvertReceived } from './event.js';
import { type Instance } from './instance.js';
import { type InstanceSettings } from './settings.js';

/** Instances in groups that share a key, each group in file order. */
export function groupBy(
  instances: readonly Instance[],
  key: (settings: InstanceSettings) => string,
): ReadonlyMap<string, Instance[]> {
  const groups = new Map<string, Instance[]>();
  for (const instance of instances) {
    const found = groups.get(key(instance.settings));
    if (found) found.push(instance);
    else groups.set(key(instance.settings), [instance]);
  }
  return groups;
}

/** Instances by what an advert says of itself: interface, family and VRID. */
export class VridIndex {
  private readonly found: ReadonlyMap<string, readonly Instance[]>;

  constructor(instances: readonly Instance[]) {
    this.found = groupBy(instances, (each) => keyOf(each.interface, each.family, each.vrid));
  }

  /** In file order. */
  find(event: AdvertReceived, vrid: number): readonly Instance[] {
    return this.found.get(keyOf(event.interface, familyOf(event.source), vrid)) ?? [];
  }
}

const keyOf = (port: string, family: Family, vrid: number): string => `${vrid} ${family} ${port}`;

/**
 * Which of the instances with the VRID of an advert it is for. Multicast and unicast are VRID spaces of their
 * own; several unicast instances may share a VRID and are then told apart by their peers, and who is a peer of none is
 * a stranger to all. An advert that came by the wrong kind of destination is still shown to the instance of that VRID, which says so.
 */
export function chooseInstance(sameVrid: readonly Instance[], event: AdvertReceived): Instance | undefined {
  if (sameVrid.length < 2) return sameVrid[0];
  const sameKind = sameVrid.filter(({ settings }) => travelsLike(settings, event));
  if (sameKind.length < 2) return sameKind[0] ?? sameVrid[0];
  return sameKind.find(({ settings }) => hasPeer(settings, event));
}

function travelsLike(settings: InstanceSettings, event: AdvertReceived): boolean {
  const { transport } = settings;
  if (transport.kind === 'multicast') return transport.group === event.destination;
  return (
    !isMulticast(event.destination) &&
    (transport.source === undefined || transport.source === event.destination)
  );
}

const hasPeer = ({ transport }: InstanceSettings, event: AdvertReceived): boolean =>
  transport.kind === 'unicast' && transport.peers.some((peer) => peer.address === event.source);

/**
 * What a virtual router is known by, so that a reload carries its state over: VRID, family and interface, and
 * the way its adverts travel. The name may change.
 */
export const identityOf = (settings: InstanceSettings): string =>
  `${keyOf(settings.interface, settings.family, settings.vrid)} ${wayOf(settings)}`;

function wayOf({ transport }: InstanceSettings): string {
  return transport.kind === 'multicast'
    ? `multicast ${transport.group}`
    : `unicast ${transport.source ?? 'primary'}`;
}
