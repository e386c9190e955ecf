import { type DestinationKey, type IpvsCommand } from './command.js';
import {
  type DesiredDestination,
  type DesiredService,
  type ForwardingMethod,
  type ServiceKey,
} from './desired.js';
import { type KernelDestination, type KernelService } from './kernel-state.js';
import { destinationId, serviceId } from './service-key.js';

/**
 * The commands that turn what the kernel has into what is wanted: exactly those, in an order that it accepts.
 * What is there already is adopted with its connections. A service that is neither desired nor owned is left
 * alone.
 * @param desired every service that should stand.
 * @param kernel what stands now.
 * @param owned services of ours that go if they are no longer desired; 'all' for lvs_flush.
 */
export function planServices(
  desired: readonly DesiredService[],
  kernel: readonly KernelService[],
  owned: readonly ServiceKey[] | 'all',
): readonly IpvsCommand[] {
  const wanted = new Map(desired.map((service) => [serviceId(service.key), service]));
  const standing = new Map(kernel.map((service) => [serviceId(service.key), service]));
  const expendable = owned === 'all' ? kernel.map(({ key }) => key) : owned;
  const removals = expendable
    .filter((key) => standing.has(serviceId(key)) && !wanted.has(serviceId(key)))
    .map((service): IpvsCommand => ({ type: 'DelService', service }));
  const changes = [...wanted].flatMap(([id, service]) => planService(service, standing.get(id)));
  return [...removals, ...changes];
}

function planService(desired: DesiredService, kernel: KernelService | undefined): readonly IpvsCommand[] {
  const { destinations, ...service } = desired;
  const head: readonly IpvsCommand[] =
    kernel === undefined
      ? [{ type: 'NewService', service }]
      : isSameService(desired, kernel)
        ? []
        : [{ type: 'SetService', service }];
  return [...head, ...planDestinations(desired.key, destinations, kernel?.destinations ?? [])];
}

/** Destinations come before others go, so that a service is never emptied on the way from one set to another. */
function planDestinations(
  service: ServiceKey,
  desired: readonly DesiredDestination[],
  kernel: readonly KernelDestination[],
): readonly IpvsCommand[] {
  const standing = new Map(kernel.map((destination) => [destinationId(destination), destination]));
  const commands: IpvsCommand[] = [];
  for (const destination of desired) {
    const id = destinationId(destination);
    const command = planDestination(service, destination, destination, standing.get(id));
    if (command) commands.push(command);
    standing.delete(id);
  }
  for (const { address, port } of standing.values()) {
    commands.push({ type: 'DelDest', service, destination: { address, port } });
  }
  return commands;
}

/** The command that brings one real server of a standing service to what is wanted; undefined if it is. */
export function planDestination(
  service: ServiceKey,
  { address, port }: DestinationKey,
  desired: DesiredDestination | undefined,
  present: KernelDestination | undefined,
): IpvsCommand | undefined {
  if (!desired) return present && { type: 'DelDest', service, destination: { address, port } };
  if (!present) return { type: 'NewDest', service, destination: desired };
  if (isSameDestination(desired, present)) return undefined;
  return { type: 'SetDest', service, destination: desired };
}

/** `hashed` is left out: the kernel itself sets that flag on every service that it has entered in its table. */
function isSameService(desired: DesiredService, kernel: KernelService): boolean {
  return (
    desired.scheduler === kernel.scheduler &&
    desired.schedulerFlags === kernel.schedulerFlags &&
    desired.onePacket === kernel.onePacket &&
    desired.persistenceTimeoutS === kernel.persistenceTimeoutS &&
    desired.persistencePrefix === kernel.persistencePrefix &&
    desired.persistenceMask === kernel.persistenceMask &&
    desired.persistenceEngine === kernel.persistenceEngine
  );
}

function isSameDestination(desired: DesiredDestination, kernel: KernelDestination): boolean {
  return (
    desired.weight === kernel.weight &&
    desired.upperThreshold === kernel.upperThreshold &&
    desired.lowerThreshold === kernel.lowerThreshold &&
    isSameForwarding(desired.forwarding, kernel.forwarding)
  );
}

function isSameForwarding(desired: ForwardingMethod, kernel: KernelDestination['forwarding']): boolean {
  if (desired.kind !== 'tunnel' || kernel.kind !== 'tunnel') return desired.kind === kernel.kind;
  return (
    desired.type === kernel.type &&
    (desired.type !== 'gue' || kernel.type !== 'gue' || desired.port === kernel.port) &&
    checksumOf(desired) === checksumOf(kernel)
  );
}

const checksumOf = (tunnel: ForwardingMethod & { kind: 'tunnel' }): string =>
  tunnel.type === 'ipip' ? 'none' : tunnel.checksum;
