import { formatIpAddress, hostPrefixLength, type Family, type IpAddress } from '../../base/address.js';
import { err, ok, type Result } from '../../base/result.js';
import { type DecodeError } from '../decode-error.js';
import { Attributes } from './attribute.js';
import { HOST_LITTLE_ENDIAN } from './host-order.js';
import {
  AF_INET,
  AF_INET6,
  IPVS_CMD_ATTR,
  IPVS_DEST_ATTR,
  IPVS_FWD,
  IPVS_INFO_ATTR,
  IPVS_STATS_ATTR,
  IPVS_SVC_ATTR,
  IPVS_SVC_F,
  IPVS_TUN_FLAG,
  IPVS_TUN_TYPE,
} from './ipvs-numbers.js';
import {
  type ForwardingMethod,
  type IpvsProtocol,
  type IpvsStats,
  type ReportedDestination,
  type ReportedService,
  type ServiceKey,
  type TunnelChecksum,
  type UnknownForwarding,
} from './ipvs-types.js';

/** Why an answer of the kernel could not be read. */
export type IpvsErrorCode = 'ipvs-truncated' | 'ipvs-missing-attribute' | 'ipvs-bad-value';

type Decoded<T> = Result<T, DecodeError<IpvsErrorCode>>;

/** Decodes one message of a GET_SERVICE dump, after its generic header. */
export function decodeIpvsService(bytes: Uint8Array): Decoded<ReportedService> {
  const outer = Attributes.parse(bytes);
  if (outer && !outer.bytes(IPVS_CMD_ATTR.SERVICE)) return missing('IPVS_CMD_ATTR_SERVICE');
  const inner = outer?.nested(IPVS_CMD_ATTR.SERVICE);
  if (!inner) return truncated('service', bytes);
  const family = familyNamed(inner.u16(IPVS_SVC_ATTR.AF));
  if (!family) return bad(`address family ${inner.u16(IPVS_SVC_ATTR.AF) ?? 'absent'}`);
  const key = decodeServiceKey(inner, family);
  if (!key) return bad('neither protocol, address and port nor mark');
  const scheduler = inner.text(IPVS_SVC_ATTR.SCHED_NAME);
  const flags = inner.u32(IPVS_SVC_ATTR.FLAGS);
  if (scheduler === undefined) return missing('IPVS_SVC_ATTR_SCHED_NAME');
  if (flags === undefined) return missing('IPVS_SVC_ATTR_FLAGS');
  const persistent = (flags & IPVS_SVC_F.PERSISTENT) !== 0;
  const persistenceEngine = inner.text(IPVS_SVC_ATTR.PE_NAME);
  return ok({
    key,
    scheduler,
    schedulerFlags: (flags & IPVS_SVC_F.SCHED_MASK) >> IPVS_SVC_F.SCHED_SHIFT,
    hashed: (flags & IPVS_SVC_F.HASHED) !== 0,
    onePacket: (flags & IPVS_SVC_F.ONEPACKET) !== 0,
    persistenceTimeoutS: persistent ? (inner.u32(IPVS_SVC_ATTR.TIMEOUT) ?? 0) : 0,
    ...decodeGranularity(inner, family),
    ...(persistenceEngine === undefined ? {} : { persistenceEngine }),
    ...decodeStats(inner, IPVS_SVC_ATTR.STATS64, IPVS_SVC_ATTR.STATS),
  });
}

/**
 * Decodes one message of a GET_DEST dump, after its generic header.
 * @param serviceFamily of the service: kernels before 3.18 do not say the destination's own.
 */
