import { randomBytes } from 'node:crypto';
import { realpathSync } from 'node:fs';
import { rename, rm, writeFile } from 'node:fs/promises';
import { micros, minus } from '../base/units.js';
import { now } from '../kernel/clock.js';
import { bfdData } from '../observe/dump/bfd-data.js';
import { checkData } from '../observe/dump/check-data.js';
import { dumpPath, type DumpFile } from '../observe/dump/dump-paths.js';
import { globalData } from '../observe/dump/global-data.js';
import { statsText } from '../observe/dump/stats-text.js';
import { type DumpSubject } from '../observe/dump/subject.js';
import { commandText } from '../observe/dump/words.js';
import { vrrpData } from '../observe/dump/vrrp-data.js';
import { vrrpJson } from '../observe/dump/vrrp-json.js';
import { type RouterSnapshot } from '../vrrp/index.js';
import { joinPools, SERVER_PAGE, serverCount } from './control-queries.js';
import { askAll } from './control-status.js';
import { type Log } from './log.js';
import { routeText, ruleText } from './routing-text.js';
import { type Supervisor } from './supervisor.js';
import { openUserDatabase, ownerOf } from './users.js';

/** What can be asked for, by signal or over D-Bus. */
export type DumpOrder = 'data' | 'stats' | 'stats-clear' | 'json';

/** Whose state is dumped. */
export interface DumpedDaemon {
  readonly supervisor: Pick<Supervisor, 'current' | 'worker'>;
  readonly log: Pick<Log, 'info' | 'error'>;
  /** Where files go that the configuration does not place: $TMPDIR, or /tmp. */
  readonly directory: string;
}

/**
 * Writes keepalived's files on demand: keepalived.data, .stats and .json. Each is whole or not there at all. Workers are
 * asked page by page, so that none of them is held up, and one dump is made after the other.
 */
export class Dumps {
  private queue: Promise<void> = Promise.resolve();
  private readonly waiting = new Map<DumpOrder, Promise<void>>();

  constructor(private readonly daemon: DumpedDaemon) {}

  /** Resolves when the files are there, or the log says why not. Asked twice before it was begun, it is made once. */
  write(order: DumpOrder): Promise<void> {
    const waiting = this.waiting.get(order);
    if (waiting) return waiting;
    const done = this.queue.then(async () => {
      this.waiting.delete(order);
      await this.make(order);
    });
    this.queue = done;
    this.waiting.set(order, done);
    return done;
  }

  private async make(order: DumpOrder): Promise<void> {
    const subject = await this.look(order === 'data');
    const { instances } = subject.router;
    switch (order) {
      case 'data':
        await this.putData(subject);
        break;
      case 'json':
        if (instances.length > 0) await this.put('json', JSON.stringify(vrrpJson(subject)));
        break;
      case 'stats':
      case 'stats-clear':
        await this.put('stats', statsText(instances));
        if (order === 'stats-clear')
          await this.daemon.supervisor.worker('vrrp')?.ask({ type: 'ClearCounters' });
        break;
    }
  }

  /** One file for each process that keepalived would have, its parent among them. */
  private async putData(subject: DumpSubject): Promise<void> {
    const { supervisor } = this.daemon;
    const global = globalData(subject);
    await this.put('parent-data', global);
    if (supervisor.worker('vrrp')) await this.put('data', global + vrrpData(subject));
    if (supervisor.worker('checkers')) await this.put('check-data', global + checkData(subject));
    if (supervisor.worker('bfd')) await this.put('bfd-data', global + bfdData(subject));
  }

  /** @param withAll what is beyond VRRP, too. */
  private async look(withAll: boolean): Promise<DumpSubject> {
    const { supervisor } = this.daemon;
    const { current: configuration } = supervisor;
    const { vrrp, health, bfd, vrrpRoutes, global } = configuration;
    const [router, checkers, sessions] = await Promise.all([
      askAll(supervisor.worker('vrrp'), vrrp.instances.length),
      withAll ? askAll(supervisor.worker('checkers'), serverCount(health), SERVER_PAGE) : undefined,
      withAll ? askAll(supervisor.worker('bfd'), bfd.sessions.length) : undefined,
    ]);
    const pages = router?.pages.flatMap((page) => page.vrrp ?? []) ?? [];
    const users = openUserDatabase();
    return {
      configuration,
      router: { ...NOTHING, ...pages[0], instances: pages.flatMap(({ instances }) => instances) },
      pools: joinPools(checkers?.pages.map((page) => page.pools ?? []) ?? []),
      sessions: sessions?.pages.flatMap((page) => page.bfd?.sessions ?? []) ?? [],
      routes: mapValues(vrrpRoutes, ({ routes }) => routes.map(routeText)),
      rules: mapValues(vrrpRoutes, ({ rules }) => rules.map(ruleText)),
      unixTime: (at) => (Date.now() - micros(minus(now(), at)) / 1000) / 1000,
      command: ({ argv: [file = '', ...words] }) =>
        commandText([global.useSymlinkPaths ? file : realPath(file), ...words]),
      owner: (script) => {
        const { uid, gid } = ownerOf(script, global, users) ?? { uid: 0, gid: 0 };
        return `${uid}:${gid}`;
      },
    };
  }

  /** Takes the place of what was there in one step: whoever reads it sees the old one or the new one. */
  private async put(kind: DumpFile, text: string): Promise<void> {
    const { supervisor, directory, log } = this.daemon;
    const path = dumpPath(kind, supervisor.current.details.daemon, directory);
    const draft = `${path}.${randomBytes(6).toString('hex')}`;
    try {
      await writeFile(draft, text, { flag: 'wx' });
      await rename(draft, path);
    } catch (error) {
      await rm(draft, { force: true }).catch(() => undefined);
      log.error(`Can't write dump file ${path}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
}

/** Where symbolic links lead; the path itself if nowhere. */
function realPath(path: string): string {
  try {
    return path.startsWith('/') ? realpathSync(path) : path;
  } catch {
    return path;
  }
}

const NOTHING: RouterSnapshot = {
  ...{ instances: [], syncGroups: [], scripts: [], processes: [] },
  ...{ files: {}, bfd: {}, unclaimedAdverts: {} },
};

const mapValues = <Value, Result>(
  record: Readonly<Record<string, Value>>,
  change: (value: Value) => Result,
): Readonly<Record<string, Result>> =>
  Object.fromEntries(Object.entries(record).map(([key, value]) => [key, change(value)]));
