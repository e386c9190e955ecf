import { type Micros } from '../base/units.js';

/**
 * One timerfd on CLOCK_MONOTONIC: the single timer of the protocol path. Deadlines are absolute, so that a late
 * wake-up delays nothing after it. Combine with base/deadline-queue: arm(queue.next()).
 */
export class DeadlineTimer {
  /**
   * @param onWake called once for each deadline that passes (never early, never from within arm()); a deadline
   *   in the past wakes at once. What is due is the caller's queue's to say.
   * @throws KernelError
   */
  constructor(onWake: () => void) {
    void onWake;
    throw new Error('not built');
  }

  /** Sets or replaces the deadline; undefined disarms. Cheap if `at` is what is already set. */
  arm(at: Micros | undefined): void {
    void at;
  }

  close(): void {
    return undefined;
  }
}
