import { type Micros } from '../base/units.js';
import { type VrrpState } from './effect.js';
import { type InstanceSnapshot, type Transition, type TransitionCount } from './snapshot.js';

type Told = Pick<InstanceSnapshot, 'lastTransition' | 'upSince' | 'becameMasterBy' | 'transitions'>;

/** What has become of one instance since the daemon was started, for status, metrics and SNMP. */
export class InstanceHistory {
  private last: Transition | undefined;
  /** Since when it has been BACKUP or MASTER without a break. */
  private upSince: Micros | undefined;
  private becameMasterBy: string | undefined;
  /** How often it has changed its state, by what caused it. */
  private readonly counts = new Map<string, TransitionCount>();

  /** A state was entered. */
  entered(transition: Transition): void {
    const { from, to, at, cause } = transition;
    this.last = transition;
    this.upSince = isUp(to) ? (this.upSince ?? at) : undefined;
    if (to === 'MASTER') this.becameMasterBy = cause.code;
    const key = `${from} ${to} ${cause.code}`;
    const count = (this.counts.get(key)?.count ?? 0) + 1;
    this.counts.set(key, { from, to, cause: cause.code, count });
  }

  snapshot(): Told {
    return {
      ...(this.last && { lastTransition: this.last }),
      ...(this.upSince !== undefined && { upSince: this.upSince }),
      ...(this.becameMasterBy !== undefined && { becameMasterBy: this.becameMasterBy }),
      transitions: [...this.counts.values()],
    };
  }
}

const isUp = (state: VrrpState): boolean => state === 'BACKUP' || state === 'MASTER';
