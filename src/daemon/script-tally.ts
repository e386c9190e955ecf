import { now } from '../kernel/clock.js';
import { micros, minus, plus, type Micros } from '../base/units.js';
import { type ScriptRuns } from '../observe/index.js';

/** How often scripts have run, and how long that took, from when they were asked for to their end. */
export class ScriptTally {
  private readonly runs = new Map<string, ScriptRuns>();

  /** Begins to measure; call what it returns when the script has ended. */
  began(kind: ScriptRuns['kind'], script: string): () => void {
    const began = now();
    return () => this.add(kind, script, minus(now(), began));
  }

  get state(): readonly ScriptRuns[] {
    return [...this.runs.values()];
  }

  private add(kind: ScriptRuns['kind'], script: string, duration: Micros): void {
    const key = `${kind} ${script}`;
    const { count = 0, sum = micros(0) } = this.runs.get(key) ?? {};
    this.runs.set(key, { kind, script, count: count + 1, sum: plus(sum, duration) });
  }
}
