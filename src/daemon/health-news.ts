import { type HealthEffect } from '../health/index.js';
import { type NewsDesk } from './news-desk.js';

type EffectOf<Type extends HealthEffect['type']> = Extract<HealthEffect, { type: Type }>;

/** Puts into words for the alerts worker what check policy orders. */
export class HealthNewsDesk {
  constructor(private readonly desk: NewsDesk) {}

  checkerTurned(effect: EffectOf<'CheckerTurned'>): void {
    this.desk.add(effect);
  }

  notified(effect: EffectOf<'RunNotify'>): void {
    const { pool, stopping, standing } = effect;
    const up = effect.state === 'UP';
    if (effect.subject === 'VS') {
      const because = stopping ? 'stopping' : effect.initially ? 'starting' : 'checked';
      this.desk.add({ type: 'QuorumChanged', pool, up, because, standing });
      return;
    }
    const { realServer, weight } = effect;
    const because = stopping ? 'stopping' : effect.removed ? 'removed' : 'checked';
    this.desk.add({ type: 'RealServerChanged', pool, realServer, up, because, weight, standing });
  }
}
