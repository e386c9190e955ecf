import { type ReportedDestination, type ReportedService } from '../wire/netlink/ipvs-types.js';

/** A virtual service as the kernel reports it. */
export interface KernelService extends ReportedService {
  readonly destinations: readonly KernelDestination[];
}

/** A real server as the kernel reports it. */
export type KernelDestination = ReportedDestination;
