import { HealthBuilder, type HealthShare } from './build-health.js';
import { type CompletedPool, completePool } from './complete-pool.js';
import { type PassContext } from './context.js';
import { type Globals } from './globals.js';
import { type PoolDraft, readPool } from './pool.js';
import { type Reading } from './read-arguments.js';
import { ScriptSecurity } from './script-security.js';

/** Everything of LVS as it is read from top to bottom. */
export class LvsReader {
  private readonly pools: PoolDraft[] = [];

  constructor(
    private readonly context: PassContext,
    private readonly globals: Globals,
  ) {}

  /** Takes a top-level block; blocks that are not LVS's are left alone. */
  read(block: Reading): void {
    if (block.statement.keyword.text !== 'virtual_server') return;
    const pool = readPool(this.context, this.globals, block);
    if (pool) this.pools.push(pool);
  }

  /** Completes what was read. */
  complete(): HealthShare {
    const builder = new HealthBuilder(this.context, this.globals);
    const seen = new Map<string, CompletedPool>();
    const completed = this.pools.map((pool) => completePool(this.context, pool, undefined));
    this.secureScripts();
    for (const pool of completed) {
      const earlier = seen.get(pool.id);
      if (!earlier) {
        seen.set(pool.id, pool);
        builder.add(pool);
        continue;
      }
      const notes = [{ text: 'first given here', span: earlier.draft.span }];
      this.context.note(
        'duplicate-service',
        `virtual_server ${pool.id} is given twice; this one is left out`,
        pool.draft.span,
        { notes },
      );
    }
    return builder.finish();
  }

  private secureScripts(): void {
    if (this.pools.length === 0) return;
    const security = new ScriptSecurity(this.context, this.globals);
    for (const pool of this.pools) {
      security.checkNotify(pool.notify);
      for (const server of pool.realServers) security.checkNotify(server.notify);
    }
    security.conclude();
  }
}
