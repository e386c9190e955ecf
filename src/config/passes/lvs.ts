import { type Family, familyOf } from '../../base/address.js';
import { type TlsFiles } from '../model-lvs.js';
import { HealthBuilder, type HealthShare } from './build-health.js';
import { type CheckerScene } from './checker.js';
import { type CompletedPool, completePool } from './complete-pool.js';
import { type PoolDraft, readPool } from './pool.js';
import { type Reading } from './read-arguments.js';
import { ScriptSecurity } from './script-security.js';
import { readSection } from './section.js';
import { readServerGroup, type VirtualServerGroup } from './server-group.js';

interface LinkedPool {
  readonly pool: PoolDraft;
  readonly group: VirtualServerGroup | undefined;
}

/** Why a pool cannot serve a group, if so. A group of one family decides that of the pool. */
function objectionTo(pool: PoolDraft, group: VirtualServerGroup): string | undefined {
  const families = familiesOf(group);
  const [only] = families;
  if (families.size === 2 && pool.family !== undefined) {
    return 'the group has both families, and not all real servers are tunnels';
  }
  if (families.size !== 1) return undefined;
  pool.family ??= only;
  return pool.family === only ? undefined : `the group is not of family ${pool.family ?? ''}`;
}

const familiesOf = ({ ranges, marks }: VirtualServerGroup): ReadonlySet<Family> =>
  new Set([...ranges.map(({ first }) => familyOf(first)), ...marks.flatMap(({ family }) => family ?? [])]);

/** Everything of LVS as it is read from top to bottom. */
export class LvsReader {
  readonly groups = new Map<string, VirtualServerGroup>();
  tls: TlsFiles | undefined;
  private readonly pools: PoolDraft[] = [];

  constructor(private readonly scene: CheckerScene) {}

  /** Takes a top-level block; blocks that are not LVS's are left alone. */
  read(block: Reading): void {
    const { path } = block.keyword;
    if (path === 'virtual_server') {
      const pool = readPool(this.scene, block);
      if (pool) this.pools.push(pool);
    } else if (path === 'virtual_server_group') this.readGroup(block);
    else if (path === 'SSL') this.readTls(block);
  }

  private readGroup(block: Reading): void {
    const group = readServerGroup(this.scene.context, block);
    if (!group) return;
    if (!this.groups.has(group.name)) this.groups.set(group.name, group);
    else
      this.scene.context.note(
        'duplicate-group',
        `virtual_server_group '${group.name}' is already given; this one is never used`,
        block.statement.span,
      );
  }

  private readTls({ statement }: Reading): void {
    const { context } = this.scene;
    if (this.tls) context.error('tls-replaced', 'SSL is already given; this one replaces it', statement.span);
    const section = readSection(context, 'SSL', statement.body ?? [], statement.span);
    const names = ['password', 'ca', 'certificate', 'key'] as const;
    this.tls = Object.fromEntries(
      names.flatMap((name) => {
        const value = section.text(name);
        return value === undefined ? [] : [[name, value]];
      }),
    );
  }

  /** Completes what was read. */
  complete(): HealthShare {
    const { context, globals } = this.scene;
    const builder = new HealthBuilder(context, globals);
    const linked = this.pools.flatMap((pool) => this.link(pool) ?? []);
    const members = new Map<string, number>();
    const completed = linked.map(({ pool, group }) => {
      const position = group ? (members.get(group.name) ?? 0) : 0;
      if (group) members.set(group.name, position + 1);
      return completePool(context, pool, group, position);
    });
    this.secureScripts();
    const seen = new Map<string, CompletedPool>();
    for (const pool of completed) {
      const earlier = seen.get(pool.id);
      if (earlier) this.noteDuplicate(pool, earlier);
      else {
        seen.set(pool.id, pool);
        builder.add(pool);
      }
    }
    return builder.finish();
  }

  /** Finds the group of a `virtual_server group NAME`; keepalived only logs why it leaves one out. */
  private link(pool: PoolDraft): LinkedPool | undefined {
    if (pool.target.kind !== 'group') return { pool, group: undefined };
    const group = this.groups.get(pool.target.name);
    const objection = group
      ? objectionTo(pool, group)
      : `there is no virtual_server_group '${pool.target.name}'`;
    if (objection === undefined) return { pool, group };
    this.scene.context.note(
      'unknown-server-group',
      `${objection}; the virtual_server is left out`,
      pool.span,
    );
    return undefined;
  }

  private noteDuplicate(pool: CompletedPool, earlier: CompletedPool): void {
    const notes = [{ text: 'first given here', span: earlier.draft.span }];
    const text = `virtual_server ${pool.id} is given twice; this one is left out`;
    this.scene.context.note('duplicate-service', text, pool.draft.span, { notes });
  }

  private secureScripts(): void {
    const { context, globals } = this.scene;
    if (this.pools.length === 0) return;
    const security = new ScriptSecurity(context, globals);
    for (const pool of this.pools) {
      security.checkNotify(pool.notify);
      for (const server of pool.realServers) {
        security.checkNotify(server.notify);
        const runs = server.checkers.filter(
          ({ command }) => command === undefined || security.mayRun(command),
        );
        server.checkers.splice(0, server.checkers.length, ...runs);
      }
    }
    security.checkFifos(globals.scripts, ['notify_fifo_script', 'lvs_notify_fifo_script']);
    security.conclude();
  }
}
