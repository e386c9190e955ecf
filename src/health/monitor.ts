import { type Prng } from '../base/prng.js';
import { micros, MICROS_PER_SECOND, minus, plus, type Micros } from '../base/units.js';
import { type Checker } from './checker.js';
import { type HealthEffect } from './effect.js';
import { type FileNumbers, type HealthEvent } from './event.js';
import { followFile, recall } from './file-verdict.js';
import { Judgement, type Place } from './judgement.js';
import { markKey, type Marks, type OperatorMark } from './marks.js';
import { Pool } from './pool.js';
import { follow } from './follow.js';
import { reloadPool } from './reload.js';
import { type HealthSettings, type PoolSettings } from './settings.js';
import { EffectSink } from './sink.js';
import { type HealthSnapshot, type PoolState, type PoolView, type SnapshotPage } from './snapshot.js';

/** Checks begin this long after their activation, plus warmup. */
const BOOTSTRAP_DELAY = micros(MICROS_PER_SECOND);

type EventOf<Type extends HealthEvent['type']> = Extract<HealthEvent, { readonly type: Type }>;
type StopRequested = Extract<HealthEvent, { readonly type: 'StopRequested' }>;

/**
 * Check policy of all pools: when to check, how many failures take a real server out, quorum and sorry server.
 * Pure: what happened comes in by `step`, what is to be done goes out as effects.
 */
export class HealthMonitor {
  private settings: HealthSettings;
  private readonly prng: Prng;
  private pools = new Map<string, Pool>();
  private places = new Map<string, Place>();
  /** What was last told of BFD sessions. */
  private readonly sessions = new Map<string, boolean>();
  /** The checkers that follow each session. */
  private followers = new Map<string, Place[]>();
  /** The checkers that follow files. */
  private fileFollowers: Place[] = [];
  /** The numbers in track_files, as they were last told. */
  private files: FileNumbers = {};

  /** @param prng spreads the first checks over their warmup. */
  constructor(settings: HealthSettings, prng: Prng) {
    this.settings = settings;
    this.prng = prng;
  }

  /**
   * Takes one event and returns the orders that follow from it, to be carried out in this order and completely
   * before the next event.
   * @param now the monotonic clock; never earlier than at the step before.
   */
  step(event: HealthEvent, now: Micros): readonly HealthEffect[] {
    const sink = new EffectSink();
    switch (event.type) {
      case 'Started':
        this.files = event.files ?? {};
        this.start(event, now, sink);
        break;
      case 'DeadlinePassed':
        this.startCheck(event.name, now, sink);
        break;
      case 'CheckSucceeded':
      case 'CheckFailed':
      case 'CheckNotRun':
        this.finishCheck(event, now, sink);
        break;
      case 'SessionChanged':
        this.sessions.set(event.session, event.up);
        this.hearSession(event.session, sink);
        break;
      case 'SuspensionChanged':
        this.suspend(event.pool, event.suspended, sink);
        break;
      case 'Marked':
        this.mark(event.marks, sink);
        break;
      case 'WeightSet':
        this.setWeight(event, sink);
        break;
      case 'FileChanged':
        this.files = { ...this.files, [event.name]: event.value };
        this.hearFiles(event.name, sink);
        break;
      case 'Reconfigured':
        this.files = event.files ?? this.files;
        this.reconfigure(event, now, sink);
        break;
      case 'StopRequested':
        this.stop(event, sink);
        break;
    }
    return sink.effects;
  }

  /** One pool as it is whenever it is read, for lvs/desired-from-pool; undefined once it was removed. */
  pool(id: string): PoolView | undefined {
    return this.pools.get(id);
  }

  /**
   * How things are now, as plain data.
   * @param page without it, all; with it, pools of which nothing is on the page are left out.
   */
  snapshot(page?: SnapshotPage): HealthSnapshot {
    if (!page) return { pools: [...this.pools.values()].map((pool) => pool.state()) };
    const pools: PoolState[] = [];
    let [before, left] = [page.from, page.count];
    for (const pool of this.pools.values()) {
      if (left <= 0) break;
      const size = Math.max(1, pool.realServers.length);
      if (before < size) {
        pools.push(pool.state(before, left));
        left -= size - before;
      }
      before = Math.max(0, before - size);
    }
    return { pools };
  }

