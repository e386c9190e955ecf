import { type Configuration } from '../config/index.js';
import { LATENCY_BOUNDS, type PoolState } from '../health/index.js';
import { type InstanceSnapshot, type RouterSnapshot } from '../vrrp/index.js';
import { FAMILIES, type FamilyName } from './metric-families.js';
import { Exposition } from './openmetrics.js';
import { type IpvsFacts } from './snmp/facts.js';
import { type AlertsState, type DaemonFacts, type WorkerState } from './worker-state.js';

const MICROS = 1_000_000;
const INSTANCE_STATES = ['INIT', 'BACKUP', 'MASTER', 'FAULT'];

/** What is summed up over the pages of one pool. */
interface PoolSum {
  readonly first: PoolState;
  alive: number;
  total: number;
  weight: number;
  readonly latencies: number[];
  latencySum: number;
}

/**
 * The metrics of one scrape, put together while the workers are asked page by page.
 * @see FAMILIES for what there is.
 */
export class Metrics {
  private readonly exposition = new Exposition<FamilyName>(FAMILIES);
  private readonly sums = new Map<string, PoolSum>();
  private readonly instances: ReadonlyMap<string, Configuration['vrrp']['instances'][number]>;
  private readonly quorums: ReadonlyMap<string, number>;

  /**
   * @param unixMicrosAt the wall clock, in microseconds since the Unix epoch, at a moment of the monotonic clock.
   */
  constructor(
    configuration: Pick<Configuration, 'vrrp' | 'health'>,
    private readonly unixMicrosAt: (at: number) => number,
  ) {
    this.instances = new Map(configuration.vrrp.instances.map((each) => [each.name, each]));
    this.quorums = new Map(configuration.health.pools.map(({ id, quorum }) => [id, quorum]));
  }

  daemon({ version, startedAtMs, reloads, workers }: DaemonFacts): void {
    const { exposition } = this;
    exposition.info('understudy_build', { version });
    exposition.add('understudy_start_time_seconds', {}, startedAtMs / 1000);
    for (const [result, count] of Object.entries(reloads))
      exposition.add('understudy_reloads', { result }, count);
    for (const { kind, startedAt, respawns } of workers) {
      const seconds = this.unixMicrosAt(startedAt) / MICROS;
      exposition.add('understudy_worker_start_time_seconds', { worker: kind }, seconds);
      exposition.add('understudy_worker_respawns', { worker: kind }, respawns);
    }
  }

  /** A page of what a worker answered; undefined if it did not. */
  page(worker: string, state: WorkerState | undefined, isFirst: boolean): void {
    if (isFirst) this.exposition.add('understudy_worker_up', { worker }, state !== undefined);
    if (!state) return;
    if (isFirst) this.self(worker, state);
    if (state.vrrp) this.router(state.vrrp);
    for (const pool of state.pools ?? []) this.pool(pool);
    for (const { name, state: session } of state.bfd?.sessions ?? []) {
      this.exposition.add('understudy_bfd_session_up', { session: name }, session === 'Up');
    }
    if (state.alerts) this.alerts(state.alerts);
  }

  /** What IPVS has counted. */
  ipvs(facts: IpvsFacts, pools: Configuration['health']['pools']): void {
    const { exposition } = this;
    for (const { id: pool, realServers } of pools) {
      const stats = facts.pool(pool)?.stats;
      if (stats) {
        exposition.add('understudy_ipvs_connections', { pool }, Number(stats.connections));
        exposition.add('understudy_ipvs_received_bytes', { pool }, Number(stats.inBytes));
        exposition.add('understudy_ipvs_sent_bytes', { pool }, Number(stats.outBytes));
      }
      for (const [index, server] of realServers.entries()) {
        const load = facts.realServer(pool, index);
        const labels = { pool, real_server: server.id };
        if (load?.stats) {
          exposition.add('understudy_ipvs_real_server_connections', labels, Number(load.stats.connections));
        }
        if (load?.connections) {
          exposition.add('understudy_ipvs_real_server_active_connections', labels, load.connections.active);
        }
      }
    }
  }

  /** The text, line by line. Call once, at the end. */
  *lines(): Iterable<string> {
    for (const [pool, sum] of this.sums) this.poolSum(pool, sum);
    yield* this.exposition.lines();
  }

  private self(worker: string, { lateness, stalls, fifos, scriptRuns }: WorkerState): void {
    const { exposition } = this;
    if (lateness) {
      exposition.add('understudy_timer_late', { worker }, lateness.late);
      exposition.add('understudy_timer_lateness_worst_seconds', { worker }, lateness.worst / MICROS);
    }
    if (stalls) {
      exposition.add('understudy_stalls', { worker }, stalls.count);
      exposition.add('understudy_stall_longest_seconds', { worker }, stalls.longest / MICROS);
    }
    for (const { path, written, waiting, missed } of fifos ?? []) {
      exposition.add('understudy_fifo_lines_written', { worker, path }, written);
      exposition.add('understudy_fifo_lines_missed', { worker, path }, missed);
      exposition.add('understudy_fifo_lines_waiting', { worker, path }, waiting);
    }
    for (const { kind, script, count, sum } of scriptRuns ?? []) {
      exposition.summary('understudy_script_duration_seconds', { worker, kind, script }, count, sum / MICROS);
    }
  }

