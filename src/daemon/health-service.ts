import { isDeepStrictEqual } from 'node:util';
import { makePrng } from '../base/prng.js';
import { type Micros } from '../base/units.js';
import { HealthMonitor, type HealthEffect, type Marks, type ResumedPool } from '../health/index.js';
import { now } from '../kernel/clock.js';
import { setOpenFilesLimit } from '../kernel/process.js';
import { DeadlineTimer } from '../kernel/timer.js';
import { alliancesOf, destinationId, resumedFromKernel, type ServiceKey } from '../lvs/index.js';
import { lvsLine } from '../notify/index.js';
import { Recorder } from '../observe/index.js';
import { Prober, type ProbeResult } from '../probe/index.js';
import { answerForHealth } from './control-answers.js';
import { type ServerConnections, type WorkerQuery } from './control-queries.js';
import { collectGarbage } from './collect-garbage.js';
import { CheckScripts } from './check-scripts.js';
import { FifoDesk } from './fifo-desk.js';
import { FileWatcher } from './file-watcher.js';
import { HealthDriver, type HealthOutside, type PoolChanges } from './health-driver.js';
import { HealthNewsDesk } from './health-news.js';
import { IpvsHouse } from './ipvs-house.js';
import { type WorkerShares } from './messages.js';
import { NewsDesk } from './news-desk.js';
import { PingPermission } from './ping-permission.js';
import { PoolWishes } from './pool-wishes.js';
import { ScriptDesk } from './script-desk.js';
import { type Scheduling } from './scheduling.js';
import { Lingering } from './lingering.js';
import { ServedPools } from './served-pools.js';
import { hearBfd, StateNews } from './state-news.js';
import { VipPresence } from './vip-presence.js';
import { ServicePages, type ServicePlace } from './service-pages.js';
import { type StartMessage, type Worker, type WorkerContext } from './worker-process.js';

type Share = WorkerShares['checkers'];
type EffectOf<Type extends HealthEffect['type']> = Extract<HealthEffect, { type: Type }>;

/** Descriptors that the worker needs beside one for each check: log, IPC, netlink, epoll, scripts. */
const SPARE_DESCRIPTORS = 128;

/** Health checks on this host, and the virtual services that follow from them. */
export class HealthService implements Worker<Share>, HealthOutside {
  private share: Share;
  private alliances: ReadonlyMap<string, readonly string[]>;
  private pages: ServicePages;
  private readonly releases: boolean;
  private readonly timer = new DeadlineTimer((late) => this.wake(late));
  private readonly monitor: HealthMonitor;
  private readonly recorder = new Recorder();
  private readonly driver: HealthDriver;
  private readonly scripts: ScriptDesk;
  private readonly fifos: FifoDesk;
  /** Without IPVS the checks still run and scripts are still told; keepalived would take VRRP down with it. */
  private readonly ipvs: IpvsHouse | undefined;
  private readonly bfd: StateNews;
  private readonly vrrp: StateNews;
  private readonly served: ServedPools;
  private readonly lingering = new Lingering((instance, master) => this.heardOfMaster(instance, master));
  private readonly presence: VipPresence;
  private readonly wishes: PoolWishes;
  private readonly desk: NewsDesk;
  private readonly news: HealthNewsDesk;
  private readonly checkScripts: CheckScripts;
  private readonly prober: Prober;
  private readonly files: FileWatcher;
  private readonly pings: PingPermission;

  /** @throws KernelError if the kernel gives us no timer. */
  constructor(
    { share, setting, respawned, marks }: StartMessage<Share>,
    private readonly context: WorkerContext,
    private readonly scheduling: Scheduling,
  ) {
    this.share = share;
    this.alliances = alliancesOf(share.services);
    this.pages = new ServicePages(share.services);
    this.releases = setting.flags.releaseIpvs;
    this.pings = new PingPermission(context.log);
    this.applyLimits(share);
    this.scripts = new ScriptDesk(share.global, context.log, this.recorder);
    this.desk = new NewsDesk((message) => context.tell(message), share.news);
    this.news = new HealthNewsDesk(this.desk);
    this.fifos = new FifoDesk('checkers', share, context.log);
    this.checkScripts = new CheckScripts(share.global);
    this.prober = new Prober(this.checkScripts);
    this.files = new FileWatcher(
      (name, value) => this.driver.handle({ type: 'FileChanged', name, value }),
      context.log,
    );
    this.served = new ServedPools(share.placements, setting.flags.runVrrp);
    this.presence = new VipPresence((pool, suspended) =>
      this.driver.handle({ type: 'SuspensionChanged', pool, suspended }),
    );
    this.presence.follow(share);
    this.ipvs = IpvsHouse.open(share.ipvs, context.log);
    if (!respawned) this.ipvs?.clear(keysOf(share));
    this.monitor = new HealthMonitor(share.health, makePrng(Date.now()));
    this.wishes = new PoolWishes(
      (pool) => this.monitor.pool(pool),
      (pool) => this.share.services[pool] ?? [],
      (pool) => this.alliances.get(pool),
      (pool) => this.served.serving(pool),
    );
    this.driver = new HealthDriver(this.monitor, this, this.recorder);
    this.applyTls();
    const files = this.files.follow(followedFiles(share));
    const { suspended } = this.presence;
    const resume = respawned ? this.readBack(marks) : [];
    this.driver.handle({ type: 'Started', resume, files, marks, suspended });
    this.driver.settle();
    this.ipvs?.apply(share.ipvs);
    this.bfd = hearBfd('checkers', context.log, (session, up) =>
      this.driver.handle({ type: 'SessionChanged', session, up }),
    );
    this.vrrp = new StateNews({ from: 'vrrp', to: 'checkers' }, (instance, master, _delay, lingers) => {
      this.lingering.hear(instance, master, lingers);
      // It waits with its addresses until the services stand.
      if (master) this.vrrp.acted(instance);
    });
    context.tell({ type: 'Ready' });
    // The first checks come after a second.
    setImmediate(collectGarbage);
  }

