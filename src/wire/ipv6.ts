import { addressBytes, formatIpAddress, type IpAddress } from '../base/address.js';
import { ByteReader, ByteWriter } from '../base/bytes.js';
import { err, ok, type Result } from '../base/result.js';
import { type DecodeError } from './decode-error.js';

/*
 * IPv6 header (RFC 8200, 3).
 *
 *      0                   1                   2                   3
 *      0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *     +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *     |Version| Traffic Class |           Flow Label                  |
 *     +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *     |         Payload Length        |  Next Header  |   Hop Limit   |
 *     +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *     |                   Source Address, 16 bytes                    |
 *     +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *     |                 Destination Address, 16 bytes                 |
 *     +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 */

/** Bytes of the fixed header. */
export const IPV6_HEADER_LENGTH = 40;

/** The fields of an IPv6 header. */
export interface Ipv6Header {
  readonly trafficClass: number;
  /** 20 bits. */
  readonly flowLabel: number;
  /** Bytes behind the fixed header, extension headers included. */
  readonly payloadLength: number;
  readonly nextHeader: number;
  readonly hopLimit: number;
  readonly source: IpAddress;
  readonly destination: IpAddress;
}

/** A decoded packet; extension headers, if any, are part of the payload. */
export interface Ipv6Packet {
  readonly header: Ipv6Header;
  readonly payload: Uint8Array;
}

/** Reasons not to decode an IPv6 packet. */
export type Ipv6ErrorCode = 'ipv6-truncated' | 'ipv6-unknown-version';

/** Decodes the fixed header and finds the payload, without the padding of a short frame. */
export function decodeIpv6(bytes: Uint8Array): Result<Ipv6Packet, DecodeError<Ipv6ErrorCode>> {
  if (bytes.length < IPV6_HEADER_LENGTH) {
    return err({ code: 'ipv6-truncated', text: `${bytes.length} bytes, the header has 40` });
  }
  const reader = new ByteReader(bytes);
  const first = reader.u32();
  if (first >>> 28 !== 6) return err({ code: 'ipv6-unknown-version', text: `version ${first >>> 28}` });
  const header = {
    trafficClass: (first >>> 20) & 0xff,
    flowLabel: first & 0xfffff,
    payloadLength: reader.u16(),
    nextHeader: reader.u8(),
    hopLimit: reader.u8(),
    source: formatIpAddress(reader.take(16)),
    destination: formatIpAddress(reader.take(16)),
  };
  if (header.payloadLength > reader.remaining) {
    return err({
      code: 'ipv6-truncated',
      text: `${reader.remaining} of ${header.payloadLength} payload bytes`,
    });
  }
  return ok({ header, payload: reader.take(header.payloadLength) });
}

/** Encodes the fixed header alone. */
export function encodeIpv6Header(header: Ipv6Header): Uint8Array {
  const first = ((6 << 28) | ((header.trafficClass & 0xff) << 20) | (header.flowLabel & 0xfffff)) >>> 0;
  return new ByteWriter(IPV6_HEADER_LENGTH)
    .u32(first)
    .u16(header.payloadLength)
    .u8(header.nextHeader)
    .u8(header.hopLimit)
    .put(addressBytes(header.source))
    .put(addressBytes(header.destination))
    .finish();
}
