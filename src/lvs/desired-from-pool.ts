import { type DesiredService, type ServiceTemplate } from './desired.js';

/**
 * The part of a pool's state (health/snapshot.ts, PoolState fits) that decides what stands in the kernel.
 * Declared here because lvs/ and health/ do not know each other.
 */
export interface PoolView {
  readonly sorryServerInUse: boolean;
  readonly sorryServerInhibit: boolean;
  /** In the order of the template's destinations. */
  readonly realServers: readonly {
    readonly alive: boolean;
    readonly weight: number;
    readonly inhibitOnFailure: boolean;
  }[];
}

/** The service as it should stand in the kernel while the pool is in that state. */
export function desiredFromPool(template: ServiceTemplate, pool: PoolView): DesiredService {
  return { ...template, destinations: pool.sorryServerInUse ? [] : template.destinations };
}

/** What a dead predecessor's services say of its pool: the real servers it held to be up, and the sorry server. */
export interface ResumedView {
  /** By position in the template's destinations. */
  readonly realServersUp: readonly boolean[];
  readonly sorryServerInUse: boolean;
}
