import { type Result, err } from '../base/result.js';
import { type HeraldConfiguration } from '../config/index.js';
import { type AlertsState, type Herald, type News, type WorkerState } from '../observe/index.js';
import { type NoAnswer } from './control-inquiries.js';
import { type AnswerTo, type WorkerQuery } from './control-queries.js';
import { type AlertsOrder, type Asked, type ToAlerts, type WorkerShares } from './messages.js';
import { type StartMessage, type Worker, type WorkerContext } from './worker-process.js';

type Share = WorkerShares['alerts'];

/** How heralds reach the rest of the daemon. */
export interface AlertsSurroundings {
  readonly context: WorkerContext;
  /** Asks another worker; the question waits its turn behind those of the control socket. */
  ask<Query extends WorkerQuery>(
    worker: Asked | 'supervisor',
    query: Query,
  ): Promise<Result<AnswerTo<Query>, NoAnswer>>;
  /** What the heralds say of themselves. */
  report(): AlertsState;
  /** Has the supervisor do something, as if a signal had told it to; resolves when it has been done. */
  order(order: AlertsOrder): Promise<void>;
}

/** Makes the heralds that a configuration may need; each decides for itself whether it has something to do. */
export type MakeHeralds = (
  configuration: HeraldConfiguration,
  around: AlertsSurroundings,
) => readonly Herald[];

/** Questions under way at once: the rest is refused, so that whoever asks too fast hears of it. */
const MOST_QUESTIONS = 32;

/**
 * All that talks to the outside, and may have to wait for it: mail, SNMP, D-Bus, metrics. It hears of what happens
 * when it has happened, and nobody waits for it.
 */
export class AlertsService implements Worker<Share> {
  private readonly heralds: readonly Herald[];
  private readonly questions = new Map<number, (answer: Result<unknown, NoAnswer>) => void>();
  private asked = 0;

  constructor(
    { share }: StartMessage<Share>,
    private readonly context: WorkerContext,
    makeHeralds: MakeHeralds,
  ) {
    this.heralds = makeHeralds(share, {
      context,
      ask: (worker, query) => this.ask(worker, query),
      order: (order) => this.order(order),
      report: () => this.report(),
    });
    context.tell({ type: 'Ready' });
  }

  reconfigure(share: Share): void {
    for (const herald of this.heralds) herald.reconfigure(share);
    this.context.tell({ type: 'Ready' });
  }

  answer(query: WorkerQuery): unknown {
    return query.type === 'State' ? ({ alerts: this.report() } satisfies WorkerState) : null;
  }

  hear(message: ToAlerts): void {
    if (message.type === 'Answered') {
      this.questions.get(message.id)?.(message.answer);
      this.questions.delete(message.id);
      return;
    }
    for (const news of message.news) this.announce(news);
    this.context.tell({ type: 'NewsTaken' });
  }

  stop(): void {
    void Promise.allSettled(this.heralds.map((herald) => herald.stop())).then(() => {
      this.context.log.info('Stopped');
      this.context.exit(0);
    });
  }

  private report(): AlertsState {
    return Object.assign({}, ...this.heralds.map((herald) => herald.report?.())) as AlertsState;
  }

  private announce(news: News): void {
    for (const herald of this.heralds) herald.news(news);
  }

  private order(order: AlertsOrder): Promise<void> {
    return new Promise((resolve) => {
      const id = ++this.asked;
      this.questions.set(id, () => resolve());
      this.context.tell({ type: 'Order', id, order });
    });
  }

  private ask<Query extends WorkerQuery>(
    worker: Asked | 'supervisor',
    query: Query,
  ): Promise<Result<AnswerTo<Query>, NoAnswer>> {
    return new Promise((resolve) => {
      if (this.questions.size >= MOST_QUESTIONS) {
        resolve(err({ kind: 'overloaded', text: 'too many questions are under way' }));
        return;
      }
      const id = ++this.asked;
      // Whoever answers knows the type by the query.
      this.questions.set(id, resolve as (answer: Result<unknown, NoAnswer>) => void);
      this.context.tell({ type: 'Ask', id, worker, query });
    });
  }
}
