import { type PoolPlacement } from './messages.js';

type Placements = Readonly<Record<string, PoolPlacement>>;

/** Whether a pool's services are to stand; undefined while that cannot be known, and they stay as they are. */
export type Serving = boolean | undefined;

/** serve_when_master: which pools are to stand in the kernel, from what is heard of vrrp_instances. */
export class ServedPools {
  private readonly masters = new Map<string, boolean>();
  private waiting = new Map<string, string[]>();

  /** @param vrrpRuns false if this daemon runs no VRRP (-C): nothing will be heard, and everything serves. */
  constructor(
    private placements: Placements,
    private readonly vrrpRuns: boolean,
  ) {
    this.follow(placements);
  }

  /** After a reload: who waits for what may have changed. */
  follow(placements: Placements): void {
    this.placements = placements;
    this.waiting = new Map();
    for (const [pool, { serveWhenMaster }] of Object.entries(placements)) {
      if (serveWhenMaster === undefined) continue;
      const pools = this.waiting.get(serveWhenMaster);
      if (pools) pools.push(pool);
      else this.waiting.set(serveWhenMaster, [pool]);
    }
  }

  /** @returns the pools for which something has changed. */
  heard(instance: string, master: boolean): readonly string[] {
    if (this.masters.get(instance) === master) return [];
    this.masters.set(instance, master);
    return this.waiting.get(instance) ?? [];
  }

  serving(pool: string): Serving {
    const instance = this.instanceOf(pool);
    return instance === undefined ? true : this.masters.get(instance);
  }

  /** The instance that is not master, if that keeps the pool's services away. */
  waitsFor(pool: string): string | undefined {
    return this.serving(pool) === false ? this.instanceOf(pool) : undefined;
  }

  private instanceOf(pool: string): string | undefined {
    return this.vrrpRuns ? this.placements[pool]?.serveWhenMaster : undefined;
  }
}
