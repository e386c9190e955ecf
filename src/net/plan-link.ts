import {
  ADDR_GEN_MODE_NONE,
  IPVLAN_FLAGS,
  IPVLAN_MODE_L2,
  MACVLAN_MODE_PRIVATE,
  type Ipv4Settings,
  type Link,
  type LinkChanges,
  type NewLink,
} from '../wire/netlink/link.js';
import { isOfType, liesOn } from './choose-links.js';
import { type DesiredLink } from './desired-link.js';

/** One step towards a link that is as desired. */
export type LinkStep =
  | { readonly kind: 'create'; readonly link: NewLink }
  | { readonly kind: 'change'; readonly index: number; readonly changes: LinkChanges }
  | { readonly kind: 'remove'; readonly index: number };

/** What a plan for one link starts from. */
export interface LinkPlace {
  /** The interface that the link is to lie on. */
  readonly base: Link;
  /** The link that has its name now. */
  readonly held?: Link;
  /** Index of the VRF that the base is a slave of; 0 for none. */
  readonly vrfIndex: number;
}

/**
 * What makes the link exist, on its base, with its MAC address, mode and VRF. None if it is so already.
 * @returns undefined if a link of its name is no macvlan or ipvlan: it may be somebody's network card.
 */
export function planExistence(
  desired: DesiredLink,
  { base, held, vrfIndex }: LinkPlace,
): readonly LinkStep[] | undefined {
  const create: LinkStep = { kind: 'create', link: newLink(desired, base, vrfIndex) };
  if (!held) return [create];
  const wantedKind = desired.type.kind === 'vmac' ? 'macvlan' : 'ipvlan';
  if (held.kind !== 'macvlan' && held.kind !== 'ipvlan') return undefined;
  if (held.kind !== wantedKind || !liesOn(held, base)) return [{ kind: 'remove', index: held.index }, create];
  if (isOfType(held, desired.type)) {
    if ((held.masterIndex ?? 0) === vrfIndex) return [];
    return [{ kind: 'change', index: held.index, changes: { masterIndex: vrfIndex } }];
  }
  if (desired.type.kind === 'ipvlan') return [{ kind: 'remove', index: held.index }, create];
  const changes = {
    macvlanMode: MACVLAN_MODE_PRIVATE,
    group: groupOf(desired, base),
    hardwareAddress: desired.type.mac,
    masterIndex: vrfIndex,
  };
  return [{ kind: 'change', index: held.index, changes }];
}

function newLink(desired: DesiredLink, base: Link, vrfIndex: number): NewLink {
  const { type } = desired;
  const common = {
    name: desired.name,
    lowerIndex: base.index,
    group: groupOf(desired, base),
    ...(vrfIndex === 0 ? {} : { masterIndex: vrfIndex }),
  };
  if (type.kind === 'ipvlan') {
    const flags = IPVLAN_FLAGS[type.mode];
    return { ...common, type: { kind: 'ipvlan', mode: IPVLAN_MODE_L2, flags }, up: true };
  }
  return { ...common, type: { kind: 'macvlan', mode: MACVLAN_MODE_PRIVATE }, hardwareAddress: type.mac };
}

/** The base's own, so that rules about groups of interfaces go on to hold. */
const groupOf = (desired: DesiredLink, base: Link): number => desired.group ?? base.group ?? 0;

/**
 * Settings of a VMAC: it answers ARP for its own addresses only, hears adverts that come from addresses of this host
 * (another VMAC's), and takes packets whose way back is the base's.
 */
export const vmacSettings = ({ family }: DesiredLink): Partial<Ipv4Settings> =>
  family === 'inet6'
    ? { arpIgnore: 1 }
    : { arpIgnore: 1, acceptLocal: 1, rpFilter: 0, promoteSecondaries: 1 };

/** Settings of what an IPv4 VMAC lies on: it must not answer ARP for the VMAC's addresses. */
export const BASE_SETTINGS = { arpIgnore: 1, arpFilter: 1 } as const;

/** Those of `wanted` that a link does not have. */
export function missingSettings(
  wanted: Partial<Ipv4Settings>,
  { ipv4Settings }: Link,
): Partial<Ipv4Settings> | undefined {
  const missing = Object.entries(wanted).filter(
    ([name, value]) => ipv4Settings?.[name as keyof Ipv4Settings] !== value,
  );
  return missing.length === 0 ? undefined : Object.fromEntries(missing);
}

/**
 * What makes an existing link ready to be set up. The kernel is to make no link-local address of the virtual MAC
 * (RFC 9568, 7.4), and can only be told so once the link exists.
 */
export function planSettings(desired: DesiredLink, held: Link): LinkChanges | undefined {
  if (desired.type.kind !== 'vmac') return undefined;
  const ipv4Settings = missingSettings(vmacSettings(desired), held);
  const addrGenMode = held.addrGenMode === ADDR_GEN_MODE_NONE ? undefined : ADDR_GEN_MODE_NONE;
  if (ipv4Settings === undefined && addrGenMode === undefined) return undefined;
  return { ...(ipv4Settings && { ipv4Settings }), ...(addrGenMode !== undefined && { addrGenMode }) };
}
