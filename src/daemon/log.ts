import { type LogLevel } from './log-format.js';

/** Somewhere that lines go to. `write` never throws and never waits: what it cannot take, it drops and counts. */
export interface LogSink {
  write(at: Date, level: LogLevel, text: string): void;
  /** The process ends: what is still held back is written now, within a moment. */
  finish?(): void;
}

/**
 * The log of one process. Lines are queued and written once the event at hand has been carried out, because a
 * takeover must not wait for a terminal or for syslog; each bears the time at which it was said.
 */
export class Log {
  private queue: { readonly at: Date; readonly level: LogLevel; readonly text: string }[] = [];
  private flushing = false;

  /**
   * @param detail how often -D was given: 0 hides `detail` lines, 2 also shows `debug` ones.
   * @param deferred false to write each line at once: where nothing is in a hurry, and lines of several
   *   processes should keep their order.
   * @param clock the wall clock.
   */
  constructor(
    private readonly sinks: readonly LogSink[],
    private readonly detailLevel: 0 | 1 | 2,
    private readonly deferred = true,
    private readonly clock: () => Date = () => new Date(),
  ) {}

  /** What any operator wants to know. Text of several lines becomes as many lines of the log. */
  say(level: LogLevel, text: string): void {
    if (level === 'debug' && this.detailLevel < 2) return;
    const at = this.clock();
    for (const line of text.split('\n')) this.queue.push({ at, level, text: line });
    if (!this.deferred) this.flush();
    else if (!this.flushing) {
      this.flushing = true;
      setImmediate(() => this.flush());
    }
  }

  info(text: string): void {
    this.say('info', text);
  }

  /** Said only with -D. */
  detail(text: string): void {
    if (this.detailLevel > 0) this.say('info', text);
  }

  warning(text: string): void {
    this.say('warning', text);
  }

  error(text: string): void {
    this.say('error', text);
  }

  /** Writes what is queued now. */
  flush(): void {
    this.flushing = false;
    const lines = this.queue;
    this.queue = [];
    for (const { at, level, text } of lines) for (const sink of this.sinks) sink.write(at, level, text);
  }

  /** Before the process ends. */
  close(): void {
    this.flush();
    for (const sink of this.sinks) sink.finish?.();
  }
}
