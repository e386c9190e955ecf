import { hostname } from 'node:os';
import { micros, minus, type Micros } from '../base/units.js';
import { type StatusDocument, type InstanceStatus } from '../observe/index.js';
import { type WorkerState, type WorkerStatus } from '../observe/index.js';
import { now } from '../kernel/clock.js';
import { type InstanceSettings, type InstanceSnapshot, type RouterSnapshot } from '../vrrp/index.js';
import { joinPools, PAGE, SERVER_PAGE, serverCount } from './control-queries.js';
import { type ControlSubject } from './control-verbs.js';
import { type WorkerKind } from './messages.js';
import { type AskableWorker } from './supervisor.js';
import { packageVersion } from './version.js';

/** A worker that does not run is absent; one that does not answer is there, and says why. */
export interface Asked {
  readonly status: WorkerStatus;
  readonly pages: readonly WorkerState[];
}

/** Asks every worker how it is, page by page. */
export async function readStatus({ supervisor, flags, startedAt }: ControlSubject): Promise<StatusDocument> {
  const { vrrp, health, bfd } = supervisor.current;
  const [router, checkers, neighbours] = await Promise.all([
    askAll(supervisor.worker('vrrp'), vrrp.instances.length),
    askAll(supervisor.worker('checkers'), serverCount(health), SERVER_PAGE),
    askAll(supervisor.worker('bfd'), bfd.sessions.length),
  ]);
  const pages = router?.pages.flatMap((page) => page.vrrp ?? []) ?? [];
  const settings = new Map(vrrp.instances.map((instance) => [instance.name, instance]));
  return {
    version: packageVersion(),
    host: hostname(),
    pid: process.pid,
    configFile: flags.configFile,
    startedAt: startedAt.toISOString(),
    at: new Date().toISOString(),
    workers: [router, checkers, neighbours].flatMap((worker) => worker?.status ?? []),
    instances: pages
      .flatMap(({ instances }) => instances)
      .flatMap((snapshot) => instanceStatus(snapshot, settings.get(snapshot.name))),
    ...sharedParts(pages[0]),
    bfdSessions: neighbours?.pages.flatMap((page) => page.bfd?.sessions ?? []) ?? [],
    pools: joinPools(checkers?.pages.map((page) => page.pools ?? []) ?? []),
  };
}

/** What is no instance's own: it comes with the first page. */
function sharedParts(
  first: RouterSnapshot | undefined,
): Pick<StatusDocument, 'syncGroups' | 'trackers' | 'unclaimedAdverts'> {
  if (!first) return { syncGroups: [], trackers: {}, unclaimedAdverts: {} };
  const { syncGroups, unclaimedAdverts, scripts, processes, files, bfd } = first;
  const trackers = {
    scripts,
    processes: processes.map((each) => ({
      ...each,
      state: each.hasQuorum ? 'up' : 'down',
      lastDetail: `${each.count} running`,
    })),
    files: Object.entries(files).map(([name, value]) => ({ name, state: String(value) })),
    bfd: Object.entries(bfd).map(([name, up]) => ({ name, state: up ? 'up' : 'down' })),
  };
  return { syncGroups, unclaimedAdverts, trackers };
}

/** Asks a worker for all of its state, page by page; undefined if there is no such worker. */
export async function askAll<Kind extends WorkerKind>(
  worker: AskableWorker<Kind> | undefined,
  count: number,
  page = PAGE,
): Promise<Asked | undefined> {
  if (!worker) return undefined;
  const pages: WorkerState[] = [];
  let silent: string | undefined;
  for (let from = 0; (from === 0 || from < count) && silent === undefined; from += page) {
    const answer = await worker.ask({ type: 'State', from });
    if (answer.ok) pages.push(answer.value);
    else silent = answer.error.text;
  }
  const { kind, pid, startedAt, respawns } = worker.view;
  const { lateness, stalls, journal, fifos } = pages[0] ?? {};
  return {
    pages,
    status: {
      ...{ kind, pid, startedAt: wallTime(startedAt), respawns },
      ...(silent !== undefined && { silent }),
      ...(lateness && { lateness }),
      ...(stalls && { stalls }),
      ...(journal && { journal }),
      ...(fifos && { fifos }),
    },
  };
}

/** Nothing, while a reload has taken an instance away of which the worker has yet to hear. */
function instanceStatus(
  snapshot: InstanceSnapshot,
  settings: InstanceSettings | undefined,
): readonly InstanceStatus[] {
  if (!settings) return [];
  const { lastTransition: last, masterDownInterval, counters, faults } = snapshot;
  const { name, vrid, version, family } = settings;
  const { state, effectivePriority, configuredPriority, master } = snapshot;
  return [
    {
      ...{ name, interface: settings.interface, family, vrid, version, state },
      ...(last && { since: wallTime(last.at) }),
      ...{ effectivePriority, configuredPriority },
      ...(master && { master }),
      addresses: settings.addresses.map(({ address }) => address),
      masterDownIntervalUs: masterDownInterval,
      ...(last && { lastTransition: { ...last, at: wallTime(last.at) } }),
      ...{ faults, counters },
    },
  ];
}

/** A time of the monotonic clock, as the wall clock has it if it was not set since. */
export const wallTime = (at: Micros): string =>
  new Date(Date.now() - micros(minus(now(), at)) / 1000).toISOString();
