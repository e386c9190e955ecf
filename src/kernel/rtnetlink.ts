import { type Result } from '../base/result.js';
import { type AddressCommand, type InterfaceAddress, type Link } from '../wire/netlink/route.js';
import { type KernelError } from './kernel-error.js';

/** Links and addresses of this network namespace: read and change, synchronously. */
export class RouteSocket {
  /** @throws KernelError */
  constructor() {
    throw new Error('not built');
  }

  /** Every link, by index order. @throws KernelError */
  links(): readonly Link[] {
    return [];
  }

  /** Every address of both families, in kernel order (primary before secondary). @throws KernelError */
  addresses(): readonly InterfaceAddress[] {
    return [];
  }

  /**
   * Carries out the commands in order, in batches, and returns when the kernel has acknowledged all of them; a
   * result for each. net/ plans them; gratuitous ARP may be sent as soon as this returns.
   */
  apply(commands: readonly AddressCommand[]): readonly Result<void, KernelError>[] {
    void commands;
    throw new Error('not built');
  }

  close(): void {
    return undefined;
  }
}

/** A change that the kernel told of. */
export type RouteFact =
  | { readonly type: 'link'; readonly link: Link }
  | { readonly type: 'link-gone'; readonly link: Link }
  | { readonly type: 'address'; readonly address: InterfaceAddress }
  | { readonly type: 'address-gone'; readonly address: InterfaceAddress }
  /** Facts were lost (ENOBUFS): dump links and addresses again and compare. */
  | { readonly type: 'overrun' };

/** Listens to link and address changes. Open it before the first dump, so that nothing falls in between. */
export class RouteMonitor {
  /** @param onFacts called from the event loop with everything that waited, in order. @throws KernelError */
  constructor(onFacts: (facts: readonly RouteFact[]) => void) {
    void onFacts;
    throw new Error('not built');
  }

  /** Takes what waits right now; it is not passed to onFacts again. */
  drain(): readonly RouteFact[] {
    return [];
  }

  close(): void {
    return undefined;
  }
}
