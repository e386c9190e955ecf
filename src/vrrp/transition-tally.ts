import { type VrrpState } from './effect.js';
import { type TransitionCount } from './snapshot.js';

/** How often one instance has changed its state, by what caused it. */
export class TransitionTally {
  private readonly counts = new Map<string, TransitionCount>();

  count(from: VrrpState, to: VrrpState, cause: string): void {
    const key = `${from} ${to} ${cause}`;
    const count = (this.counts.get(key)?.count ?? 0) + 1;
    this.counts.set(key, { from, to, cause, count });
  }

  snapshot(): readonly TransitionCount[] {
    return [...this.counts.values()];
  }
}
