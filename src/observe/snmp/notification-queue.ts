import { type VarBind } from '../../wire/agentx/index.js';

/** Notifications that wait for a master; the oldest go if there are more. */
const LONGEST = 256;
/** Notifications that the master has yet to acknowledge. */
const MOST_UNDER_WAY = 32;

/** Notifications on their way to a master agent that may be slow, or not there. */
export class NotificationQueue {
  /** How many had to go since somebody set this to 0. */
  lost = 0;
  private readonly waiting: (readonly VarBind[])[] = [];
  private underWay = 0;

  add(varBinds: readonly VarBind[]): void {
    this.waiting.push(varBinds);
    if (this.waiting.length <= LONGEST) return;
    this.waiting.shift();
    this.lost += 1;
  }

  /** The next one, if the master is to have it now. */
  take(): readonly VarBind[] | undefined {
    if (this.underWay >= MOST_UNDER_WAY) return undefined;
    const next = this.waiting.shift();
    if (next) this.underWay += 1;
    return next;
  }

  /** The master has one. */
  settled(): void {
    this.underWay = Math.max(0, this.underWay - 1);
  }

  /** The master is gone; whether it had those under way nobody knows, and twice would be worse than never. */
  unsettled(): void {
    this.underWay = 0;
  }
}
