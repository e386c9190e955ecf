// Decodes the frames that high availability is made of. Written apart from src/wire on purpose: a mistake made there
// must not be made again by what judges it.
import { type Captured } from './pcap.js';

/** What every decoded frame tells. */
interface FrameBase {
  /** Nanoseconds since 1970. */
  readonly at: bigint;
  /** Ethernet source and destination, as 02:00:00:00:00:01. */
  readonly source: string;
  readonly destination: string;
}

/** A VRRP advertisement, version 2 or 3, over either family. */
export interface Advert extends FrameBase {
  readonly kind: 'advert';
  readonly version: number;
  readonly type: number;
  readonly virtualRouterId: number;
  readonly priority: number;
  /** Seconds. */
  readonly interval: number;
  readonly addresses: readonly string[];
  /** Version 2 only: 0 none, 1 password, 2 AH. */
  readonly authType?: number;
  readonly password?: string;
  readonly from: string;
  readonly to: string;
  /** TTL or hop limit. */
  readonly ttl: number;
  /** Type of service or traffic class. */
  readonly tos: number;
  /** Whether the VRRP checksum fits what was sent. */
  readonly checksumOk: boolean;
  /** Bytes beyond the advert itself: 28 with the trailer of auth_hmac. */
  readonly excess: number;
  /** Behind an IPsec Authentication Header; whose Security Parameters Index that is. */
  readonly ah?: string;
}

/** An ARP packet. */
export interface Arp extends FrameBase {
  readonly kind: 'arp';
  readonly operation: number;
  readonly senderMac: string;
  readonly sender: string;
  readonly targetMac: string;
  readonly target: string;
}

/** An ICMPv6 neighbour advertisement. */
export interface NeighbourAdvertisement extends FrameBase {
  readonly kind: 'na';
  readonly from: string;
  readonly to: string;
  readonly target: string;
  /** R, S and O where set. */
  readonly flags: string;
  /** From the target link-layer address option; empty without one. */
  readonly targetMac: string;
}

/** An ICMP or ICMPv6 echo reply. */
export interface EchoReply extends FrameBase {
  readonly kind: 'echo-reply';
  readonly from: string;
  readonly to: string;
}

export type Frame = Advert | Arp | NeighbourAdvertisement | EchoReply;

const mac = (bytes: Buffer) => [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join(':');
const ipv4 = (bytes: Buffer) => [...bytes].join('.');

/** RFC 5952 text, as `ip` prints it. */
export function ipv6(bytes: Buffer): string {
  const groups = Array.from({ length: 8 }, (_, i) => bytes.readUInt16BE(2 * i).toString(16));
  let best = { start: -1, length: 1 };
  for (let start = 0; start < 8; start++) {
    let end = start;
    while (groups[end] === '0') end++;
    if (end - start > best.length) best = { start, length: end - start };
  }
  if (best.start < 0) return groups.join(':');
  return `${groups.slice(0, best.start).join(':')}::${groups.slice(best.start + best.length).join(':')}`;
}

function onesComplementSum(...parts: Buffer[]): number {
  const bytes = Buffer.concat(parts);
  let sum = 0;
  for (let i = 0; i < bytes.length; i += 2) sum += (bytes[i]! << 8) | (bytes[i + 1] ?? 0);
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16);
  return sum;
}

/** What lies between Ethernet and the payload. */
interface Packet extends FrameBase {
  readonly protocol: number;
  readonly payload: Buffer;
  readonly from: string;
  readonly to: string;
  readonly ttl: number;
  readonly tos: number;
  /** The part of the pseudo header that the family gives: addresses. */
  readonly addresses: Buffer;
}

function decodeAdvert(packet: Packet): Advert | undefined {
  const { payload, addresses: pseudoAddresses, at, source, destination, from, to, ttl, tos } = packet;
  if (payload.length < 8) return undefined;
  const version = payload[0]! >> 4;
  const family = pseudoAddresses.length === 8 ? 4 : 6;
  const size = family === 4 ? 4 : 16;
  const count = payload[3]!;
  const addresses = Array.from({ length: count }, (_, i) =>
    payload.subarray(8 + i * size, 8 + (i + 1) * size),
  );
  if (addresses.some((address) => address.length < size)) return undefined;
  const end = 8 + count * size + (version === 2 ? 8 : 0);
  // Over IPv6 the kernel of keepalived makes the sum, and over all that there is; over IPv4 a trailer is left out.
  const summed = family === 4 && payload.length === end + trailerLength ? payload.subarray(0, end) : payload;
  // Version 2 sums the packet alone, version 3 a pseudo header too: addresses, length and protocol.
  const pseudo = Buffer.from([0, 0, summed.length >> 8, summed.length & 0xff, 0, 0, 0, 112]);
  const sum = version === 2 ? onesComplementSum(summed) : onesComplementSum(pseudoAddresses, pseudo, summed);
  const password = payload.subarray(end - 8, end);
  return {
    kind: 'advert',
    ...{ at, source, destination, from, to, ttl, tos },
    version,
    type: payload[0]! & 0x0f,
    virtualRouterId: payload[1]!,
    priority: payload[2]!,
    interval: version === 2 ? payload[5]! : (payload.readUInt16BE(4) & 0x0fff) / 100,
    addresses: addresses.map(family === 4 ? ipv4 : ipv6),
    ...(version === 2 && {
      authType: payload[4]!,
      password: password.toString('latin1').replace(/\0+$/, ''),
    }),
    checksumOk: sum === 0xffff,
    excess: payload.length - end,
  };
}

