import { type IpAddress } from '../base/address.js';
import { MICROS_PER_SECOND, type Micros } from '../base/units.js';

/** Multicast senders that are remembered at once; there is more than one only while an election lasts. */
const MULTICAST_SENDERS = 4;
const MICROS = BigInt(MICROS_PER_SECOND);

/**
 * The sequences of auth_hmac, 64 bits each: seconds of the clock, a 65,536th of them, and a count. They are compared as
 * serial numbers (RFC 1982), so that they outlive the end of 32 bits of seconds.
 */
export class ReplayWindow {
  /** Ours, the latest. */
  private sent: bigint | undefined;
  /** The latest of each sender, the sender heard last behind the others. */
  private readonly heard = new Map<IpAddress, bigint>();

  /**
   * @param unixTime the clock on the wall.
   * @param arrivedAt what it showed when the advert in hand came in, which may be a while ago if this host stalled.
   */
  constructor(
    private readonly unixTime: () => Micros,
    private readonly arrivedAt = unixTime,
  ) {}

  /**
   * The sequence for our next advert: the time, or one more than the last if the time is not later than that.
   * @param windowS where others look at the time, a last one that is ahead by more than that would never be believed: our
   *   clock was put back, and ours begin again with it.
   */
  next(windowS: number | undefined): bigint {
    const now = sequenceAt(this.unixTime());
    const last = this.sent ?? now - 1n;
    const stranded = windowS !== undefined && difference(last >> 32n, now >> 32n, 32) > BigInt(windowS);
    const later = difference(now, last, 64) > 0n;
    this.sent = later || stranded ? now : BigInt.asUintN(64, last + 1n);
    return this.sent;
  }

  /** By how many seconds our clock is ahead of the one that made this sequence. */
  skewS(sequence: bigint): number {
    return Number(difference(sequenceAt(this.arrivedAt()) >> 32n, sequence >> 32n, 32));
  }

  /**
   * Takes a sequence of a sender that has proven to be one; false if it is not later than all before it.
   * @param windowS a mark that is further away in time than that says nothing any more.
   * @param senders how many to remember; those of multicast unless told.
   */
  accept(
    source: IpAddress,
    sequence: bigint,
    windowS: number | undefined,
    senders = MULTICAST_SENDERS,
  ): boolean {
    const mark = this.heard.get(source);
    const counts = mark !== undefined && (windowS === undefined || Math.abs(this.skewS(mark)) <= windowS);
    if (counts && difference(sequence, mark, 64) <= 0n) return false;
    this.heard.delete(source);
    this.heard.set(source, sequence);
    const [longestAgo] = this.heard.keys();
    if (this.heard.size > senders && longestAgo !== undefined) this.heard.delete(longestAgo);
    return true;
  }
}

/** The first sequence of a moment. */
function sequenceAt(unixTime: Micros): bigint {
  const time = BigInt(Math.floor(unixTime));
  const fraction = ((time % MICROS) << 16n) / MICROS;
  return BigInt.asUintN(64, ((time / MICROS) << 32n) | (fraction << 16n));
}

/** How far `a` is beyond `b`, as serial numbers of so many bits: negative if it is before it. */
const difference = (a: bigint, b: bigint, bits: number): bigint => BigInt.asIntN(bits, a - b);
