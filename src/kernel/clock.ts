import { micros, type Micros } from '../base/units.js';

/**
 * The monotonic clock (CLOCK_MONOTONIC) in whole microseconds, rounded down: the only clock of the daemon.
 * Two daemons on one host, and a worker and its respawned successor, read the same one.
 */
export function now(): Micros {
  const [s, ns] = process.hrtime();
  return micros(s * 1_000_000 + Math.floor(ns / 1000));
}

/** The wall clock in microseconds since 1970, for logs, and for what the kernel stamps with it. */
export const wallClock = (): Micros =>
  micros(Math.round((performance.timeOrigin + performance.now()) * 1000));
