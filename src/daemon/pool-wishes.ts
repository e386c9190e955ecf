import {
  desiredAt,
  desiredFromPool,
  mergeServices,
  serviceId,
  type DesiredService,
  type PoolView,
  type ServiceTemplate,
} from '../lvs/index.js';
import { type PoolChanges } from './health-driver.js';
import { type Adoption, type PoolWish, type ServerWish, type SmallWish } from './ipvs-keeper.js';
import { type Serving } from './served-pools.js';

/** What is to be brought to the kernel. */
export interface Wishes {
  readonly wishes: readonly PoolWish[];
  readonly small: readonly SmallWish[];
  /** Services of pools of which it is not known yet whether they serve. */
  readonly adopted: readonly Adoption[];
}

/** What pools want in the kernel, from what check policy says of them and what the configuration says of their services. */
export class PoolWishes {
  /**
   * @param state a pool as it is; undefined once it is removed.
   * @param templates its services with every real server alive.
   * @param allies the pools that want services in common with it, and itself, if there are any: they are brought as one.
   * @param serving whether its services are to stand (serve_when_master).
   */
  constructor(
    private readonly state: (pool: string) => PoolView | undefined,
    private readonly templates: (pool: string) => readonly ServiceTemplate[],
    private readonly allies: (pool: string) => readonly string[] | undefined = () => undefined,
    private readonly serving: (pool: string) => Serving = () => true,
  ) {}

  /** For what has changed: little where little has. */
  of(changes: PoolChanges): Wishes {
    const [wishes, small, adopted]: [PoolWish[], SmallWish[], Adoption[]] = [[], [], []];
    const alliances = new Set<readonly string[]>();
    for (const [pool, positions] of changes) {
      const allies = this.allies(pool);
      if (allies) {
        alliances.add(allies);
        continue;
      }
      if (this.isUnknown(pool)) {
        adopted.push(this.adoption([pool]));
        continue;
      }
      const servers = positions === 'all' ? undefined : this.servers(pool, positions);
      if (servers) small.push({ servers, pool: () => this.whole(pool) });
      else wishes.push(this.whole(pool));
    }
    for (const allies of alliances) {
      if (allies.some((ally) => this.isUnknown(ally))) adopted.push(this.adoption(allies));
      else wishes.push(this.united(allies));
    }
    return { wishes, small, adopted };
  }

  private isUnknown(pool: string): boolean {
    return this.state(pool) !== undefined && this.serving(pool) === undefined;
  }

  /** All services of these pools, under the first one's name. */
  private adoption(pools: readonly string[]): Adoption {
    const keys = pools.flatMap((each) => this.templates(each).map(({ key }) => key));
    return { pool: pools[0] ?? '', keys };
  }

  private whole(pool: string): PoolWish {
    return { pool, services: this.services(pool) };
  }

  /** Under the first one's name. */
  private united(allies: readonly string[]): PoolWish {
    const [pool = ''] = allies;
    const claims = new Map<string, DesiredService[]>();
    for (const service of allies.flatMap((ally) => this.services(ally))) {
      const id = serviceId(service.key);
      const others = claims.get(id);
      if (others) others.push(service);
      else claims.set(id, [service]);
    }
    return { pool, services: [...claims.values()].flatMap((each) => mergeServices(each) ?? []) };
  }

  private services(pool: string): readonly DesiredService[] {
    const state = this.state(pool);
    return state && this.serving(pool)
      ? this.templates(pool).map((template) => desiredFromPool(template, state))
      : [];
  }

  /** Undefined where it takes the whole pool to tell. */
  private servers(pool: string, positions: ReadonlySet<number>): readonly ServerWish[] | undefined {
    const state = this.state(pool);
    if (!state || !this.serving(pool)) return undefined;
    const wishes: ServerWish[] = [];
    for (const template of this.templates(pool)) {
      for (const position of positions) {
        const destination = desiredAt(template, state, position);
        const server = template.destinations[position];
        if (destination === 'all' || !server) return undefined;
        wishes.push({ service: template.key, server, destination });
      }
    }
    return wishes;
  }
}
