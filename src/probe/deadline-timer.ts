import { DeadlineQueue } from '../base/deadline-queue.js';
import { type Micros } from '../base/units.js';
import { now } from '../kernel/index.js';

/** Node's timers take no more; it finds nothing due then, and is armed again. */
const LONGEST_MS = 2 ** 31 - 1;

/**
 * Timeouts of thousands of probes on one timer of Node's (a millisecond is fine enough for them; what is due on
 * the protocol path has kernel/timer.ts).
 */
export class DeadlineTimer {
  private readonly queue = new DeadlineQueue();
  private armed: { readonly handle: NodeJS.Timeout; readonly at: Micros } | undefined;

  /** @param onDue is called with the name of each deadline that has passed. */
  constructor(private readonly onDue: (name: string) => void) {}

  /** Sets or replaces the deadline of that name. */
  set(name: string, at: Micros): void {
    this.queue.set(name, at);
    this.arm();
  }

  clear(name: string): void {
    this.queue.clear(name);
  }

  close(): void {
    if (this.armed) clearTimeout(this.armed.handle);
    this.armed = undefined;
  }

  private fire(): void {
    this.armed = undefined;
    const at = now();
    for (let due = this.queue.takeDue(at); due; due = this.queue.takeDue(at)) this.onDue(due.name);
    this.arm();
  }

  /** A timer that is armed for a deadline since cleared simply finds nothing due. */
  private arm(): void {
    const next = this.queue.next();
    if (next === undefined || (this.armed && this.armed.at <= next)) return;
    this.close();
    const delayMs = Math.min(LONGEST_MS, Math.max(0, Math.ceil((next - now()) / 1000)));
    this.armed = { handle: setTimeout(() => this.fire(), delayMs), at: next };
  }
}
