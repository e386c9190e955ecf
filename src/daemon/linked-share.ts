import { familyOf, type Family } from '../base/address.js';
import { type Configuration } from '../config/index.js';
import {
  vmacAddress,
  type DesiredAddress,
  type DesiredLink,
  type FirewallSettings,
  type LinkKind,
  type LinkRequest,
} from '../net/index.js';
import { type InstanceSettings, type VirtualAddress } from '../vrrp/index.js';

/** What of the configuration links are about. */
export type LinkedParts = Pick<Configuration, 'vrrp' | 'vrrpAddresses' | 'vrrpFirewall' | 'details'>;
type InstanceDetails = Configuration['details']['instances'][string];

/** The links that one instance needs: its own, and for each of its addresses the one that it goes on. */
export interface InstanceRequests {
  readonly own?: LinkRequest;
  /** In the order of vrrpAddresses; undefined for an address that goes on an interface as configured, or on `own`. */
  readonly addresses: readonly (LinkRequest | 'own' | undefined)[];
}

/** The same with names. */
interface InstanceLinks {
  readonly own?: DesiredLink;
  readonly addresses: readonly (DesiredLink | undefined)[];
}

/** The links that each instance needs, in file order. */
export const requestsOf = (share: LinkedParts): readonly InstanceRequests[] =>
  share.vrrp.instances.map((instance) => requestsOfInstance(share, instance));

/** All of them, each instance's own before those of its addresses. */
export const flatten = (all: readonly InstanceRequests[]): readonly LinkRequest[] =>
  all.flatMap(({ own, addresses }) => [
    ...(own ? [own] : []),
    ...addresses.filter((each) => each !== undefined && each !== 'own'),
  ]);

function requestsOfInstance(share: LinkedParts, instance: InstanceSettings): InstanceRequests {
  const details = share.details.instances[instance.name];
  if (!details) return { addresses: [] };
  const own = ownRequest(instance, details);
  const desired = share.vrrpAddresses[instance.name] ?? [];
  const addresses = desired.map((address) => {
    const family = familyOf(address.address);
    const onOwn = address.interface === instance.interface;
    if (onOwn && own?.type.kind === 'vmac' && family === instance.family) return 'own';
    // use_vmac_addr is for other interfaces, and for the other family.
    const elsewhere = !onOwn || family !== instance.family;
    const wanted = address.useVmac || (details.useVmacAddr && elsewhere);
    return wanted ? addressRequest(instance, details, family, address.interface) : undefined;
  });
  return { ...(own && { own }), addresses };
}

function ownRequest(instance: InstanceSettings, details: InstanceDetails): LinkRequest | undefined {
  const { link } = details;
  if (!link || instance.interface === '') return undefined;
  const { name, vrid, family, transport } = instance;
  const common = {
    instance: name,
    vrid,
    purpose: 'adverts' as const,
    family,
    base: instance.interface,
    ...(link.name !== undefined && { name: link.name }),
    ...(link.group !== undefined && { group: link.group }),
    ipv6: family === 'inet6' || instance.addresses.some(({ address }) => familyOf(address) === 'inet6'),
  };
  if (link.kind === 'ipvlan') {
    const { address, prefixLength = 0 } = link;
    const type: LinkKind = {
      kind: 'ipvlan',
      mode: link.mode,
      ...(address !== undefined && { address: { address, prefixLength } }),
    };
    return { ...common, type, netlinkNotify: false };
  }
  const needsLinkLocal = family === 'inet6' && !link.transmitOnBase;
  return {
    ...common,
    type: { kind: 'vmac', mac: vmacAddress(family, vrid, link.mac) },
    ...(needsLinkLocal && { linkLocal: transport.source ?? ('found' as const) }),
    netlinkNotify: link.netlinkNotify,
  };
}

function addressRequest(
  { name, vrid }: InstanceSettings,
  { link }: InstanceDetails,
  family: Family,
  base: string,
): LinkRequest {
  const given = link?.kind === 'vmac' ? link.mac : undefined;
  return {
    instance: name,
    vrid,
    purpose: 'addresses',
    family,
    base,
    type: { kind: 'vmac', mac: vmacAddress(family, vrid, given) },
    ipv6: family === 'inet6',
    ...(family === 'inet6' && { linkLocal: 'found' as const }),
    netlinkNotify: false,
  };
}

/**
 * The share as the rest of the worker is to see it: with the names of links where the file names what they lie on.
 * @param chosen the links for `flatten(requests)`, in that order.
 * @param lowerOf what an interface lies on, if it is itself a macvlan or ipvlan.
 */