  private start(event: EventOf<'Started'>, now: Micros, sink: EffectSink): void {
    const left = new Map(event.resume?.map((pool) => [pool.id, pool]));
    const marks = marksOf(event.marks);
    const suspended = new Set(event.suspended);
    for (const settings of this.settings.pools) {
      const pool = this.newPool(settings);
      this.pools.set(pool.id, pool);
      pool.suspended = suspended.has(pool.id);
      for (const realServer of pool.realServers) realServer.mark = marks.get(markKey(pool.id, realServer.id));
      const inherited = left.get(pool.id);
      if (inherited) pool.resume(inherited, sink);
      else pool.start(this.settings.rsInitNotifies, sink);
    }
    this.learnPlaces();
    for (const place of this.places.values()) this.activate(place, now, sink);
    for (const session of this.sessions.keys()) this.hearSession(session, sink);
  }

  private learnPlaces(): void {
    this.places = placesOf(this.pools.values());
    this.followers = new Map();
    this.fileFollowers = [...this.places.values()].filter(({ checker }) => checker.settings.file);
    for (const place of this.places.values()) {
      const { follows } = place.checker.settings;
      if (follows === undefined) continue;
      const followers = this.followers.get(follows);
      if (followers) followers.push(place);
      else this.followers.set(follows, [place]);
    }
  }

  private newPool(settings: PoolSettings): Pool {
    const pool = new Pool(settings);
    for (const { checkers } of pool.realServers) for (const checker of checkers) recall(checker, this.files);
    return pool;
  }

  private activate({ pool, realServer, checker }: Place, now: Micros, sink: EffectSink): void {
    const { id, warmup } = checker.settings;
    if (!checker.probes) return;
    sink.info(
      'checker-activated',
      { pool: pool.id, realServer: realServer.id, checker: id },
      `${pool.suspended ? 'Deactivating' : 'Activating'} healthchecker for service ${realServer.id} for VS ${pool.id}`,
    );
    const spread = micros(Math.floor(warmup * this.prng.next()));
    schedule(checker, plus(plus(now, BOOTSTRAP_DELAY), spread), sink);
  }

  /** Lets every checker that follows a session have the session's state, if that is known. */
  private hearSession(session: string, sink: EffectSink): void {
    const up = this.sessions.get(session);
    if (up === undefined) return;
    for (const { pool, realServer, checker } of this.followers.get(session) ?? []) {
      follow(pool, realServer, checker, up, sink);
    }
  }

  /** Lets every checker that follows a file, or only that file, have its number. */
  private hearFiles(name: string | undefined, sink: EffectSink): void {
    for (const { pool, realServer, checker } of this.fileFollowers) {
      if (name === undefined || checker.settings.file?.name === name)
        followFile(pool, realServer, checker, this.files, sink);
    }
  }

  /** Checks under way come to their end; what is known of the servers stays as it is. */
  private suspend(id: string, suspended: boolean, sink: EffectSink): void {
    const pool = this.pools.get(id);
    if (!pool || pool.suspended === suspended) return;
    pool.suspended = suspended;
    const verb = suspended ? 'Suspending' : 'Activating';
    for (const realServer of pool.realServers) {
      for (const { settings, probes } of realServer.checkers) {
        if (!probes) continue;
        const subject = { pool: id, realServer: realServer.id, checker: settings.id };
        const text = `${verb} healthchecker for service ${realServer.id} for VS ${id}`;
        sink.info(suspended ? 'checker-suspended' : 'checker-activated', subject, text);
      }
    }
  }

  private mark(wanted: Marks, sink: EffectSink): void {
    const marks = marksOf(wanted);
    for (const pool of this.pools.values()) {
      for (const realServer of pool.realServers) {
        pool.setMark(realServer, marks.get(markKey(pool.id, realServer.id)), sink);
      }
    }
  }

  /** Of a server that a reload has removed meanwhile, nothing. */
  private setWeight({ pool: id, realServer: name, weight }: EventOf<'WeightSet'>, sink: EffectSink): void {
    const pool = this.pools.get(id);
    const realServer = pool?.realServers.find((each) => each.id === name);
    if (pool && realServer) pool.orderWeight(realServer, weight, sink);
  }

