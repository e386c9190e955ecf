import { MICROS_PER_SECOND, micros, minus, type Micros } from '../base/units.js';

/**
 * How long to wait before a dead worker is started again, as keepalived does it: at once the first time, then
 * after 1, 2, 4 … 60 seconds, and at once again if it had lived for a minute.
 */
export class RespawnPolicy {
  private nextDelayS = 0;

  /** Called at each death; the wait before the next start. */
  delayAfter(startedAt: Micros, diedAt: Micros): Micros {
    if (minus(diedAt, startedAt) >= 60 * MICROS_PER_SECOND) {
      this.nextDelayS = 0;
      return micros(0);
    }
    const delayS = this.nextDelayS;
    this.nextDelayS = delayS === 0 ? 1 : Math.min(60, delayS * 2);
    return micros(delayS * MICROS_PER_SECOND);
  }
}
