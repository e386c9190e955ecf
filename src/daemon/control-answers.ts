import { type Recorder, type VrrpRecorder, type WorkerState } from '../observe/index.js';
import { type HealthMonitor } from '../health/index.js';
import { type RouterSnapshot } from '../vrrp/index.js';
import { PAGE, type WorkerQuery } from './control-queries.js';
import { type VrrpDriver } from './vrrp-driver.js';

/** What is no instance's own comes with the first page. */
const NOTHING_SHARED: Omit<RouterSnapshot, 'instances'> = {
  ...{ syncGroups: [], scripts: [], processes: [] },
  ...{ files: {}, bfd: {}, unclaimedAdverts: {} },
};

/** What the VRRP worker answers. */
export function answerForVrrp(query: WorkerQuery, driver: VrrpDriver, recorder: VrrpRecorder): unknown {
  if (query.type === 'Chronicle') return recorder.chronicle.tell(query.instances.slice(0, PAGE));
  if (query.type === 'Segment') return recorder.journal.segment(query.number);
  const vrrp = driver.snapshot(query.from, PAGE);
  const first = query.from === 0;
  return {
    vrrp: first ? vrrp : { ...NOTHING_SHARED, instances: vrrp.instances },
    ...(first && { lateness: { ...driver.lateness }, journal: recorder.journal.extent }),
  } satisfies WorkerState;
}

/** What the health worker answers. */
export function answerForHealth(query: WorkerQuery, monitor: HealthMonitor, recorder: Recorder): unknown {
  if (query.type === 'Chronicle') return [];
  if (query.type === 'Segment') return recorder.journal.segment(query.number);
  return {
    pools: monitor.snapshot(query.from, PAGE).pools,
    ...(query.from === 0 && { journal: recorder.journal.extent }),
  } satisfies WorkerState;
}
