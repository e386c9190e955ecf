import { micros, minus, type Micros } from '../base/units.js';
import { type Context } from './context.js';
import { type VrrpSettings } from './settings.js';
import { secondsOf } from './timers.js';

const STARTUP_DELAY = 'startup-delay';

/**
 * vrrp_startup_delay and vrrp_delay_after_boot: until the later of them has passed, adverts are ignored, and the
 * intervals of all instances count from its end.
 */
export class StartupDelay {
  private startedAt: Micros = micros(0);
  private bootedAt: Micros = micros(0);

  /**
   * @param passed the delay is over.
   * @param moved a reload has changed how much of it is left.
   */
  constructor(
    private readonly context: Context,
    private readonly passed: () => void,
    private readonly moved: () => void,
  ) {}

  /** The daemon starts. @param uptime since the host was booted; long ago unless told. */
  start(settings: VrrpSettings, uptime: Micros | undefined): void {
    const { now } = this.context;
    this.startedAt = now;
    this.bootedAt = uptime === undefined ? micros(-Infinity) : minus(now, uptime);
    const end = this.endOf(settings);
    if (end <= now) return;
    this.context.record('info', STARTUP_DELAY, `Delaying startup for ${secondsOf(minus(end, now))} seconds`);
    this.waitUntil(end);
  }

  /** A reload: a delay under way gets longer or shorter, one that is over does not return. */
  reconfigure(settings: VrrpSettings): void {
    const { now, quiet, quietUntil } = this.context;
    const end = this.endOf(settings);
    if (!quiet || end === quietUntil) return;
    if (end > now) {
      const left = secondsOf(minus(end, now));
      this.context.record('info', STARTUP_DELAY, `Delaying startup for a further ${left} seconds`);
      this.waitUntil(end);
      this.moved();
      return;
    }
    this.context.quietUntil = now;
    this.context.deadlines.clear(STARTUP_DELAY);
    this.context.record('info', 'startup-delay-passed', 'Reduced delayed start passed');
    this.moved();
    this.passed();
  }

  private endOf({ startupDelay, delayAfterBoot }: VrrpSettings): Micros {
    return micros(Math.max(this.startedAt + startupDelay, this.bootedAt + delayAfterBoot));
  }

  private waitUntil(end: Micros): void {
    this.context.quietUntil = end;
    this.context.setDeadline(STARTUP_DELAY, end, () => {
      this.context.record('info', 'startup-delay-passed', 'Delayed start completed');
      this.passed();
    });
  }
}
