import { micros, plus, type Micros } from '../base/units.js';
import { type Context } from './context.js';

/** Adverts of ours that another owner has to hear before it is given the time to step back. */
const ADVERTS_TO_HEAR = 2;

/**
 * Two routers that both claim to own the addresses (priority 255). The one with the lower address steps back by
 * the ordinary election. The other one is us: we send two more adverts and wait a bit more than an interval;
 * whoever is then still heard will not step back, so we must.
 */
export class RogueOwner {
  private advertsToSend = 0;
  private theirInterval = micros(0);
  private readonly deadline: string;

  /** @param name of the instance. */
  constructor(
    private readonly name: string,
    private readonly context: Context,
  ) {
    this.deadline = `rogue-owner ${name}`;
  }

  /**
   * Another owner with a lower address was heard.
   * @param interval its advert interval.
   * @returns `conflict` the first time, `wait` while it may still step back, `yield` once it will not.
   */
  heard(interval: Micros): 'conflict' | 'wait' | 'yield' {
    if (this.context.deadlines.get(this.deadline) !== undefined) {
      this.forget();
      return 'yield';
    }
    this.theirInterval = interval;
    if (this.advertsToSend > 0) return 'wait';
    this.advertsToSend = ADVERTS_TO_HEAR;
    return 'conflict';
  }

  /** We have sent an advert as owner. @param interval our advert interval. */
  advertSent(interval: Micros): void {
    if (this.advertsToSend === 0) return;
    this.advertsToSend -= 1;
    if (this.advertsToSend > 0) return;
    const patience = micros(Math.floor(Math.max(interval, this.theirInterval) * 1.2));
    this.context.setDeadline(this.deadline, plus(this.context.now, patience), () => {
      const text = `(${this.name}): rogue address owner appears to have stopped advertising`;
      this.context.record('info', 'rogue-owner-gone', text, this.name);
    });
  }

  /** We are no longer master. */
  forget(): void {
    this.advertsToSend = 0;
    this.context.deadlines.clear(this.deadline);
  }
}
