import { type Family } from '../base/address.js';
import { type Result } from '../base/result.js';
import { type KernelError } from '../kernel/kernel-error.js';
import { BASE_SETTINGS, planExistence, planSettings, type DesiredLink, type LinkStep } from '../net/index.js';
import { type Link } from '../wire/netlink/link.js';
import { BorrowedSettings } from './borrowed-settings.js';
import { type InterfaceView } from './interface-view.js';
import { type LinkDoor } from './link-door.js';
import { linkLocalCommands, ownAddressCommands } from './link-addresses.js';
import { type Log } from './log.js';
import { ReversePathFilter } from './reverse-path-filter.js';

/** A VMAC or IPVLAN that exists at this moment. */
export interface MadeLink {
  /** The instance that it was made for; several of a sync group may use it. */
  readonly instance: string;
  readonly kind: 'vmac' | 'ipvlan';
  /** `adverts`: the instance's own link. `addresses`: for some of its addresses (use_vmac_addr). */
  readonly purpose: 'adverts' | 'addresses';
  readonly family: Family;
  readonly name: string;
  readonly index: number;
  /** The interface that it lies on. */
  readonly base: string;
}

/**
 * Makes the links that instances need, keeps them for as long as what they lie on exists, and removes them. What is
 * there already and fits is adopted: after a crash no address and no advert is lost.
 */
export class LinkKeeper {
  private desired: readonly DesiredLink[] = [];
  /** By name, the index of each link that is ours. */
  private readonly ours = new Map<string, { readonly link: DesiredLink; readonly index: number }>();
  /** Links that could not be made, and the index of the base then: tried again when that is another one. */
  private readonly refused = new Map<string, number>();
  private readonly filter: ReversePathFilter;
  private readonly borrowed: BorrowedSettings;

  constructor(
    private readonly view: InterfaceView,
    private readonly door: LinkDoor,
    private readonly log: Pick<Log, 'info' | 'detail'>,
  ) {
    this.filter = new ReversePathFilter(door, log);
    this.borrowed = new BorrowedSettings(door, BASE_SETTINGS);
  }

  /** The links that exist, for those who need to know whose they are: firewall rules, for example. */
  get made(): readonly MadeLink[] {
    return [...this.ours.values()].flatMap(({ link, index }) => {
      const { instance, purpose, family, name, base, type } = link;
      return this.view.nameOf(index) === name
        ? [{ instance, kind: type.kind, purpose, family, name, index, base }]
        : [];
    });
  }

  /** Names of our links. */
  get names(): ReadonlySet<string> {
    return new Set(this.ours.keys());
  }

  /** From now on these are wanted; those whose base exists are made or adopted. Others of ours stay for now. */
  want(desired: readonly DesiredLink[]): void {
    this.desired = [...new Map(desired.map((link) => [link.name, link])).values()];
    for (const link of this.desired) this.make(link);
  }

  /** Something has changed: makes what is missing, and follows what the links lie on. */
  reconcile(): void {
    for (const link of this.desired) this.mend(link);
  }

  /** Removes those of our links that are not wanted any more, after a reload. True if there was one. */
  removeUnwanted(): boolean {
    const wanted = new Set(this.desired.map(({ name }) => name));
    const unwanted = [...this.ours.values()].filter(({ link }) => !wanted.has(link.name));
    for (const { link } of unwanted) this.remove(link);
    return unwanted.length > 0;
  }

  /** Removes everything of ours, and puts back what was changed for it. */
  removeAll(): void {
    this.desired = [];
    this.filter.restore();
    for (const { link } of [...this.ours.values()]) this.remove(link);
  }

  private make(desired: DesiredLink): void {
    const base = this.view.link(desired.base);
    if (!base) return;
    const steps = planExistence(desired, { base, ...this.heldAs(desired.name), vrfIndex: this.vrfOf(base) });
    if (!steps) this.log.info(`VMAC ${desired.name} conflicts with existing interface`);
    const taken = steps?.every((step) => this.take(step, desired)) ?? false;
    const link = taken ? this.door.link(desired.name) : undefined;
    if (!steps || !link) {
      this.refused.set(desired.name, base.index);
      return;
    }
    this.refused.delete(desired.name);
    this.ours.set(desired.name, { link: desired, index: link.index });
    this.configure(desired, link, base);
    if (steps.some(({ kind }) => kind === 'create')) this.tellOfBase(desired, base);
  }

  private configure(desired: DesiredLink, link: Link, base: Link): void {
    if (desired.type.kind === 'vmac') this.setUpVmac(desired, base);
    this.setIpv6(desired);
    // Read again: to clear the reverse path filter may have changed the link, too.
    const changes = planSettings(desired, this.door.link(desired.name) ?? link);
    if (changes) {
      this.check(this.door.changeLink(link.index, changes), `Unable to set parameters for ${desired.name}`);
    }
    // Not in one message with the above: the kernel would make a link-local address first.
    if (!link.adminUp) this.check(this.door.changeLink(link.index, { up: true }), `${desired.name} up`);
    this.giveAddresses(desired, link.index);
  }

