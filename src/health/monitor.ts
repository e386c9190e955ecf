import { type Prng } from '../base/prng.js';
import { type Micros } from '../base/units.js';
import { type HealthEffect } from './effect.js';
import { type HealthEvent } from './event.js';
import { type HealthSettings } from './settings.js';
import { type HealthSnapshot, type PoolState } from './snapshot.js';

/**
 * Check policy of all pools: when to check, how many failures take a real server out, quorum and sorry server.
 * Pure: what happened comes in by `step`, what is to be done goes out as effects.
 */
export class HealthMonitor {
  private readonly pools: PoolState[] = [];

  constructor(
    readonly settings: HealthSettings,
    readonly prng: Prng,
  ) {}

  /**
   * Takes one event and returns the orders that follow from it, to be carried out in this order and completely
   * before the next event.
   * @param now the monotonic clock; never earlier than at the step before.
   */
  step(event: HealthEvent, now: Micros): readonly HealthEffect[] {
    return event.type === 'StopRequested' && now >= 0 ? [{ type: 'Stopped' }] : [];
  }

  /** One pool as it is now, for lvs/desired-from-pool; undefined once it was removed. */
  pool(id: string): PoolState | undefined {
    return this.pools.find((pool) => pool.id === id);
  }

  /** Everything as it is now, as plain data. */
  snapshot(): HealthSnapshot {
    return { pools: this.pools };
  }
}
