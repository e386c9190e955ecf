import { desiredAt, desiredFromPool, type PoolView, type ServiceTemplate } from '../lvs/index.js';
import { type PoolChanges } from './health-driver.js';
import { type PoolWish, type ServerWish, type SmallWish } from './ipvs-keeper.js';

/** What pools want in the kernel, from what check policy says of them and what the configuration says of their services. */
export class PoolWishes {
  /**
   * @param state a pool as it is; undefined once it is removed.
   * @param templates its services with every real server alive.
   */
  constructor(
    private readonly state: (pool: string) => PoolView | undefined,
    private readonly templates: (pool: string) => readonly ServiceTemplate[],
  ) {}

  /** For what has changed: little where little has. */
  of(changes: PoolChanges): { readonly wishes: readonly PoolWish[]; readonly small: readonly SmallWish[] } {
    const [wishes, small]: [PoolWish[], SmallWish[]] = [[], []];
    for (const [pool, positions] of changes) {
      const servers = positions === 'all' ? undefined : this.servers(pool, positions);
      if (servers) small.push({ servers, pool: () => this.whole(pool) });
      else wishes.push(this.whole(pool));
    }
    return { wishes, small };
  }

  private whole(pool: string): PoolWish {
    const state = this.state(pool);
    if (!state) return { pool, services: [] };
    return { pool, services: this.templates(pool).map((template) => desiredFromPool(template, state)) };
  }

  /** Undefined where it takes the whole pool to tell. */
  private servers(pool: string, positions: ReadonlySet<number>): readonly ServerWish[] | undefined {
    const state = this.state(pool);
    if (!state) return undefined;
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
