import { isDeepStrictEqual } from 'node:util';
import { type IpAddress } from '../base/address.js';
import { type Result } from '../base/result.js';
import { type KernelError } from '../kernel/kernel-error.js';
import { type Outcome } from '../kernel/net-command.js';
import { type RouteFact } from '../kernel/rtnetlink.js';
import { planInstall, planRemoval, type AddressPlan, type DesiredAddress } from '../net/index.js';
import { type AddressCommand, type InterfaceAddress } from '../wire/netlink/route.js';
import { type InterfaceView } from './interface-view.js';

/** What the keeper needs of rtnetlink. */
export interface AddressDoor {
  apply(commands: readonly AddressCommand[]): readonly Result<Outcome, KernelError>[];
  /** Facts that wait in the monitor: those of our own changes are there as soon as apply() returns. */
  drain(): readonly RouteFact[];
}

/**
 * Installs and removes what moves with each instance, by the difference to what the kernel holds, and knows which
 * removals were its own.
 */
export class AddressKeeper {
  /** What each instance that holds its addresses has installed. */
  private readonly held = new Map<string, readonly DesiredAddress[]>();
  /** Removals whose facts have not come back yet, by interface and address. */
  private readonly removing = new Map<string, number>();
  private stale = false;

  constructor(
    private desired: Readonly<Record<string, readonly DesiredAddress[]>>,
    private readonly view: InterfaceView,
    private readonly door: AddressDoor,
    private readonly listener: {
      /** Facts that were drained: to be looked at as if the monitor had brought them. */
      facts(facts: readonly RouteFact[]): void;
      refused(instance: string, text: string): void;
    },
  ) {}

  /** Installs all addresses of an instance; those that are there are adopted. @returns those that were not. */
  install(instance: string): readonly InterfaceAddress[] {
    const wanted = this.desired[instance] ?? [];
    const former = this.held.get(instance) ?? [];
    this.held.set(instance, wanted);
    this.takeDown(instance, former);
    return this.carryOut(instance, planInstall(wanted, this.kernel(wanted)));
  }

  /** Removes what an instance holds, or what a predecessor may have left of it. */
  remove(instance: string): void {
    const unwanted = this.held.get(instance) ?? this.desired[instance] ?? [];
    this.held.delete(instance);
    this.takeDown(instance, unwanted);
  }

  /** Lets leases begin anew; there is nothing to do for what is held without one, or not at all. */
  renew(instance: string): void {
    const leased = (this.held.get(instance) ?? []).filter(({ leaseS }) => leaseS !== undefined);
    if (leased.length > 0) this.carryOut(instance, planInstall(leased, this.kernel(leased)));
  }

  /** A reload: from now on this is what instances install. */
  setDesired(desired: Readonly<Record<string, readonly DesiredAddress[]>>): void {
    this.desired = desired;
  }

  /** After a reload: what instances hold follows what they should hold, without a gap for what stays. */
  reconcile(): void {
    for (const [instance, held] of this.held) {
      const wanted = this.desired[instance];
      // A name that the reload has changed: whoever bears the new one holds what it wants by now.
      if (!wanted) this.remove(instance);
      else if (!isDeepStrictEqual(wanted, held)) this.install(instance);
    }
  }

  /** Removes those of `addresses` that no instance holds or, as master, is about to hold. */
  private takeDown(instance: string, addresses: readonly DesiredAddress[]): void {
    const kept = [...this.held].flatMap(([name, held]) => [...held, ...(this.desired[name] ?? [])]);
    const going = addresses.filter((old) => !kept.some((now) => isSamePlace(old, now)));
    if (going.length === 0) return;
    // Where there is no interface, there is no address.
    this.carryOut(instance, { ...planRemoval(going, this.kernel(going)), impossible: [] });
  }

  /** True once for each removal that was ours. */
  isOurDoing(gone: InterfaceAddress): boolean {
    const key = removalKey(gone);
    const count = this.removing.get(key) ?? 0;
    if (count > 1) this.removing.set(key, count - 1);
    else this.removing.delete(key);
    return count > 0;
  }

  /** The facts of our own removals may have been among those that were lost: none is waited for any more. */
  forgetRemovals(): void {
    this.removing.clear();
  }

  /** Looks at what our own changes have made the kernel say; call it when an event has been carried out. */
  settle(): void {
    if (!this.stale) return;
    this.stale = false;
    this.listener.facts(this.door.drain());
  }

  private kernel(addresses: readonly DesiredAddress[]): Parameters<typeof planInstall>[1] {
    this.settle();
    const sought = new Set<IpAddress>(addresses.map(({ address }) => address));
    return { interfaces: this.view.indices, addresses: this.view.holders(sought) };
  }

  private carryOut(instance: string, { commands, impossible }: AddressPlan): readonly InterfaceAddress[] {
    for (const { address, interface: name } of impossible) {
      this.listener.refused(
        instance,
        `Not adding address ${address} to ${name} since interface doesn't exist`,
      );
    }
    if (commands.length === 0) return [];
    this.stale = true;
    const added: InterfaceAddress[] = [];
    const results = this.door.apply(commands);
    for (const [index, command] of commands.entries()) {
      const result = results[index];
      if (result && !result.ok) this.listener.refused(instance, result.error.message);
      else if (result?.value === 'as-it-was') continue;
      else if (command.kind === 'remove') {
        const key = removalKey(command.address);
        this.removing.set(key, (this.removing.get(key) ?? 0) + 1);
      } else if (command.kind === 'add') added.push(command.address);
    }
    return added;
  }
}

const removalKey = ({ interfaceIndex, address, prefixLength }: InterfaceAddress): string =>
  `${interfaceIndex} ${address}/${prefixLength}`;

/** The kernel keeps one entry per interface, address, prefix length and peer. */
const isSamePlace = (a: DesiredAddress, b: DesiredAddress): boolean =>
  a.interface === b.interface &&
  a.address === b.address &&
  a.prefixLength === b.prefixLength &&
  a.peer === b.peer;
