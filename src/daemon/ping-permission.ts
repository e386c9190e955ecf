import { readPingRange, writePingRange, type PingRange } from '../kernel/ping-range.js';
import { type Log } from './log.js';

/**
 * Lets this process ping for PING_CHECK: its group is added to those that may, as keepalived does, and taken away again
 * at the end unless somebody else has changed the range meanwhile.
 */
export class PingPermission {
  private before: PingRange | undefined;
  private ours: PingRange | undefined;

  constructor(
    private readonly log: Log,
    private readonly group: number = process.getegid?.() ?? 0,
  ) {}

  /** Idempotent. What is refused here shows as a check that cannot be made, too. */
  ask(): void {
    const range = readPingRange();
    const wanted = range && withGroup(range, this.group);
    if (!range || !wanted) return;
    const written = writePingRange(wanted);
    if (!written.ok) {
      this.log.warning(`Group ${this.group} may not ping, and cannot be let: ${written.error.message}`);
      return;
    }
    this.log.info(`ping_group_range was ${range.join(' ')} and is ${wanted.join(' ')} for PING_CHECK`);
    this.before ??= range;
    this.ours = wanted;
  }

  restore(): void {
    const { before, ours } = this;
    if (!before || !ours || readPingRange()?.join() !== ours.join()) return;
    const written = writePingRange(before);
    if (!written.ok) this.log.warning(`ping_group_range stays ${ours.join(' ')}: ${written.error.message}`);
    this.before = this.ours = undefined;
  }
}

/** The smallest range with the group and all that were in it; undefined if it is in already. */
export function withGroup([first, last]: PingRange, group: number): PingRange | undefined {
  if (first > last) return [group, group];
  if (group >= first && group <= last) return undefined;
  return [Math.min(first, group), Math.max(last, group)];
}
