import { addressBytes, familyOf, formatIpAddress, type Family, type IpAddress } from '../../base/address.js';
import { err, ok, type Result } from '../../base/result.js';
import { type DecodeError } from '../decode-error.js';
import { Attributes, AttributeWriter } from './attribute.js';
import { HOST_LITTLE_ENDIAN } from './host-order.js';
import { type NetlinkErrorCode } from './message.js';

/*
 * rtnetlink(7): payloads of RTM_*LINK (struct ifinfomsg) and RTM_*ADDR (struct ifaddrmsg), attributes after them.
 *
 *     +---------------+---------------+-------------------------------+
 *     |   Family 0    |    Padding    |  Hardware type (ARPHRD_*)     |
 *     +---------------+---------------+-------------------------------+
 *     |                  Index of the interface                       |
 *     |                  Flags (IFF_*)                                |
 *     |                  Mask of changed flags                        |
 *     +---------------------------------------------------------------+
 *
 *     +---------------+---------------+---------------+---------------+
 *     |    Family     | Prefix length | Flags, 8 bits |     Scope     |
 *     +---------------+---------------+---------------+---------------+
 *     |                  Index of the interface                       |
 *     +---------------------------------------------------------------+
 */
export const RTM_NEWLINK = 16;
export const RTM_DELLINK = 17;
export const RTM_GETLINK = 18;
export const RTM_NEWADDR = 20;
export const RTM_DELADDR = 21;
export const RTM_GETADDR = 22;

/** Multicast groups, as bits of the mask that a socket binds to. */
export const RTMGRP_LINK = 0x1;
export const RTMGRP_IPV4_IFADDR = 0x10;
export const RTMGRP_IPV6_IFADDR = 0x100;

export const IFF_UP = 0x1;
export const IFF_RUNNING = 0x40;

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
const LINK_HEADER = 16;
const ADDRESS_HEADER = 8;

const IFLA_ADDRESS = 1;
const IFLA_IFNAME = 3;
const IFLA_MTU = 4;
const IFLA_LINK = 5;
const IFLA_MASTER = 10;
const IFLA_OPERSTATE = 16;
const IFLA_LINKINFO = 18;
const IFLA_EXT_MASK = 29;
const IFLA_CARRIER = 33;
const IFLA_INFO_KIND = 1;
const RTEXT_FILTER_SKIP_STATS = 0x8;

const IFA_ADDRESS = 1;
const IFA_LOCAL = 2;
const IFA_LABEL = 3;
const IFA_BROADCAST = 4;
const IFA_CACHEINFO = 6;
const IFA_FLAGS = 8;
const IFA_PROTO = 11;
const INFINITE_LIFETIME = 0xffffffff;

/** A link (interface) as RTM_NEWLINK and RTM_DELLINK tell of it. */
export interface Link {
  readonly index: number;
  readonly name: string;
  /** IFF_* flags. */
  readonly flags: number;
  /** IFF_UP: set up by an administrator. */
  readonly adminUp: boolean;
  /** IFF_RUNNING: able to pass packets (RFC 2863 operational state). VRRP needs adminUp and running. */
  readonly running: boolean;
  /** ARPHRD_*: 1 Ethernet, 772 loopback. */
  readonly hardwareType: number;
  /** Hardware address; empty if it has none. */
  readonly hardwareAddress: Uint8Array;
  readonly mtu: number;
  /** IF_OPER_* (0 unknown … 6 up). */
  readonly operState: number;
  /** IFLA_CARRIER, where told. */
  readonly carrier?: boolean;
  /** IFLA_INFO_KIND: 'veth', 'macvlan', 'vlan', 'bridge' … */
  readonly kind?: string;
  /** IFLA_LINK: index of the lower device (macvlan, vlan) or the peer (veth). */
  readonly lowerIndex?: number;
  /** IFLA_MASTER: bridge, bond or VRF that it is enslaved to. */
  readonly masterIndex?: number;
}

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

/** Decodes the payload of RTM_NEWLINK or RTM_DELLINK. */
export function decodeLink(payload: Uint8Array): Decoded<Link> {
  if (payload.length < LINK_HEADER) return truncated('link', payload.length);
  const attributes = Attributes.parse(payload.subarray(LINK_HEADER));
  const name = attributes?.text(IFLA_IFNAME);
  if (!attributes || name === undefined) return badAttributes('link');
  const view = viewOf(payload);
  const flags = view.getUint32(8, HOST_LITTLE_ENDIAN);
  const carrier = attributes.u8(IFLA_CARRIER);
  const kind = attributes.nested(IFLA_LINKINFO)?.text(IFLA_INFO_KIND);
  const lowerIndex = attributes.u32(IFLA_LINK);
  const masterIndex = attributes.u32(IFLA_MASTER);
  return ok({
    index: view.getInt32(4, HOST_LITTLE_ENDIAN),
    name,
    flags,
    adminUp: (flags & IFF_UP) !== 0,
    running: (flags & IFF_RUNNING) !== 0,
    hardwareType: view.getUint16(2, HOST_LITTLE_ENDIAN),
    hardwareAddress: attributes.bytes(IFLA_ADDRESS)?.slice() ?? new Uint8Array(0),
    mtu: attributes.u32(IFLA_MTU) ?? 0,
    operState: attributes.u8(IFLA_OPERSTATE) ?? 0,
    ...(carrier === undefined ? {} : { carrier: carrier !== 0 }),
    ...(kind === undefined ? {} : { kind }),
    ...(lowerIndex === undefined ? {} : { lowerIndex }),
    ...(masterIndex === undefined ? {} : { masterIndex }),
  });
}

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

/** Payload of an RTM_GETLINK dump, statistics left out. */
export const encodeGetLinks = (): Uint8Array =>
  new AttributeWriter(new Uint8Array(LINK_HEADER)).u32(IFLA_EXT_MASK, RTEXT_FILTER_SKIP_STATS).finish();

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
