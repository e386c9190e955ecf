/**
 * Branded numbers: a quantity carries its unit in its type, so that centiseconds from a VRRPv3 header
 * can never be added to microseconds from a clock. They are plain numbers at run time.
 */

declare const unit: unique symbol;
type Unit<Name extends string> = number & { readonly [unit]: Name };

/** Whole or fractional seconds. */
export type Seconds = Unit<'s'>;
/** Microseconds. As a point in time: microseconds of the one monotonic clock (kernel/clock.ts). */
export type Micros = Unit<'us'>;
/** Centiseconds, the unit of VRRPv3's Max Advertise Interval (RFC 9568, 5.2.7). */
export type Centis = Unit<'cs'>;

/** Microseconds in a second. */
export const MICROS_PER_SECOND = 1_000_000;
/** Microseconds in a centisecond. */
export const MICROS_PER_CENTI = 10_000;

/** Brands a number that is already in microseconds. */
export const micros = (value: number): Micros => value as Micros;
/** Brands a number that is already in centiseconds. */
export const centis = (value: number): Centis => value as Centis;
/** Brands a number that is already in seconds. */
export const seconds = (value: number): Seconds => value as Seconds;

/** Seconds to microseconds, rounded to the nearest one. */
export const secondsToMicros = (value: number): Micros => Math.round(value * MICROS_PER_SECOND) as Micros;
/** Centiseconds to microseconds. */
export const centisToMicros = (value: Centis): Micros => (value * MICROS_PER_CENTI) as Micros;
/** Microseconds to seconds, with the fraction kept. */
export const microsToSeconds = (value: Micros): Seconds => (value / MICROS_PER_SECOND) as Seconds;

/** A point in time moved by a duration. */
export const plus = (at: Micros, duration: Micros): Micros => (at + duration) as Micros;
/** The duration from `earlier` to `later`; negative if they are the other way round. */
export const minus = (later: Micros, earlier: Micros): Micros => (later - earlier) as Micros;
