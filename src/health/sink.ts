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
  /** The order of each pool that has changed: until the step ends, it grows. */
  private readonly changed = new Map<string, GrowingChange>();

  push(effect: HealthEffect): void {
    this.effects.push(effect);
  }

  /** The driver reads the pool's state after the step, so that one order says it all. */
  poolChanged(pool: string): void {
    delete this.changeOf(pool).realServers;
  }

  /** Of a pool of thousands, one server has changed. */
  realServerChanged(pool: string, position: number): void {
    const known = this.changed.has(pool);
    const change = this.changeOf(pool);
    if (!known) change.realServers = [position];
    else if (change.realServers && !change.realServers.includes(position)) change.realServers.push(position);
  }

  private changeOf(pool: string): GrowingChange {
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

  /** Each checker has one deadline: its next check. */
  checkAt(checker: string, at: Micros): void {
    this.push({ type: 'SetDeadline', name: deadlineName(checker), at });
  }

  forgetDeadline(checker: string): void {
    this.push({ type: 'ClearDeadline', name: deadlineName(checker) });
  }
}

const PREFIX = 'check ';

const deadlineName = (checker: string): string => PREFIX + checker;

/** The checker whose deadline has that name; undefined for names that are not ours. */
export const checkerOfDeadline = (name: string): string | undefined =>
  name.startsWith(PREFIX) ? name.slice(PREFIX.length) : undefined;
