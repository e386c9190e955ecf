import { type IpAddress } from '../base/address.js';
import { isInterfaceFact, RouteMonitor, RouteSocket, type RouteFact } from '../kernel/rtnetlink.js';
import { type ServiceTemplate } from '../lvs/index.js';
import { type PoolPlacement } from './messages.js';

/** What the presence of addresses decides on: the placements and services of pools. */
export interface SuspendableParts {
  readonly placements: Readonly<Record<string, PoolPlacement>>;
  readonly services: Readonly<Record<string, readonly ServiceTemplate[]>>;
}

/**
 * ha_suspend: which pools have none of their addresses on this host. An address may be on several interfaces
 * (link-local ones are); it is gone when it is gone from all of them.
 */
export class VipPresence {
  private wanted = new Map<IpAddress, string[]>();
  /** By pool: how many of its addresses are here. */
  private here = new Map<string, number>();
  /** By address that matters: the interfaces that have it. */
  private holders = new Map<IpAddress, Set<number>>();
  private door: { readonly monitor: RouteMonitor; readonly route: RouteSocket } | undefined;

  /** @param changed called when a pool's first address has come, or its last one has gone. */
  constructor(private readonly changed: (pool: string, suspended: boolean) => void) {}

  /** Takes a configuration, and reads the kernel's addresses anew. @throws KernelError */
  follow({ placements, services }: SuspendableParts): void {
    this.wanted = new Map();
    const pools = Object.keys(placements).filter((pool) => placements[pool]?.haSuspend);
    this.here = new Map(pools.map((pool) => [pool, 0]));
    for (const pool of pools) {
      for (const { key } of services[pool] ?? []) if (key.kind === 'address') this.want(key.address, pool);
    }
    this.holders = new Map();
    if (pools.length === 0) {
      this.close();
      return;
    }
    const { route, monitor } = this.open();
    monitor.drain();
    for (const { address, interfaceIndex } of route.addresses()) this.note(address, interfaceIndex, true);
  }

  /** The pools whose checks stand still now. */
  get suspended(): readonly string[] {
    return [...this.here].filter(([, count]) => count === 0).map(([pool]) => pool);
  }

  /** Idempotent. */
  close(): void {
    this.door?.monitor.close();
    this.door?.route.close();
    this.door = undefined;
  }

  private open(): NonNullable<typeof this.door> {
    // The monitor first, so that nothing falls between it and the dump.
    this.door ??= { monitor: new RouteMonitor((facts) => this.heard(facts)), route: new RouteSocket() };
    return this.door;
  }

  private want(address: IpAddress, pool: string): void {
    const pools = this.wanted.get(address);
    if (!pools) this.wanted.set(address, [pool]);
    else if (!pools.includes(pool)) pools.push(pool);
  }

  private heard(facts: readonly RouteFact[]): void {
    const before = new Set(this.suspended);
    for (const fact of facts) {
      if (!isInterfaceFact(fact) || !('address' in fact)) continue;
      this.note(fact.address.address, fact.address.interfaceIndex, fact.type === 'address');
    }
    if (facts.some(({ type }) => type === 'overrun')) this.readAgain();
    const after = new Set(this.suspended);
    for (const pool of this.here.keys()) {
      if (before.has(pool) !== after.has(pool)) this.changed(pool, after.has(pool));
    }
  }

  private readAgain(): void {
    this.holders = new Map();
    for (const pool of this.here.keys()) this.here.set(pool, 0);
    for (const each of this.open().route.addresses()) this.note(each.address, each.interfaceIndex, true);
  }

  private note(address: IpAddress, interfaceIndex: number, present: boolean): void {
    const pools = this.wanted.get(address);
    if (!pools) return;
    const holders = this.holders.get(address) ?? new Set();
    this.holders.set(address, holders);
    const before = holders.size;
    if (present) holders.add(interfaceIndex);
    else holders.delete(interfaceIndex);
    const change = Math.sign(holders.size) - Math.sign(before);
    if (change === 0) return;
    for (const pool of pools) this.here.set(pool, (this.here.get(pool) ?? 0) + change);
  }
}
