import { type HostInterface } from '../config/passes/host.js';
import { RouteSocket } from '../kernel/rtnetlink.js';
import { type Link } from '../wire/netlink/link.js';

/** linux/if.h and linux/if_arp.h */
const IFF_LOOPBACK = 0x8;
const IFF_MULTICAST = 0x1000;
const ARPHRD_ETHER = 1;

/** Every interface of this network namespace, as the configuration's checks want to know it. */
export function hostInterfaces(): readonly HostInterface[] {
  const socket = new RouteSocket();
  try {
    const addresses = socket.addresses();
    return socket.links().map((link) => ({
      name: link.name,
      mtu: link.mtu,
      multicast: (link.flags & IFF_MULTICAST) !== 0,
      loopback: (link.flags & IFF_LOOPBACK) !== 0,
      ethernet: link.hardwareType === ARPHRD_ETHER,
      addresses: addresses
        .filter(({ interfaceIndex }) => interfaceIndex === link.index)
        .map(({ address }) => address),
      ...kindOf(link),
      virtual: link.kind !== undefined,
    }));
  } finally {
    socket.close();
  }
}

const KINDS = ['macvlan', 'ipvlan', 'vrf'] as const;

function kindOf(link: Link): Pick<HostInterface, 'kind'> {
  const kind = KINDS.find((known) => known === link.kind);
  return kind ? { kind } : {};
}
