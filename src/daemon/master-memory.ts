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
    else if (message.type === 'Ready' && message.masters) this.remember(message.masters);
  }

  bereavedAt(aliveAt: Micros): readonly Bereaved[] {
    return this.settings()
      .instances.filter(({ name }) => this.states.get(name) === 'MASTER')
      .map((instance) => ({
        instance: instance.name,
        resumeBefore: plus(aliveAt, certainSilence(instance)),
      }));
  }

  /** A reload may have given an instance another name. */
  private remember(masters: readonly string[]): void {
    this.states.clear();
    for (const name of masters) this.states.set(name, 'MASTER');
  }
}

/**
 * How long after a worker's last work no backup has taken over for certain. Backups wait for the master-down interval
 * from our last advert on (RFC 9568, 6.1: three intervals and the skew), and a worker that still sends adverts, of
 * whatever instance, has sent one of each within its interval.
 */
const certainSilence = ({ downTimerAdverts, advertInterval }: InstanceSettings): Micros =>
  micros(Math.max(1, downTimerAdverts - 1) * advertInterval);