export function decodeIpvsDestination(
  bytes: Uint8Array,
  serviceFamily: Family,
): Decoded<ReportedDestination> {
  const outer = Attributes.parse(bytes);
  if (outer && !outer.bytes(IPVS_CMD_ATTR.DEST)) return missing('IPVS_CMD_ATTR_DEST');
  const inner = outer?.nested(IPVS_CMD_ATTR.DEST);
  if (!inner) return truncated('destination', bytes);
  const named = inner.u16(IPVS_DEST_ATTR.ADDR_FAMILY);
  const family = named === undefined ? serviceFamily : familyNamed(named);
  const address = family && addressIn(inner, IPVS_DEST_ATTR.ADDR, family);
  const port = be16(inner, IPVS_DEST_ATTR.PORT);
  const method = inner.u32(IPVS_DEST_ATTR.FWD_METHOD);
  const weight = inner.u32(IPVS_DEST_ATTR.WEIGHT);
  if (!address) return bad('destination address');
  if (port === undefined || method === undefined || weight === undefined) {
    return missing('IPVS_DEST_ATTR_PORT, FWD_METHOD or WEIGHT');
  }
  return ok({
    address,
    port,
    forwarding: decodeForwarding(inner, method & IPVS_FWD.MASK),
    weight: weight | 0, // the kernel's is a signed int
    upperThreshold: inner.u32(IPVS_DEST_ATTR.U_THRESH) ?? 0,
    lowerThreshold: inner.u32(IPVS_DEST_ATTR.L_THRESH) ?? 0,
    connections: {
      active: inner.u32(IPVS_DEST_ATTR.ACTIVE_CONNS) ?? 0,
      inactive: inner.u32(IPVS_DEST_ATTR.INACT_CONNS) ?? 0,
      persistent: inner.u32(IPVS_DEST_ATTR.PERSIST_CONNS) ?? 0,
    },
    ...decodeStats(inner, IPVS_DEST_ATTR.STATS64, IPVS_DEST_ATTR.STATS),
  });
}

/** What GET_INFO answers. */
export interface IpvsInfo {
  /** As '1.2.1'. */
  readonly version: string;
  /** Buckets of the connection table. */
  readonly connectionTableSize: number;
}

/** Decodes the answer to GET_INFO, after its generic header. */
export function decodeIpvsInfo(bytes: Uint8Array): Decoded<IpvsInfo> {
  const attributes = Attributes.parse(bytes);
  if (!attributes) return truncated('info', bytes);
  const version = attributes.u32(IPVS_INFO_ATTR.VERSION);
  const connectionTableSize = attributes.u32(IPVS_INFO_ATTR.CONN_TAB_SIZE);
  if (version === undefined || connectionTableSize === undefined) return missing('IPVS_INFO_ATTR_*');
  return ok({
    version: [version >> 16, version >> 8, version].map((part) => part & 0xff).join('.'),
    connectionTableSize,
  });
}

function decodeServiceKey(attributes: Attributes, family: Family): ServiceKey | undefined {
  const mark = attributes.u32(IPVS_SVC_ATTR.FWMARK);
  if (mark !== undefined && mark !== 0) return { kind: 'fwmark', family, mark };
  const protocol = PROTOCOLS.get(attributes.u16(IPVS_SVC_ATTR.PROTOCOL) ?? 0);
  const address = addressIn(attributes, IPVS_SVC_ATTR.ADDR, family);
  const port = be16(attributes, IPVS_SVC_ATTR.PORT);
  if (!protocol || !address || port === undefined) return undefined;
  return { kind: 'address', protocol, address, port };
}

const PROTOCOLS: ReadonlyMap<number, IpvsProtocol> = new Map([
  [6, 'TCP'],
  [17, 'UDP'],
  [132, 'SCTP'],
]);

/** Host length where there is none. */
function decodeGranularity(
  attributes: Attributes,
  family: Family,
): Pick<ReportedService, 'persistencePrefix' | 'persistenceMask'> {
  const mask = attributes.bytes(IPVS_SVC_ATTR.NETMASK);
  if (mask?.length !== 4) return { persistencePrefix: hostPrefixLength(family) };
  if (family === 'inet6') return { persistencePrefix: attributes.u32(IPVS_SVC_ATTR.NETMASK) ?? 128 };
  const bits = Array.from(mask, (octet) => octet.toString(2).padStart(8, '0')).join('');
  const persistencePrefix = bits.replaceAll('0', '').length;
  return {
    persistencePrefix,
    ...(bits.includes('01') && { persistenceMask: formatIpAddress(mask) }),
  };
}

function decodeForwarding(attributes: Attributes, method: number): ForwardingMethod | UnknownForwarding {
  if (method === IPVS_FWD.MASQ) return { kind: 'masq' };
  if (method === IPVS_FWD.DROUTE) return { kind: 'route' };
  return (method === IPVS_FWD.TUNNEL ? decodeTunnel(attributes) : undefined) ?? { kind: 'other', method };
}

