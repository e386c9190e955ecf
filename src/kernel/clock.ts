import { micros, minus, type Micros } from '../base/units.js';
import { HOST_LITTLE_ENDIAN } from '../wire/netlink/host-order.js';
import { check, libc } from './libc.js';
import { Memory } from './memory.js';

/**
 * The monotonic clock (CLOCK_MONOTONIC) in whole microseconds, rounded down: the only clock of the daemon.
 * Two daemons on one host, and a worker and its respawned successor, read the same one.
 */
export function now(): Micros {
  const [s, ns] = process.hrtime();
  return micros(s * 1_000_000 + Math.floor(ns / 1000));
}

const CLOCK_REALTIME = 0;
const timespec = new Memory(16);

/** The wall clock in microseconds since 1970, for logs, and to understand what the kernel stamps with it. */
export function wallClock(): Micros {
  check('clock_gettime', libc.clock_gettime(CLOCK_REALTIME, timespec.bytes));
  return micros(timespec.u64(0) * 1_000_000 + Math.floor(timespec.u64(8) / 1000));
}

/** What the wall clock showed, or will show, at a moment of the monotonic clock. */
export const unixTimeAt = (at: Micros): Micros => minus(wallClock(), minus(now(), at));

/** Slewing (adjtime(3)) moves the wall clock by at most 500 us a second; more than this is a step. */
const LARGEST_SLEW = 0.001;
const SLACK_US = 1000;
/** Two readings so close together are of one instant. */
const SAME_INSTANT_US = 100;
const MOST_ATTEMPTS = 10;

/**
 * Moves wall-clock stamps of packets to the monotonic clock. While the wall clock is stepped a stamp says nothing:
 * such a packet counts as received just now, which errs on the side of believing it.
 */
export class StampConverter {
  private readAt: Micros;
  private offset: Micros;
  /** When the wall clock was last seen to have been stepped: an older stamp may be one of the old time. */
  private steppedAt: Micros = micros(0);

  /** @param clocks a test's may be stepped. */
  constructor(private readonly clocks: { now(): Micros; wallClock(): Micros } = { now, wallClock }) {
    ({ at: this.readAt, offset: this.offset } = this.read());
  }

  /** Reads both clocks; call it once before each batch of packets. */
  refresh(): Micros {
    const { at, offset } = this.read();
    const drift = Math.abs(offset - this.offset);
    if (drift > SLACK_US + minus(at, this.readAt) * LARGEST_SLEW) this.steppedAt = at;
    this.offset = offset;
    this.readAt = at;
    return at;
  }

  /** Both clocks at one instant: being interrupted between them must not look like a step of one. */
  private read(): { readonly at: Micros; readonly offset: Micros } {
    for (let attempt = 1; ; attempt += 1) {
      const before = this.clocks.now();
      const wall = this.clocks.wallClock();
      const at = this.clocks.now();
      if (minus(at, before) <= SAME_INSTANT_US || attempt === MOST_ATTEMPTS)
        return { at, offset: minus(wall, at) };
    }
  }

  /** When, on the monotonic clock, a packet was received that the kernel stamped `stamp`; never in the future. */
  toMonotonic(stamp: Micros): Micros {
    const receivedAt = minus(stamp, this.offset);
    return receivedAt < this.steppedAt || receivedAt > this.readAt ? this.readAt : receivedAt;
  }
}

/** A struct timespec, as the kernel stamps packets (SO_TIMESTAMPNS), in microseconds. */
export const readTimespec = (view: DataView): Micros =>
  micros(
    Number(view.getBigInt64(0, HOST_LITTLE_ENDIAN)) * 1_000_000 +
      Math.floor(Number(view.getBigInt64(8, HOST_LITTLE_ENDIAN)) / 1000),
  );
