import { type Micros } from '../base/units.js';
import { type HealthEffect } from './effect.js';

/** What a record is about. */
export interface Subject {
  readonly pool?: string;
  readonly realServer?: string;
  readonly checker?: string;
}

/** Gathers the effects of one step. */
export class EffectSink {
  readonly effects: HealthEffect[] = [];
  private readonly changed = new Set<string>();

  push(effect: HealthEffect): void {
    this.effects.push(effect);
  }

  /** The driver reads the pool's state after the step, so that one order says it all. */
  poolChanged(pool: string): void {
    if (this.changed.has(pool)) return;
    this.changed.add(pool);
    this.push({ type: 'PoolChanged', pool });
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