function decodeTunnel(attributes: Attributes): ForwardingMethod | undefined {
  // Kernels before 5.3 know one type and do not name it.
  const type = attributes.u8(IPVS_DEST_ATTR.TUN_TYPE) ?? IPVS_TUN_TYPE.IPIP;
  const checksum = decodeChecksum(attributes.u16(IPVS_DEST_ATTR.TUN_FLAGS) ?? IPVS_TUN_FLAG.NOCSUM);
  if (type === IPVS_TUN_TYPE.IPIP) return { kind: 'tunnel', type: 'ipip' };
  if (type === IPVS_TUN_TYPE.GUE) {
    const port = be16(attributes, IPVS_DEST_ATTR.TUN_PORT) ?? 0;
    return { kind: 'tunnel', type: 'gue', port, checksum };
  }
  if (type !== IPVS_TUN_TYPE.GRE || checksum === 'remcsum') return undefined;
  return { kind: 'tunnel', type: 'gre', checksum };
}

function decodeChecksum(flags: number): TunnelChecksum {
  if ((flags & IPVS_TUN_FLAG.REMCSUM) !== 0) return 'remcsum';
  return (flags & IPVS_TUN_FLAG.CSUM) !== 0 ? 'csum' : 'nocsum';
}

/** Counters of 64 bits (Linux 4.1), or those of 32 bits where there are no others. */
function decodeStats(attributes: Attributes, wide: number, narrow: number): { readonly stats?: IpvsStats } {
  const found = attributes.nested(wide) ?? attributes.nested(narrow);
  if (!found) return {};
  return {
    stats: {
      connections: counter(found, IPVS_STATS_ATTR.CONNS),
      inPackets: counter(found, IPVS_STATS_ATTR.INPKTS),
      outPackets: counter(found, IPVS_STATS_ATTR.OUTPKTS),
      inBytes: counter(found, IPVS_STATS_ATTR.INBYTES),
      outBytes: counter(found, IPVS_STATS_ATTR.OUTBYTES),
      connectionsPerSecond: counter(found, IPVS_STATS_ATTR.CPS),
      inPacketsPerSecond: counter(found, IPVS_STATS_ATTR.INPPS),
      outPacketsPerSecond: counter(found, IPVS_STATS_ATTR.OUTPPS),
      inBytesPerSecond: counter(found, IPVS_STATS_ATTR.INBPS),
      outBytesPerSecond: counter(found, IPVS_STATS_ATTR.OUTBPS),
    },
  };
}

const familyNamed = (number: number | undefined): Family | undefined =>
  number === AF_INET ? 'inet' : number === AF_INET6 ? 'inet6' : undefined;

const truncated = (what: string, bytes: Uint8Array) =>
  err({ code: 'ipvs-truncated', text: `attributes of a ${what} overrun its ${bytes.length} bytes` } as const);
const missing = (what: string) => err({ code: 'ipvs-missing-attribute', text: `no ${what}` } as const);
const bad = (what: string) => err({ code: 'ipvs-bad-value', text: `cannot read ${what}` } as const);

/* What Attributes does not know. */

const be16 = (attributes: Attributes, type: number): number | undefined => {
  const value = attributes.bytes(type);
  return value && value.length >= 2 ? ((value[0] ?? 0) << 8) | (value[1] ?? 0) : undefined;
};

function addressIn(attributes: Attributes, type: number, family: Family): IpAddress | undefined {
  const value = attributes.bytes(type);
  const length = family === 'inet' ? 4 : 16;
  return value && value.length >= length ? formatIpAddress(value.subarray(0, length)) : undefined;
}

/** A counter of 32 or 64 bits; 0 where there is none. */
function counter(attributes: Attributes, type: number): bigint {
  const value = attributes.bytes(type);
  if (value === undefined || value.length < 8) return BigInt(attributes.u32(type) ?? 0);
  return new DataView(value.buffer, value.byteOffset).getBigUint64(0, HOST_LITTLE_ENDIAN);
}
