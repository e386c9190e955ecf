import { type DestinationKey, type IpvsCommand } from './command.js';
import { type ServiceKey } from './desired.js';
import { type KernelDestination, type KernelService } from './kernel-state.js';
import { destinationId, serviceId } from './service-key.js';

interface Row {
  readonly service: Omit<KernelService, 'destinations'>;
  readonly destinations: Map<string, KernelDestination>;
}

const asService = ({ service, destinations }: Row): KernelService => ({
  ...service,
  destinations: [...destinations.values()],
});

/**
 * The kernel's table as we last knew it: a dump, moved on by every command that the kernel has acknowledged. It
 * spares a dump before each plan.
 */
export class ServiceTable {
  private readonly rows = new Map<string, Row>();

  constructor(dump: readonly KernelService[] = []) {
    for (const { destinations, ...service } of dump) {
      const entries = destinations.map((entry): [string, KernelDestination] => [destinationId(entry), entry]);
      this.rows.set(serviceId(service.key), { service, destinations: new Map(entries) });
    }
  }

  /** For planServices. */
  services(): readonly KernelService[] {
    return [...this.rows.values()].map(asService);
  }

  /** Those of these services that stand. */
  standing(keys: readonly ServiceKey[]): readonly KernelService[] {
    return keys.flatMap((key) => {
      const row = this.rows.get(serviceId(key));
      return row ? [asService(row)] : [];
    });
  }

  has(service: ServiceKey): boolean {
    return this.rows.has(serviceId(service));
  }

  destination(service: ServiceKey, destination: DestinationKey): KernelDestination | undefined {
    return this.rows.get(serviceId(service))?.destinations.get(destinationId(destination));
  }

  /**
   * Notes a command that was carried out. Returns false where the kernel would have refused it: the table is then
   * no longer what the kernel has, and a new dump is due.
   */
  apply(command: IpvsCommand): boolean {
    switch (command.type) {
      case 'NewService':
        return this.newService(command.service);
      case 'SetService':
        return this.setService(command.service);
      case 'DelService':
        return this.rows.delete(serviceId(command.service));
      case 'NewDest':
        return this.putDestination(serviceId(command.service), command.destination, false);
      case 'SetDest':
        return this.putDestination(serviceId(command.service), command.destination, true);
      case 'DelDest': {
        const row = this.rows.get(serviceId(command.service));
        return row?.destinations.delete(destinationId(command.destination)) ?? false;
      }
    }
  }

  private newService(service: Row['service']): boolean {
    const id = serviceId(service.key);
    if (this.rows.has(id)) return false;
    this.rows.set(id, { service, destinations: new Map() });
    return true;
  }

  private setService(service: Row['service']): boolean {
    const id = serviceId(service.key);
    const row = this.rows.get(id);
    if (!row) return false;
    this.rows.set(id, { service, destinations: row.destinations });
    return true;
  }

  private putDestination(service: string, destination: KernelDestination, existing: boolean): boolean {
    const row = this.rows.get(service);
    const id = destinationId(destination);
    if (row?.destinations.has(id) !== existing) return false;
    row.destinations.set(id, destination);
    return true;
  }
}
