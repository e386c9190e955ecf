import { ByteReader, ByteWriter } from '../base/bytes.js';
import { hmacMd5 } from '../base/md5.js';
import { err, ok, type Result } from '../base/result.js';
import { type DecodeError } from './decode-error.js';

/*
 * IPsec Authentication Header (RFC 4302, 2) with HMAC-MD5-96 (RFC 2403), as version 2 of VRRP on IPv4 may carry it
 * (RFC 2338, 5.3.6.3) between IP header and message.
 *
 *      0                   1                   2                   3
 *      0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *     +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *     |  Next Header  |Payload Len: 4 |          Reserved: 0          |
 *     +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *     |            Security Parameters Index (the sender's address)   |
 *     +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *     |                    Sequence Number                            |
 *     +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *     |              Integrity Check Value, 12 bytes                  |
 *     +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 */

/** IP protocol number of AH. */
export const IPPROTO_AH = 51;
/** Bytes of the header with an Integrity Check Value of 96 bits. */
export const AH_LENGTH = 24;

const ICV_LENGTH = 12;
/** Length of the header in words of 4 bytes, less 2 (RFC 4302, 2.2). */
const PAYLOAD_LENGTH = AH_LENGTH / 4 - 2;
const ICV_OFFSET = AH_LENGTH - ICV_LENGTH;

const IPV4_TOS = 1;
const IPV4_FRAGMENT = 6;
const IPV4_TTL = 8;
const IPV4_CHECKSUM = 10;

/** The fields of the header. */
export interface AuthenticationHeader {
  /** IP protocol of what follows: 112 for VRRP. */
  readonly nextHeader: number;
  readonly spi: number;
  /** Grows with every packet. */
  readonly sequence: number;
  /** 12 bytes. */
  readonly icv: Uint8Array;
}

/** A header, and what follows as a view on the same memory. */
export interface AhPacket {
  readonly header: AuthenticationHeader;
  readonly payload: Uint8Array;
}

/** What an Integrity Check Value is made over. */
export interface AhCoverage {
  /** The IP header as it is on the wire, options included. */
  readonly ipHeader: Uint8Array;
  /** All behind the IP header; the value in it does not count. */
  readonly ahAndPayload: Uint8Array;
  /** The TTL may change on the way, so it does not count either: unicast only, as keepalived has it. */
  readonly routed: boolean;
}

/** Reasons not to decode a header. */
export type AhErrorCode = 'ah-truncated' | 'ah-bad-length';

/** Decodes a header of the one length that HMAC-MD5-96 gives it. Whether its value is right: integrityCheckValue. */
export function decodeAh(bytes: Uint8Array): Result<AhPacket, DecodeError<AhErrorCode>> {
  if (bytes.length < AH_LENGTH) {
    return err({ code: 'ah-truncated', text: `${bytes.length} bytes, the header has ${AH_LENGTH}` });
  }
  const reader = new ByteReader(bytes);
  const nextHeader = reader.u8();
  const length = reader.u8();
  if (length !== PAYLOAD_LENGTH) {
    return err({ code: 'ah-bad-length', text: `payload length ${length}, expected ${PAYLOAD_LENGTH}` });
  }
  reader.skip(2);
  const spi = reader.u32();
  const sequence = reader.u32();
  const icv = reader.take(ICV_LENGTH).slice();
  return ok({ header: { nextHeader, spi, sequence, icv }, payload: reader.take(reader.remaining) });
}

/** Encodes a header; make it with an empty `icv` first, to compute the value over it. */
export function encodeAh(header: AuthenticationHeader): Uint8Array {
  const icv = new Uint8Array(ICV_LENGTH);
  icv.set(header.icv.subarray(0, ICV_LENGTH));
  return new ByteWriter(AH_LENGTH)
    .u8(header.nextHeader)
    .u8(PAYLOAD_LENGTH)
    .u16(0)
    .u32(header.spi)
    .u32(header.sequence)
    .put(icv)
    .finish();
}

/**
 * The value that the header should carry (RFC 4302, 3.3.3): over the packet with its mutable fields and the value
 * itself as zeros. `ahAndPayload` must hold a whole header.
 */
export function integrityCheckValue(
  { ipHeader, ahAndPayload, routed }: AhCoverage,
  key: Uint8Array,
): Uint8Array {
  const covered = new Uint8Array(ipHeader.length + ahAndPayload.length);
  covered.set(ipHeader);
  covered.set(ahAndPayload, ipHeader.length);
  covered[IPV4_TOS] = 0;
  covered.fill(0, IPV4_FRAGMENT, IPV4_FRAGMENT + 2);
  if (routed) covered[IPV4_TTL] = 0;
  covered.fill(0, IPV4_CHECKSUM, IPV4_CHECKSUM + 2);
  covered.fill(0, ipHeader.length + ICV_OFFSET, ipHeader.length + AH_LENGTH);
  return hmacMd5(key, covered).slice(0, ICV_LENGTH);
}
