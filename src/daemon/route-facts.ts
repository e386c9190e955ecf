import { isLinkLocal } from '../base/address.js';
import { type InterfaceFact, type RouteFact } from '../kernel/rtnetlink.js';

/** Links come and go with what they lie on, and take its link-local addresses. */
export const mattersToLinks = (fact: RouteFact): boolean =>
  !('address' in fact) || (fact.address.family === 'inet6' && isLinkLocal(fact.address.address));

/** What -a writes of addresses that were added or removed. @param nameOf an interface. */
export const addressLines = (
  facts: readonly InterfaceFact[],
  nameOf: (interfaceIndex: number) => string | undefined,
): readonly string[] =>
  facts.flatMap((fact) => {
    if (fact.type !== 'address' && fact.type !== 'address-gone') return [];
    const { address, interfaceIndex } = fact.address;
    const change = fact.type === 'address' ? 'added to' : 'removed from';
    const name = nameOf(interfaceIndex) ?? `interface ${interfaceIndex}`;
    return [`Netlink reflector reports IP ${address} ${change} ${name}`];
  });
