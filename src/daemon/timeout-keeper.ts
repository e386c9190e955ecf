import { type LvsDaemonSettings } from '../config/index.js';
import { type IpvsDoor } from '../kernel/ipvs.js';
import { KernelError } from '../kernel/kernel-error.js';

type Timeouts = LvsDaemonSettings['timeouts'];

/** lvs_timeouts: how long IPVS keeps connections. What the kernel had before comes back when we leave. */
export class TimeoutKeeper {
  private original: ReturnType<IpvsDoor['timeouts']> | undefined;

  /** @param failed told of what the kernel would not do. */
  constructor(
    private readonly door: Pick<IpvsDoor, 'timeouts' | 'setTimeouts'>,
    private readonly failed: (text: string) => void,
  ) {}

  /** Those of 0 s, and those that are not given, are the kernel's own. */
  apply({ tcp = 0, tcpfin = 0, udp = 0 }: Timeouts): void {
    if (!this.original && tcp + tcpfin + udp === 0) return;
    const original = this.readOriginal();
    if (!original) return;
    this.set({ tcp: tcp || original.tcp, tcpFin: tcpfin || original.tcpFin, udp: udp || original.udp });
  }

  restore(): void {
    if (this.original) this.set(this.original);
  }

  private readOriginal(): TimeoutKeeper['original'] {
    try {
      return (this.original ??= this.door.timeouts());
    } catch (error) {
      if (!(error instanceof KernelError)) throw error;
      this.failed(`Failed to get IPVS timeouts: ${error.message}`);
      return undefined;
    }
  }

  private set(timeouts: NonNullable<TimeoutKeeper['original']>): void {
    const outcome = this.door.setTimeouts(timeouts);
    if (!outcome.ok) this.failed(`Failed to set ipvs timeouts: ${outcome.error.message}`);
  }
}
