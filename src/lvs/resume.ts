import { type KernelService } from './kernel-state.js';
import { type ServiceTemplate } from './desired.js';
import { destinationId, serviceId } from './service-key.js';

/** What a dead predecessor's services say of its pool: the real servers it held to be up, and the sorry server. */
export interface ResumedView {
  /** By position in the template's destinations. */
  readonly realServersUp: readonly boolean[];
  readonly sorryServerInUse: boolean;
}

/**
 * Reads a pool's state back from the kernel, so that a respawned worker neither puts dead servers back nor tells
 * anybody that live ones have come up. Undefined if none of the pool's services stands: then it starts afresh.
 * @param isDrained whether the real server at that position has weight 0 by an operator's order.
 */
export function resumedFromKernel(
  templates: readonly ServiceTemplate[],
  kernel: readonly KernelService[],
  isDrained: (position: number) => boolean = () => false,
): ResumedView | undefined {
  const standing = new Map(kernel.map((service) => [serviceId(service.key), service]));
  for (const template of templates) {
    const service = standing.get(serviceId(template.key));
    if (service) return readBack(template, service, isDrained);
  }
  return undefined;
}

function readBack(
  template: ServiceTemplate,
  service: KernelService,
  isDrained: (position: number) => boolean,
): ResumedView {
  const weights = new Map(service.destinations.map((entry) => [destinationId(entry), entry.weight]));
  const { sorryServer } = template;
  const sorryId = sorryServer && destinationId(sorryServer);
  const serving = [...weights].filter(([, weight]) => weight > 0).map(([id]) => id);
  // A sorry server serves alone. Where it is also the only real server, nothing tells the two apart.
  const alone = serving.length === 1 && serving[0] === sorryId;
  const onlyRealServer = template.destinations.every((destination) => destinationId(destination) === sorryId);
  const sorryServerInUse = alone && !onlyRealServer;
  const realServersUp = template.destinations.map((destination, position) => {
    const weight = weights.get(destinationId(destination));
    // It stands with weight 0 for as long as it lives, even beside a sorry server.
    if (isDrained(position)) return weight !== undefined;
    // A server that is configured with weight 0 looks the same up as inhibited; up does no harm.
    return !sorryServerInUse && weight !== undefined && (weight > 0 || destination.weight === 0);
  });
  return { realServersUp, sorryServerInUse };
}
