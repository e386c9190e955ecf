import { addressBytes, familyOf, type Family, type IpAddress } from '../base/address.js';
import { ByteReader, ByteWriter } from '../base/bytes.js';
import { type HmacSha256 } from '../base/sha256.js';
import { advertLength } from './vrrp.js';

/*
 * The trailer that keepalived 2.4 puts behind an advert of either version and family to authenticate it (auth_hmac). No
 * RFC knows of it; receivers without it find the message too long.
 *
 *      0                   1                   2                   3
 *      0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *     +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *     |    Scheme: 1  |    Key id     |          Reserved: 0          |
 *     +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *     |              Sequence: seconds since the Unix epoch           |
 *     +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *     |     ... 65,536ths of a second |     ... count within them     |
 *     +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *     |            HMAC-SHA256, its first 16 bytes                    |
 *     +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *
 * The HMAC is made over a header of its own (the family as 4 or 6, the version, the VRID, a zero, the source in 16
 * bytes), the message with its checksum as zero, and the trailer with its HMAC as zeros.
 */

/** Bytes of a trailer. */
export const AUTH_TRAILER_LENGTH = 28;
/** HMAC-SHA256 cut to 128 bits, the only scheme there is. */
export const AUTH_SCHEME_SHA256 = 1;

const HMAC_LENGTH = 16;
const PREFIX_LENGTH = AUTH_TRAILER_LENGTH - HMAC_LENGTH;
const CHECKSUM_OFFSET = 6;
const CHECKSUM_LENGTH = 2;

/** The fields of a trailer. */
export interface AuthTrailer {
  readonly scheme: number;
  readonly keyId: number;
  readonly reserved: number;
  /** All 64 bits: seconds in the upper half, then the fraction, then the count. */
  readonly sequence: bigint;
  /** 16 bytes. */
  readonly hmac: Uint8Array;
}

/** What an advert's HMAC is bound to besides its bytes. */
export interface AuthBinding {
  readonly version: number;
  readonly vrid: number;
  readonly source: IpAddress;
}

/** The message and the trailer behind it; undefined if there is nothing of just that length behind the message. */
export function splitTrailer(
  payload: Uint8Array,
  family: Family,
): { readonly message: Uint8Array; readonly trailer: AuthTrailer } | undefined {
  const length = advertLength(payload, family);
  if (payload.length !== length + AUTH_TRAILER_LENGTH) return undefined;
  return { message: payload.subarray(0, length), trailer: readTrailer(payload.subarray(length)) };
}

function readTrailer(bytes: Uint8Array): AuthTrailer {
  const reader = new ByteReader(bytes);
  return {
    scheme: reader.u8(),
    keyId: reader.u8(),
    reserved: reader.u16(),
    sequence: (BigInt(reader.u32()) << 32n) | BigInt(reader.u32()),
    hmac: reader.take(HMAC_LENGTH),
  };
}

/** Encodes a trailer for `message`, signed with `key`; its HMAC field is computed. */
export function encodeTrailer(
  trailer: Omit<AuthTrailer, 'hmac'>,
  message: Uint8Array,
  binding: AuthBinding,
  key: HmacSha256,
): Uint8Array {
  return new ByteWriter(AUTH_TRAILER_LENGTH)
    .put(prefixOf(trailer))
    .put(trailerHmac(trailer, message, binding, key))
    .finish();
}

/** The HMAC that `trailer` should have behind `message`, 16 bytes. */
export function trailerHmac(
  trailer: Omit<AuthTrailer, 'hmac'>,
  message: Uint8Array,
  binding: AuthBinding,
  key: HmacSha256,
): Uint8Array {
  const covered = new ByteWriter(64)
    .put(bindingHeader(binding))
    .put(message.subarray(0, CHECKSUM_OFFSET))
    .u16(0)
    .put(message.subarray(CHECKSUM_OFFSET + CHECKSUM_LENGTH))
    .put(prefixOf(trailer))
    .put(new Uint8Array(HMAC_LENGTH));
  return key.digest(covered.finish()).subarray(0, HMAC_LENGTH);
}

function prefixOf({ scheme, keyId, reserved, sequence }: Omit<AuthTrailer, 'hmac'>): Uint8Array {
  return new ByteWriter(PREFIX_LENGTH)
    .u8(scheme)
    .u8(keyId)
    .u16(reserved)
    .u32(Number(sequence >> 32n))
    .u32(Number(sequence & 0xffff_ffffn))
    .finish();
}

function bindingHeader({ version, vrid, source }: AuthBinding): Uint8Array {
  const address = new Uint8Array(16);
  address.set(addressBytes(source));
  const family = familyOf(source) === 'inet' ? 4 : 6;
  return new ByteWriter(20).u8(family).u8(version).u8(vrid).u8(0).put(address).finish();
}
