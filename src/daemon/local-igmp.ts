import { type Result } from '../base/result.js';
import { type KernelError } from '../kernel/kernel-error.js';
import { readSysctl, writeSysctl } from '../kernel/sysctl.js';
import { type Log } from './log.js';

const REPORTS = 'net/ipv4/igmp_link_local_mcast_reports';

/** What is needed of the kernel. */
export interface SysctlDoor {
  read(path: string): number | undefined;
  write(path: string, value: number): Result<void, KernelError>;
}

const KERNEL: SysctlDoor = { read: readSysctl, write: writeSysctl };

/**
 * disable_local_igmp: whether this network namespace reports its membership of link-local groups such as VRRP's own
 * 224.0.0.18, which no router forwards. What was so before is so again when we leave.
 */
export class LocalIgmp {
  private silenced = false;

  constructor(
    private readonly log: Pick<Log, 'info'>,
    private readonly door: SysctlDoor = KERNEL,
  ) {}

  /** At start and after a reload. */
  apply(disabled: boolean): void {
    if (!disabled) {
      this.restore();
      return;
    }
    // Silent already, and not by us: then it is not ours to end.
    if (this.silenced || this.door.read(REPORTS) === 0) return;
    this.silenced = this.write(0);
  }

  restore(): void {
    if (this.silenced) this.write(1);
    this.silenced = false;
  }

  private write(value: number): boolean {
    const written = this.door.write(REPORTS, value);
    if (!written.ok) this.log.info(`Unable to write ${REPORTS} - ${written.error.message}`);
    return written.ok;
  }
}
