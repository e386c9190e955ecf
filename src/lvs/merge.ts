import { type DesiredDestination, type DesiredService } from './desired.js';
import { destinationId } from './service-key.js';

/**
 * One service that several pools want, as virtual_servers of one virtual_server_group do: it is as the first of them
 * has it, with the destinations of all. Of a destination that several have, one that serves counts.
 * @param claims of one key, in the order of the pools; at least one.
 */
export function mergeServices(claims: readonly DesiredService[]): DesiredService | undefined {
  const [first, ...others] = claims;
  if (!first || others.length === 0) return first;
  const destinations = new Map<string, DesiredDestination>();
  for (const destination of claims.flatMap((claim) => claim.destinations)) {
    const id = destinationId(destination);
    const rival = destinations.get(id);
    if (!rival || (rival.weight === 0 && destination.weight > 0)) destinations.set(id, destination);
  }
  return { ...first, destinations: [...destinations.values()] };
}
