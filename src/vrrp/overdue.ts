import { type Micros } from '../base/units.js';
import { type InstanceSettings } from './settings.js';
import { masterDownInterval, skewTime } from './timers.js';

/** keepalived counts with the RFCs' three adverts here, whatever down_timer_adverts says. */
const ADVERTS_MISSED = 3;

/**
 * timer_expired_backup: true if this host has kept silent for so long that the best of the others must have taken
 * over. A master that may not be preempted had better leave it at that.
 * @param sentAt when our last advert went out.
 */
export function isOverdue(settings: InstanceSettings, sentAt: Micros | undefined, now: Micros): boolean {
  const { timerExpiredBackup: highest, advertInterval, version } = settings;
  if (highest === undefined || sentAt === undefined) return false;
  const skew = skewTime(version, highest, advertInterval);
  return now - sentAt >= masterDownInterval(ADVERTS_MISSED, advertInterval, skew);
}
