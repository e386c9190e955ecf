import { familyOf, isLinkLocal, type Family, type IpAddress } from '../base/address.js';
import { type InterfaceState } from './event.js';

interface Entry {
  readonly state: InterfaceState;
  /** Looked up for every advert, so it is looked for only once. */
  readonly primary: Readonly<Record<Family, IpAddress | undefined>>;
}

/** The interfaces as the driver last reported them. */
export class InterfaceTable {
  private readonly entries = new Map<string, Entry>();

  /** Takes a report in; true if the interface went up or down by it (an unknown one counts as down). */
  update(state: InterfaceState): boolean {
    const wasUp = this.isUp(state.name);
    const inet = state.addresses.find((address) => familyOf(address) === 'inet');
    const inet6 = state.addresses.find(isLinkLocal);
    this.entries.set(state.name, { state, primary: { inet, inet6 } });
    return wasUp !== state.up;
  }

  /** Forgets an interface; true if it was up. */
  remove(name: string): boolean {
    const wasUp = this.isUp(name);
    this.entries.delete(name);
    return wasUp;
  }

  /** True if the interface is known and up. */
  isUp(name: string): boolean {
    return this.entries.get(name)?.state.up ?? false;
  }

  /**
   * The address that adverts come from (RFC 9568, 5.1.1.1 and 5.1.2.1): the first IPv4 address of the
   * interface, or its first link-local IPv6 address.
   */
  primaryAddress(name: string, family: Family): IpAddress | undefined {
    return this.entries.get(name)?.primary[family];
  }

  /** True if some interface has this address. */
  has(address: IpAddress): boolean {
    return [...this.entries.values()].some(({ state }) => state.addresses.includes(address));
  }
}
