import { type SessionSnapshot } from '../bfd/index.js';
import { type PoolState } from '../health/index.js';
import { type InstanceStatus, type StatusDocument, type WorkerStatus } from './status.js';
import { type FifoState } from './worker-state.js';
import { textTable } from './text-table.js';

/** A status document as tables, for a terminal. */
export function renderStatus(status: StatusDocument): string {
  const at = Date.parse(status.at);
  const parts = [
    daemonLines(status, at),
    table(
      'Instances',
      INSTANCE_HEADS,
      status.instances.map((each) => instanceRow(each, at)),
    ),
    ...status.instances.filter(({ faults }) => faults.length > 0).map(faultLine),
    ...status.instances.map(({ name, counters }) =>
      dropsText(`${name} believed adverts with something wrong in them`, counters.complaints),
    ),
    table(
      'Sync groups',
      ['GROUP', 'STATE', 'MEMBERS'],
      status.syncGroups.map(({ name, state, members }) => [name, state, members.join(' ')]),
    ),
    ...Object.entries(status.trackers).map(([kind, trackers]) =>
      table(
        `Tracked ${kind}`,
        ['NAME', 'STATE', 'LAST'],
        trackers.map(({ name, state, lastDetail }) => [name, state ?? '', lastDetail ?? '']),
      ),
    ),
    table(
      'BFD sessions',
      ['SESSION', 'STATE', 'NEIGHBOUR', 'OUT', 'IN', 'TIMES DOWN'],
      status.bfdSessions.map(sessionRow),
    ),
    table('Pools', ['POOL', 'SERVES', 'QUORUM', 'REAL SERVERS', 'SORRY SERVER'], status.pools.map(poolRow)),
    table(
      'Real servers',
      ['POOL', 'REAL SERVER', 'STATE', 'WEIGHT', 'LATENCY', 'LAST ERROR'],
      status.pools.flatMap(serverRows),
    ),
    dropsText('Adverts that were for no instance', status.unclaimedAdverts),
  ];
  return parts.filter((part) => part !== '').join('\n');
}

const INSTANCE_HEADS = [
  ...[
    'INSTANCE',
    'STATE',
    'SINCE',
    'PRIORITY',
    'MASTER',
    'INTERFACE',
    'VRID',
    'OUT',
    'IN',
    'REJECTED',
    'LAST',
  ],
] as const;

/** A table with its title; nothing if it has no rows. */
const table = (title: string, heads: readonly string[], rows: readonly (readonly string[])[]): string =>
  rows.length === 0 ? '' : `${title}\n${textTable(heads, rows)}`;

function daemonLines(
  { version, host, pid, configFile, startedAt, workers }: StatusDocument,
  at: number,
): string {
  const head = `Understudy ${version} on ${host}, pid ${pid}, up ${duration(at - Date.parse(startedAt))}, ${configFile}\n`;
  return head + workers.map((worker) => `  ${workerText(worker, at)}\n`).join('');
}

function workerText(
  { kind, pid, startedAt, respawns, silent, lateness, stalls, journal, fifos = [] }: WorkerStatus,
  at: number,
): string {
  const parts = [
    pid === 0 ? `${kind} is not running` : `${kind}: pid ${pid}, up ${duration(at - Date.parse(startedAt))}`,
    ...(respawns > 0 ? [`started again ${times(respawns)}`] : []),
    ...(silent === undefined ? [] : [`DOES NOT ANSWER: ${silent}`]),
    ...(lateness ? [`late ${times(lateness.late)}, at worst ${lateness.worst / 1000} ms`] : []),
    ...(stalls && stalls.count > 0
      ? [`stalled ${times(stalls.count)}, at longest ${stalls.longest / 1000} ms`]
      : []),
    ...(journal ? [`${journal.records} records in ${Math.ceil(journal.bytes / 1024)} KiB`] : []),
    ...fifos.map(fifoText),
  ];
  return parts.join(', ');
}

/** Nothing but the path as long as the reader keeps up. */
function fifoText({ path, written, waiting, missed }: FifoState): string {
  const parts = [
    `${written} lines to ${path}`,
    ...(waiting > 0 ? [`${waiting} waiting`] : []),
    ...(missed > 0 ? [`${missed} LOST`] : []),
  ];
  return parts.join(' ');
}

