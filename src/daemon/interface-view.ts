import { type IpAddress } from '../base/address.js';
import { type InterfaceFact } from '../kernel/rtnetlink.js';
import { type InterfaceState, type VrrpEvent } from '../vrrp/index.js';
import { type Link } from '../wire/netlink/link.js';
import { type InterfaceAddress } from '../wire/netlink/route.js';

/** linux/if_addr.h */
const IFA_F_SECONDARY = 0x01;
const IFA_F_TENTATIVE = 0x40;

/** How the view takes an address: a plain one of the host's, a VIP, or a VIP whose owner this host is. */
export type AddressRole = 'own' | 'vip' | 'owned-vip';

/** What a link counts as. */
export interface LinkVerdict {
  readonly up: boolean;
  /** Its driver was asked: nothing that netlink tells of it counts. */
  readonly polled?: true;
}

/** All of an interface that we keep. */
interface Entry {
  readonly link: Link;
  readonly addresses: readonly InterfaceAddress[];
}

/**
 * The host's interfaces as the kernel last told of them, and what the protocol needs to hear of each change.
 * Knows nothing of sockets: what the kernel says is passed in.
 */
export class InterfaceView {
  private readonly entries = new Map<number, Entry>();
  /** Index by name: with thousands of virtual MAC interfaces every instance looks for its own. */
  private readonly byName = new Map<string, number>();
  private readonly told = new Map<string, InterfaceState>();
  /** The name that each index was told of by. */
  private readonly toldNames = new Map<number, string>();
  private vips: Vips = new Vips([]);

  /** @param judge what a link counts as; called whenever something is told of it. */
  constructor(
    private readonly judge: (link: Link) => LinkVerdict = ({ adminUp, running }) => ({
      up: adminUp && running,
    }),
  ) {}

  /** Looks again at what the interface of that name counts as; the events that follow from that. */
  reconsider(name: string): readonly VrrpEvent[] {
    const link = this.link(name);
    return link ? this.changes([link.index]) : [];
  }

  /** Which addresses are VIPs, from now on; the events that follow from that. */
  setVips(vips: readonly Vip[]): readonly VrrpEvent[] {
    this.vips = new Vips(vips);
    return this.changes();
  }

  /** Index by name, for those interfaces that exist. */
  get indices(): ReadonlyMap<string, number> {
    return this.byName;
  }

  /** The link of that name, if it exists. */
  link(name: string): Link | undefined {
    const index = this.byName.get(name);
    return index === undefined ? undefined : this.entries.get(index)?.link;
  }

  /** Every link that exists. */
  get links(): readonly Link[] {
    return [...this.entries.values()].map(({ link }) => link);
  }

  /** IFLA_INFO_KIND of the interface of that index. */
  kindOf(index: number): string | undefined {
    return this.entries.get(index)?.link.kind;
  }

  /** All addresses of the interface of that index. */
  addressesOf(index: number): readonly IpAddress[] {
    return this.entries.get(index)?.addresses.map(({ address }) => address) ?? [];
  }

  /** Those that are no VIPs. */
  ownAddressesOf(index: number): readonly IpAddress[] {
    const name = this.nameOf(index) ?? '';
    return this.addressesOf(index).filter((address) => this.vips.role(name, address) === 'own');
  }

  /** The name of the interface of that index. */
  nameOf(index: number): string | undefined {
    return this.entries.get(index)?.link.name;
  }

  /** What was last told of the interface of that name. */
  state(name: string): InterfaceState | undefined {
    return this.told.get(name);
  }

  /** Wherever one of these addresses is installed. */
  holders(addresses: ReadonlySet<IpAddress>): readonly InterfaceAddress[] {
    return [...this.entries.values()].flatMap((entry) =>
      entry.addresses.filter(({ address }) => addresses.has(address)),
    );
  }

  /** Takes a complete dump for the truth: at start, and when facts were lost. */
  load(links: readonly Link[], addresses: readonly InterfaceAddress[]): readonly VrrpEvent[] {
    const before = this.allAddresses();
    this.entries.clear();
    this.byName.clear();
    const held = byInterface(addresses);
    for (const link of links) this.keep({ link, addresses: held.get(link.index) ?? [] });
    const after = new Set(this.allAddresses().map(({ key }) => key));
    const lost = before
      .filter(({ key, name, address }) => !after.has(key) && this.vips.isTracked(name, address))
      .map(({ name, address }) => ({ type: 'AddressLost', interface: name, address }) as const);
    return [...this.changes(), ...lost];
  }

  /**
   * Takes changes in; the events that follow from each, in the kernel's order. One message can undo what the one
   * before it did (a VIP is lost, then the address that it was secondary to): both are news.
   * @param isOurDoing asked of each address that is gone.
   */
  apply(
    facts: readonly InterfaceFact[],
    isOurDoing: (gone: InterfaceAddress) => boolean,
  ): readonly VrrpEvent[] {
    return facts.flatMap((fact) => {
      if (fact.type === 'link') this.changeLink(fact.link);
      else if (fact.type === 'link-gone') this.drop(fact.link.index);
      else this.changeAddress(fact);
      const index = 'link' in fact ? fact.link.index : fact.address.interfaceIndex;
      const lost = fact.type === 'address-gone' && !isOurDoing(fact.address) ? this.lost(fact.address) : [];
      return [...this.changes([index]), ...lost];
    });
  }

  private lost({ interfaceIndex, address }: InterfaceAddress): readonly VrrpEvent[] {
    const name = this.entries.get(interfaceIndex)?.link.name;
    if (name === undefined || !this.vips.isTracked(name, address)) return [];
    return [{ type: 'AddressLost', interface: name, address }];
  }

