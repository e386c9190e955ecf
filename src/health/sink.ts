import { type Micros } from '../base/units.js';
import { type HealthEffect } from './effect.js';

/** What a record is about. */
export interface Subject {
  readonly pool?: string;
  readonly realServer?: string;
  readonly checker?: string;
}

interface GrowingChange {
  readonly type: 'PoolChanged';
  readonly pool: string;
  realServers?: number[];
}

/** Gathers the effects of one step. */
export class EffectSink {
  readonly effects: HealthEffect[] = [];
  /** The order of each pool that has changed: until the step ends, it grows. Most steps change none. */
  private changed: Map<string, GrowingChange> | undefined;

  push(effect: HealthEffect): void {
    this.effects.push(effect);
  }

  /** The driver reads the pool's state after the step, so that one order says it all. */
  poolChanged(pool: string): void {
    delete this.changeOf(pool).realServers;
  }

  /** Of a pool of thousands, one server has changed. */
  realServerChanged(pool: string, position: number): void {
    const known = this.changed?.has(pool) === true;
    const change = this.changeOf(pool);
    if (!known) change.realServers = [position];
    else if (change.realServers && !change.realServers.includes(position)) change.realServers.push(position);
  }

  private changeOf(pool: string): GrowingChange {
    this.changed ??= new Map();
    let change = this.changed.get(pool);
    if (!change) {
      change = { type: 'PoolChanged', pool };
      this.changed.set(pool, change);
      this.push(change);
    }
    return change;
  }

  info(code: string, subject: Subject, text: string): void {
    this.push({ type: 'Record', level: 'info', code, ...subject, text });
  }

  /** Each checker has one deadline, named as itself: its next check. */
  checkAt(checker: string, at: Micros): void {
    this.push({ type: 'SetDeadline', name: checker, at });
  }

  forgetDeadline(checker: string): void {
    this.push({ type: 'ClearDeadline', name: checker });
  }
}
