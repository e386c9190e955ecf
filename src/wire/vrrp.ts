import { addressBytes, familyOf, formatIpAddress, type Family, type IpAddress } from '../base/address.js';
import { ByteReader, ByteWriter } from '../base/bytes.js';
import { err, ok, type Result } from '../base/result.js';
import { centis, seconds, type Centis, type Seconds } from '../base/units.js';
import { internetChecksum, pseudoHeader } from './checksum.js';
import { type DecodeError } from './decode-error.js';

/*
 * VRRP advertisements. Here is their structure only: whether an advert with this TTL, VRID, interval or
 * authentication may be believed is for src/vrrp to judge.
 *
 *     version 2 (RFC 3768, 5.1; authentication as in RFC 2338, 5.1)
 *      0                   1                   2                   3
 *      0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *     +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *     |Version| Type  | Virtual Rtr ID|   Priority    | Count IP Addrs|
 *     +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *     |   Auth Type   | Adver Int (s) |           Checksum            |
 *     +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *     |                  IPv4 address, as many as counted             |
 *     +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *     |                Authentication Data, always 8 bytes            |
 *     +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *
 *     version 3 (RFC 9568, 5.1)
 *     +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *     |Version| Type  | Virtual Rtr ID|   Priority    |IPvX Addr Count|
 *     +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *     |Reserve| Max Advertise Int (cs)|           Checksum            |
 *     +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *     |              IPv4 or IPv6 address, as many as counted         |
 *     +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 */

/** IP protocol number of VRRP (RFC 9568, 5.1.1.4). */
export const IPPROTO_VRRP = 112;
/** TTL or hop limit of every multicast advert, so that none comes from beyond the link (RFC 9568, 5.1.1.3). */
export const VRRP_TTL = 255;
/** ADVERTISEMENT, the only packet type there is (RFC 9568, 5.2.2). */
export const VRRP_TYPE_ADVERTISEMENT = 1;
/** Version 2 Auth Types (RFC 2338, 5.3.6): none, clear text, IPsec AH. */
export const VRRP_AUTH_NONE = 0;
export const VRRP_AUTH_PASS = 1;
export const VRRP_AUTH_AH = 2;
/** Bytes of Authentication Data behind every version 2 advert. */
export const VRRP_AUTH_DATA_LENGTH = 8;

const FIXED_LENGTH = 8;
const CHECKSUM_OFFSET = 6;
/** Payload bytes of the shortest Ethernet frame: shorter packets arrive padded to it. */
const SHORTEST_ETHERNET_PAYLOAD = 46;
const VLAN_TAG_LENGTH = 4;

/** A decoded advert, or one to encode. */
export type Advert = AdvertV2 | AdvertV3;

interface AdvertFields {
  /** Virtual Rtr ID, 1-255 (0 can be received). */
  readonly vrid: number;
  /** 0 when the sender resigns, 255 from the address owner. */
  readonly priority: number;
  /** At most 255, in the sender's order. */
  readonly addresses: readonly IpAddress[];
}

/** Version 2, IPv4 only. */
export interface AdvertV2 extends AdvertFields {
  readonly version: 2;
  readonly authType: number;
  /** 8 bytes: the password padded with zeros, or all zeros. */
  readonly authData: Uint8Array;
  /** 0-255. */
  readonly advertIntervalS: Seconds;
}

/** Version 3, IPv4 or IPv6. */
export interface AdvertV3 extends AdvertFields {
  readonly version: 3;
  /** 0-4095. */
  readonly maxAdvertIntervalCs: Centis;
}

/** What the IP header says about an advert, as far as its bytes depend on it. */
export interface AdvertContext {
  readonly source: IpAddress;
  readonly destination: IpAddress;
  /**
   * Version 3 on IPv4: sum the message alone, as version 2 does and as RFC 9568, 5.2.8 clarified; without it the
   * pseudo-header counts too, as implementations of RFC 5798 have it, keepalived among them.
   * When decoding, both sums are then accepted.
   */
  readonly checksumAsV2?: boolean;
}