  private changeLink(link: Link): void {
    this.keep({ link, addresses: this.entries.get(link.index)?.addresses ?? [] });
  }

  private keep(entry: Entry): void {
    const { index, name } = entry.link;
    this.forgetNameOf(index);
    this.entries.set(index, entry);
    this.byName.set(name, index);
  }

  private drop(index: number): void {
    this.forgetNameOf(index);
    this.entries.delete(index);
  }

  /** Unless another interface has it by now. */
  private forgetNameOf(index: number): void {
    const name = this.nameOf(index);
    if (name !== undefined && this.byName.get(name) === index) this.byName.delete(name);
  }

  private changeAddress(fact: { readonly type: string; readonly address: InterfaceAddress }): void {
    const entry = this.entries.get(fact.address.interfaceIndex);
    if (!entry) return;
    const key = addressKey(fact.address);
    const at = entry.addresses.findIndex((known) => addressKey(known) === key);
    const addresses = [...entry.addresses];
    if (fact.type === 'address-gone') {
      if (at >= 0) addresses.splice(at, 1);
    } else if (at >= 0) addresses[at] = fact.address;
    else addresses.push(fact.address);
    this.entries.set(entry.link.index, { ...entry, addresses });
  }

  private allAddresses(): readonly { key: string; name: string; address: IpAddress }[] {
    return [...this.entries.values()].flatMap(({ link, addresses }) =>
      addresses.map((held) => ({
        key: `${link.index} ${addressKey(held)}`,
        name: link.name,
        address: held.address,
      })),
    );
  }

  /**
   * Compares what is with what was told last, and tells the difference.
   * @param touched indices of the interfaces that can differ; all of them if absent.
   */
  private changes(touched?: readonly number[]): readonly VrrpEvent[] {
    const events: VrrpEvent[] = [];
    for (const index of touched ?? [...this.toldNames.keys()]) {
      const name = this.toldNames.get(index);
      if (name === undefined || this.nameOf(index) === name) continue;
      this.toldNames.delete(index);
      // Another interface may have been told of by that name since.
      if (this.told.get(name)?.index !== index) continue;
      this.told.delete(name);
      events.push({ type: 'InterfaceVanished', interface: name });
    }
    for (const index of touched ?? this.entries.keys()) {
      const entry = this.entries.get(index);
      if (!entry) continue;
      const state = this.stateOf(entry);
      const known = this.told.get(state.name);
      if (known && isSame(known, state)) continue;
      this.told.set(state.name, state);
      this.toldNames.set(index, state.name);
      events.push({ type: 'InterfaceChanged', state });
    }
    return events;
  }

  private stateOf({ link, addresses }: Entry): InterfaceState {
    // A tentative address cannot be used yet; it is told of again when it has passed duplicate detection.
    const usable = addresses.filter(({ flags }) => (flags & IFA_F_TENTATIVE) === 0);
    const withRole = (role: AddressRole): readonly InterfaceAddress[] =>
      usable.filter(({ address }) => this.vips.role(link.name, address) === role);
    // The address owner may have no address but its VIPs: they come last, so that any other one is primary.
    const ordered = [...primaryFirst(withRole('own')), ...primaryFirst(withRole('owned-vip'))];
    return {
      name: link.name,
      index: link.index,
      ...this.judge(link),
      addresses: ordered.map(({ address }) => address),
    };
  }
}

/** An address that moves with an instance. */
export interface Vip {
  readonly interface: string;
  readonly address: IpAddress;
  /** Priority 255: the host owns the address. */
  readonly owner: boolean;
  /** False with no_track: nobody minds if somebody else removes it. */
  readonly tracked: boolean;
}

class Vips {
  private readonly roles: ReadonlyMap<string, AddressRole>;
  private readonly tracked: ReadonlySet<string>;

  constructor(vips: readonly Vip[]) {
    this.roles = new Map(
      vips.map((vip) => [`${vip.interface} ${vip.address}`, vip.owner ? 'owned-vip' : 'vip']),
    );
    this.tracked = new Set(vips.filter((vip) => vip.tracked).map((vip) => `${vip.interface} ${vip.address}`));
  }

  /** True if its loss matters to an instance. */
  isTracked(interfaceName: string, address: IpAddress): boolean {
    return this.tracked.has(`${interfaceName} ${address}`);
  }

  role(interfaceName: string, address: IpAddress): AddressRole {
    return this.roles.get(`${interfaceName} ${address}`) ?? 'own';
  }
}

/** What makes two reports mean the same address: the kernel keeps one per address and prefix. */
export const addressKey = ({ address, prefixLength }: InterfaceAddress): string =>
  `${address}/${prefixLength}`;

function byInterface(
  addresses: readonly InterfaceAddress[],
): ReadonlyMap<number, readonly InterfaceAddress[]> {
  const groups = new Map<number, InterfaceAddress[]>();
  for (const address of addresses) {
    const group = groups.get(address.interfaceIndex);
    if (group) group.push(address);
    else groups.set(address.interfaceIndex, [address]);
  }
  return groups;
}

/** Kernel order, but secondaries (another address of the same subnet came first) after all primaries. */
const primaryFirst = (addresses: readonly InterfaceAddress[]): readonly InterfaceAddress[] => [
  ...addresses.filter(({ flags }) => (flags & IFA_F_SECONDARY) === 0),
  ...addresses.filter(({ flags }) => (flags & IFA_F_SECONDARY) !== 0),
];

const isSame = (a: InterfaceState, b: InterfaceState): boolean =>
  a.index === b.index && a.up === b.up && a.addresses.join() === b.addresses.join();
