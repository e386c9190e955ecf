import { type Result, err, ok } from '../base/result.js';
import { type AnswerTo, type WorkerQuery } from './control-queries.js';

/** Why there is no answer. */
export interface NoAnswer {
  readonly kind: 'not-running' | 'timeout' | 'overloaded';
  readonly text: string;
}

interface Inquiry {
  readonly id: number;
  readonly query: WorkerQuery;
  readonly resolve: (answer: Result<unknown, NoAnswer>) => void;
}

/** Questions that may wait for one worker. */
const QUEUE = 64;
/** A worker that takes longer than this is stuck, or has better things to do. */
const PATIENCE_MS = 2000;

/**
 * The questions to one worker: one at a time, so that however many ask, it has a single one before it whenever it
 * looks, and never has to send faster than it is read.
 */
export class Inquiries {
  private readonly waiting: Inquiry[] = [];
  private current: Inquiry | undefined;
  private timer: NodeJS.Timeout | undefined;
  private count = 0;

  /**
   * @param send hands a question to the worker; false if it does not run.
   * @param patienceMs how long an answer is waited for.
   */
  constructor(
    private readonly send: (id: number, query: WorkerQuery) => boolean,
    private readonly patienceMs = PATIENCE_MS,
  ) {}

  /** Asks, when all that was asked before has been answered. */
  ask<Query extends WorkerQuery>(query: Query): Promise<Result<AnswerTo<Query>, NoAnswer>> {
    return new Promise((resolve) => {
      if (this.waiting.length >= QUEUE) {
        resolve(err({ kind: 'overloaded', text: 'too many questions wait for the worker' }));
        return;
      }
      const id = ++this.count;
      this.waiting.push({ id, query, resolve: resolve as Inquiry['resolve'] });
      if (!this.current) this.next();
    });
  }

  /** The worker has answered. What comes too late is dropped. */
  answered(id: number, answer: unknown): void {
    if (this.current?.id === id) this.finish(ok(answer));
  }

  /** The worker has died: nobody waits for it any longer. */
  abandon(): void {
    const lost = this.waiting.splice(0);
    const gone = err({ kind: 'not-running', text: 'the worker died' } as const);
    for (const { resolve } of lost) resolve(gone);
    if (this.current) this.finish(gone);
  }

  private next(): void {
    this.current = this.waiting.shift();
    if (!this.current) return;
    const { id, query } = this.current;
    if (!this.send(id, query)) {
      this.finish(err({ kind: 'not-running', text: 'the worker does not run' }));
      return;
    }
    this.timer = setTimeout(
      () => this.finish(err({ kind: 'timeout', text: `the worker did not answer in ${this.patienceMs} ms` })),
      this.patienceMs,
    );
  }

  private finish(answer: Result<unknown, NoAnswer>): void {
    clearTimeout(this.timer);
    const { current } = this;
    this.current = undefined;
    current?.resolve(answer);
    this.next();
  }
}