function decodeNeighbourAdvertisement(packet: Packet): NeighbourAdvertisement | undefined {
  const { payload, at, source, destination, from, to } = packet;
  if (payload.length < 24) return undefined;
  const bits = payload[4]!;
  const flags = `${bits & 0x80 ? 'R' : ''}${bits & 0x40 ? 'S' : ''}${bits & 0x20 ? 'O' : ''}`;
  const hasOption = payload.length >= 32 && payload[24] === 2;
  const targetMac = hasOption ? mac(payload.subarray(26, 32)) : '';
  return {
    kind: 'na',
    at,
    source,
    destination,
    from,
    to,
    target: ipv6(payload.subarray(8, 24)),
    flags,
    targetMac,
  };
}

/** An advert behind AH with HMAC-MD5-96: 12 bytes of header, 12 of its value. */
function decodeAh(packet: Packet): Advert | undefined {
  const { payload } = packet;
  if (payload.length < 24 || payload[0] !== vrrp) return undefined;
  const advert = decodeAdvert({ ...packet, payload: payload.subarray(24) });
  return advert && { ...advert, ah: ipv4(payload.subarray(4, 8)) };
}

const trailerLength = 28;
const authenticationHeader = 51;
const icmp = 1;
const icmpv6 = 58;
const vrrp = 112;

function decodePacket(packet: Packet): Frame | undefined {
  const { at, source, destination, from, to, protocol, payload } = packet;
  if (protocol === vrrp) return decodeAdvert(packet);
  if (protocol === authenticationHeader) return decodeAh(packet);
  if (protocol === icmpv6 && payload[0] === 136) return decodeNeighbourAdvertisement(packet);
  const echoReply = (protocol === icmp && payload[0] === 0) || (protocol === icmpv6 && payload[0] === 129);
  return echoReply ? { kind: 'echo-reply', at, source, destination, from, to } : undefined;
}

/** Decodes one captured frame; undefined when it is nothing that the harness looks at. */
export function decode({ at, bytes }: Captured): Frame | undefined {
  if (bytes.length < 14) return undefined;
  const frame = { at, source: mac(bytes.subarray(6, 12)), destination: mac(bytes.subarray(0, 6)) };
  const etherType = bytes.readUInt16BE(12);
  const body = bytes.subarray(14);
  if (etherType === 0x0806 && body.length >= 28) {
    return {
      ...frame,
      kind: 'arp',
      operation: body.readUInt16BE(6),
      senderMac: mac(body.subarray(8, 14)),
      sender: ipv4(body.subarray(14, 18)),
      targetMac: mac(body.subarray(18, 24)),
      target: ipv4(body.subarray(24, 28)),
    };
  }
  if (etherType === 0x0800 && body.length >= 20) {
    const header = (body[0]! & 0x0f) * 4;
    return decodePacket({
      ...frame,
      protocol: body[9]!,
      // The total length, not the frame's: Ethernet pads short frames.
      payload: body.subarray(header, body.readUInt16BE(2)),
      from: ipv4(body.subarray(12, 16)),
      to: ipv4(body.subarray(16, 20)),
      ttl: body[8]!,
      tos: body[1]!,
      addresses: body.subarray(12, 20),
    });
  }
  if (etherType === 0x86dd && body.length >= 40) {
    return decodePacket({
      ...frame,
      protocol: body[6]!,
      payload: body.subarray(40, 40 + body.readUInt16BE(4)),
      from: ipv6(body.subarray(8, 24)),
      to: ipv6(body.subarray(24, 40)),
      ttl: body[7]!,
      tos: (body.readUInt16BE(0) >> 4) & 0xff,
      addresses: body.subarray(8, 40),
    });
  }
  return undefined;
}
