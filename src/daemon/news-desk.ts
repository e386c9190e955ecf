import { type News, type NewsBody } from '../observe/index.js';
import { type FromWorker } from './messages.js';

/**
 * Where a worker puts what happens. It is told once the event at hand has been dealt with: the network comes first,
 * and a message to the supervisor takes its time.
 */
export class NewsDesk {
  private waiting: News[] = [];

  /**
   * @param wanted false if nobody wants to hear: then nothing is kept.
   * @param clock milliseconds since the Unix epoch.
   */
  constructor(
    private readonly tell: (message: FromWorker) => void,
    public wanted: boolean,
    private readonly clock: () => number = Date.now,
  ) {}

  add(body: NewsBody): void {
    if (!this.wanted) return;
    if (this.waiting.length === 0) setImmediate(() => this.flush());
    this.waiting.push({ ...body, at: this.clock() });
  }

  /** Tells what waits now: before the process ends. */
  flush(): void {
    if (this.waiting.length === 0) return;
    const news = this.waiting;
    this.waiting = [];
    this.tell({ type: 'News', news });
  }
}