/** What decoding may want to know besides. */
export interface AdvertDecodeContext extends AdvertContext {
  /** Bytes of IP (and AH) headers that stood before the message; 20 or 40 unless told. */
  readonly headersLength?: number;
  /** Bytes behind the message that belong to the packet (wire/vrrp-trailer.ts); 0 unless told. */
  readonly trailerLength?: number;
}

/** Reasons not to decode an advert, in the order in which they are looked for. */
export type AdvertErrorCode =
  | 'advert-truncated'
  | 'advert-unknown-version'
  | 'advert-unknown-type'
  | 'advert-too-long'
  | 'advert-bad-checksum';

/**
 * Decodes one VRRP message, all that stands behind the IP (and AH) header. Demands what RFC 9568, 7.1 and
 * RFC 3768, 7.1 say of the message itself: a known version and type, all of its addresses, a right checksum,
 * and nothing behind it but the padding of a short Ethernet frame.
 */
export function decodeAdvert(
  bytes: Uint8Array,
  context: AdvertDecodeContext,
): Result<Advert, DecodeError<AdvertErrorCode>> {
  if (bytes.length < FIXED_LENGTH) return reject('advert-truncated', `${bytes.length} bytes, header needs 8`);
  const family = familyOf(context.source);
  const reader = new ByteReader(bytes);
  const versionAndType = reader.u8();
  const version = versionAndType >> 4;
  const type = versionAndType & 0x0f;
  // RFC 3768 defines version 2 for IPv4 alone.
  if (version !== 3 && !(version === 2 && family === 'inet')) {
    return reject('advert-unknown-version', `version ${version} on IPv${family === 'inet' ? 4 : 6}`);
  }
  if (type !== VRRP_TYPE_ADVERTISEMENT) return reject('advert-unknown-type', `type ${type}`);
  const fault = checkLength(bytes, context) ?? checkChecksum(bytes, version, context);
  if (fault) return { ok: false, error: fault };
  return ok(version === 2 ? readV2(reader) : readV3(reader, family));
}

/**
 * Encodes an advert with its checksum (RFC 9568, 5.2.8; RFC 3768, 5.3.8). Fields are cut to their width, never
 * checked: config/ has done that.
 */
export function encodeAdvert(advert: Advert, context: AdvertContext): Uint8Array {
  const writer = new ByteWriter(64)
    .u8((advert.version << 4) | VRRP_TYPE_ADVERTISEMENT)
    .u8(advert.vrid)
    .u8(advert.priority)
    .u8(advert.addresses.length);
  if (advert.version === 2) writer.u8(advert.authType).u8(advert.advertIntervalS);
  else writer.u16(advert.maxAdvertIntervalCs & 0x0fff);
  writer.u16(0);
  for (const address of advert.addresses) writer.put(addressBytes(address));
  if (advert.version === 2) writer.put(authDataField(advert.authData));
  const asV2 = advert.version === 2 || context.checksumAsV2 === true;
  writer.patchU16(CHECKSUM_OFFSET, messageChecksum(writer.finish(), context, asV2));
  return writer.finish();
}

/**
 * The message with a trailer behind it. Over IPv6 its checksum covers that too, because there the kernel makes it, for
 * all that is behind the IP header.
 */
export function appendTrailer(message: Uint8Array, trailer: Uint8Array, context: AdvertContext): Uint8Array {
  const writer = new ByteWriter(message.length + trailer.length).put(message).put(trailer);
  if (familyOf(context.source) === 'inet') return writer.finish();
  writer.patchU16(CHECKSUM_OFFSET, 0);
  return writer.patchU16(CHECKSUM_OFFSET, messageChecksum(writer.finish(), context, false)).finish();
}

function readV2(reader: ByteReader): AdvertV2 {
  const { vrid, priority, count } = readCommon(reader);
  const authType = reader.u8();
  const advertIntervalS = seconds(reader.u8());
  reader.skip(2);
  const addresses = readAddresses(reader, count, 'inet');
  const authData = reader.take(VRRP_AUTH_DATA_LENGTH).slice();
  return { version: 2, vrid, priority, addresses, authType, authData, advertIntervalS };
}

