import { minus, type Micros } from '../base/units.js';
import { type DesiredAddress } from '../net/index.js';
import { type SendAdvert } from '../vrrp/index.js';

/** Leases count in seconds, so that renewing one more often than this is of no use. */
const LEAST_BETWEEN_US = 250_000;

/**
 * `#understudy vip_lease`: whoever advertises holds its addresses for a while longer, and nobody else does. What
 * stops adverts, a kill, a hang or a stop of this process, lets the kernel remove the addresses in time.
 */
export class VipLeases {
  private leased: ReadonlySet<string> = new Set();
  private readonly renewedAt = new Map<string, Micros>();

  /** @param renew installs the addresses of an instance once more, if it holds them. */
  constructor(
    private readonly now: () => Micros,
    private readonly renew: (instance: string) => void,
  ) {}

  /** At start and after a reload. */
  setDesired(desired: Readonly<Record<string, readonly DesiredAddress[]>>): void {
    const leased = Object.entries(desired).filter(([, addresses]) =>
      addresses.some(({ leaseS }) => leaseS !== undefined),
    );
    this.leased = new Set(leased.map(([instance]) => instance));
    this.renewedAt.clear();
  }

  /** Adverts have been sent. */
  advertised(adverts: readonly SendAdvert[]): void {
    if (this.leased.size === 0) return;
    for (const { instance, priority } of adverts) {
      if (priority === 0 || !this.leased.has(instance) || !this.isTime(instance)) continue;
      this.renewedAt.set(instance, this.now());
      this.renew(instance);
    }
  }

  private isTime(instance: string): boolean {
    const last = this.renewedAt.get(instance);
    return last === undefined || minus(this.now(), last) >= LEAST_BETWEEN_US;
  }
}