  reconfigure(share: Share): void {
    this.scheduling.apply(share.global);
    const former = this.share;
    this.share = share;
    this.alliances = alliancesOf(share.services);
    this.pages = new ServicePages(share.services);
    this.applyLimits(share);
    this.applyTls();
    this.scripts.reconfigure(share.global);
    this.desk.wanted = share.news;
    this.fifos.reconfigure(share);
    this.checkScripts.reconfigure(share.global);
    const files = this.files.follow(followedFiles(share));
    this.served.follow(share.placements);
    this.presence.follow(share);
    const { suspended } = this.presence;
    this.driver.handle({ type: 'Reconfigured', settings: share.health, files, suspended });
    this.prober.keep((id) => id in share.probes);
    // Policy does not know schedulers and the like: what differs only there is brought in here.
    const differing = Object.keys(share.services).filter(
      (pool) =>
        !isDeepStrictEqual(share.services[pool], former.services[pool]) ||
        share.placements[pool]?.serveWhenMaster !== former.placements[pool]?.serveWhenMaster,
    );
    for (const pool of differing) this.driver.poolDiffers(pool);
    this.driver.settle();
    this.ipvs?.apply(share.ipvs);
    this.context.tell({ type: 'Ready' });
    setImmediate(collectGarbage);
  }

  answer(query: WorkerQuery): unknown {
    if (query.type === 'Mark') {
      this.driver.handle({ type: 'Marked', marks: query.marks });
      this.driver.settle();
      return { carriedOut: true };
    }
    if (query.type === 'SetWeight') {
      this.driver.handle({ ...query, type: 'WeightSet' });
      this.driver.settle();
      return { carriedOut: true };
    }
    if (query.type === 'Connections') return this.connections(query.pool, query.realServer);
    const { recorder, scheduling, fifos } = this;
    const scriptRuns = this.scripts.tally.state;
    const self = {
      ...{ recorder, stalls: scheduling.stalls, fifos: fifos.tallies, scriptRuns },
      services: (from: ServicePlace) => this.pages.page(from, (key) => this.ipvs?.read(key)),
    };
    return answerForHealth(query, this.monitor, (pool) => this.served.waitsFor(pool), self);
  }

  stop(): void {
    const wholesale = this.share.ipvs.flushOnStop !== 'no';
    if (this.releases) this.ipvs?.flush();
    this.driver.handle({ type: 'StopRequested', releaseServices: this.releases, wholesale });
  }

  // What the driver asks of the outside.

  readonly now = now;

  arm(at: Parameters<HealthOutside['arm']>[0]): void {
    this.timer.arm(at);
  }

  startCheck({ checker, step }: EffectOf<'StartCheck'>): void {
    const probe = this.share.probes[checker];
    if (probe) this.prober.start(checker, probe, step, (result) => this.checked(checker, result));
    else setImmediate(() => this.driver.handle({ type: 'CheckNotRun', checker, text: 'Nothing to probe.' }));
  }

  cancelCheck(checker: string): void {
    this.prober.cancel(checker);
  }

  /** Answers that have come are looked for in the same phase of the event loop. */
  readonly soon = setImmediate;

  /** Between the callbacks of one turn Node runs microtasks only after each: one drain of the probes is one turn. */
  readonly afterTurn = queueMicrotask;

  poolsChanged(changes: PoolChanges): void {
    this.ipvs?.bring(this.wishes.of(changes));
  }

  notify(effect: EffectOf<'RunNotify'>): void {
    this.news.notified(effect);
    const command = this.commandFor(effect);
    if (command && effect.stopping) this.scripts.runFarewell(command);
    else if (command) this.scripts.run(command);
    this.fifos.tell(lvsLine(effect));
  }

  checkerTurned(effect: EffectOf<'CheckerTurned'>): void {
    this.news.checkerTurned(effect);
  }

  record({ level, text }: EffectOf<'Record'>): void {
    if (level === 'debug') this.context.log.detail(text);
    else this.context.log.say(level, text);
  }

  stopped(): void {
    void this.finish();
  }

