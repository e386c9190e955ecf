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
  /** By interface, and then by VRID and family: to put these into one word for each advert would cost more. */
  private readonly found = new Map<string, Map<number, Instance[]>>();

  constructor(instances: readonly Instance[]) {
    for (const instance of instances) {
      const { interface: port, family, vrid } = instance.settings;
      const onPort = this.found.get(port) ?? new Map<number, Instance[]>();
      this.found.set(port, onPort);
      const sameVrid = onPort.get(numberOf(family, vrid));
      if (sameVrid) sameVrid.push(instance);
      else onPort.set(numberOf(family, vrid), [instance]);
    }
  }

  /** In file order. */
  find(event: AdvertReceived, vrid: number): readonly Instance[] {
    return this.found.get(event.interface)?.get(numberOf(familyOf(event.source), vrid)) ?? [];
  }
}

const numberOf = (family: Family, vrid: number): number => (family === 'inet' ? vrid : vrid + 0x100);

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