function readV3(reader: ByteReader, family: Family): AdvertV3 {
  const { vrid, priority, count } = readCommon(reader);
  // The upper four bits are reserved and ignored on reception (RFC 9568, 5.2.6).
  const maxAdvertIntervalCs = centis(reader.u16() & 0x0fff);
  reader.skip(2);
  return { version: 3, vrid, priority, addresses: readAddresses(reader, count, family), maxAdvertIntervalCs };
}

function readCommon(reader: ByteReader): { vrid: number; priority: number; count: number } {
  return { vrid: reader.u8(), priority: reader.u8(), count: reader.u8() };
}

function readAddresses(reader: ByteReader, count: number, family: Family): IpAddress[] {
  return Array.from({ length: count }, () => formatIpAddress(reader.take(addressLength(family))));
}

const addressLength = (family: Family): number => (family === 'inet' ? 4 : 16);

/** Length that the header of a message promises, Authentication Data included. */
export function advertLength(bytes: Uint8Array, family: Family): number {
  const addresses = (bytes[3] ?? 0) * addressLength(family);
  const version = (bytes[0] ?? 0) >> 4;
  return FIXED_LENGTH + addresses + (version === 2 && family === 'inet' ? VRRP_AUTH_DATA_LENGTH : 0);
}

function checkLength(
  bytes: Uint8Array,
  context: AdvertDecodeContext,
): DecodeError<AdvertErrorCode> | undefined {
  const family = familyOf(context.source);
  const expected = advertLength(bytes, family) + (context.trailerLength ?? 0);
  const found = `${bytes.length} bytes, expected ${expected}`;
  if (bytes.length < expected) return { code: 'advert-truncated', text: found };
  const headersLength = context.headersLength ?? (family === 'inet' ? 20 : 40);
  if (bytes.length > expected && !isFramePadding(headersLength + expected, bytes.length - expected)) {
    return { code: 'advert-too-long', text: found };
  }
  return undefined;
}

/**
 * True if `extra` bytes can be what Ethernet added to a packet of `packetLength` bytes. VLAN tags that were
 * removed on the way shorten the padding by four bytes each, so it is known only modulo four.
 */
function isFramePadding(packetLength: number, extra: number): boolean {
  const missing = SHORTEST_ETHERNET_PAYLOAD - packetLength;
  return missing > 0 && extra <= missing && (missing - extra) % VLAN_TAG_LENGTH === 0;
}

function checkChecksum(
  bytes: Uint8Array,
  version: number,
  context: AdvertDecodeContext,
): DecodeError<AdvertErrorCode> | undefined {
  const family = familyOf(context.source);
  // Over IPv6 the kernels of others make the sum, and so over all that is behind the header.
  const trailerLength = family === 'inet' ? 0 : (context.trailerLength ?? 0);
  const message = bytes.subarray(0, advertLength(bytes, family) + trailerLength);
  if (version === 3 && messageChecksum(message, context, false) === 0) return undefined;
  const mayBeAsV2 = version === 2 || context.checksumAsV2 === true;
  if (mayBeAsV2 && messageChecksum(message, context, true) === 0) return undefined;
  const found = (((bytes[CHECKSUM_OFFSET] ?? 0) << 8) | (bytes[CHECKSUM_OFFSET + 1] ?? 0)).toString(16);
  return {
    code: 'advert-bad-checksum',
    text: `checksum 0x${found.padStart(4, '0')} does not fit the message`,
  };
}

/** @param asV2 leave the pseudo-header out; for IPv6 it always counts (RFC 9568, 5.2.8). */
function messageChecksum(message: Uint8Array, context: AdvertContext, asV2: boolean): number {
  const { source, destination } = context;
  if (asV2 && familyOf(source) === 'inet') return internetChecksum(message);
  return internetChecksum(pseudoHeader(source, destination, IPPROTO_VRRP, message.length), message);
}

function authDataField(authData: Uint8Array): Uint8Array {
  const field = new Uint8Array(VRRP_AUTH_DATA_LENGTH);
  field.set(authData.subarray(0, VRRP_AUTH_DATA_LENGTH));
  return field;
}

function reject(code: AdvertErrorCode, text: string): Result<never, DecodeError<AdvertErrorCode>> {
  return err({ code, text });
}
