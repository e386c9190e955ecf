import { addressBytes, formatIpAddress, parseIpAddress, type IpAddress } from '../base/address.js';
import { assert } from '../base/assert.js';
import { ByteReader, ByteWriter } from '../base/bytes.js';
import { err, ok, type Result } from '../base/result.js';
import { internetChecksum, pseudoHeader } from './checksum.js';
import { type DecodeError } from './decode-error.js';
import { decodeEthernetFrame, encodeEthernetFrame, ETHERNET_ADDRESS_LENGTH, ETH_P_IPV6 } from './ethernet.js';
import { decodeIpv6, encodeIpv6Header } from './ipv6.js';

/*
 * Neighbour Advertisement (RFC 4861, 4.4) with the Target Link-layer Address option (4.6.1).
 *
 *      0                   1                   2                   3
 *      0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *     +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *     |   Type: 136   |    Code: 0    |           Checksum            |
 *     +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *     |R|S|O|                     Reserved                            |
 *     +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *     |                   Target Address, 16 bytes                    |
 *     +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *     |    Type: 2    |Length: 1 (x 8)|  Link-Layer Address, 6 bytes  |
 *     +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 */

/** IPv6 Next Header value of ICMPv6 (RFC 4443, 1). */
export const IPPROTO_ICMPV6 = 58;
/** ICMPv6 type of a Neighbour Advertisement. */
export const ND_NEIGHBOR_ADVERT = 136;

const ND_NA_FLAG_ROUTER = 0x80000000;
const ND_NA_FLAG_SOLICITED = 0x40000000;
const ND_NA_FLAG_OVERRIDE = 0x20000000;
const ND_OPT_TARGET_LINKADDR = 2;
/** Receivers drop neighbour discovery that could have been forwarded (RFC 4861, 7.1.2). */
const ND_HOP_LIMIT = 255;
const FIXED_LENGTH = 24;
const CHECKSUM_OFFSET = 2;
/** 33:33 and the last four bytes of ff02::1 (RFC 2464, 7). */
const ALL_NODES_HARDWARE = Uint8Array.of(0x33, 0x33, 0, 0, 0, 1);

/** A Neighbour Advertisement, the packet around it left out. */
export interface NeighbourAdvertisement {
  readonly router: boolean;
  readonly solicited: boolean;
  readonly override: boolean;
  readonly target: IpAddress;
  /** From the Target Link-layer Address option, if there is one. */
  readonly targetHardware?: Uint8Array;
}

/** Reasons not to decode a neighbour advertisement. */
export type NdiscErrorCode =
  | 'ndisc-truncated'
  | 'ndisc-not-ipv6'
  | 'ndisc-not-advertisement'
  | 'ndisc-bad-hop-limit'
  | 'ndisc-bad-checksum'
  | 'ndisc-bad-option';

/** What an unsolicited advertisement announces. */
export interface UnsolicitedAdvertisement {
  /** Hardware address of the interface that holds `address`, 6 bytes. */
  readonly hardwareAddress: Uint8Array;
  readonly address: IpAddress;
  /** R flag: this host forwards IPv6 on the interface. */
  readonly router: boolean;
}

/**
 * The whole Ethernet frame of an unsolicited Neighbour Advertisement (RFC 4861, 7.2.6): from the announced address
 * itself to all nodes, Override set, as keepalived sends it.
 */
export function encodeUnsolicitedNa(announce: UnsolicitedAdvertisement): Uint8Array {
  const { hardwareAddress, address, router } = announce;
  const allNodes = parseIpAddress('ff02::1');
  assert(allNodes !== undefined, 'ff02::1 is an address');
  const message = encodeAdvertisement(
    { router, solicited: false, override: true, target: address, targetHardware: hardwareAddress },
    address,
    allNodes,
  );
  const header = encodeIpv6Header({
    trafficClass: 0,
    flowLabel: 0,
    payloadLength: message.length,
    nextHeader: IPPROTO_ICMPV6,
    hopLimit: ND_HOP_LIMIT,
    source: address,
    destination: allNodes,
  });
  const payload = new ByteWriter(header.length + message.length).put(header).put(message).finish();
  return encodeEthernetFrame({
    destination: ALL_NODES_HARDWARE,
    source: hardwareAddress,
    etherType: ETH_P_IPV6,
    payload,
  });
}

