import { MICROS_PER_SECOND, type Micros } from '../../base/units.js';
import { type CompletedInstance } from './complete-instance.js';

/**
 * How long a lease on the addresses of a master should be, in whole seconds, which is what the kernel counts in.
 * Backups take over when they have heard nothing for down_timer_adverts intervals and their skew; the kernel may
 * take up to a second longer than it was told. So the lease ends a second before that, unless it would not
 * even last for half an interval more than from one advert to the next, which renew it.
 */
export function leaseSeconds(advertInterval: Micros, downTimerAdverts: number): number {
  const intervalS = advertInterval / MICROS_PER_SECOND;
  return Math.max(Math.floor(downTimerAdverts * intervalS) - 1, Math.ceil(intervalS + 0.5));
}

/** `#understudy vip_lease [SECONDS]`: undefined without it. */
export function vipLease({ draft, advertInterval, downTimerAdverts }: CompletedInstance): number | undefined {
  const { section } = draft;
  if (!section.has('vip_lease')) return undefined;
  return section.number('vip_lease') ?? leaseSeconds(advertInterval, downTimerAdverts);
}