const times = (count: number): string => (count === 1 ? 'once' : `${count} times`);

function instanceRow(instance: InstanceStatus, at: number): readonly string[] {
  const { name, state, since, effectivePriority, configuredPriority, master, vrid, counters } = instance;
  const changed = effectivePriority === configuredPriority ? '' : ` (${configuredPriority})`;
  const rejected = Object.values(counters.dropped).reduce((sum, count) => sum + count, 0);
  return [
    name,
    state,
    since === undefined ? '-' : duration(at - Date.parse(since)),
    `${effectivePriority}${changed}`,
    state === 'MASTER' ? 'itself' : master ? `${master.address} (${master.priority})` : '-',
    instance.interface,
    String(vrid),
    String(counters.advertsSent),
    String(counters.advertsReceived),
    rejected === 0 ? '0' : `${rejected} (${counts(counters.dropped)})`,
    instance.lastTransition?.cause.text ?? '-',
  ];
}

const faultLine = ({ name, faults }: InstanceStatus): string =>
  `${name} is held in FAULT: ${faults.join(', ')}\n`;

function sessionRow({ name, state, remoteState, counters }: SessionSnapshot): readonly string[] {
  const { packetsSent, packetsReceived, timesDown } = counters;
  return [name, state, remoteState, String(packetsSent), String(packetsReceived), String(timesDown)];
}

function poolRow(pool: PoolState): readonly string[] {
  const { id, quorumUp, sorryServerInUse, realServers, waitsFor, suspended } = pool;
  const alive = realServers.filter((server) => server.alive).length;
  const serves = waitsFor === undefined ? 'yes' : `no: ${waitsFor} is not MASTER`;
  return [
    id,
    suspended ? `${serves} (checks suspended)` : serves,
    quorumUp ? 'up' : 'LOST',
    `${alive} of ${realServers.length} up`,
    sorryServerInUse ? 'in use' : '-',
  ];
}

function serverRows({ id, realServers }: PoolState): readonly (readonly string[])[] {
  return realServers.map((server) => {
    const { alive, mark, weight, checkers } = server;
    const state = [alive ? 'up' : 'DOWN', ...(mark ? [mark] : [])].join(', ');
    const served = mark === undefined ? String(weight) : `0 (${weight})`;
    const latencies = checkers.map(({ latency }) => (latency === undefined ? '-' : `${latency / 1000} ms`));
    const troubled = checkers.filter(({ up, lastFailure }) => !up || lastFailure !== undefined);
    const reasons = troubled.map(
      (checker) =>
        `${checkerName(checker.id, id, server.id)}: ${checker.lastFailure?.text ?? 'no success yet'}`,
    );
    return [id, server.id, state, served, latencies.join(', ') || '-', reasons.join('; ') || '-'];
  });
}

/** Ids of checkers begin with those of pool and real server, which the row says already. */
const checkerName = (checker: string, pool: string, realServer: string): string =>
  checker.startsWith(`${pool} ${realServer} `) ? checker.slice(pool.length + realServer.length + 2) : checker;

const counts = (dropped: Readonly<Record<string, number>>): string =>
  Object.entries(dropped)
    .map(([reason, count]) => `${reason} ${count}`)
    .join(', ');

const dropsText = (title: string, dropped: Readonly<Record<string, number>>): string =>
  Object.keys(dropped).length === 0 ? '' : `${title}: ${counts(dropped)}\n`;

/** `3 d 4 h`, `2 h 5 min`, `4 min 3 s`, `12 s`: the two largest units. @param ms milliseconds */
export function duration(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  const units = [
    [Math.floor(seconds / 86_400), 'd'],
    [Math.floor(seconds / 3600) % 24, 'h'],
    [Math.floor(seconds / 60) % 60, 'min'],
    [seconds % 60, 's'],
  ] as const;
  const first = units.findIndex(([count]) => count > 0);
  if (first < 0) return '0 s';
  return units
    .slice(first, first + 2)
    .filter(([count], index) => index === 0 || count > 0)
    .map(([count, unit]) => `${count} ${unit}`)
    .join(' ');
}