  /** serve_when_master: the services come and go with the mastership. */
  private heardOfMaster(instance: string, master: boolean): void {
    for (const pool of this.served.heard(instance, master)) {
      const what = master ? 'is MASTER: serving' : 'is not MASTER: not serving';
      this.context.log.info(`(${instance}) ${what} VS ${pool}`);
      this.driver.poolDiffers(pool);
    }
    this.driver.settle();
  }

  private wake(late: Micros): void {
    this.scheduling.wokeLate(late);
    this.driver.wake();
  }

  /** The supervisor has tried these files; they may have changed since. */
  private applyTls(): void {
    try {
      this.prober.useTls(this.share.tls);
    } catch (error) {
      this.context.log.error(`SSL: ${error instanceof Error ? error.message : String(error)}`);
    }
  }

  private applyLimits(share: Share): void {
    if (Object.values(share.probes).some(({ kind }) => kind === 'ping')) this.pings.ask();
    const checkers = checkersOf(share);
    const raised = setOpenFilesLimit(checkers + SPARE_DESCRIPTORS);
    if (raised.ok) return;
    const text = `${checkers} checkers may need more descriptors than there are: ${raised.error.message}`;
    this.context.log.warning(text);
  }

  /** What the kernel counts at a real server, over all services of its pool. */
  private connections(pool: string, realServer: string): ServerConnections {
    const position = this.share.health.pools
      .find(({ id }) => id === pool)
      ?.realServers.findIndex(({ id }) => id === realServer);
    const sum = { active: 0, inactive: 0, persistent: 0 };
    for (const { key, destinations } of this.share.services[pool] ?? []) {
      const server = destinations[position ?? -1];
      if (!server) continue;
      const standing = this.ipvs?.read(key)?.destinations ?? [];
      const counted = standing.find((each) => destinationId(each) === destinationId(server))?.connections;
      if (!counted) continue;
      sum.active += counted.active;
      sum.inactive += counted.inactive;
      sum.persistent += counted.persistent;
    }
    return sum;
  }

  private commandFor(effect: EffectOf<'RunNotify'>): Share['notify']['realServers'][string]['up'] {
    const { realServers, pools } = this.share.notify;
    if (effect.subject === 'RS') {
      const scripts = realServers[`${effect.pool} ${effect.realServer}`];
      return effect.state === 'UP' ? scripts?.up : scripts?.down;
    }
    const scripts = pools[effect.pool];
    return effect.state === 'UP' ? scripts?.quorumUp : scripts?.quorumDown;
  }

  private checked(checker: string, result: ProbeResult): void {
    if (result.ok) this.driver.handle({ type: 'CheckSucceeded', checker, ...result.value });
    else if (result.error.kind === 'not-run') {
      this.driver.handle({ type: 'CheckNotRun', checker, text: result.error.text });
    } else {
      const { code, text } = result.error;
      this.driver.handle({ type: 'CheckFailed', checker, code, text });
    }
  }

  /** Of a server that is disabled nothing can be read: it is taken for up, and a check that fails takes it out. */
  private readBack(marks: Marks): readonly ResumedPool[] {
    const standing = this.ipvs?.services() ?? [];
    const markOf = new Map(marks.map(({ pool, realServer, mark }) => [`${pool} ${realServer}`, mark]));
    return this.share.health.pools.flatMap(({ id, realServers }) => {
      const orders = realServers.map((server) => markOf.get(`${id} ${server.id}`));
      const view = resumedFromKernel(
        this.share.services[id] ?? [],
        standing,
        (position) => orders[position] === 'drained',
      );
      if (!view) return [];
      const up = realServers
        .filter((_, position) => view.realServersUp[position] === true || orders[position] === 'disabled')
        .map((server) => server.id);
      return [{ id, realServersUp: up, sorryServerInUse: view.sorryServerInUse }];
    });
  }

  private async finish(): Promise<void> {
    this.ipvs?.close(this.releases);
    this.bfd.close();
    this.vrrp.close();
    this.lingering.close();
    this.presence.close();
    this.files.close();
    this.prober.close();
    this.pings.restore();
    this.timer.close();
    await this.scripts.farewellsEnded();
    this.desk.flush();
    this.fifos.close();
    this.context.log.info('Stopped');
    this.context.exit(0);
  }
}

const keysOf = ({ services }: Share): readonly ServiceKey[] =>
  Object.values(services)
    .flat()
    .map(({ key }) => key);

const checkersOf = ({ health }: Share): number =>
  health.pools
    .flatMap(({ realServers }) => realServers)
    .reduce((count, { checkers }) => count + checkers.length, 0);

/** The track_files that checkers follow: path by name. */
function followedFiles({ health, trackFiles }: Share): Readonly<Record<string, string>> {
  const names = health.pools
    .flatMap(({ realServers }) => realServers)
    .flatMap(({ checkers }) => checkers.flatMap(({ file }) => file?.name ?? []));
  const paths = [...new Set(names)].map((name) => [name, trackFiles[name]?.file] as const);
  return Object.fromEntries(paths.filter((entry): entry is [string, string] => entry[1] !== undefined));
}
