import { addressBytes, familyOf, type Family, type IpAddress } from '../../base/address.js';
import { HOST_LITTLE_ENDIAN } from './host-order.js';
import {
  AF_INET,
  AF_INET6,
  IPVS_CMD,
  IPVS_CMD_ATTR,
  IPVS_DEST_ATTR,
  IPVS_FWD,
  IPVS_SVC_ATTR,
  IPVS_SVC_F,
  IPVS_TUN_FLAG,
  IPVS_TUN_TYPE,
} from './ipvs-numbers.js';
import {
  type Destination,
  type DestinationKey,
  type ForwardingMethod,
  type IpvsCommand,
  type IpvsProtocol,
  type ServiceAttributes,
  type ServiceKey,
} from './ipvs-types.js';

/*
 * An IPVS request after its generic header:
 *
 *   nlattr IPVS_CMD_ATTR_SERVICE (nested)     every command on a service or destination
 *     AF u16; PROTOCOL u16, ADDR 16 bytes, PORT be16, or FWMARK u32    what identifies it
 *     SCHED_NAME, PE_NAME strings; FLAGS {u32 flags, u32 mask}; TIMEOUT u32; NETMASK u32    NEW and SET only
 *   nlattr IPVS_CMD_ATTR_DEST (nested)        commands on a destination
 *     ADDR_FAMILY u16, ADDR 16 bytes, PORT be16    what identifies it
 *     FWD_METHOD, WEIGHT u32; TUN_TYPE u8, TUN_PORT be16, TUN_FLAGS u16; U_THRESH, L_THRESH u32    NEW and SET
 *
 * ADDR is always 16 bytes, an IPv4 address in the first four. NETMASK is an IPv4 mask in network order, or the
 * length of an IPv6 prefix in host order. Everything is padded to 4 bytes.
 */

/** The command's number and its attributes, ready to follow the generic header. */
export interface EncodedCommand {
  readonly command: number;
  readonly attributes: Uint8Array;
}

/** Encodes one order to the kernel. */
export function encodeIpvsCommand(order: IpvsCommand): EncodedCommand {
  switch (order.type) {
    case 'NewService':
      return {
        command: IPVS_CMD.NEW_SERVICE,
        attributes: nested(IPVS_CMD_ATTR.SERVICE, service(order.service)),
      };
    case 'SetService':
      return {
        command: IPVS_CMD.SET_SERVICE,
        attributes: nested(IPVS_CMD_ATTR.SERVICE, service(order.service)),
      };
    case 'DelService':
      return { command: IPVS_CMD.DEL_SERVICE, attributes: encodeServiceKey(order.service) };
    case 'NewDest':
      return {
        command: IPVS_CMD.NEW_DEST,
        attributes: withDestination(order.service, full(order.destination)),
      };
    case 'SetDest':
      return {
        command: IPVS_CMD.SET_DEST,
        attributes: withDestination(order.service, full(order.destination)),
      };
    case 'DelDest':
      return {
        command: IPVS_CMD.DEL_DEST,
        attributes: withDestination(order.service, place(order.destination)),
      };
  }
}

/** What names a service: the attributes of GET_DEST dumps and of deletions. */
export const encodeServiceKey = (key: ServiceKey): Uint8Array => nested(IPVS_CMD_ATTR.SERVICE, identity(key));

const PROTOCOL_NUMBERS: Readonly<Record<IpvsProtocol, number>> = { TCP: 6, UDP: 17, SCTP: 132 };

function identity(key: ServiceKey): readonly Uint8Array[] {
  if (key.kind === 'fwmark') {
    return [u16(IPVS_SVC_ATTR.AF, familyNumber(key.family)), u32(IPVS_SVC_ATTR.FWMARK, key.mark)];
  }
  return [
    u16(IPVS_SVC_ATTR.AF, familyNumber(familyOf(key.address))),
    u16(IPVS_SVC_ATTR.PROTOCOL, PROTOCOL_NUMBERS[key.protocol]),
    address(IPVS_SVC_ATTR.ADDR, key.address),
    be16(IPVS_SVC_ATTR.PORT, key.port),
  ];
}

function service(attributes: ServiceAttributes): readonly Uint8Array[] {
  const { key, persistenceTimeoutS, persistencePrefix, persistenceEngine } = attributes;
  const family = key.kind === 'fwmark' ? key.family : familyOf(key.address);
  return [
    ...identity(key),
    string(IPVS_SVC_ATTR.SCHED_NAME, attributes.scheduler),
    ...(persistenceEngine === undefined ? [] : [string(IPVS_SVC_ATTR.PE_NAME, persistenceEngine)]),
    flags(IPVS_SVC_ATTR.FLAGS, serviceFlags(attributes)),
    u32(IPVS_SVC_ATTR.TIMEOUT, persistenceTimeoutS),
    family === 'inet'
      ? attribute(IPVS_SVC_ATTR.NETMASK, ipv4Mask(persistencePrefix))
      : u32(IPVS_SVC_ATTR.NETMASK, persistencePrefix),
  ];
}

