import { type BfdSnapshot } from '../bfd/index.js';
import { type HealthMonitor } from '../health/index.js';
import { type FifoTally } from '../notify/index.js';
import { type Recorder, type ScriptRuns, type VrrpRecorder, type WorkerState } from '../observe/index.js';
import { type RouterSnapshot } from '../vrrp/index.js';
import { PAGE, SERVER_PAGE, type WorkerQuery } from './control-queries.js';
import { type Stalls } from './scheduling.js';
import { type ServicePage, type ServicePlace } from './service-pages.js';
import { type VrrpDriver } from './vrrp-driver.js';

/** What every worker knows of itself. */
export interface WorkerSelf {
  readonly recorder: Recorder;
  readonly stalls: Stalls;
  readonly fifos?: readonly FifoTally[];
  readonly scriptRuns?: readonly ScriptRuns[];
}

/** What is no instance's own comes with the first page. */
const NOTHING_SHARED: Omit<RouterSnapshot, 'instances'> = {
  ...{ syncGroups: [], scripts: [], processes: [] },
  ...{ files: {}, bfd: {}, unclaimedAdverts: {} },
};

/** What the VRRP worker answers. */
export function answerForVrrp(
  query: WorkerQuery,
  driver: VrrpDriver,
  self: WorkerSelf & { readonly recorder: VrrpRecorder },
): unknown {
  if (query.type === 'Chronicle') return self.recorder.chronicle.tell(query.instances.slice(0, PAGE));
  if (query.type === 'Segment') return self.recorder.journal.segment(query.number);
  if (query.type === 'ClearCounters') {
    driver.handle({ type: 'CountersCleared' });
    return null;
  }
  if (query.type === 'Announce') {
    driver.handle({ type: 'AnnouncementRequested', instance: query.instance });
    return null;
  }
  if (query.type === 'SetInstance') {
    driver.handle({ ...query, type: 'SetBySnmp' });
    return { carriedOut: true };
  }
  if (query.type !== 'State') return null; // is for another worker
  const vrrp = driver.snapshot(query.from, PAGE);
  if (query.from > 0) return { vrrp: { ...NOTHING_SHARED, instances: vrrp.instances } } satisfies WorkerState;
  return { vrrp, lateness: { ...driver.lateness }, ...selfOf(self) } satisfies WorkerState;
}

/** What the health worker answers. */
export function answerForHealth(
  query: WorkerQuery,
  monitor: HealthMonitor,
  waitsFor: (pool: string) => string | undefined,
  self: WorkerSelf & { services(from: ServicePlace): ServicePage },
): unknown {
  if (query.type === 'Chronicle') return [];
  if (query.type === 'Segment') return self.recorder.journal.segment(query.number);
  if (query.type === 'Services') return self.services(query.from);
  if (query.type !== 'State') return null; // is for another worker
  const pools = monitor.snapshot({ from: query.from, count: SERVER_PAGE }).pools.map((pool) => {
    const instance = waitsFor(pool.id);
    return instance === undefined ? pool : { ...pool, waitsFor: instance };
  });
  return { pools, ...(query.from === 0 && selfOf(self)) } satisfies WorkerState;
}

/** What the BFD worker answers. */
export function answerForBfd(query: WorkerQuery, snapshot: () => BfdSnapshot, self: WorkerSelf): unknown {
  if (query.type === 'Chronicle') return [];
  if (query.type === 'Segment') return self.recorder.journal.segment(query.number);
  if (query.type !== 'State') return null;
  const { sessions, dropped } = snapshot();
  const page = { sessions: sessions.slice(query.from, query.from + PAGE), dropped };
  return { bfd: page, ...(query.from === 0 && selfOf(self)) } satisfies WorkerState;
}

const selfOf = ({
  recorder,
  stalls,
  fifos,
  scriptRuns,
}: WorkerSelf): Pick<WorkerState, 'stalls' | 'journal' | 'fifos' | 'scriptRuns'> => ({
  stalls: { ...stalls },
  journal: recorder.journal.extent,
  ...(fifos && fifos.length > 0 && { fifos }),
  ...(scriptRuns && scriptRuns.length > 0 && { scriptRuns }),
});
