import { familyOf, isLinkLocal, type Family, type IpAddress } from '../base/address.js';
import { type InterfaceState } from './event.js';

/** The interfaces as the driver last reported them. */
export class InterfaceTable {
  private readonly states = new Map<string, InterfaceState>();

  /** Takes a report in; true if the interface went up or down by it (an unknown one counts as down). */
  update(state: InterfaceState): boolean {
    const wasUp = this.isUp(state.name);
    this.states.set(state.name, state);
    return wasUp !== state.up;
  }

  /** Forgets an interface; true if it was up. */
  remove(name: string): boolean {
    const wasUp = this.isUp(name);
    this.states.delete(name);
    return wasUp;
  }

  /** True if the interface is known and up. */
  isUp(name: string): boolean {
    return this.states.get(name)?.up ?? false;
  }

  /**
   * The address that adverts come from (RFC 9568, 5.1.1.1 and 5.1.2.1): the first IPv4 address of the
   * interface, or its first link-local IPv6 address.
   */
  primaryAddress(name: string, family: Family): IpAddress | undefined {
    return this.states
      .get(name)
      ?.addresses.find((address) =>
        family === 'inet' ? familyOf(address) === 'inet' : isLinkLocal(address),
      );
  }

  /** True if some interface has this address. */
  has(address: IpAddress): boolean {
    return [...this.states.values()].some((state) => state.addresses.includes(address));
  }
}
