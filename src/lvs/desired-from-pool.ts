import { type DesiredDestination, type DesiredService, type ServiceTemplate } from './desired.js';
import { destinationId } from './service-key.js';

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

/**
 * The service as it should stand in the kernel while the pool is in that state. A real server that does not serve
 * is absent, or with inhibit_on_failure there with weight 0; the same holds for the sorry server.
 */
export function desiredFromPool(template: ServiceTemplate, pool: PoolView): DesiredService {
  const { sorryServer, ...service } = template;
  const destinations = new Map<string, DesiredDestination>();
  for (const [index, destination] of template.destinations.entries()) {
    const state = pool.realServers[index];
    if (!state) continue;
    const serves = state.alive && !pool.sorryServerInUse;
    if (!serves && !state.inhibitOnFailure) continue;
    const weight = serves ? state.weight : 0;
    destinations.set(destinationId(destination), weighted(destination, weight));
  }
  if (sorryServer) addSorryServer(destinations, sorryServer, pool);
  return { ...service, destinations: [...destinations.values()] };
}

/** A sorry server may be one of the real servers too: then the kernel has it once, and in use it wins. */
function addSorryServer(
  destinations: Map<string, DesiredDestination>,
  sorryServer: DesiredDestination,
  pool: PoolView,
): void {
  const id = destinationId(sorryServer);
  if (pool.sorryServerInUse) destinations.set(id, sorryServer);
  else if (pool.sorryServerInhibit && !destinations.has(id)) destinations.set(id, weighted(sorryServer, 0));
}

const weighted = (destination: DesiredDestination, weight: number): DesiredDestination =>
  destination.weight === weight ? destination : { ...destination, weight };
