import { type Micros } from '../base/units.js';
import { type VrrpEffect } from './effect.js';

interface Armed {
  readonly at: Micros;
  readonly passed: (due: Micros) => void;
}

/**
 * What a deadline of an instance is called. Made anew only when the instance is renamed: each advert looks its deadline
 * up several times, and a string that was just put together has to be hashed first.
 */
export class DeadlineName {
  private instance: string | undefined;
  private name = '';

  constructor(private readonly kind: string) {}

  of(instance: string): string {
    if (instance !== this.instance) {
      this.instance = instance;
      this.name = `${this.kind} ${instance}`;
    }
    return this.name;
  }
}

/**
 * The deadlines that are set, each with what is to happen when it passes. The driver keeps the clock; this is
 * how a passed deadline that has meanwhile been moved or cleared is told from one that still counts.
 */
export class Deadlines {
  private readonly armed = new Map<string, Armed>();

  /** @param emit where SetDeadline and ClearDeadline go. */
  constructor(private readonly emit: (effect: VrrpEffect) => void) {}

  /**
   * Sets or replaces a deadline; one in the past is due at once, and late.
   * @param slack how much earlier it may pass together with another one.
   */
  set(name: string, at: Micros, passed: (due: Micros) => void, slack?: Micros): void {
    this.armed.set(name, { at, passed });
    this.emit(
      slack === undefined ? { type: 'SetDeadline', name, at } : { type: 'SetDeadline', name, at, slack },
    );
  }

  /** Forgets a deadline; it need not be set. */
  clear(name: string): void {
    if (this.armed.delete(name)) this.emit({ type: 'ClearDeadline', name });
  }

  /** When the deadline falls due, if it is set. */
  get(name: string): Micros | undefined {
    return this.armed.get(name)?.at;
  }

  /** Acts on a passed deadline; false if it no longer stands at `at`, and then nothing happens. */
  pass(name: string, at: Micros): boolean {
    const found = this.armed.get(name);
    if (found?.at !== at) return false;
    this.armed.delete(name);
    found.passed(at);
    return true;
  }

  /** Forgets every deadline. */
  clearAll(): void {
    for (const name of [...this.armed.keys()]) this.clear(name);
  }
}
