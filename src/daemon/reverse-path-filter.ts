import { type Link } from '../wire/netlink/link.js';
import { type LinkDoor } from './link-door.js';
import { type Log } from './log.js';

const ALL = 'net/ipv4/conf/all/rp_filter';
const DEFAULT = 'net/ipv4/conf/default/rp_filter';

/**
 * The reverse path filter, which an IPv4 VMAC must not have: packets to its addresses come in there, and go out by
 * what it lies on. The kernel takes the larger of an interface's own value and that of `all`. So what `all` says is
 * given to every interface (and by `default` to later ones), and `all` becomes 0: nothing changes for any of them,
 * and a VMAC can have 0.
 */
export class ReversePathFilter {
  /** What `all` was; undefined while nothing is changed. */
  private all: number | undefined;
  private byDefault: number | undefined;
  /** By interface index, what it had. */
  private readonly raised = new Map<number, number>();

  constructor(
    private readonly door: LinkDoor,
    private readonly log: Pick<Log, 'info'>,
  ) {}

  /** Makes way for VMACs. Idempotent. */
  clear(): void {
    if (this.all !== undefined) return;
    const all = this.door.readSysctl(ALL);
    if (all === undefined) this.log.info('Unable to read sysctl net.ipv4.conf.all.rp_filter');
    if (all === undefined || all === 0) return;
    this.all = all;
    this.raiseDefault(all);
    for (const link of this.door.links()) this.raise(link, all);
    this.log.info(`NOTICE: setting sysctl net.ipv4.conf.all.rp_filter from ${all} to 0`);
    this.write(ALL, 0);
  }

  /** Puts everything back that nobody else has changed meanwhile. Idempotent. */
  restore(): void {
    const { all, byDefault } = this;
    if (all === undefined) return;
    this.all = undefined;
    this.byDefault = undefined;
    if (this.door.readSysctl(ALL) === 0) {
      this.log.info(`NOTICE: resetting sysctl net.ipv4.conf.all.rp_filter to ${all}`);
      this.write(ALL, all);
    }
    if (byDefault !== undefined && this.door.readSysctl(DEFAULT) === all) {
      this.log.info(`NOTICE: resetting sysctl net.ipv4.conf.default.rp_filter to ${byDefault}`);
      this.write(DEFAULT, byDefault);
    }
    for (const { index, ipv4Settings } of this.door.links()) {
      const rpFilter = this.raised.get(index);
      if (rpFilter === undefined || ipv4Settings?.rpFilter !== all) continue;
      this.door.changeLink(index, { ipv4Settings: { rpFilter } });
    }
    this.raised.clear();
  }

  private raiseDefault(all: number): void {
    const byDefault = this.door.readSysctl(DEFAULT) ?? all;
    if (byDefault >= all) return;
    this.log.info(`NOTICE: setting sysctl net.ipv4.conf.default.rp_filter from ${byDefault} to ${all}`);
    this.write(DEFAULT, all);
    this.byDefault = byDefault;
  }

  private raise({ index, ipv4Settings }: Link, all: number): void {
    if (!ipv4Settings || ipv4Settings.rpFilter >= all) return;
    if (this.door.changeLink(index, { ipv4Settings: { rpFilter: all } }).ok) {
      this.raised.set(index, ipv4Settings.rpFilter);
    }
  }

  private write(path: string, value: number): void {
    const written = this.door.writeSysctl(path, value);
    if (!written.ok) this.log.info(written.error.message);
  }
}
