import { type Checker } from './checker.js';
import { type PoolStanding } from './effect.js';
import { type ResumedPool } from './event.js';
import { type OperatorMark } from './marks.js';
import { RealServer } from './real-server.js';
import { type PoolSettings, type SorryServerSettings } from './settings.js';
import { type EffectSink } from './sink.js';
import { type PoolState } from './snapshot.js';

/** How the log tells of an operator's order. */
const MARKING = {
  drained: 'An operator drains',
  disabled: 'An operator disables',
  unmarked: 'An operator gives traffic back to',
} as const;

/**
 * One virtual server: which real servers are alive, whether their weight makes the quorum, and who serves while
 * it does not. Every change is told in keepalived's order: kernel, real server's notification, quorum's.
 */
export class Pool {
  settings: PoolSettings;
  realServers: readonly RealServer[];
  quorumUp = false;
  sorryServerInUse = false;
  /** ha_suspend: the pool's address is not on this host. */
  suspended = false;
  /** Sum of what all that serve count for, kept as it changes: thousands may fail at once. */
  private servingWeight = 0;
  private aliveCount = 0;

  constructor(settings: PoolSettings) {
    this.settings = settings;
    this.realServers = settings.realServers.map((each, position) => new RealServer(each, position));
  }

  get id(): string {
    return this.settings.id;
  }

  get sorryServerInhibit(): boolean {
    return this.settings.sorryServer?.inhibit ?? false;
  }

  /** As plain data, with these of its real servers. */
  state(from = 0, count = Infinity): PoolState {
    return {
      id: this.id,
      quorumUp: this.quorumUp,
      sorryServerInUse: this.sorryServerInUse,
      sorryServerInhibit: this.sorryServerInhibit,
      suspended: this.suspended,
      realServers: this.realServers.slice(from, from + count).map((realServer) => realServer.state()),
    };
  }

  /** Everything that no checker holds down serves from the start; then quorum is judged for the first time. */
  start(notifyRealServers: boolean, sink: EffectSink): void {
    sink.poolChanged(this.id);
    for (const realServer of this.realServers) this.startRealServer(realServer, notifyRealServers, sink);
    this.updateQuorum(true, sink);
  }

  /**
   * Takes over what a predecessor left in the kernel, without a word to anybody: servers that were down stay out
   * until a check brings them back, and those that were up need a failure that counts to leave.
   */
  resume(left: ResumedPool, sink: EffectSink): void {
    const up = new Set(left.realServersUp);
    for (const realServer of this.realServers) {
      const known = realServer.checkers.filter(({ settings }) => settings.file);
      const alive =
        known.every((checker) => checker.up) &&
        (up.has(realServer.id) || known.length === realServer.checkers.length);
      for (const checker of realServer.checkers) checker.resume(alive);
      if (alive) this.count(realServer, true);
    }
    const { quorum, hysteresis, sorryServer } = this.settings;
    this.sorryServerInUse = left.sorryServerInUse && sorryServer !== undefined;
    // Between the two thresholds nothing tells which side it came from: the better one is assumed.
    const enough = this.servingWeight > 0 && this.servingWeight >= quorum - hysteresis;
    this.quorumUp = enough && !this.sorryServerInUse;
    sink.poolChanged(this.id);
    this.updateQuorum(true, sink);
  }

  /** A real server that is new: it serves at once unless an alpha checker holds it down. */
  startRealServer(realServer: RealServer, notify: boolean, sink: EffectSink): void {
    if (realServer.alive || realServer.failedCheckers > 0) return;
    this.count(realServer, true);
    sink.poolChanged(this.id);
    if (notify) this.notifyRealServer(realServer, false, sink);
  }

  /** A checker has come to a verdict. Its server follows when the last failed checker recovers, or the first fails. */
  decide(realServer: RealServer, checker: Checker, alive: boolean, sink: EffectSink): void {
    if (checker.up === alive) {
      // keepalived notifies the first verdict of a checker that began as down, though nothing changed.
      if (!checker.hasRun && (checker.settings.alpha || !alive))
        this.notifyRealServer(realServer, false, sink);
      return;
    }
    checker.hasRun = true;
    checker.up = alive;
    const wasAlive = realServer.alive;
    const nothingFailed = realServer.failedCheckers === 0;
    if (wasAlive !== nothingFailed) this.setAlive(realServer, nothingFailed, sink);
    // What a check found of the weight ends with its success (keepalived: cur_weight = 0).
    if (!alive) checker.weightDelta = 0;
    sink.push({
      type: 'CheckerTurned',
      pool: this.id,
      realServer: realServer.id,
      checker: checker.settings.id,
      up: alive,
      realServerTurned: realServer.alive !== wasAlive,
      ...(!alive && checker.lastFailure && { failure: checker.lastFailure }),
    });
  }