function serviceFlags(attributes: ServiceAttributes): number {
  return (
    (attributes.persistenceTimeoutS > 0 ? IPVS_SVC_F.PERSISTENT : 0) |
    (attributes.hashed ? IPVS_SVC_F.HASHED : 0) |
    (attributes.onePacket ? IPVS_SVC_F.ONEPACKET : 0) |
    ((attributes.schedulerFlags << IPVS_SVC_F.SCHED_SHIFT) & IPVS_SVC_F.SCHED_MASK)
  );
}

/** 255.255.255.0 for 24. */
const ipv4Mask = (prefix: number): Uint8Array =>
  Uint8Array.from([0, 8, 16, 24], (bits) => (0xff00 >> Math.min(Math.max(prefix - bits, 0), 8)) & 0xff);

const withDestination = (key: ServiceKey, destination: readonly Uint8Array[]): Uint8Array =>
  concatenate([encodeServiceKey(key), nested(IPVS_CMD_ATTR.DEST, destination)]);

const place = (key: DestinationKey): readonly Uint8Array[] => [
  u16(IPVS_DEST_ATTR.ADDR_FAMILY, familyNumber(familyOf(key.address))),
  address(IPVS_DEST_ATTR.ADDR, key.address),
  be16(IPVS_DEST_ATTR.PORT, key.port),
];

const full = (destination: Destination): readonly Uint8Array[] => [
  ...place(destination),
  u32(IPVS_DEST_ATTR.FWD_METHOD, METHOD_NUMBERS[destination.forwarding.kind]),
  u32(IPVS_DEST_ATTR.WEIGHT, destination.weight),
  ...tunnel(destination.forwarding),
  u32(IPVS_DEST_ATTR.U_THRESH, destination.upperThreshold),
  u32(IPVS_DEST_ATTR.L_THRESH, destination.lowerThreshold),
];

const METHOD_NUMBERS = { masq: IPVS_FWD.MASQ, tunnel: IPVS_FWD.TUNNEL, route: IPVS_FWD.DROUTE } as const;

const CHECKSUM_FLAGS = {
  nocsum: IPVS_TUN_FLAG.NOCSUM,
  csum: IPVS_TUN_FLAG.CSUM,
  remcsum: IPVS_TUN_FLAG.REMCSUM,
} as const;

function tunnel(forwarding: ForwardingMethod): readonly Uint8Array[] {
  if (forwarding.kind !== 'tunnel') return [];
  switch (forwarding.type) {
    case 'ipip':
      return [u8(IPVS_DEST_ATTR.TUN_TYPE, IPVS_TUN_TYPE.IPIP)];
    case 'gue':
      return [
        u8(IPVS_DEST_ATTR.TUN_TYPE, IPVS_TUN_TYPE.GUE),
        be16(IPVS_DEST_ATTR.TUN_PORT, forwarding.port),
        u16(IPVS_DEST_ATTR.TUN_FLAGS, CHECKSUM_FLAGS[forwarding.checksum]),
      ];
    case 'gre':
      return [
        u8(IPVS_DEST_ATTR.TUN_TYPE, IPVS_TUN_TYPE.GRE),
        u16(IPVS_DEST_ATTR.TUN_FLAGS, CHECKSUM_FLAGS[forwarding.checksum]),
      ];
  }
}

const familyNumber = (family: Family): number => (family === 'inet' ? AF_INET : AF_INET6);

/* Attributes: u16 length (header included, padding not), u16 type, value, padding to 4 bytes. */

const NLA_HEADER = 4;
/** NLA_F_NESTED. */
const NESTED = 0x8000;

function attribute(type: number, value: Uint8Array): Uint8Array {
  const bytes = new Uint8Array((NLA_HEADER + value.length + 3) & ~3);
  const view = new DataView(bytes.buffer);
  view.setUint16(0, NLA_HEADER + value.length, HOST_LITTLE_ENDIAN);
  view.setUint16(2, type, HOST_LITTLE_ENDIAN);
  bytes.set(value, NLA_HEADER);
  return bytes;
}

const nested = (type: number, members: readonly Uint8Array[]): Uint8Array =>
  attribute(type | NESTED, concatenate(members));

const u8 = (type: number, value: number): Uint8Array => attribute(type, Uint8Array.of(value));

const u16 = (type: number, value: number): Uint8Array =>
  attribute(type, new Uint8Array(Uint16Array.of(value).buffer));

const be16 = (type: number, value: number): Uint8Array =>
  attribute(type, Uint8Array.of(value >> 8, value & 0xff));

const u32 = (type: number, value: number): Uint8Array =>
  attribute(type, new Uint8Array(Uint32Array.of(value).buffer));

/** struct ip_vs_flags: the mask says that all flags are meant. */
const flags = (type: number, value: number): Uint8Array =>
  attribute(type, new Uint8Array(Uint32Array.of(value, 0xffff_ffff).buffer));

/** A name of a module, which is ASCII, with the closing NUL that libnl writes. */
function string(type: number, text: string): Uint8Array {
  const value = new Uint8Array(text.length + 1);
  for (let index = 0; index < text.length; index += 1) value[index] = text.charCodeAt(index);
  return attribute(type, value);
}

function address(type: number, ip: IpAddress): Uint8Array {
  const value = new Uint8Array(16);
  value.set(addressBytes(ip));
  return attribute(type, value);
}

function concatenate(parts: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    bytes.set(part, offset);
    offset += part.length;
  }
  return bytes;
}