/** Decodes an Ethernet frame with a Neighbour Advertisement in it, checked as RFC 4861, 7.1.2 demands. */
export function decodeNeighbourAdvertisement(
  bytes: Uint8Array,
): Result<NeighbourAdvertisement, DecodeError<NdiscErrorCode>> {
  const frame = decodeEthernetFrame(bytes);
  if (!frame) return reject('ndisc-truncated', `frame of ${bytes.length} bytes`);
  if (frame.etherType !== ETH_P_IPV6) {
    return reject('ndisc-not-ipv6', `EtherType 0x${frame.etherType.toString(16)}`);
  }
  const packet = decodeIpv6(frame.payload);
  if (!packet.ok) return reject('ndisc-truncated', packet.error.text);
  const { header, payload } = packet.value;
  if (header.nextHeader !== IPPROTO_ICMPV6 || payload[0] !== ND_NEIGHBOR_ADVERT) {
    return reject(
      'ndisc-not-advertisement',
      `next header ${header.nextHeader}, type ${payload[0] ?? 'none'}`,
    );
  }
  if (header.hopLimit !== ND_HOP_LIMIT) return reject('ndisc-bad-hop-limit', `hop limit ${header.hopLimit}`);
  if (payload.length < FIXED_LENGTH) return reject('ndisc-truncated', `message of ${payload.length} bytes`);
  const covered = pseudoHeader(header.source, header.destination, IPPROTO_ICMPV6, payload.length);
  if (internetChecksum(covered, payload) !== 0) {
    return reject('ndisc-bad-checksum', 'ICMPv6 checksum does not fit');
  }
  return readAdvertisement(payload);
}

function encodeAdvertisement(
  advertisement: NeighbourAdvertisement,
  source: IpAddress,
  destination: IpAddress,
): Uint8Array {
  const flags =
    (advertisement.router ? ND_NA_FLAG_ROUTER : 0) +
    (advertisement.solicited ? ND_NA_FLAG_SOLICITED : 0) +
    (advertisement.override ? ND_NA_FLAG_OVERRIDE : 0);
  const writer = new ByteWriter(32)
    .u8(ND_NEIGHBOR_ADVERT)
    .u8(0)
    .u16(0)
    .u32(flags)
    .put(addressBytes(advertisement.target));
  if (advertisement.targetHardware) {
    writer.u8(ND_OPT_TARGET_LINKADDR).u8(1).put(advertisement.targetHardware);
  }
  const covered = pseudoHeader(source, destination, IPPROTO_ICMPV6, writer.size);
  return writer.patchU16(CHECKSUM_OFFSET, internetChecksum(covered, writer.finish())).finish();
}

function readAdvertisement(message: Uint8Array): Result<NeighbourAdvertisement, DecodeError<NdiscErrorCode>> {
  const reader = new ByteReader(message);
  reader.skip(4);
  const flags = reader.u32();
  const fixed = {
    router: (flags & ND_NA_FLAG_ROUTER) !== 0,
    solicited: (flags & ND_NA_FLAG_SOLICITED) !== 0,
    override: (flags & ND_NA_FLAG_OVERRIDE) !== 0,
    target: formatIpAddress(reader.take(16)),
  };
  let targetHardware: Uint8Array | undefined;
  while (reader.remaining > 0) {
    const type = reader.u8();
    const length = reader.u8() * 8;
    const value = reader.take(length - 2);
    // An option of length 0 would loop for ever: the whole packet is dropped (RFC 4861, 4.6).
    if (reader.failed) return reject('ndisc-bad-option', `option ${type} of ${length} bytes`);
    if (type === ND_OPT_TARGET_LINKADDR) targetHardware = value.slice(0, ETHERNET_ADDRESS_LENGTH);
  }
  return ok(targetHardware ? { ...fixed, targetHardware } : fixed);
}

function reject(code: NdiscErrorCode, text: string): Result<never, DecodeError<NdiscErrorCode>> {
  return err({ code, text });
}
