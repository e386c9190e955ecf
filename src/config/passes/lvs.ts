import { type Family, familyOf } from '../../base/address.js';
import { type TlsFiles } from '../model-probe.js';
import { HealthBuilder, type HealthShare } from './build-health.js';
import { type CheckerScene } from './checker.js';
import { type CompletedPool, completePool } from './complete-pool.js';
import { type PoolDraft, readPool } from './pool.js';
import { type Statement } from '../tree.js';
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
  private readonly builder: HealthBuilder;
  private readonly security: ScriptSecurity;
  /** How many services of each group there are so far. */
  private readonly members = new Map<string, number>();
  private readonly seen = new Map<string, { readonly at: Statement; readonly family: Family }>();

  constructor(private readonly scene: CheckerScene) {
    this.builder = new HealthBuilder(scene.context, scene.globals);
    this.security = new ScriptSecurity(scene.context, scene.globals);
  }

  /** Groups may stand below their services: they are read before anything else. */
  readGroups(blocks: readonly Reading[]): void {
    for (const block of blocks) if (block.keyword.path === 'virtual_server_group') this.readGroup(block);
  }

  /** Takes a top-level block; blocks that are not LVS's are left alone. */
  read(block: Reading): void {
    const { path } = block.keyword;
    if (path === 'SSL') this.readTls(block);
    if (path !== 'virtual_server') return;
    const pool = readPool(this.scene, block);
    const linked = pool && this.link(pool);
    // Completed at once: the drafts of a large file would not fit into memory beside its model.
    if (linked) this.completePool(linked);
  }

  private completePool({ pool, group }: LinkedPool): void {
    const position = group ? (this.members.get(group.name) ?? 0) : 0;
    if (group) this.members.set(group.name, position + 1);
    this.secure(pool);
    const completed = this.withOwnName(completePool(this.scene.context, pool, group, position));
    const earlier = this.seen.get(completed.id);
    if (earlier) this.noteDuplicate(completed, earlier.at);
    else {
      this.seen.set(completed.id, { at: pool.at, family: completed.family });
      this.builder.add(completed);
    }
  }

  /** keepalived calls the services of one mark the same in both families; the second one has a name of its own here. */
  private withOwnName(pool: CompletedPool): CompletedPool {
    const earlier = this.seen.get(pool.id);
    const isOther = pool.draft.target.kind === 'fwmark' && earlier && earlier.family !== pool.family;
    return isOther ? { ...pool, id: `${pool.id} ${pool.family}` } : pool;
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
    const section = readSection(context, 'SSL', statement.body ?? [], statement);
    const names = ['password', 'ca', 'certificate', 'key'] as const;
    this.tls = Object.fromEntries(
      names.flatMap((name) => {
        const value = section.text(name);
        return value === undefined ? [] : [[name, value]];
      }),
    );
    const trouble = context.host.tlsTrouble(this.tls);
    if (trouble !== undefined)
      context.error('unusable-tls-files', `these files cannot be used: ${trouble}`, statement.span);
  }

  /** What was read. @param instances names of the vrrp_instances. */
  complete(instances: ReadonlySet<string>): HealthShare {
    if (this.seen.size > 0) {
      this.security.checkGlobal(this.scene.globals.scripts, ['notify_fifo_script', 'lvs_notify_fifo_script']);
      this.security.conclude();
    }
    return this.builder.finish(instances);
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
      pool.at.span,
    );
    return undefined;
  }

  private noteDuplicate({ id, draft }: CompletedPool, earlier: Statement): void {
    const notes = [{ text: 'first given here', span: earlier.span }];
    const text = `virtual_server ${id} is given twice; this one is left out`;
    this.scene.context.note('duplicate-service', text, draft.at.span, { notes });
  }

  /** Scripts that cannot run are taken away, and MISC_CHECKs with them. */
  private secure(pool: PoolDraft): void {
    const { security } = this;
    security.checkNotify(pool.notify);
    for (const server of pool.realServers) {
      if (server.notify) security.checkNotify(server.notify);
      if (!server.checkers.some(({ command }) => command)) continue;
      server.checkers = server.checkers.filter(
        ({ command }) => command === undefined || security.mayRun(command),
      );
    }
  }
}
