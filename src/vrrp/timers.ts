import {
  centis,
  micros,
  MICROS_PER_CENTI,
  MICROS_PER_SECOND,
  minus,
  plus,
  type Centis,
  type Micros,
} from '../base/units.js';
import { type VrrpVersion } from './settings.js';

/** Priority of the router that owns the addresses (RFC 9568, 5.2.4). */
export const PRIORITY_OWNER = 255;
/** Priority of an advert with which a master resigns (RFC 9568, 5.2.4). */
export const PRIORITY_RESIGN = 0;

/** An interval as version 3 sends it: whole centiseconds (RFC 9568, 5.2.7). */
export const wholeCentis = (interval: Micros): Centis => centis(Math.floor(interval / MICROS_PER_CENTI));

/**
 * Skew_Time: the lower the priority, the longer the wait (RFC 9568, 6.1; RFC 3768, 6.1), cut to whole
 * microseconds where keepalived cuts it.
 * @param priority our own, 1-255.
 * @param masterAdvertInterval what counts in version 3; version 2 always skews by up to a second.
 */
export function skewTime(version: VrrpVersion, priority: number, masterAdvertInterval: Micros): Micros {
  const share = 256 - priority;
  const whole = version === 3 ? wholeCentis(masterAdvertInterval) * MICROS_PER_CENTI : MICROS_PER_SECOND;
  return micros(Math.floor((share * whole) / 256));
}

/**
 * Active_Down_Interval, Master_Down_Interval of old (RFC 9568, 6.1): so many missed adverts, then the skew.
 * @param adverts down_timer_adverts; the RFCs know only 3.
 */
export const masterDownInterval = (adverts: number, masterAdvertInterval: Micros, skew: Micros): Micros =>
  plus(micros(adverts * masterAdvertInterval), skew);

/**
 * When something periodic (an advert, a script) that was due at `due` falls due again. Counted from the due
 * time, so that our lateness never adds up; after a stall of a whole interval the count starts anew, so that
 * nothing is sent in a burst.
 */
export function nextDueAt(due: Micros, interval: Micros, now: Micros): Micros {
  const next = plus(due, interval);
  return next > now ? next : plus(now, interval);
}

/** Moves a deadline by as much as the interval it ends has changed, never into the past. */
export function shiftDeadline(at: Micros, before: Micros, after: Micros, now: Micros): Micros {
  return micros(Math.max(now, plus(at, minus(after, before))));
}

/** A duration in seconds, without superfluous zeros: `3.609`. */
export const secondsOf = (duration: Micros): string =>
  `${parseFloat((duration / MICROS_PER_SECOND).toFixed(6))}`;

/** A duration for people: `3.609 s`. */
export const inSeconds = (duration: Micros): string => `${secondsOf(duration)} s`;
