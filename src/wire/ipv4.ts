import { addressBytes, formatIpAddress, type IpAddress } from '../base/address.js';
import { ByteReader, ByteWriter } from '../base/bytes.js';
import { err, ok, type Result } from '../base/result.js';
import { internetChecksum } from './checksum.js';
import { type DecodeError } from './decode-error.js';

/*
 * IPv4 header (RFC 791, 3.1).
 *
 *      0                   1                   2                   3
 *      0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *     +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *     |Version|  IHL  |Type of Service|          Total Length         |
 *     +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *     |         Identification        |Flags|      Fragment Offset    |
 *     +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *     |  Time to Live |    Protocol   |         Header Checksum       |
 *     +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *     |                       Source Address                          |
 *     +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *     |                    Destination Address                        |
 *     +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *     |                Options, 0 to 40 bytes, padded to 4            |
 *     +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 */

/** Type of Service of VRRP and routing protocols: precedence "internetwork control" (RFC 791, 3.1). */
export const IPTOS_INTERNETCONTROL = 0xc0;

const SHORTEST_HEADER_LENGTH = 20;
const CHECKSUM_OFFSET = 10;

/** The fields of an IPv4 header that do not follow from others. */
export interface Ipv4Header {
  readonly tos: number;
  /** Bytes of header and payload together. */
  readonly totalLength: number;
  readonly identification: number;
  /** Flags and fragment offset as one 16-bit field; 0 unless fragmented or marked. */
  readonly fragment: number;
  readonly ttl: number;
  readonly protocol: number;
  readonly source: IpAddress;
  readonly destination: IpAddress;
  /** Raw options; a multiple of 4 bytes. */
  readonly options: Uint8Array;
}

/** A decoded packet: its header, and what follows as a view on the same memory. */
export interface Ipv4Packet {
  readonly header: Ipv4Header;
  /** 20 to 60 bytes. */
  readonly headerLength: number;
  /** Up to Total Length: the padding of a short frame is left out. */
  readonly payload: Uint8Array;
}

/** Reasons not to decode an IPv4 packet. */
export type Ipv4ErrorCode =
  'ipv4-truncated' | 'ipv4-unknown-version' | 'ipv4-bad-length' | 'ipv4-bad-checksum';

/** Decodes the header and finds the payload. Raw sockets deliver whole packets, so this is their first step. */
export function decodeIpv4(bytes: Uint8Array): Result<Ipv4Packet, DecodeError<Ipv4ErrorCode>> {
  const versionAndLength = bytes[0] ?? 0;
  const headerLength = (versionAndLength & 0x0f) * 4;
  const fault = checkHeader(bytes, versionAndLength >> 4, headerLength);
  if (fault) return { ok: false, error: fault };
  const header = readHeader(new ByteReader(bytes.subarray(0, headerLength)));
  if (header.totalLength < headerLength) {
    return err({
      code: 'ipv4-bad-length',
      text: `total length ${header.totalLength}, header ${headerLength}`,
    });
  }
  if (header.totalLength > bytes.length) {
    return err({ code: 'ipv4-truncated', text: `${bytes.length} of ${header.totalLength} bytes` });
  }
  return ok({ header, headerLength, payload: bytes.subarray(headerLength, header.totalLength) });
}

/** Encodes the header alone, with its checksum; `options` must be a multiple of 4 bytes, at most 40. */
export function encodeIpv4Header(header: Ipv4Header): Uint8Array {
  const writer = new ByteWriter(SHORTEST_HEADER_LENGTH + header.options.length)
    .u8(0x40 | ((SHORTEST_HEADER_LENGTH + header.options.length) >> 2))
    .u8(header.tos)
    .u16(header.totalLength)
    .u16(header.identification)
    .u16(header.fragment)
    .u8(header.ttl)
    .u8(header.protocol)
    .u16(0)
    .put(addressBytes(header.source))
    .put(addressBytes(header.destination))
    .put(header.options);
  return writer.patchU16(CHECKSUM_OFFSET, internetChecksum(writer.finish())).finish();
}

function checkHeader(
  bytes: Uint8Array,
  version: number,
  headerLength: number,
): DecodeError<Ipv4ErrorCode> | undefined {
  if (bytes.length < SHORTEST_HEADER_LENGTH) {
    return { code: 'ipv4-truncated', text: `${bytes.length} bytes, a header has 20 or more` };
  }
  if (version !== 4) return { code: 'ipv4-unknown-version', text: `version ${version}` };
  if (headerLength < SHORTEST_HEADER_LENGTH) {
    return { code: 'ipv4-bad-length', text: `header of ${headerLength} bytes` };
  }
  if (headerLength > bytes.length) {
    return { code: 'ipv4-truncated', text: `${bytes.length} bytes, header of ${headerLength}` };
  }
  if (internetChecksum(bytes.subarray(0, headerLength)) !== 0) {
    return { code: 'ipv4-bad-checksum', text: 'header checksum does not fit' };
  }
  return undefined;
}

function readHeader(reader: ByteReader): Ipv4Header {
  reader.skip(1);
  const tos = reader.u8();
  const totalLength = reader.u16();
  const identification = reader.u16();
  const fragment = reader.u16();
  const ttl = reader.u8();
  const protocol = reader.u8();
  reader.skip(2);
  const source = formatIpAddress(reader.take(4));
  const destination = formatIpAddress(reader.take(4));
  const options = reader.take(reader.remaining).slice();
  return { tos, totalLength, identification, fragment, ttl, protocol, source, destination, options };
}
