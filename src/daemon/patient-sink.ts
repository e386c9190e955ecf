import { type LogSink } from './log.js';
import { type LogLevel } from './log-format.js';

/** Takes one line of the log without waiting: taken, to be offered again, or nobody is there. */
export interface Outlet {
  send(line: Uint8Array): 'sent' | 'busy' | 'absent';
}

/** Most lines that are kept for a reader that does not keep up. */
const BACKLOG = 2000;
const RETRY_MS = 2;
/** A reader that takes nothing at all is offered lines less and less often. */
const LONGEST_RETRY_MS = 64;
/** How long the last words of a process wait for the reader. */
const PATIENCE_MS = 100;

/**
 * Lines for a reader that takes few of them at once: /dev/log (net.unix.max_dgram_qlen, 10 unless systemd raised
 * it), a pipe, a terminal. What it does not take is kept for a moment, in order, and offered again. Without a reader
 * there is nothing to keep.
 */
export class PatientSink implements LogSink {
  private backlog: Uint8Array[] = [];
  private lost = 0;
  private retry: NodeJS.Timeout | undefined;
  private retryMs = RETRY_MS;

  constructor(
    private readonly outlet: Outlet,
    private readonly format: (at: Date, level: LogLevel, text: string) => Uint8Array,
  ) {}

  write(at: Date, level: LogLevel, text: string): void {
    if (this.backlog.length >= BACKLOG) {
      this.lost += 1;
      return;
    }
    if (this.lost > 0) {
      this.backlog.push(this.format(at, 'warning', `${this.lost} log lines were lost`));
      this.lost = 0;
    }
    this.backlog.push(this.format(at, level, text));
    this.offer();
  }

  finish(): void {
    const giveUpAt = Date.now() + PATIENCE_MS;
    this.offer();
    while (this.backlog.length > 0 && Date.now() < giveUpAt) {
      Atomics.wait(PAUSE, 0, 0, RETRY_MS);
      this.offer();
    }
  }

  private offer(): void {
    clearTimeout(this.retry);
    let taken = 0;
    for (const line of this.backlog) {
      const outcome = this.outlet.send(line);
      if (outcome === 'busy') break;
      taken += 1; // by the reader, or by nobody
    }
    this.backlog = this.backlog.slice(taken);
    if (taken > 0) this.retryMs = RETRY_MS;
    if (this.backlog.length > 0) this.retry = setTimeout(() => this.offerAgain(), this.retryMs);
  }

  private offerAgain(): void {
    this.retryMs = Math.min(this.retryMs * 2, LONGEST_RETRY_MS);
    this.offer();
  }
}

const PAUSE = new Int32Array(new SharedArrayBuffer(4));
