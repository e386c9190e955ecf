import { plus, micros, type Micros } from '../base/units.js';
import { type InstanceSettings, type VrrpSettings, type VrrpState } from '../vrrp/index.js';
import { type Bereaved, type FromWorker } from './messages.js';
import { type WorkerMemory } from './supervised-worker.js';

/** Remembers which vrrp_instances the vrrp worker last said to be master. */
export class MasterMemory implements WorkerMemory {
  private readonly states = new Map<string, VrrpState>();

  /** @param settings what is in force at this moment. */
  constructor(private readonly settings: () => VrrpSettings) {}

  message(message: FromWorker): void {
    if (message.type === 'StateChanged') this.states.set(message.instance, message.to);
  }

  bereavedAt(diedAt: Micros): readonly Bereaved[] {
    return this.settings()
      .instances.filter(({ name }) => this.states.get(name) === 'MASTER')
      .map((instance) => ({
        instance: instance.name,
        resumeBefore: plus(diedAt, certainSilence(instance)),
      }));
  }
}

/**
 * How long after our death no backup has taken over for certain. Backups wait for the master-down interval from
 * our last advert on (RFC 9568, 6.1: three intervals and the skew), and that was sent at most one interval
 * before the end.
 */
const certainSilence = ({ downTimerAdverts, advertInterval }: InstanceSettings): Micros =>
  micros(Math.max(1, downTimerAdverts - 1) * advertInterval);
