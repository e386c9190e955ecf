import { MICROS_PER_SECOND, minus, type Micros } from '../base/units.js';
import { now } from './clock.js';
import { check, libc } from './libc.js';
import { Memory } from './memory.js';
import { type PollWatch, watchOrClose } from './poll.js';

const CLOCK_MONOTONIC = 1;
const TFD_NONBLOCK = 0o4000;
const TFD_CLOEXEC = 0o2000000;
const TFD_TIMER_ABSTIME = 1;

/** Offsets in struct itimerspec: it_interval (16 bytes), then it_value. */
const VALUE_SECONDS = 16;
const VALUE_NANOSECONDS = 24;

/**
 * One timerfd on CLOCK_MONOTONIC: the single timer of the protocol path. Deadlines are absolute, so that a late
 * wake-up delays nothing after it. Combine with base/deadline-queue: arm(queue.next()).
 */
export class DeadlineTimer {
  private readonly fd: number;
  private readonly watch: PollWatch;
  private readonly spec = new Memory(32);
  private readonly expirations = new Memory(8);
  private armedAt: Micros | undefined;
  private closed = false;

  /**
   * @param onWake called once for each deadline that passes (never early, never from within arm()), with how late
   *   this is; a deadline in the past wakes at once. What is due is the caller's queue's to say.
   * @throws KernelError
   */
  constructor(private readonly onWake: (late: Micros) => void) {
    this.fd = check('timerfd_create', libc.timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC));
    this.watch = watchOrClose(this.fd, { readable: true }, () => this.wake());
  }

  /** Sets or replaces the deadline; undefined disarms. Cheap if `at` is what is already set. */
  arm(at: Micros | undefined): void {
    if (this.closed || at === this.armedAt) return;
    this.armedAt = at;
    this.program(at);
  }

  /** Disarms for good. Idempotent. */
  close(): void {
    if (this.closed) return;
    this.closed = true;
    this.watch.close();
    libc.close(this.fd);
  }

  private program(at: Micros | undefined): void {
    // All zero disarms, so a deadline at (or before) the clock's start becomes its first nanosecond: long past.
    const due = at === undefined ? 0 : Math.max(at, 0);
    const wholeSeconds = Math.floor(due / MICROS_PER_SECOND);
    const nanoseconds = Math.round((due - wholeSeconds * MICROS_PER_SECOND) * 1000);
    this.spec.setU64(VALUE_SECONDS, wholeSeconds);
    this.spec.setU64(VALUE_NANOSECONDS, at !== undefined && due === 0 ? 1 : nanoseconds);
    check('timerfd_settime', libc.timerfd_settime(this.fd, TFD_TIMER_ABSTIME, this.spec.bytes, null));
  }

  private wake(): void {
    // EAGAIN: the deadline was moved between expiry and this call; the new one will wake us.
    if (libc.read(this.fd, this.expirations.bytes, 8) !== 8) return;
    const at = now();
    const late = minus(at, this.armedAt ?? at);
    this.armedAt = undefined;
    this.onWake(late);
  }
}
