import { addressBytes, familyOf, formatIpAddress, type Family, type IpAddress } from '../base/address.js';
import { HOST_LITTLE_ENDIAN } from '../wire/netlink/host-order.js';

/* sockaddr structures: the family is in host order, port and protocol in network order (ip(7), packet(7)). */

export const AF_INET = 2;
export const AF_INET6 = 10;
export const AF_NETLINK = 16;
export const AF_PACKET = 17;

/** AF_INET or AF_INET6. */
export const addressFamily = (family: Family): number => (family === 'inet' ? AF_INET : AF_INET6);

interface Structure {
  readonly bytes: Uint8Array;
  readonly view: DataView;
}

function structure(size: number, family: number): Structure {
  const bytes = new Uint8Array(size);
  const view = new DataView(bytes.buffer);
  view.setUint16(0, family, HOST_LITTLE_ENDIAN);
  return { bytes, view };
}

const emptyInternet = (family: Family): Structure =>
  structure(family === 'inet' ? 16 : 28, addressFamily(family));

function fillInternet({ bytes, view }: Structure, address: IpAddress, port: number, scope: number): void {
  const isInet6 = bytes.length > 16;
  view.setUint16(2, port);
  bytes.set(addressBytes(address), isInet6 ? 8 : 4);
  if (isInet6) view.setUint32(24, scope, HOST_LITTLE_ENDIAN);
}

/**
 * struct sockaddr_in or sockaddr_in6.
 * @param scopeIndex interface of a link-local or multicast IPv6 address; 0 for none.
 */
export function internetSocketAddress(address: IpAddress, port: number, scopeIndex = 0): Uint8Array {
  const made = emptyInternet(familyOf(address));
  fillInternet(made, address, port, scopeIndex);
  return made.bytes;
}

const passing = { inet: emptyInternet('inet'), inet6: emptyInternet('inet6') };

/** The same in memory that the next call overwrites, for thousands of connects: memory that C can reach costs 2 us. */
export function passingSocketAddress(address: IpAddress, port: number, scopeIndex: number): Uint8Array {
  const made = passing[familyOf(address)];
  fillInternet(made, address, port, scopeIndex);
  return made.bytes;
}

/** The address in a struct sockaddr_in or sockaddr_in6; undefined for any other. */
export function addressOf(socketAddress: Uint8Array): IpAddress | undefined {
  const view = new DataView(socketAddress.buffer, socketAddress.byteOffset, socketAddress.byteLength);
  const family = view.getUint16(0, HOST_LITTLE_ENDIAN);
  if (family === AF_INET) return formatIpAddress(socketAddress.subarray(4, 8));
  if (family === AF_INET6) return formatIpAddress(socketAddress.subarray(8, 24));
  return undefined;
}

/** struct sockaddr_ll: whole frames out of one interface. */
export function packetSocketAddress(interfaceIndex: number, etherType: number): Uint8Array {
  const { bytes, view } = structure(20, AF_PACKET);
  view.setUint16(2, etherType);
  view.setInt32(4, interfaceIndex, HOST_LITTLE_ENDIAN);
  return bytes;
}

/** struct sockaddr_nl: the kernel (port 0), or ourselves with a mask of the first 32 multicast groups. */
export function netlinkSocketAddress(groups = 0): Uint8Array {
  const { bytes, view } = structure(12, AF_NETLINK);
  view.setUint32(8, groups, HOST_LITTLE_ENDIAN);
  return bytes;
}