  private startCheck(id: string, now: Micros, sink: EffectSink): void {
    const place = this.places.get(id);
    if (!place || place.checker.checking) return;
    const { checker, pool } = place;
    if (pool.suspended) {
      schedule(checker, plus(now, checker.settings.delayLoop), sink);
      return;
    }
    checker.checking = true;
    checker.nextAt = undefined;
    checker.startedAt = now;
    sink.push({ type: 'StartCheck', checker: id, step: checker.step });
  }

  private finishCheck(
    event: EventOf<'CheckSucceeded' | 'CheckFailed' | 'CheckNotRun'>,
    now: Micros,
    sink: EffectSink,
  ): void {
    const place = this.places.get(event.checker);
    if (!place?.checker.checking) return; // cancelled meanwhile
    const { startedAt } = place.checker;
    if (startedAt !== undefined && event.type !== 'CheckNotRun')
      place.checker.latency.add(minus(now, startedAt));
    place.checker.checking = false;
    schedule(place.checker, new Judgement(place, sink).next(event, now), sink);
  }

  private reconfigure(event: EventOf<'Reconfigured'>, now: Micros, sink: EffectSink): void {
    const { settings } = event;
    const suspended = new Set(event.suspended);
    const before = this.places;
    const wanted = new Map(settings.pools.map((pool) => [pool.id, pool]));
    for (const pool of this.pools.values()) {
      if (wanted.has(pool.id)) continue;
      sink.info('pool-gone', { pool: pool.id }, `Removing Virtual Server ${pool.id}`);
      pool.remove(false, sink);
    }
    this.pools = new Map(settings.pools.map((next) => [next.id, this.renewPool(next, settings, sink)]));
    this.settings = settings;
    for (const id of this.pools.keys()) this.suspend(id, suspended.has(id), sink);
    this.learnPlaces();
    this.reschedule(before, now, sink);
    for (const session of this.sessions.keys()) this.hearSession(session, sink);
    this.hearFiles(undefined, sink);
  }

  private renewPool(next: PoolSettings, settings: HealthSettings, sink: EffectSink): Pool {
    const existing = this.pools.get(next.id);
    if (existing) {
      reloadPool(existing, next, { notifyNew: settings.rsInitNotifies, files: this.files }, sink);
      return existing;
    }
    const pool = this.newPool(next);
    pool.start(settings.rsInitNotifies, sink);
    return pool;
  }

  /** A surviving checker keeps its deadline or the probe under way, unless the reload gave it another id. */
  private reschedule(before: ReadonlyMap<string, Place>, now: Micros, sink: EffectSink): void {
    const survivors = new Set<Checker>();
    for (const [id, { checker }] of before) {
      survivors.add(checker);
      if (this.places.get(id)?.checker === checker) continue;
      if (checker.checking) sink.push({ type: 'CancelCheck', checker: id });
      else sink.forgetDeadline(id);
    }
    for (const [id, place] of this.places) {
      const { checker } = place;
      if (!survivors.has(checker)) this.activate(place, now, sink);
      else if (!checker.probes) continue;
      else if (before.get(id)?.checker !== checker) schedule(checker, checker.nextAt ?? now, sink);
    }
  }

  private stop({ releaseServices, wholesale }: StopRequested, sink: EffectSink): void {
    for (const [id, { checker }] of this.places) {
      if (checker.checking) sink.push({ type: 'CancelCheck', checker: id });
      else sink.forgetDeadline(id);
    }
    if (releaseServices) for (const pool of this.pools.values()) pool.remove(true, sink, wholesale);
    this.places.clear();
    this.pools.clear();
    sink.push({ type: 'Stopped' });
  }
}

function schedule(checker: Checker, at: Micros, sink: EffectSink): void {
  checker.checking = false;
  checker.nextAt = at;
  sink.checkAt(checker.settings.id, at);
}

const marksOf = (marks: Marks = []): ReadonlyMap<string, OperatorMark> =>
  new Map(marks.map(({ pool, realServer, mark }) => [markKey(pool, realServer), mark]));

function placesOf(pools: Iterable<Pool>): Map<string, Place> {
  const places = new Map<string, Place>();
  for (const pool of pools) {
    for (const realServer of pool.realServers) {
      for (const checker of realServer.checkers)
        places.set(checker.settings.id, { pool, realServer, checker });
    }
  }
  return places;
}