  /** A check has found its server's weight (misc_dynamic); absent means the configured one. */
  setWeight(realServer: RealServer, checker: Checker, weight: number | undefined, sink: EffectSink): void {
    const delta = weight === undefined ? 0 : weight - realServer.settings.weight;
    if (delta === checker.weightDelta) return;
    const before = realServer.weight;
    checker.weightDelta = delta;
    this.weightMayHaveChanged(realServer, before, sink);
    if (realServer.weight !== before) this.updateQuorum(false, sink);
  }

  /** SNMP sets the weight that is told the kernel now; what checks find from now on moves it. */
  orderWeight(realServer: RealServer, weight: number, sink: EffectSink): void {
    const before = realServer.weight;
    realServer.orderWeight(weight);
    this.weightMayHaveChanged(realServer, before, sink);
    if (realServer.weight !== before) this.updateQuorum(false, sink);
  }

  /** An operator orders something of a real server, or takes it back. Checks, and who follows them, do not notice. */
  setMark(realServer: RealServer, mark: OperatorMark | undefined, sink: EffectSink): void {
    if (realServer.mark === mark) return;
    const code = mark ?? 'unmarked';
    this.info(
      `real-server-${code}`,
      `${MARKING[code]} service ${realServer.id} of VS ${this.id}`,
      sink,
      realServer,
    );
    const before = realServer.share;
    realServer.mark = mark;
    this.servingWeight += realServer.share - before;
    sink.realServerChanged(this.id, realServer.position);
    this.updateQuorum(false, sink);
  }

  /** Tells a weight other than `before`. Quorum is the caller's to judge. */
  weightMayHaveChanged(realServer: RealServer, before: number, sink: EffectSink): void {
    if (realServer.weight === before) return;
    if (realServer.alive && realServer.mark === undefined) this.servingWeight += realServer.weight - before;
    const activity = realServer.alive ? 'active' : 'inactive';
    this.info(
      'weight-changed',
      `Changing weight from ${before} to ${realServer.weight} for ${activity} service ${realServer.id} of VS ${this.id}`,
      sink,
      realServer,
    );
    sink.realServerChanged(this.id, realServer.position);
  }

  /** A real server that nothing holds down any more serves again. */
  reinstate(realServer: RealServer, sink: EffectSink): void {
    if (!realServer.alive) this.setAlive(realServer, true, sink);
  }

  private setAlive(realServer: RealServer, alive: boolean, sink: EffectSink): void {
    const inhibit = realServer.settings.inhibitOnFailure;
    const verb = inhibit ? (alive ? 'Enabling' : 'Disabling') : alive ? 'Adding' : 'Removing';
    const preposition = inhibit ? 'of' : alive ? 'to' : 'from';
    this.info(
      alive ? 'real-server-up' : 'real-server-down',
      `${verb} service ${realServer.id} ${preposition} VS ${this.id}`,
      sink,
      realServer,
    );
    this.count(realServer, alive);
    sink.realServerChanged(this.id, realServer.position);
    this.notifyRealServer(realServer, false, sink);
    this.updateQuorum(false, sink);
  }

  /**
   * Judges quorum anew. It is gained at quorum + hysteresis and lost below quorum - hysteresis, which is above 0.
   * @param initially on start and reload: a pool that has no quorum yet puts its sorry server in.
   */
  updateQuorum(initially: boolean, sink: EffectSink): void {
    const { quorum, hysteresis, sorryServer } = this.settings;
    const weight = this.servingWeight;
    const threshold = this.quorumUp ? quorum - hysteresis : quorum + hysteresis;
    if (!this.quorumUp && weight >= threshold) {
      this.quorumUp = true;
      this.info(
        'quorum-gained',
        `Gained quorum ${quorum}+${hysteresis}=${threshold} <= ${weight} for VS ${this.id}`,
        sink,
      );
      if (sorryServer && this.sorryServerInUse) this.dismissSorryServer(sorryServer, sink);
      this.notifyQuorum(false, sink, initially);
      return;
    }
    const lost = this.quorumUp && weight < threshold;
    const missingSorryServer = initially && !this.quorumUp && sorryServer && !this.sorryServerInUse;
    if (!lost && !missingSorryServer) return;
    this.quorumUp = false;
    this.info(
      'quorum-lost',
      `${initially ? 'Starting with quorum down' : 'Lost quorum'} ${quorum}-${hysteresis}=${threshold} > ${weight} for VS ${this.id}`,
      sink,
    );
    if (sorryServer && !this.sorryServerInUse) this.callSorryServer(sorryServer, sink);
    this.notifyQuorum(false, sink, initially);
  }

