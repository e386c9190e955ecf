import {
  planDestination,
  planServices,
  serviceId,
  ServiceTable,
  type DesiredDestination,
  type DesiredService,
  type DestinationKey,
  type IpvsCommand,
  type KernelService,
  type ServiceKey,
} from '../lvs/index.js';

/** What the keeper needs of the kernel's IPVS. */
export interface IpvsTableDoor {
  services(): readonly KernelService[];
  /** Removes all services, those of others too. */
  flush(): void;
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

/** Services that are a pool's if they stand, be it not we who put them there: they stay until the pool says more. */
export interface Adoption {
  readonly pool: string;
  readonly keys: readonly ServiceKey[];
}

/** One real server of a pool as it should stand in one of the pool's services. */
export interface ServerWish {
  readonly service: ServiceKey;
  readonly server: DestinationKey;
  /** Undefined if it must not stand there. */
  readonly destination: DesiredDestination | undefined;
}

/** The little that has changed in a pool, and all of it for the case that the kernel does not agree. */
export interface SmallWish {
  readonly servers: readonly ServerWish[];
  readonly pool: () => PoolWish;
}

/**
 * Brings the kernel's virtual services to what the pools want, by exactly the commands that differ. Knows the
 * kernel's table without asking for it each time, and asks again when the kernel did not agree. What a change costs
 * depends on what it changes, not on how much there is.
 */
export class IpvsKeeper {
  private table: ServiceTable;
  /** The services that each pool has put there. */
  private readonly owned = new Map<string, readonly ServiceKey[]>();
  /** Whose each service is, by serviceId: the pool that wanted it last. */
  private readonly owners = new Map<string, string>();

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

  /** Removes every service but these, whoever made it. */
  keepOnly(keys: readonly ServiceKey[]): void {
    const kept = new Set(keys.map(serviceId));
    const gone = this.table
      .services()
      .map(({ key }) => key)
      .filter((key) => !kept.has(serviceId(key)));
    for (const text of this.attempt(this.planWhole({ desired: [], gone }))) this.refused(text);
  }

  /** Removes every service, whoever made it. */
  flush(): void {
    this.door.flush();
    this.table = new ServiceTable();
  }

  /** Carries wishes out, all in one batch. */
  bring(wishes: readonly PoolWish[], small: readonly SmallWish[] = []): void {
    const whole = this.settle(wishes);
    const servers = small.flatMap((wish) => wish.servers);
    const failures = this.attempt([...this.planWhole(whole), ...this.planServers(servers)]);
    if (failures.length === 0) return;
    // Somebody else has changed the table, or the kernel cannot do it: the second attempt tells which.
    this.table = new ServiceTable(this.door.services());
    const again = this.settle(small.map(({ pool }) => pool()));
    const commands = [...this.planWhole(whole), ...this.planWhole(again)];
    for (const text of this.attempt(commands)) this.refused(text);
  }

  /** Takes these services for the pool's, and leaves them as they are. */
  adopt({ pool, keys }: Adoption): void {
    this.owned.set(pool, keys);
    for (const key of keys) this.owners.set(serviceId(key), pool);
  }

  /** Notes whose the wanted services are. What is no longer wanted, and is nobody else's now, goes. */
  private settle(wishes: readonly PoolWish[]): Whole {
    const former = wishes.flatMap(({ pool }) => (this.owned.get(pool) ?? []).map((key) => ({ pool, key })));
    for (const { pool, services } of wishes) {
      const keys = services.map(({ key }) => key);
      if (keys.length === 0) this.owned.delete(pool);
      else this.adopt({ pool, keys });
    }
    const desired = wishes.flatMap(({ services }) => services);
    const wanted = new Set(desired.map(({ key }) => serviceId(key)));
    const gone = former.flatMap(({ pool, key }) => {
      const id = serviceId(key);
      const owner = this.owners.get(id) ?? pool;
      if (wanted.has(id) || owner !== pool) return [];
      this.owners.delete(id);
      return [key];
    });
    return { desired, gone };
  }

  private planWhole({ desired, gone }: Whole): readonly IpvsCommand[] {
    const standing = this.table.standing([...desired.map(({ key }) => key), ...gone]);
    return planServices(desired, standing, gone);
  }

  /** A service that does not stand was refused, or is not to stand: its servers wait for it. */
  private planServers(wishes: readonly ServerWish[]): readonly IpvsCommand[] {
    return wishes.flatMap(({ service, server, destination }) => {
      if (!this.table.has(service)) return [];
      const command = planDestination(service, server, destination, this.table.destination(service, server));
      return command ? [command] : [];
    });
  }

  /** What was refused. */
  private attempt(commands: readonly IpvsCommand[]): readonly string[] {
    if (commands.length === 0) return [];
    const failures = this.door.apply(commands);
    const failed = new Set(failures.map(({ command }) => command));
    for (const command of commands) if (!failed.has(command)) this.table.apply(command);
    return failures.map(({ text }) => text);
  }
}

interface Whole {
  readonly desired: readonly DesiredService[];
  /** Services that go. */
  readonly gone: readonly ServiceKey[];
}