  private router({ instances, syncGroups, scripts, unclaimedAdverts }: RouterSnapshot): void {
    const { exposition } = this;
    for (const instance of instances) this.instance(instance);
    for (const { name, state } of syncGroups) {
      exposition.states('understudy_vrrp_sync_group_state', { group: name }, INSTANCE_STATES, state);
    }
    for (const { name, state } of scripts) {
      exposition.add('understudy_vrrp_script_up', { script: name }, state === 'up');
    }
    for (const [reason, count] of Object.entries(unclaimedAdverts)) {
      exposition.add('understudy_vrrp_adverts_unclaimed', { reason }, count);
    }
  }

  private instance(snapshot: InstanceSnapshot): void {
    const { exposition } = this;
    const { name, state, counters, masterDownShare } = snapshot;
    const labels = { vrrp_instance: name };
    const settings = this.instances.get(name);
    if (settings) {
      const { interface: link, family, vrid, version } = settings;
      exposition.info('understudy_vrrp_instance', { ...labels, interface: link, family, vrid, version });
    }
    exposition.states('understudy_vrrp_state', labels, INSTANCE_STATES, state);
    exposition.add('understudy_vrrp_priority', labels, snapshot.effectivePriority);
    exposition.add('understudy_vrrp_configured_priority', labels, snapshot.configuredPriority);
    for (const { from, to, cause, count } of snapshot.transitions) {
      exposition.add('understudy_vrrp_transitions', { ...labels, from, to, cause }, count);
    }
    if (snapshot.lastTransition) {
      const seconds = this.unixMicrosAt(snapshot.lastTransition.at) / MICROS;
      exposition.add('understudy_vrrp_last_transition_time_seconds', labels, seconds);
    }
    exposition.add('understudy_vrrp_adverts_sent', labels, counters.advertsSent);
    exposition.add('understudy_vrrp_adverts_received', labels, counters.advertsReceived);
    exposition.add('understudy_vrrp_priority_zero_sent', labels, counters.priorityZeroSent);
    exposition.add('understudy_vrrp_priority_zero_received', labels, counters.priorityZeroReceived);
    exposition.add('understudy_vrrp_send_errors', labels, counters.sendErrors);
    exposition.add('understudy_vrrp_gratuitous_arps_sent', labels, counters.gratuitousArpsSent);
    for (const [reason, count] of Object.entries(counters.dropped)) {
      exposition.add('understudy_vrrp_adverts_rejected', { ...labels, reason }, count);
    }
    for (const [reason, count] of Object.entries(counters.complaints)) {
      exposition.add('understudy_vrrp_adverts_complained', { ...labels, reason }, count);
    }
    const seconds = snapshot.masterDownInterval / MICROS;
    exposition.add('understudy_vrrp_master_down_interval_seconds', labels, seconds);
    if (!masterDownShare) return;
    exposition.add('understudy_vrrp_master_down_used_ratio', labels, masterDownShare.latest);
    exposition.add('understudy_vrrp_master_down_used_worst_ratio', labels, masterDownShare.worst);
  }

  /** A pool, or the part of it that is on one page. */
  private pool(pool: PoolState): void {
    const { exposition } = this;
    const sum = this.sums.get(pool.id) ?? newSum(pool);
    this.sums.set(pool.id, sum);
    for (const server of pool.realServers) {
      const labels = { pool: pool.id, real_server: server.id };
      exposition.add('understudy_real_server_up', labels, server.alive);
      exposition.add('understudy_real_server_weight', labels, server.weight);
      sum.total += 1;
      if (server.alive) sum.alive += 1;
      if (server.alive && server.mark === undefined) sum.weight += server.weight;
      for (const { latencies = [], latencySum = 0 } of server.checkers) {
        for (const [index, count] of latencies.entries())
          sum.latencies[index] = (sum.latencies[index] ?? 0) + count;
        sum.latencySum += latencySum;
      }
    }
  }

  private poolSum(pool: string, { first, alive, total, weight, latencies, latencySum }: PoolSum): void {
    const { exposition } = this;
    exposition.add('understudy_pool_quorum_up', { pool }, first.quorumUp);
    const quorum = this.quorums.get(pool);
    if (quorum !== undefined) exposition.add('understudy_pool_quorum', { pool }, quorum);
    exposition.add('understudy_pool_weight', { pool }, weight);
    exposition.add('understudy_pool_real_servers', { pool, state: 'alive' }, alive);
    exposition.add('understudy_pool_real_servers', { pool, state: 'dead' }, total - alive);
    exposition.add('understudy_pool_sorry_server_in_use', { pool }, first.sorryServerInUse);
    if (latencies.some((count) => count > 0)) {
      const bounds = LATENCY_BOUNDS.map((bound) => bound / MICROS);
      exposition.histogram(
        'understudy_check_duration_seconds',
        { pool },
        { bounds, counts: latencies, sum: latencySum / MICROS },
      );
    }
  }

  private alerts({ mail }: AlertsState): void {
    if (!mail) return;
    const { exposition } = this;
    exposition.add('understudy_mail_alerts_waiting', {}, mail.waiting);
    exposition.add('understudy_mail_alerts_sent', {}, mail.sent);
    exposition.add('understudy_mail_alerts_lost', {}, mail.lost);
    exposition.add('understudy_mail_failures', {}, mail.failures);
  }
}

const newSum = (first: PoolState): PoolSum => ({
  ...{ first, alive: 0, total: 0, weight: 0, latencySum: 0 },
  latencies: Array.from({ length: LATENCY_BOUNDS.length + 1 }, () => 0),
});
