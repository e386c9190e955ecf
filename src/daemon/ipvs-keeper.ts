import {
  planServices,
  serviceId,
  ServiceTable,
  type DesiredService,
  type IpvsCommand,
  type KernelService,
  type ServiceKey,
} from '../lvs/index.js';

/** What the keeper needs of the kernel's IPVS. */
export interface IpvsTableDoor {
  services(): readonly KernelService[];
  /** What was refused; the rest was carried out. */
  apply(
    commands: readonly IpvsCommand[],
  ): readonly { readonly command: IpvsCommand; readonly text: string }[];
}

/** What a pool wants in the kernel; nothing, once it is removed. */
export interface PoolWish {
  readonly pool: string;
  readonly services: readonly DesiredService[];
}

/**
 * Brings the kernel's virtual services to what the pools want, by exactly the commands that differ. Knows the
 * kernel's table without asking for it each time, and asks again when the kernel did not agree.
 */
export class IpvsKeeper {
  private table: ServiceTable;
  /** The services that each pool has put there. */
  private readonly owned = new Map<string, readonly ServiceKey[]>();

  /** @param refused told of what the kernel would not do, after a second attempt. */
  constructor(
    private readonly door: IpvsTableDoor,
    private readonly refused: (text: string) => void,
  ) {
    this.table = new ServiceTable(door.services());
  }

  /** The table as it is known to be. */
  services(): readonly KernelService[] {
    return this.table.services();
  }

  /** Carries wishes out, all in one batch. */
  bring(wishes: readonly PoolWish[]): void {
    const desired = wishes.flatMap(({ services }) => services);
    const former = wishes.flatMap(({ pool }) => this.owned.get(pool) ?? []);
    for (const { pool, services } of wishes) {
      if (services.length === 0) this.owned.delete(pool);
      else
        this.owned.set(
          pool,
          services.map(({ key }) => key),
        );
    }
    const wanted = new Set(desired.map(({ key }) => serviceId(key)));
    const owned = this.withoutOwner(former.filter((key) => !wanted.has(serviceId(key))));
    if (this.attempt(desired, owned).length === 0) return;
    // Somebody else has changed the table, or the kernel cannot do it: the second attempt tells which.
    this.table = new ServiceTable(this.door.services());
    for (const text of this.attempt(desired, owned)) this.refused(text);
  }

  /** Those of `keys` that no pool wants any more: a reload may have passed a service from one to another. */
  private withoutOwner(keys: readonly ServiceKey[]): readonly ServiceKey[] {
    if (keys.length === 0) return keys;
    const kept = new Set([...this.owned.values()].flat().map(serviceId));
    return keys.filter((key) => !kept.has(serviceId(key)));
  }

  /** What was refused. */
  private attempt(desired: readonly DesiredService[], owned: readonly ServiceKey[]): readonly string[] {
    const commands = planServices(desired, this.table.services(), owned);
    if (commands.length === 0) return [];
    const failures = this.door.apply(commands);
    const failed = new Set(failures.map(({ command }) => command));
    for (const command of commands) if (!failed.has(command)) this.table.apply(command);
    return failures.map(({ text }) => text);
  }
}
