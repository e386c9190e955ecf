import { familyOf, isLinkLocal, type IpAddress } from '../base/address.js';
import { linkLocalOfMac, toInterfaceAddress, type DesiredLink } from '../net/index.js';
import { type AddressCommand } from '../wire/netlink/route.js';
import { type InterfaceView } from './interface-view.js';

/** An IPVLAN's own address: what `use_ipvlan` names. */
export function ownAddressCommands(
  { type, name }: DesiredLink,
  index: number,
  view: InterfaceView,
): readonly AddressCommand[] {
  if (type.kind === 'vmac' || !type.address) return [];
  const { address, prefixLength } = type.address;
  if (view.addressesOf(index).includes(address)) return [];
  return [{ kind: 'add', address: fixedAddress(name, index, address, prefixLength) }];
}

/**
 * The link-local address of an IPv6 VMAC, so that adverts have the virtual MAC address and yet the address of this
 * host (RFC 9568, 7.4): the configured source, or one that the base has, or one made of the base's MAC address. One
 * that is there stays for as long as it is any of these.
 */
export function linkLocalCommands(
  { linkLocal, base, name }: DesiredLink,
  index: number,
  view: InterfaceView,
): readonly AddressCommand[] {
  const link = view.link(base);
  if (linkLocal === undefined || !link) return [];
  const derived = linkLocalOfMac(link.hardwareAddress);
  const ofBase = view.state(base)?.addresses.filter(isLinkLocal) ?? [];
  const possible = linkLocal === 'found' ? [...ofBase, derived] : [linkLocal];
  const held = view.ownAddressesOf(index).filter(isLinkLocal);
  if (held.some((address) => possible.includes(address))) return [];
  const command = (kind: 'add' | 'remove') => (address: IpAddress) =>
    ({ kind, address: fixedAddress(name, index, address, 64) }) as const;
  return [...held.map(command('remove')), ...possible.slice(0, 1).map(command('add'))];
}

/** As keepalived adds the addresses of its links: without duplicate detection, and never preferred. */
const fixedAddress = (
  name: string,
  index: number,
  address: IpAddress,
  prefixLength: number,
): AddressCommand['address'] =>
  toInterfaceAddress(
    {
      address,
      prefixLength,
      interface: name,
      scope: 0,
      noDad: familyOf(address) === 'inet6',
      home: false,
      mngtmpaddr: false,
      noprefixroute: false,
      autojoin: false,
      preferredLifetimeS: 0,
      noTrack: true,
      useVmac: false,
    },
    index,
  );
