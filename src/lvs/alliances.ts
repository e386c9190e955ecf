import { type ServiceTemplate } from './desired.js';
import { serviceId } from './service-key.js';

/**
 * Pools that want one and the same service, as virtual_servers of one virtual_server_group and protocol do, directly or
 * through others. Each is listed with all of its allies, itself among them, in the order of the pools; a pool without
 * allies is left out.
 */
export function alliancesOf(
  services: Readonly<Record<string, readonly ServiceTemplate[]>>,
): ReadonlyMap<string, readonly string[]> {
  const pools = Object.keys(services);
  const position = new Map(pools.map((pool, index) => [pool, index]));
  const claimant = new Map<string, string>();
  const alliances = new Map<string, readonly string[]>();
  for (const [pool, templates] of Object.entries(services)) {
    for (const { key } of templates) {
      const id = serviceId(key);
      const other = claimant.get(id);
      if (other === undefined) claimant.set(id, pool);
      else if (other !== pool) unite(alliances, other, pool, position);
    }
  }
  return alliances;
}

function unite(
  alliances: Map<string, readonly string[]>,
  first: string,
  second: string,
  position: ReadonlyMap<string, number>,
): void {
  const [one, two] = [alliances.get(first) ?? [first], alliances.get(second) ?? [second]];
  if (one === two) return;
  const at = (pool: string): number => position.get(pool) ?? 0;
  const all = [...one, ...two].sort((a, b) => at(a) - at(b));
  for (const pool of all) alliances.set(pool, all);
}
