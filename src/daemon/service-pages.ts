import { type KernelService, type ServiceKey, type ServiceTemplate } from '../lvs/index.js';
import { type PoolService } from '../observe/index.js';

/** Where a page begins: at a real server of a service, both counted from 0. */
export interface ServicePlace {
  readonly service: number;
  readonly server: number;
}

/** A page of services, in file order. */
export interface ServicePage {
  /** The first and the last may be parts of a service: of their destinations some are on other pages. */
  readonly services: readonly PoolService[];
  /** Where the next page begins; absent on the last one. */
  readonly next?: ServicePlace;
}

/** Services, and their real servers, on one page. */
const MOST_SERVICES = 50;
const MOST_SERVERS = 500;

/** Reads what the kernel has and counts of our services, page by page. */
export class ServicePages {
  private readonly places: readonly { readonly pool: string; readonly key: ServiceKey }[];

  /** @param services of every pool, by its id. */
  constructor(services: Readonly<Record<string, readonly ServiceTemplate[]>>) {
    this.places = Object.entries(services).flatMap(([pool, templates]) =>
      templates.map(({ key }) => ({ pool, key })),
    );
  }

  /** @param read one service as the kernel has it; undefined if it does not stand. */
  page(from: ServicePlace, read: (key: ServiceKey) => KernelService | undefined): ServicePage {
    const services: PoolService[] = [];
    let room = MOST_SERVERS;
    for (let at = from.service; at < this.places.length; at += 1) {
      const place = this.places[at];
      if (!place) break;
      if (services.length === MOST_SERVICES || room <= 0) {
        return { services, next: { service: at, server: 0 } };
      }
      const whole = read(place.key);
      const first = at === from.service ? from.server : 0;
      const destinations = whole?.destinations.slice(first, first + room) ?? [];
      services.push({ ...place, service: whole && { ...whole, destinations } });
      room -= destinations.length;
      if (whole && first + destinations.length < whole.destinations.length) {
        return { services, next: { service: at, server: first + destinations.length } };
      }
    }
    return { services };
  }
}
