import { type HealthSettings, type Marks, type OperatorMark } from '../health/index.js';

/**
 * What operators have ordered of real servers. The supervisor keeps it, so that it outlives reloads and workers; it
 * ends with the daemon, or when the server is no longer in the file.
 */
export class MarkMemory {
  private list: Marks = [];

  get marks(): Marks {
    return this.list;
  }

  /** Puts `mark` in the place of what stood there; undefined takes it back. */
  set(pool: string, realServer: string, mark: OperatorMark | undefined): void {
    const others = this.list.filter((each) => each.pool !== pool || each.realServer !== realServer);
    this.list = mark ? [...others, { pool, realServer, mark }] : others;
  }

  /** After a reload: forgets servers that are gone. @returns them. */
  keepOnly({ pools }: HealthSettings): Marks {
    if (this.list.length === 0) return [];
    const byId = new Map(pools.map((pool) => [pool.id, pool]));
    const isThere = ({ pool, realServer }: Marks[number]): boolean =>
      byId.get(pool)?.realServers.some(({ id }) => id === realServer) ?? false;
    const gone = this.list.filter((each) => !isThere(each));
    this.list = this.list.filter(isThere);
    return gone;
  }
}