  private setUpVmac(desired: DesiredLink, base: Link): void {
    this.filter.clear();
    if (desired.family === 'inet6') return;
    const failure = this.borrowed.borrow(desired.name, base);
    if (failure !== undefined) {
      this.log.info(`Set base flags on ${base.name} failed for VMAC ${desired.name}: ${failure}`);
    }
  }

  private setIpv6({ name, ipv6 }: DesiredLink): void {
    const path = `net/ipv6/conf/${name}/disable_ipv6`;
    const wanted = ipv6 ? 0 : 1;
    const actual = this.door.readSysctl(path);
    // A kernel without IPv6 has nothing to switch off.
    if (actual === undefined || actual === wanted) return;
    this.check(this.door.writeSysctl(path, wanted), `Unable to set disable_ipv6 on ${name}`);
  }

  private giveAddresses(desired: DesiredLink, index: number): void {
    const commands = [
      ...ownAddressCommands(desired, index, this.view),
      ...linkLocalCommands(desired, index, this.view),
    ];
    for (const result of this.door.apply(commands)) {
      this.check(result, `(${desired.instance}) adding address to ${desired.name} failed`);
    }
  }

  private mend(desired: DesiredLink): void {
    const base = this.view.link(desired.base);
    if (!base) return;
    const known = this.ours.get(desired.name);
    const link = this.view.link(desired.name);
    if (known === undefined || link?.index !== known.index) {
      if (this.refused.get(desired.name) === base.index) return;
      this.dropRenamed(desired, known?.index);
      this.make(desired);
      return;
    }
    this.followVrf(desired, link, base);
    if (link.adminUp) this.giveAddresses(desired, link.index);
  }

  /** A link of ours that somebody has renamed still has the MAC address that its successor is to have. */
  private dropRenamed({ name }: DesiredLink, index: number | undefined): void {
    const now = index === undefined ? undefined : this.view.nameOf(index);
    if (index === undefined || now === undefined || now === name) return;
    this.door.deleteLink(index);
  }

  private followVrf(desired: DesiredLink, link: Link, base: Link): void {
    const masterIndex = this.vrfOf(base);
    if ((link.masterIndex ?? 0) === masterIndex) return;
    const { name, instance } = desired;
    const changed = this.door.changeLink(link.index, { masterIndex });
    const text = `changing VRF of VMAC interface ${name} for vrrp_instance ${instance}`;
    if (changed.ok) this.log.detail(`vmac: Success ${text}`);
    else this.log.info(`vmac: Error ${text}!!!`);
  }

  private take(step: LinkStep, { instance, name, type }: DesiredLink): boolean {
    const kind = type.kind === 'vmac' ? 'VMAC' : 'ipvlan';
    if (step.kind === 'remove') {
      this.log.info(`(${instance}) Removing old ${kind} interface ${name} due to conflicting interface`);
      return this.check(
        this.door.deleteLink(step.index),
        `(${instance}) Error removing ${kind} interface ${name}`,
      );
    }
    const creates = step.kind === 'create';
    if (!creates && step.changes.hardwareAddress) {
      this.log.info(`(${instance}) Update old ${kind} interface ${name} due to wrong MAC/mode`);
    }
    const outcome = creates
      ? this.door.createLink(step.link)
      : this.door.changeLink(step.index, step.changes);
    if (!this.check(outcome, `(${instance}): Unable to create ${kind} interface ${name}`)) return false;
    this.log.detail(`(${instance}): Success ${creates ? 'cre' : 'upd'}ating ${kind} interface ${name}`);
    return true;
  }

  private remove(link: DesiredLink): void {
    const { name, instance } = link;
    const known = this.ours.get(name);
    this.ours.delete(name);
    this.borrowed.giveBack(name);
    const held = this.door.link(name);
    if (!held || held.index !== known?.index) return;
    const removed = this.door.deleteLink(held.index);
    // keepalived calls an ipvlan a VMAC here.
    if (!this.check(removed, `(${instance}) Error removing VMAC interface ${name}`)) return;
    this.log.detail(`(${instance}) Success removing VMAC interface ${name}`);
    const base = this.view.link(link.base);
    if (base) this.tellOfBase(link, base);
  }

  /**
   * A bridge tells nobody that it has become promiscuous, or no longer is, for a link on it. To set the group that it
   * has makes the kernel tell of it.
   */
  private tellOfBase({ netlinkNotify }: DesiredLink, base: Link): void {
    if (netlinkNotify) this.door.changeLink(base.index, { group: base.group ?? 0 });
  }

  private heldAs(name: string): { readonly held?: Link } {
    const held = this.door.link(name);
    return held ? { held } : {};
  }

  /** Index of the VRF that an interface is in; 0 for none. */
  private vrfOf({ masterIndex = 0 }: Link): number {
    return this.view.kindOf(masterIndex) === 'vrf' ? masterIndex : 0;
  }

  private check(outcome: Result<unknown, KernelError>, text: string): boolean {
    if (!outcome.ok) this.log.info(`${text}: ${outcome.error.message}`);
    return outcome.ok;
  }
}
