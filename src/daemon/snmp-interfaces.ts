import { type IpAddress } from '../base/address.js';
import { KernelError } from '../kernel/kernel-error.js';
import { type RouteSocket } from '../kernel/rtnetlink.js';
import { type InterfaceFacts } from '../observe/snmp/index.js';
import { type Link } from '../wire/netlink/link.js';
import { type InterfaceAddress } from '../wire/netlink/route.js';

/** linux/if_addr.h */
const IFA_F_SECONDARY = 0x01;
const SCOPE_LINK = 253;
/** Links that belong to the one they lie on, to those who look from outside. */
const ON_A_BASE = ['macvlan', 'ipvlan'];

/** The interfaces of this network namespace, for SNMP. @param vips addresses that are no interface's own. */
export function readInterfaces(
  socket: RouteSocket,
  vips: ReadonlySet<IpAddress>,
): ReadonlyMap<string, InterfaceFacts> {
  try {
    return interfaceFacts(socket.links(), socket.addresses(), vips);
  } catch (error) {
    if (error instanceof KernelError) return new Map();
    throw error;
  }
}

/** What the kernel's dumps say. */
export function interfaceFacts(
  links: readonly Link[],
  addresses: readonly InterfaceAddress[],
  vips: ReadonlySet<IpAddress>,
): ReadonlyMap<string, InterfaceFacts> {
  const names = new Map(links.map(({ index, name }) => [index, name]));
  const own = addresses.filter(({ address, flags }) => (flags & IFA_F_SECONDARY) === 0 && !vips.has(address));
  return new Map(
    links.map((link) => {
      const base =
        ON_A_BASE.includes(link.kind ?? '') && link.lowerIsElsewhere !== true
          ? names.get(link.lowerIndex ?? 0)
          : undefined;
      const mine = own.filter(({ interfaceIndex }) => interfaceIndex === link.index);
      const inet = mine.find(({ family }) => family === 'inet')?.address;
      const inet6 = mine.find(({ family, scope }) => family === 'inet6' && scope === SCOPE_LINK)?.address;
      return [
        link.name,
        {
          index: link.index,
          hardwareAddress: link.hardwareAddress,
          ...(base !== undefined && { base }),
          ...(inet !== undefined && { inet }),
          ...(inet6 !== undefined && { inet6 }),
        },
      ];
    }),
  );
}
