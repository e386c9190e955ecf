import { addressBytes, familyOf, formatIpAddress, type Family, type IpAddress } from '../../base/address.js';
import { err, ok, type Result } from '../../base/result.js';
import { type DecodeError } from '../decode-error.js';
import { Attributes, AttributeWriter } from './attribute.js';
import { HOST_LITTLE_ENDIAN } from './host-order.js';
import { type NetlinkErrorCode } from './message.js';

/*
 * rtnetlink(7): payloads of RTM_*ADDR (struct ifaddrmsg), attributes after them.
 *
 *     +---------------+---------------+---------------+---------------+
 *     |    Family     | Prefix length | Flags, 8 bits |     Scope     |
 *     +---------------+---------------+---------------+---------------+
 *     |                  Index of the interface                       |
 *     +---------------------------------------------------------------+
 */
export const RTM_NEWADDR = 20;
export const RTM_DELADDR = 21;
export const RTM_GETADDR = 22;

/** Multicast groups, as bits of the mask that a socket binds to. */
export const RTMGRP_IPV4_IFADDR = 0x10;
export const RTMGRP_IPV6_IFADDR = 0x100;

export const IFA_F_SECONDARY = 0x01;
export const IFA_F_NODAD = 0x02;
export const IFA_F_DADFAILED = 0x08;
export const IFA_F_HOMEADDRESS = 0x10;
export const IFA_F_DEPRECATED = 0x20;
export const IFA_F_TENTATIVE = 0x40;
export const IFA_F_PERMANENT = 0x80;
export const IFA_F_MANAGETEMPADDR = 0x100;
export const IFA_F_NOPREFIXROUTE = 0x200;
export const IFA_F_MCAUTOJOIN = 0x400;

/** Flags that are the user's to set; the kernel sets the others. */
const SETTABLE_FLAGS =
  IFA_F_NODAD | IFA_F_HOMEADDRESS | IFA_F_MANAGETEMPADDR | IFA_F_NOPREFIXROUTE | IFA_F_MCAUTOJOIN;

const AF_UNSPEC = 0;
const AF_INET = 2;
const AF_INET6 = 10;
const ADDRESS_HEADER = 8;

const IFA_ADDRESS = 1;
const IFA_LOCAL = 2;
const IFA_LABEL = 3;
const IFA_BROADCAST = 4;
const IFA_CACHEINFO = 6;
const IFA_FLAGS = 8;
const IFA_PROTO = 11;
const INFINITE_LIFETIME = 0xffffffff;

/** An address on an interface, as RTM_NEWADDR and RTM_DELADDR carry it. */
export interface InterfaceAddress {
  readonly interfaceIndex: number;
  readonly family: Family;
  readonly address: IpAddress;
  readonly prefixLength: number;
  /** rtm scope, 0 global, 253 link, 254 host. */
  readonly scope: number;
  /** IFA_F_* (32 bits). */
  readonly flags: number;
  readonly peer?: IpAddress;
  readonly broadcast?: IpAddress;
  /** IPv4 only; the interface's name unless told. */
  readonly label?: string;
  /** Seconds that are left; undefined is forever. */
  readonly preferredLifetimeS?: number;
  readonly validLifetimeS?: number;
  /** IFA_PROTO, who put it there; absent unless told (Linux 5.18). */
  readonly protocol?: number;
}

/**
 * One change of an interface's addresses. 'add' fails with EEXIST if the address is there; 'replace' updates flags
 * and lifetimes in place.
 */
export interface AddressCommand {
  readonly kind: 'add' | 'replace' | 'remove';
  readonly address: InterfaceAddress;
}

const viewOf = (bytes: Uint8Array): DataView =>
  new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);

type Decoded<T> = Result<T, DecodeError<NetlinkErrorCode>>;

/** Decodes the payload of RTM_NEWADDR or RTM_DELADDR; undefined for a family that is neither IPv4 nor IPv6. */
export function decodeInterfaceAddress(payload: Uint8Array): Decoded<InterfaceAddress | undefined> {
  if (payload.length < ADDRESS_HEADER) return truncated('address', payload.length);
  const family = familyOfNumber(payload[0] ?? AF_UNSPEC);
  if (!family) return ok(undefined);
  const attributes = Attributes.parse(payload.subarray(ADDRESS_HEADER));
  const local = attributes && readAddress(attributes, IFA_LOCAL, family);
  const remote = attributes && readAddress(attributes, IFA_ADDRESS, family);
  // On a point-to-point link IFA_ADDRESS is the other end; IPv6 leaves IFA_LOCAL out where there is none.
  const address = local ?? remote;
  const prefixLength = payload[1] ?? 0;
  if (!attributes || !address || prefixLength > (family === 'inet' ? 32 : 128)) {
    return badAttributes('address');
  }
  return ok({
    interfaceIndex: viewOf(payload).getUint32(4, HOST_LITTLE_ENDIAN),
    family,
    address,
    prefixLength,
    scope: payload[3] ?? 0,
    flags: attributes.u32(IFA_FLAGS) ?? payload[2] ?? 0,
    ...(remote === undefined || remote === address ? {} : { peer: remote }),
    ...readDetails(attributes, family),
  });
}

