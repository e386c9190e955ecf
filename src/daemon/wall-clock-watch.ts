import { minus, type Micros } from '../base/units.js';
import { type InstanceSettings, type VrrpEvent } from '../vrrp/index.js';

/** What signatures carry is compared in seconds; clocks that are only slewed stay within this for a while. */
const TOLERANCE_US = 10_000;

/** Tells the protocol what the clock on the wall shows, as far as an instance has to know: at first, and when it was set. */
export class WallClockWatch {
  private ahead: Micros | undefined;
  /** The answer for these instances: every wake-up asks, and only a reload has others. */
  private asked: { readonly instances: readonly InstanceSettings[]; readonly wanted: boolean } | undefined;

  /** @param unixTimeAt what the clock shows at a moment of the monotonic one. */
  constructor(private readonly unixTimeAt: (at: Micros) => Micros) {}

  /** What there is to tell now. */
  read(instances: readonly InstanceSettings[], now: Micros): readonly VrrpEvent[] {
    if (!this.isWanted(instances)) return [];
    const unixTime = this.unixTimeAt(now);
    const ahead = minus(unixTime, now);
    if (this.ahead !== undefined && Math.abs(minus(ahead, this.ahead)) <= TOLERANCE_US) return [];
    this.ahead = ahead;
    return [{ type: 'WallClockRead', unixTime }];
  }

  private isWanted(instances: readonly InstanceSettings[]): boolean {
    if (this.asked?.instances !== instances) {
      const wanted = instances.some(({ authentication: { type } }) => type === 'hmac' || type === 'ah');
      this.asked = { instances, wanted };
    }
    return this.asked.wanted;
  }
}