export function linkShare<Share extends LinkedParts>(
  share: Share,
  requests: readonly InstanceRequests[],
  chosen: readonly DesiredLink[],
  lowerOf: (name: string) => string | undefined,
): Share {
  const left = [...chosen];
  const take = (request: LinkRequest | undefined): DesiredLink | undefined => request && left.shift();
  const links = requests.map(({ own, addresses }): InstanceLinks => {
    const ownLink = take(own);
    return {
      ...(ownLink && { own: ownLink }),
      addresses: addresses.map((each) => (each === 'own' ? ownLink : take(each))),
    };
  });
  const { vrrp, vrrpAddresses } = share;
  const placed = vrrp.instances.map(({ name }, index) =>
    (vrrpAddresses[name] ?? []).map((desired, at) => {
      const link = links[index]?.addresses[at];
      return link ? { ...desired, interface: link.name } : desired;
    }),
  );
  const instances = vrrp.instances.map((instance, index) => {
    return linkInstance(share, instance, links[index]?.own, placed[index] ?? [], lowerOf);
  });
  const vrrpAddressesPlaced = Object.fromEntries(
    vrrp.instances.map(({ name }, index) => [name, placed[index] ?? []]),
  );
  return {
    ...share,
    vrrp: { ...vrrp, instances, announcementPacing: vrrp.announcementPacing.map(withLinks(chosen)) },
    vrrpAddresses: vrrpAddressesPlaced,
    ...(share.vrrpFirewall && { vrrpFirewall: blockWhere(share.vrrpFirewall, vrrpAddressesPlaced) }),
  };
}

/** Addresses are blocked where they are. */
const blockWhere = (
  firewall: FirewallSettings,
  placed: Readonly<Record<string, readonly DesiredAddress[]>>,
): FirewallSettings => ({
  ...firewall,
  blocked: Object.fromEntries(
    Object.entries(firewall.blocked).map(([name, blocked]) => [
      name,
      blocked.map((each, index) => ({
        ...each,
        interface: placed[name]?.[index]?.interface ?? each.interface,
      })),
    ]),
  ),
});

/** @param placed its addresses, where they go. */
function linkInstance(
  share: LinkedParts,
  instance: InstanceSettings,
  own: DesiredLink | undefined,
  placed: readonly DesiredAddress[],
  lowerOf: (name: string) => string | undefined,
): InstanceSettings {
  const details = share.details.instances[instance.name];
  const base = instance.interface;
  const onBase = details?.link?.kind === 'vmac' && details.link.transmitOnBase;
  const port = own && !onBase ? own.name : base;
  const sourceInterface = own?.type.kind === 'vmac' && instance.family === 'inet' ? base : port;
  const lower = lowerOf(base);
  const primary = [base, ...(lower === undefined ? [] : [lower]), ...(own ? [own.name] : [])];
  const tracked = instance.dontTrackPrimary ? [] : primary;
  const ports = placed.map(({ interface: name }) => name);
  const ofAddresses = placed
    .filter(({ noTrack, interface: name }) => !noTrack && name !== base && name !== own?.name)
    .map(({ interface: name }) => name);
  const needed = [...tracked, ...(instance.carriers ?? []), ...ofAddresses];
  // Routes bring the own interface back in where dont_track_primary leaves it out.
  const implied = instance.dontTrackPrimary ? '' : port;
  const carriers = [...new Set(needed)].filter((name) => name !== implied && name !== '');
  const moved = portsByAddress(instance.addresses, ports);
  const place = (address: VirtualAddress): VirtualAddress => ({
    ...address,
    interface: moved.get(placeKey(address)) ?? address.interface,
  });
  return {
    ...instance,
    interface: port,
    ...(sourceInterface !== port && { sourceInterface }),
    ...(carriers.length > 0 && { carriers }),
    addresses: instance.addresses.map(place),
    garp: { ...instance.garp, extraAddresses: instance.garp.extraAddresses.map(place) },
  };
}

const placeKey = ({ address, interface: name }: VirtualAddress): string => `${address} ${name}`;

const portsByAddress = (
  addresses: readonly VirtualAddress[],
  ports: readonly string[],
): ReadonlyMap<string, string> =>
  new Map(addresses.map((address, index) => [placeKey(address), ports[index] ?? address.interface]));

/** What is announced on a link is announced by the interface that it lies on. */
const withLinks =
  (links: readonly DesiredLink[]) =>
  <Pacing extends { readonly interfaces: readonly string[] }>(pacing: Pacing): Pacing => {
    const added = links.filter(({ base }) => pacing.interfaces.includes(base)).map(({ name }) => name);
    return { ...pacing, interfaces: [...new Set([...pacing.interfaces, ...added])] };
  };
