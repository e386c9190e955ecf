import { type IpAddress } from '../base/address.js';
import { IPVLAN_FLAGS, IPVLAN_MODE_L2, MACVLAN_MODE_PRIVATE, type Link } from '../wire/netlink/link.js';
import { type DesiredLink, type LinkKind, type LinkRequest } from './desired-link.js';
import { isSameMac, vmacNames } from './vmac.js';

/** What the choice of names starts from. */
export interface LinkScene {
  /** Every link that exists. */
  readonly links: readonly Link[];
  /** Addresses of a link. */
  addresses(index: number): readonly IpAddress[];
  /** Names that mean an interface that may come to exist. */
  readonly reserved: ReadonlySet<string>;
  /** Names of links that we made before (a reload). */
  readonly ours: ReadonlySet<string>;
  /** vmac_prefix, and vmac_addr_prefix. */
  readonly prefix: Readonly<Record<LinkRequest['purpose'], string>>;
}

export interface LinkChoice {
  /** For each request its link; requests that can share a link have the same one. */
  readonly links: readonly DesiredLink[];
  /** Lines for the log. */
  readonly notes: readonly string[];
}

/**
 * Gives each request a name: that of a link that is already as it should be (left by a crash, or by keepalived), the
 * configured one, or the first that is free.
 */
export function chooseLinks(requests: readonly LinkRequest[], scene: LinkScene): LinkChoice {
  const chooser = new Chooser(requests, scene);
  const links = requests.map((request) => chooser.choose(request));
  // keepalived leaves IPv6 off on a link of a configured MAC address that addresses of both families share.
  const dual = new Set(links.filter((_, index) => requests[index]?.ipv6).map(({ name }) => name));
  return { links: links.map((link) => ({ ...link, ipv6: dual.has(link.name) })), notes: chooser.notes };
}

class Chooser {
  readonly notes: string[] = [];
  private readonly chosen: DesiredLink[] = [];
  private readonly taken: Set<string>;

  constructor(
    requests: readonly LinkRequest[],
    private readonly scene: LinkScene,
  ) {
    const configured = requests.flatMap(({ name }) => (name === undefined ? [] : [name]));
    this.taken = new Set([...scene.reserved, ...configured, ...scene.links.map(({ name }) => name)]);
  }

  choose(request: LinkRequest): DesiredLink {
    const shared = this.chosen.find((other) => canShare(other, request));
    if (shared && request.purpose === 'addresses') return shared;
    const desired = { ...request, name: this.nameFor(request, shared) };
    this.taken.add(desired.name);
    this.chosen.push(desired);
    return desired;
  }

  private nameFor(request: LinkRequest, shared: DesiredLink | undefined): string {
    const found = shared?.name ?? this.findMatching(request)?.name;
    if (found !== undefined) {
      if (request.purpose === 'adverts') this.note(request, `Found matching interface ${found}`);
      if (request.name === undefined || request.name === found) return found;
      if (!this.scene.ours.has(found)) {
        this.note(request, `vmac name mismatch ${request.name} <=> ${found}. changing to ${found}.`);
        return found;
      }
    }
    return this.configuredName(request) ?? this.freeName(request);
  }

  /** A configured name is the link's, unless an interface that we could not replace has it. */
  private configuredName(request: LinkRequest): string | undefined {
    const { name } = request;
    const link = name === undefined ? undefined : this.linkOf(name);
    if (name === undefined || !link) return name;
    const kind = request.type.kind === 'vmac' ? 'VMAC' : 'IPVLAN';
    if (link.kind === 'macvlan' || link.kind === 'ipvlan') {
      const text = `${kind} ${name} already exists but is incompatible. It will be deleted/updated`;
      this.note(request, text);
      return name;
    }
    const text = `${kind} interface name ${name} already exists as a non ${kind} interface. ignoring configured name`;
    this.note(request, text);
    return undefined;
  }

  private freeName({ purpose, vrid, family }: LinkRequest): string {
    const names = vmacNames(this.scene.prefix[purpose], vrid, family);
    for (;;) {
      const { value } = names.next();
      if (!this.taken.has(value)) return value;
    }
  }

  private findMatching(request: LinkRequest): Link | undefined {
    const base = this.linkOf(request.base);
    if (!base) return undefined;
    return this.scene.links.find(
      (link) => liesOn(link, base) && isAsWanted(link, request, this.scene.addresses(link.index)),
    );
  }

  private linkOf(name: string): Link | undefined {
    return this.scene.links.find((link) => link.name === name);
  }

  private note({ instance }: LinkRequest, text: string): void {
    this.notes.push(`(${instance}) ${text}`);
  }
}

/** One MAC address can be on a base only once. */
const canShare = (one: DesiredLink, other: LinkRequest): boolean =>
  one.type.kind === 'vmac' &&
  other.type.kind === 'vmac' &&
  one.base === other.base &&
  isSameMac(one.type.mac, other.type.mac);

/** The index that links on `base` report: the kernel puts a macvlan on a macvlan beside it. */
export const lowerIndexFor = (base: Link): number =>
  (base.kind === 'macvlan' || base.kind === 'ipvlan') && base.lowerIndex !== undefined
    ? base.lowerIndex
    : base.index;

/** True if the link lies on `base`, or on what that one lies on. */
export function liesOn(link: Link, base: Link): boolean {
  if (link.index === base.index || link.lowerIndex !== lowerIndexFor(base)) return false;
  return (link.lowerIsElsewhere ?? false) === (isVirtual(base) && (base.lowerIsElsewhere ?? false));
}

const isVirtual = (link: Link): boolean => link.kind === 'macvlan' || link.kind === 'ipvlan';

/** True if a link is what the type says. */
export function isOfType(link: Link, type: LinkKind): boolean {
  if (type.kind === 'vmac') {
    return link.macvlanMode === MACVLAN_MODE_PRIVATE && isSameMac(link.hardwareAddress, type.mac);
  }
  return link.ipvlan?.mode === IPVLAN_MODE_L2 && link.ipvlan.flags === IPVLAN_FLAGS[type.mode];
}

function isAsWanted(link: Link, request: LinkRequest, addresses: readonly IpAddress[]): boolean {
  const { type, name, family } = request;
  if (!isOfType(link, type)) return false;
  if (type.kind === 'vmac') return true;
  // Nothing but its name or its address tells whose an ipvlan is.
  if (name === undefined && type.address === undefined && family === 'inet6') return false;
  if (name !== undefined && name !== link.name) return false;
  return type.address === undefined || addresses.includes(type.address.address);
}
