import { isMulticast } from '../base/address.js';
import { type AdvertReceived } from './event.js';
import { type Instance } from './instance.js';
import { type InstanceSettings } from './settings.js';

/**
 * The instance that an advert with `vrid` is for. Multicast and unicast are VRID spaces of their own; several
 * unicast instances may share a VRID and are then told apart by their master or their peers. An advert that
 * came by the wrong kind of destination is still shown to the instance of that VRID, which says so.
 */
export function instanceFor(
  instances: readonly Instance[],
  event: AdvertReceived,
  vrid: number,
): Instance | undefined {
  const family = event.source.includes(':') ? 'inet6' : 'inet';
  const sameVrid = instances.filter(
    ({ settings }) =>
      settings.vrid === vrid && settings.interface === event.interface && settings.family === family,
  );
  if (sameVrid.length < 2) return sameVrid[0];
  const sameKind = sameVrid.filter(({ settings }) => travelsLike(settings, event));
  if (sameKind.length < 2) return sameKind[0] ?? sameVrid[0];
  return (
    sameKind.find((instance) => instance.master?.address === event.source) ??
    sameKind.find(({ settings }) => hasPeer(settings, event)) ??
    sameKind[0]
  );
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
 * True if both settings mean the same virtual router, so that a reload carries its state over: same VRID, family
 * and interface, and the same way to travel. The name may change.
 */
export function sameRouter(a: InstanceSettings, b: InstanceSettings): boolean {
  return a.vrid === b.vrid && a.family === b.family && a.interface === b.interface && wayOf(a) === wayOf(b);
}

function wayOf({ transport }: InstanceSettings): string {
  return transport.kind === 'multicast'
    ? `multicast ${transport.group}`
    : `unicast ${transport.source ?? 'primary'}`;
}
