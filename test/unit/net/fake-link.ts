import { type DesiredLink, type LinkRequest } from '#net/index.js';
import { vmacAddress } from '#net/vmac.js';
import { type Link } from '#wire/netlink/link.js';

/** A link as a kernel would tell of it: up, Ethernet, with no settings changed. */
export const linkNamed = (name: string, index: number, more: Partial<Link> = {}): Link => ({
  index,
  name,
  flags: 0x11043,
  adminUp: true,
  running: true,
  hardwareType: 1,
  hardwareAddress: Uint8Array.of(2, 0, 0, 0, 0, index),
  mtu: 1500,
  operState: 6,
  ipv4Settings: { rpFilter: 0, arpFilter: 0, arpIgnore: 0, promoteSecondaries: 0, acceptLocal: 0 },
  addrGenMode: 0,
  ...more,
});

export const eth0 = linkNamed('eth0', 2, { kind: 'veth', lowerIndex: 2, lowerIsElsewhere: true });

/** A VMAC on eth0, as one that was just made. */
export const vmacNamed = (name: string, index: number, vrid: number, more: Partial<Link> = {}): Link =>
  linkNamed(name, index, {
    kind: 'macvlan',
    macvlanMode: 1,
    lowerIndex: eth0.index,
    hardwareAddress: vmacAddress('inet', vrid),
    adminUp: false,
    running: false,
    ...more,
  });

/** What VRID 51 on eth0 wants. */
export const request51: LinkRequest = {
  instance: 'VI_1',
  vrid: 51,
  purpose: 'adverts',
  family: 'inet',
  base: 'eth0',
  type: { kind: 'vmac', mac: vmacAddress('inet', 51) },
  ipv6: false,
  netlinkNotify: false,
};

export const desired51: DesiredLink = { ...request51, name: 'vrrp.51' };
