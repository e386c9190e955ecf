import { type Destination, type ServiceAttributes } from '../wire/netlink/ipvs-types.js';

export type {
  ForwardingMethod,
  IpvsProtocol,
  ServiceAttributes,
  ServiceKey,
  TunnelChecksum,
} from '../wire/netlink/ipvs-types.js';

/** A real server of a service, as it should stand in the kernel. */
export type DesiredDestination = Destination;

/** A virtual service as it should stand in the kernel. */
export interface DesiredService extends ServiceAttributes {
  readonly destinations: readonly DesiredDestination[];
}

/**
 * What config/ says of a service: as DesiredService, its destinations being all real servers of the pool, each
 * with its configured weight and in the pool's order. Which of them stand in the kernel is health's to say
 * (desired-from-pool.ts). A pool has one template, or one for every address and mark of its group.
 */
export interface ServiceTemplate extends DesiredService {
  /** Weight 1; the forwarding method is its own or the virtual server's. */
  readonly sorryServer?: DesiredDestination;
}
