import { type News } from '../observe/index.js';
import { type Log } from './log.js';

/** News that may wait for the alerts worker. */
const MOST_WAITING = 1000;

/** News in one message. */
const MOST_TOGETHER = 100;

/**
 * Hands news on to the alerts worker, a message at a time: the next one follows when it has said that it took the one
 * before, so that a worker which hangs, or is being started again, costs no more memory than MOST_WAITING news. Of
 * more than that the oldest are dropped, counted, and missed aloud.
 */
export class NewsRelay {
  private readonly waiting: News[] = [];
  private open = false;
  private sent = 0;
  private lost = 0;
  private whenEmpty: (() => void) | undefined;

  constructor(
    private readonly send: (news: readonly News[]) => void,
    private readonly log: Pick<Log, 'warning'>,
  ) {}

  add(news: readonly News[]): void {
    this.waiting.push(...news);
    const excess = this.waiting.length - MOST_WAITING;
    if (excess > 0) {
      this.waiting.splice(0, excess);
      if (this.lost === 0)
        this.log.warning('Alerts: too much happens to tell all of it; the oldest is dropped');
      this.lost += excess;
    }
    this.next();
  }

  /** A worker is there, and listens. */
  opened(): void {
    this.open = true;
    this.next();
  }

  /** It has taken what it was sent last. */
  taken(): void {
    this.sent = 0;
    this.next();
  }

  /** It is gone, and what it was sent last may have gone with it: sent again, it might be told twice. */
  closed(): void {
    if (this.sent > 0) this.log.warning(`Alerts: ${this.sent} events may not have been told of`);
    this.open = false;
    this.sent = 0;
  }

  /** The end: calls back once all has been taken; at once if nothing waits, or nobody is there to take it. */
  drained(callback: () => void): void {
    const { length } = this.waiting;
    if (!this.open && length > 0) this.log.warning(`Alerts: ${length} events were not told of`);
    this.whenEmpty = callback;
    this.next();
  }

  private next(): void {
    if (this.open && this.sent === 0 && this.waiting.length > 0) this.sendSome();
    if (this.open && (this.sent > 0 || this.waiting.length > 0)) return;
    const callback = this.whenEmpty;
    this.whenEmpty = undefined;
    callback?.();
  }

  private sendSome(): void {
    const news = this.waiting.splice(0, MOST_TOGETHER);
    const [first] = news;
    if (this.lost > 0 && first) {
      news.unshift({ type: 'NewsLost', count: this.lost, at: first.at });
      this.log.warning(`Alerts: ${this.lost} events were dropped`);
      this.lost = 0;
    }
    this.sent = news.length;
    this.send(news);
  }
}
