import { addressBytes, familyOf, type Family, type IpAddress } from '../../base/address.js';
import { AttributeWriter } from './attribute.js';
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
      return { command: IPVS_CMD.NEW_SERVICE, attributes: wholeService(order.service) };
    case 'SetService':
      return { command: IPVS_CMD.SET_SERVICE, attributes: wholeService(order.service) };
    case 'DelService':
      return { command: IPVS_CMD.DEL_SERVICE, attributes: encodeServiceKey(order.service) };
    case 'NewDest':
      return { command: IPVS_CMD.NEW_DEST, attributes: wholeDestination(order.service, order.destination) };
    case 'SetDest':
      return { command: IPVS_CMD.SET_DEST, attributes: wholeDestination(order.service, order.destination) };
    case 'DelDest': {
      const inner = destinationIdentity(order.destination);
      return { command: IPVS_CMD.DEL_DEST, attributes: withDestination(order.service, inner) };
    }
  }
}

/** What names a service: the attributes of GET_DEST dumps and of deletions. */
export const encodeServiceKey = (key: ServiceKey): Uint8Array =>
  new AttributeWriter().nested(IPVS_CMD_ATTR.SERVICE, identity(key)).finish();

const PROTOCOL_NUMBERS: Readonly<Record<IpvsProtocol, number>> = { TCP: 6, UDP: 17, SCTP: 132 };

function identity(key: ServiceKey): AttributeWriter {
  const writer = new AttributeWriter().u16(IPVS_SVC_ATTR.AF, familyNumber(familyOfService(key)));
  if (key.kind === 'fwmark') return writer.u32(IPVS_SVC_ATTR.FWMARK, key.mark);
  writer.u16(IPVS_SVC_ATTR.PROTOCOL, PROTOCOL_NUMBERS[key.protocol]);
  putAddress(writer, IPVS_SVC_ATTR.ADDR, key.address);
  return putBe16(writer, IPVS_SVC_ATTR.PORT, key.port);
}

function wholeService(service: ServiceAttributes): Uint8Array {
  const { key, persistencePrefix, persistenceMask, persistenceEngine } = service;
  const writer = identity(key).text(IPVS_SVC_ATTR.SCHED_NAME, service.scheduler);
  if (persistenceEngine !== undefined) writer.text(IPVS_SVC_ATTR.PE_NAME, persistenceEngine);
  putFlags(writer, IPVS_SVC_ATTR.FLAGS, serviceFlags(service));
  writer.u32(IPVS_SVC_ATTR.TIMEOUT, service.persistenceTimeoutS);
  if (familyOfService(key) === 'inet') {
    const mask = persistenceMask === undefined ? ipv4Mask(persistencePrefix) : addressBytes(persistenceMask);
    writer.bytes(IPVS_SVC_ATTR.NETMASK, mask);
  }
  if (familyOfService(key) === 'inet6') writer.u32(IPVS_SVC_ATTR.NETMASK, persistencePrefix);
  return new AttributeWriter().nested(IPVS_CMD_ATTR.SERVICE, writer).finish();
}

function serviceFlags(service: ServiceAttributes): number {
  return (
    (service.persistenceTimeoutS > 0 ? IPVS_SVC_F.PERSISTENT : 0) |
    (service.hashed ? IPVS_SVC_F.HASHED : 0) |
    (service.onePacket ? IPVS_SVC_F.ONEPACKET : 0) |
    ((service.schedulerFlags << IPVS_SVC_F.SCHED_SHIFT) & IPVS_SVC_F.SCHED_MASK)
  );
}

/** 255.255.255.0 for 24. */
const ipv4Mask = (prefix: number): Uint8Array =>
  Uint8Array.from([0, 8, 16, 24], (bits) => (0xff00 >> Math.min(Math.max(prefix - bits, 0), 8)) & 0xff);

const withDestination = (key: ServiceKey, destination: AttributeWriter): Uint8Array =>
  new AttributeWriter()
    .nested(IPVS_CMD_ATTR.SERVICE, identity(key))
    .nested(IPVS_CMD_ATTR.DEST, destination)
    .finish();

function destinationIdentity({ address, port }: DestinationKey): AttributeWriter {
  const family = familyNumber(familyOf(address));
  const writer = new AttributeWriter().u16(IPVS_DEST_ATTR.ADDR_FAMILY, family);
  putAddress(writer, IPVS_DEST_ATTR.ADDR, address);
  return putBe16(writer, IPVS_DEST_ATTR.PORT, port);
}

function wholeDestination(key: ServiceKey, destination: Destination): Uint8Array {
  const writer = destinationIdentity(destination)
    .u32(IPVS_DEST_ATTR.FWD_METHOD, METHOD_NUMBERS[destination.forwarding.kind])
    .u32(IPVS_DEST_ATTR.WEIGHT, destination.weight);
  putTunnel(writer, destination.forwarding);
  writer
    .u32(IPVS_DEST_ATTR.U_THRESH, destination.upperThreshold)
    .u32(IPVS_DEST_ATTR.L_THRESH, destination.lowerThreshold);
  return withDestination(key, writer);
}

const METHOD_NUMBERS = { masq: IPVS_FWD.MASQ, tunnel: IPVS_FWD.TUNNEL, route: IPVS_FWD.DROUTE } as const;

const CHECKSUM_FLAGS = {
  nocsum: IPVS_TUN_FLAG.NOCSUM,
  csum: IPVS_TUN_FLAG.CSUM,
  remcsum: IPVS_TUN_FLAG.REMCSUM,
} as const;

/** The kernel wants of a tunnel only what its type has. */
function putTunnel(to: AttributeWriter, forwarding: ForwardingMethod): void {
  if (forwarding.kind !== 'tunnel') return;
  to.u8(IPVS_DEST_ATTR.TUN_TYPE, TUNNEL_NUMBERS[forwarding.type]);
  if (forwarding.type === 'gue') putBe16(to, IPVS_DEST_ATTR.TUN_PORT, forwarding.port);
  if (forwarding.type !== 'ipip') to.u16(IPVS_DEST_ATTR.TUN_FLAGS, CHECKSUM_FLAGS[forwarding.checksum]);
}

const TUNNEL_NUMBERS = { ipip: IPVS_TUN_TYPE.IPIP, gue: IPVS_TUN_TYPE.GUE, gre: IPVS_TUN_TYPE.GRE } as const;

const familyOfService = (key: ServiceKey): Family =>
  key.kind === 'fwmark' ? key.family : familyOf(key.address);

const familyNumber = (family: Family): number => (family === 'inet' ? AF_INET : AF_INET6);

/* What AttributeWriter does not know. */

const putBe16 = (to: AttributeWriter, type: number, value: number): AttributeWriter =>
  to.bytes(type, Uint8Array.of(value >> 8, value & 0xff));

/** struct ip_vs_flags: the mask says that all flags are meant. */
const putFlags = (to: AttributeWriter, type: number, value: number): AttributeWriter =>
  to.bytes(type, new Uint8Array(Uint32Array.of(value, 0xffff_ffff).buffer));

function putAddress(to: AttributeWriter, type: number, ip: IpAddress): AttributeWriter {
  const value = new Uint8Array(16);
  value.set(addressBytes(ip));
  return to.bytes(type, value);
}