function readDetails(attributes: Attributes, family: Family): Partial<InterfaceAddress> {
  const broadcast = readAddress(attributes, IFA_BROADCAST, family);
  const label = attributes.text(IFA_LABEL);
  const protocol = attributes.u8(IFA_PROTO);
  const lifetimes = attributes.bytes(IFA_CACHEINFO);
  const view = lifetimes && lifetimes.length >= 8 ? viewOf(lifetimes) : undefined;
  const preferred = view?.getUint32(0, HOST_LITTLE_ENDIAN) ?? INFINITE_LIFETIME;
  const valid = view?.getUint32(4, HOST_LITTLE_ENDIAN) ?? INFINITE_LIFETIME;
  return {
    ...(broadcast === undefined ? {} : { broadcast }),
    ...(label === undefined ? {} : { label }),
    ...(preferred === INFINITE_LIFETIME ? {} : { preferredLifetimeS: preferred }),
    ...(valid === INFINITE_LIFETIME ? {} : { validLifetimeS: valid }),
    ...(protocol === undefined ? {} : { protocol }),
  };
}

/** Payload of RTM_NEWADDR: everything that `ip address add` would send. */
export function encodeNewAddress(address: InterfaceAddress): Uint8Array {
  const writer = new AttributeWriter(addressHeader(address)).bytes(IFA_LOCAL, addressBytes(address.address));
  // Without a peer IFA_ADDRESS is the address itself.
  writer.bytes(IFA_ADDRESS, addressBytes(address.peer ?? address.address));
  if (address.broadcast !== undefined) writer.bytes(IFA_BROADCAST, addressBytes(address.broadcast));
  if (address.label !== undefined) writer.text(IFA_LABEL, address.label);
  if (address.preferredLifetimeS !== undefined || address.validLifetimeS !== undefined) {
    writer.bytes(IFA_CACHEINFO, encodeLifetimes(address));
  }
  const flags = address.flags & SETTABLE_FLAGS;
  if (flags !== 0) writer.u32(IFA_FLAGS, flags);
  if (address.protocol !== undefined) writer.u8(IFA_PROTO, address.protocol);
  return writer.finish();
}

/** Payload of RTM_DELADDR: what identifies the address. */
export function encodeDeleteAddress(address: InterfaceAddress): Uint8Array {
  return new AttributeWriter(addressHeader(address))
    .bytes(IFA_LOCAL, addressBytes(address.address))
    .bytes(IFA_ADDRESS, addressBytes(address.peer ?? address.address))
    .finish();
}

/** Payload of an RTM_GETADDR dump of both families. */
export const encodeGetAddresses = (): Uint8Array => new Uint8Array(ADDRESS_HEADER);

function addressHeader(address: InterfaceAddress): Uint8Array {
  const header = new Uint8Array(ADDRESS_HEADER);
  header[0] = familyOf(address.address) === 'inet' ? AF_INET : AF_INET6;
  header[1] = address.prefixLength;
  header[3] = address.scope;
  viewOf(header).setUint32(4, address.interfaceIndex, HOST_LITTLE_ENDIAN);
  return header;
}

/** struct ifa_cacheinfo: preferred and valid lifetime, then two stamps that only the kernel fills in. */
function encodeLifetimes(address: InterfaceAddress): Uint8Array {
  const bytes = new Uint8Array(16);
  const view = viewOf(bytes);
  view.setUint32(0, address.preferredLifetimeS ?? INFINITE_LIFETIME, HOST_LITTLE_ENDIAN);
  view.setUint32(4, address.validLifetimeS ?? INFINITE_LIFETIME, HOST_LITTLE_ENDIAN);
  return bytes;
}

function readAddress(attributes: Attributes, type: number, family: Family): IpAddress | undefined {
  const bytes = attributes.bytes(type);
  return bytes?.length === (family === 'inet' ? 4 : 16) ? formatIpAddress(bytes) : undefined;
}

function familyOfNumber(number: number): Family | undefined {
  if (number === AF_INET) return 'inet';
  return number === AF_INET6 ? 'inet6' : undefined;
}

const truncated = (what: string, length: number): Decoded<never> =>
  err({ code: 'netlink-truncated', text: `${what} message of ${length} bytes` });

const badAttributes = (what: string): Decoded<never> =>
  err({ code: 'netlink-bad-attributes', text: `${what} message` });
