import { type Family, type IpAddress } from '../base/address.js';
import { AH_LENGTH, decodeAh, IPPROTO_AH } from '../wire/ah.js';
import { decodeEthernetFrame, ETH_P_IP, ETH_P_IPV6, formatHardwareAddress } from '../wire/ethernet.js';
import { decodeIpv4 } from '../wire/ipv4.js';
import { decodeIpv6 } from '../wire/ipv6.js';
import {
  decodeAdvert,
  IPPROTO_VRRP,
  VRRP_AUTH_DATA_LENGTH,
  VRRP_AUTH_NONE,
  VRRP_AUTH_PASS,
  type Advert,
} from '../wire/vrrp.js';
import { MICROS_PER_CENTI, MICROS_PER_SECOND, micros, type Micros } from '../base/units.js';

/** An advert as it passes on the segment, whoever it is for, and what it says of its sender. */
export interface SegmentAdvert {
  /** 02:00:00:00:00:01; that of the frame, which may be a virtual MAC. */
  readonly hardwareAddress: string;
  readonly family: Family;
  readonly source: IpAddress;
  readonly destination: IpAddress;
  /** TTL or hop limit. */
  readonly ttl: number;
  readonly vrid: number;
  readonly version: number;
  readonly priority: number;
  /** What the advert says; undefined where that cannot be read. */
  readonly interval: Micros | undefined;
  readonly addresses: readonly IpAddress[];
  /** `none`, `PASS`, `AH`, `HMAC key N` or `type N`. */
  readonly authentication: string;
  /** Why no router would take it; absent if it is sound. */
  readonly problem?: string;
}

/** An IP packet with VRRP in it. */
interface Packet {
  readonly family: Family;
  readonly source: IpAddress;
  readonly destination: IpAddress;
  readonly ttl: number;
  /** The VRRP message and what may follow it. */
  readonly message: Uint8Array;
  readonly hasAh: boolean;
  readonly headersLength: number;
}

const FIXED_LENGTH = 8;
/** auth_hmac of keepalived: a trailer of 28 bytes behind the message, type 1 and the key's id first. */
const HMAC_TRAILER_LENGTH = 28;
const HMAC_TRAILER_TYPE = 1;

/** Takes an Ethernet frame apart; undefined if there is no VRRP in it, or not even a VRID. */
export function decodeSegmentAdvert(frame: Uint8Array): SegmentAdvert | undefined {
  const ethernet = decodeEthernetFrame(frame);
  const packet = ethernet && packetOf(ethernet.etherType, ethernet.payload);
  if (!packet || packet.message.length < FIXED_LENGTH) return undefined;
  const { family, source, destination, ttl } = packet;
  const { message, authentication } = withoutTrailer(packet);
  const [versionAndType = 0, vrid = 0, priority = 0] = message;
  const common = { family, source, destination, ttl, vrid, version: versionAndType >> 4, priority };
  const hardwareAddress = formatHardwareAddress(ethernet.source);
  const decoded = decodeAdvert(message, {
    source,
    destination,
    checksumAsV2: true,
    headersLength: packet.headersLength,
  });
  if (!decoded.ok) {
    const problem = decoded.error.text;
    return { hardwareAddress, ...common, interval: undefined, addresses: [], authentication, problem };
  }
  const advert = decoded.value;
  return {
    hardwareAddress,
    ...common,
    interval: intervalOf(advert),
    addresses: advert.addresses,
    authentication: authentication === 'none' ? authenticationOf(advert) : authentication,
  };
}

function packetOf(etherType: number, payload: Uint8Array): Packet | undefined {
  if (etherType === ETH_P_IP) {
    const decoded = decodeIpv4(payload);
    if (!decoded.ok) return undefined;
    const { header, headerLength, payload: body } = decoded.value;
    const { source, destination, ttl, protocol } = header;
    return withAh({ family: 'inet', source, destination, ttl }, protocol, body, headerLength);
  }
  if (etherType !== ETH_P_IPV6) return undefined;
  const decoded = decodeIpv6(payload);
  if (!decoded.ok) return undefined;
  const { header, payload: body } = decoded.value;
  const { source, destination, hopLimit: ttl, nextHeader } = header;
  return withAh({ family: 'inet6', source, destination, ttl }, nextHeader, body, 40);
}

function withAh(
  header: Pick<Packet, 'family' | 'source' | 'destination' | 'ttl'>,
  protocol: number,
  body: Uint8Array,
  headersLength: number,
): Packet | undefined {
  if (protocol === IPPROTO_VRRP) return { ...header, message: body, hasAh: false, headersLength };
  const ah = protocol === IPPROTO_AH ? decodeAh(body) : undefined;
  if (!ah?.ok || ah.value.header.nextHeader !== IPPROTO_VRRP) return undefined;
  return { ...header, message: ah.value.payload, hasAh: true, headersLength: headersLength + AH_LENGTH };
}

/** Where a trailer of auth_hmac follows the message, the message alone. */
function withoutTrailer({ message, hasAh, family }: Packet): { message: Uint8Array; authentication: string } {
  if (hasAh) return { message, authentication: 'AH' };
  const version = (message[0] ?? 0) >> 4;
  const addresses = (message[3] ?? 0) * (family === 'inet' ? 4 : 16);
  const length = FIXED_LENGTH + addresses + (version === 2 ? VRRP_AUTH_DATA_LENGTH : 0);
  const isTrailer = message.length - length === HMAC_TRAILER_LENGTH && message[length] === HMAC_TRAILER_TYPE;
  if (!isTrailer) return { message, authentication: 'none' };
  return { message: message.subarray(0, length), authentication: `HMAC key ${message[length + 1] ?? 0}` };
}

function authenticationOf(advert: Advert): string {
  if (advert.version === 3 || advert.authType === VRRP_AUTH_NONE) return 'none';
  return advert.authType === VRRP_AUTH_PASS ? 'PASS' : `type ${advert.authType}`;
}

const intervalOf = (advert: Advert): Micros =>
  advert.version === 3
    ? micros(advert.maxAdvertIntervalCs * MICROS_PER_CENTI)
    : micros(advert.advertIntervalS * MICROS_PER_SECOND);