  private callSorryServer(sorryServer: SorryServerSettings, sink: EffectSink): void {
    const verb = sorryServer.inhibit ? 'Enabling' : 'Adding';
    this.info('sorry-server-in', `${verb} sorry server ${sorryServer.id} to VS ${this.id}`, sink);
    this.info('pool-emptied', `Removing alive servers from the pool for VS ${this.id}`, sink);
    this.sorryServerInUse = true;
    sink.poolChanged(this.id);
  }

  private dismissSorryServer(sorryServer: SorryServerSettings, sink: EffectSink): void {
    const verb = sorryServer.inhibit ? 'Disabling' : 'Removing';
    this.info('sorry-server-out', `${verb} sorry server ${sorryServer.id} from VS ${this.id}`, sink);
    this.info('pool-refilled', `Adding alive servers to the pool for VS ${this.id}`, sink);
    this.sorryServerInUse = false;
    sink.poolChanged(this.id);
  }

  /** The configuration no longer has this sorry server; alive servers take over unless another one follows it. */
  forgetSorryServer(sorryServer: SorryServerSettings, successor: boolean, sink: EffectSink): void {
    this.info('sorry-server-out', `Removing sorry server ${sorryServer.id} from VS ${this.id}`, sink);
    if (!successor) this.info('pool-refilled', `Adding alive servers to the pool for VS ${this.id}`, sink);
    this.sorryServerInUse = false;
  }

  /** Takes a real server out for good. */
  removeRealServer(realServer: RealServer, stopping: boolean, sink: EffectSink): void {
    const { inhibitOnFailure } = realServer.settings;
    const inhibited = inhibitOnFailure && !realServer.alive ? '(inhibited) ' : '';
    // One that was down and not inhibited is not in the kernel; stopping names it all the same.
    if (stopping || realServer.alive || inhibitOnFailure) {
      this.info(
        'real-server-removed',
        `${stopping ? 'Shutting down' : 'Removing'} ${inhibited}service ${realServer.id} from VS ${this.id}`,
        sink,
        realServer,
      );
    }
    if (!realServer.alive) return;
    this.count(realServer, false);
    if (!stopping || this.settings.omega) this.notifyRealServer(realServer, stopping, sink, true);
  }

  /**
   * The pool ends: its services leave the kernel first, then those who asked for it are told.
   * @param wholesale only that of the pool, not that of each real server.
   */
  remove(stopping: boolean, sink: EffectSink, wholesale = false): void {
    sink.push({ type: 'PoolRemoved', pool: this.id });
    this.sorryServerInUse = false;
    if (!wholesale) for (const each of this.realServers) this.removeRealServer(each, stopping, sink);
    const notify = stopping ? this.settings.omega : this.quorumUp;
    this.quorumUp = false;
    if (notify) this.notifyQuorum(stopping, sink);
  }

  /** The only place where a real server's life changes. */
  private count(realServer: RealServer, alive: boolean): void {
    const before = realServer.share;
    const wasAlive = realServer.alive;
    realServer.alive = alive;
    this.servingWeight += realServer.share - before;
    this.aliveCount += (alive ? 1 : 0) - (wasAlive ? 1 : 0);
  }

  private notifyRealServer(
    realServer: RealServer,
    stopping: boolean,
    sink: EffectSink,
    removed = false,
  ): void {
    sink.push({
      type: 'RunNotify',
      subject: 'RS',
      pool: this.id,
      realServer: realServer.id,
      state: realServer.alive ? 'UP' : 'DOWN',
      stopping,
      removed,
      weight: realServer.weight,
      standing: this.standing(),
    });
  }

  private notifyQuorum(stopping: boolean, sink: EffectSink, initially = false): void {
    const state = this.quorumUp ? 'UP' : 'DOWN';
    const standing = this.standing();
    sink.push({ type: 'RunNotify', subject: 'VS', pool: this.id, state, stopping, initially, standing });
  }

  private standing(): PoolStanding {
    const { servingWeight: aliveWeight, aliveCount: alive, realServers } = this;
    const { quorum, hysteresis } = this.settings;
    return { alive, total: realServers.length, aliveWeight, quorum, hysteresis };
  }

  private info(code: string, text: string, sink: EffectSink, realServer?: RealServer): void {
    sink.info(code, { pool: this.id, ...(realServer ? { realServer: realServer.id } : {}) }, text);
  }
}
