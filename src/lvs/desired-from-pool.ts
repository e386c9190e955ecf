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
  readonly realServers: readonly RealServerView[];
}

/** What of a real server's state decides how it stands in the kernel. */
export interface RealServerView {
  readonly alive: boolean;
  readonly weight: number;
  readonly inhibitOnFailure: boolean;
  /** An operator's order. */
  readonly mark?: 'drained' | 'disabled' | undefined;
}

/**
 * The service as it should stand in the kernel while the pool is in that state. A real server that does not serve
 * is absent, or with inhibit_on_failure there with weight 0; the same holds for the sorry server. One that is
 * drained stays with weight 0 for as long as it lives.
 */
export function desiredFromPool(template: ServiceTemplate, pool: PoolView): DesiredService {
  const { sorryServer, ...service } = template;
  const destinations = new Map<string, DesiredDestination>();
  for (const [index, destination] of template.destinations.entries()) {
    const desired = desiredRealServer(destination, pool.realServers[index], pool.sorryServerInUse);
    if (desired) destinations.set(destinationId(destination), desired);
  }
  if (sorryServer) addSorryServer(destinations, sorryServer, pool);
  return { ...service, destinations: [...destinations.values()] };
}

/**
 * One real server of such a service, where only that one has changed.
 * @returns undefined if it must not stand there; 'all' where it cannot be told without the rest of the service.
 */
export function desiredAt(
  template: ServiceTemplate,
  pool: PoolView,
  position: number,
): DesiredDestination | undefined | 'all' {
  const destination = template.destinations[position];
  if (!destination) return 'all';
  const { sorryServer } = template;
  if (sorryServer && destinationId(sorryServer) === destinationId(destination)) return 'all';
  return desiredRealServer(destination, pool.realServers[position], pool.sorryServerInUse);
}

function desiredRealServer(
  destination: DesiredDestination,
  state: RealServerView | undefined,
  sorryServerInUse: boolean,
): DesiredDestination | undefined {
  if (!state) return undefined;
  const { alive, mark, inhibitOnFailure, weight } = state;
  const serves = alive && mark === undefined && !sorryServerInUse;
  const stays = serves || inhibitOnFailure || (alive && mark === 'drained');
  return stays ? weighted(destination, serves ? weight : 0) : undefined;
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
