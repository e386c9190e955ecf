import { type IpAddress } from '../base/address.js';
import { microsToSeconds } from '../base/units.js';
import { encodeAdvert, VRRP_TTL, type Advert } from '../wire/vrrp.js';
import { authData, authTypeNumber } from './authentication.js';
import { type SendAdvert } from './effect.js';
import { type InstanceSettings, type Transport } from './settings.js';
import { wholeCentis } from './timers.js';

/** Where the adverts of an instance go: its multicast group, or every unicast peer. */
export const destinationsOf = (transport: Transport): readonly IpAddress[] =>
  transport.kind === 'multicast' ? [transport.group] : transport.peers.map((peer) => peer.address);

/** The VIPs that adverts list, in file order. */
export const advertisedAddresses = (settings: InstanceSettings): readonly IpAddress[] =>
  settings.addresses.filter((vip) => vip.advertised).map((vip) => vip.address);

/**
 * Builds an advert of `priority` from `source` (RFC 9568, 5; RFC 3768, 5.3).
 * @param checksumFor the destination that the checksum is made for, where it is not the real one.
 */
export function buildAdvert(
  settings: InstanceSettings,
  source: IpAddress,
  priority: number,
  checksumFor?: IpAddress,
): SendAdvert {
  const { transport } = settings;
  const destinations = destinationsOf(transport);
  return {
    type: 'SendAdvert',
    instance: settings.name,
    interface: settings.interface,
    source,
    destinations,
    ttl: transport.kind === 'multicast' ? VRRP_TTL : transport.ttl,
    priority,
    payloads: encodeForEach(settings, source, destinations, advertFields(settings, priority), checksumFor),
  };
}

/** The same advert with another Identification; it stays as unsealed as it is. */
export const withIdentification = (advert: SendAdvert, identification: number): SendAdvert => {
  const { type, instance, interface: port, source, destinations, ttl, priority, payloads } = advert;
  // Member by member, because this is done for every advert, and a spread looks each of them up.
  return { type, instance, interface: port, source, destinations, ttl, identification, priority, payloads };
};

function advertFields(settings: InstanceSettings, priority: number): Advert {
  const common = { vrid: settings.vrid, priority, addresses: advertisedAddresses(settings) };
  if (settings.version === 3) {
    return { version: 3, ...common, maxAdvertIntervalCs: wholeCentis(settings.advertInterval) };
  }
  return {
    version: 2,
    ...common,
    authType: authTypeNumber(settings.authentication),
    authData: authData(settings.authentication),
    advertIntervalS: microsToSeconds(settings.advertInterval),
  };
}

function encodeForEach(
  settings: InstanceSettings,
  source: IpAddress,
  destinations: readonly IpAddress[],
  advert: Advert,
  checksumFor: IpAddress | undefined,
): readonly Uint8Array[] {
  const { checksumAsV2 } = settings;
  const encode = (destination: IpAddress): Uint8Array =>
    encodeAdvert(advert, { source, destination, checksumAsV2 });
  // Where the checksum leaves the destination out, or is made for another, one message serves all.
  const leavesOut = settings.family === 'inet' && (settings.version === 2 || checksumAsV2);
  const first = checksumFor ?? (leavesOut ? destinations[0] : undefined);
  if (first !== undefined) {
    const message = encode(first);
    return destinations.map(() => message);
  }
  const encoded = new Map(destinations.map((destination) => [destination, encode(destination)]));
  return destinations.flatMap((destination) => encoded.get(destination) ?? []);
}
