/**
 * IP addresses as canonical text (RFC 5952 for IPv6): immutable, comparable with ===, usable as a map key,
 * printable, and the same in the configuration model, over a process boundary and in a diff. Bytes exist only
 * at the wire.
 */

declare const canonical: unique symbol;
/** An IPv4 or IPv6 address in canonical text. Made only by this file. */
export type IpAddress = string & { readonly [canonical]: true };

/** Address family, named as iproute2 names it. */
export type Family = 'inet' | 'inet6';

/** An address with its prefix length (0-32 or 0-128). */
export interface IpPrefix {
  readonly address: IpAddress;
  readonly length: number;
}

/** The family of a canonical address. */
export const familyOf = (address: IpAddress): Family => (address.includes(':') ? 'inet6' : 'inet');

/** Prefix length of a single host: 32 or 128. */
export const hostPrefixLength = (family: Family): number => (family === 'inet' ? 32 : 128);

/** Parses dotted-quad or RFC 4291 text; undefined if it is neither. Zone suffixes (%eth0) are not addresses. */
export function parseIpAddress(text: string): IpAddress | undefined {
  if (text.includes(':')) {
    const bytes = parseIpv6(text);
    return bytes && formatIpAddress(bytes);
  }
  // Dotted-quad text has a single spelling, and large configurations are full of it.
  return isIpv4(text) ? (text as IpAddress) : undefined;
}

const OCTET = '(?:25[0-5]|2[0-4]\\d|1?\\d?\\d)';
const IPV4 = new RegExp(`^(?:${OCTET}\\.){3}${OCTET}$`);

/** Four decimal octets without leading zeros. */
const isIpv4 = (text: string): boolean => IPV4.test(text) && !/(?:^|\.)0\d/.test(text);

/**
 * Canonical text of 4 or 16 bytes in network order.
 * @throws RangeError for any other length: callers slice what they decode.
 */
export function formatIpAddress(bytes: Uint8Array): IpAddress {
  if (bytes.length === 4) return bytes.join('.') as IpAddress;
  if (bytes.length !== 16) throw new RangeError(`an address has 4 or 16 bytes, not ${bytes.length}`);
  return formatIpv6(bytes) as IpAddress;
}

/** The 4 or 16 bytes of an address, in network order, in new memory. */
export function addressBytes(address: IpAddress): Uint8Array {
  const bytes = address.includes(':') ? parseIpv6(address) : parseIpv4(address);
  if (!bytes) throw new RangeError(`not a canonical address: ${address}`);
  return bytes;
}

/** Numeric order within one family, as VRRP's tie-break needs it (RFC 9568, 6.4.3): <0, 0 or >0. */
export function compareAddresses(a: IpAddress, b: IpAddress): number {
  if (a === b) return 0;
  const left = addressBytes(a);
  const right = addressBytes(b);
  if (left.length !== right.length) return left.length - right.length;
  for (let index = 0; index < left.length; index += 1) {
    const difference = (left[index] ?? 0) - (right[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

/** True if `address` lies inside `prefix` (same family, same leading bits). */
export function contains(prefix: IpPrefix, address: IpAddress): boolean {
  const net = addressBytes(prefix.address);
  const host = addressBytes(address);
  if (net.length !== host.length) return false;
  for (let index = 0; index < net.length; index += 1) {
    const bits = Math.min(8, Math.max(0, prefix.length - index * 8));
    const mask = (0xff00 >> bits) & 0xff;
    if (((net[index] ?? 0) & mask) !== ((host[index] ?? 0) & mask)) return false;
  }
  return true;
}

/** 224.0.0.0/4 or ff00::/8. */
export function isMulticast(address: IpAddress): boolean {
  const first = addressBytes(address)[0] ?? 0;
  return familyOf(address) === 'inet' ? first >= 224 && first <= 239 : first === 0xff;
}

/** fe80::/10. */
export function isLinkLocal(address: IpAddress): boolean {
  if (familyOf(address) === 'inet') return false;
  const [first = 0, second = 0] = addressBytes(address);
  return first === 0xfe && (second & 0xc0) === 0x80;
}

/*
 * Both parsers go through the text once, without splitting it: every advert that is sent or received asks for the
 * bytes of two addresses and more.
 */

const DOT = 0x2e;
const ZERO = 0x30;

function parseIpv4(text: string): Uint8Array | undefined {
  const bytes = new Uint8Array(4);
  let count = 0;
  let value = -1; // no digit yet
  for (let at = 0; at <= text.length; at += 1) {
    const code = at < text.length ? text.charCodeAt(at) : DOT;
    if (code === DOT) {
      if (value < 0 || count === 4) return undefined;
      bytes[count++] = value;
      value = -1;
      continue;
    }
    const digit = code - ZERO;
    // Nothing may follow a leading zero: 010 is 8 to some and 10 to others.
    if (digit < 0 || digit > 9 || value === 0) return undefined;
    value = value < 0 ? digit : value * 10 + digit;
    if (value > 255) return undefined;
  }
  return count === 4 ? bytes : undefined;
}

function parseIpv6(text: string): Uint8Array | undefined {
  const bytes = new Uint8Array(16);
  let length = 0;
  /** Bytes before the `::`, if there is one. */
  let gap = text.startsWith('::') ? 0 : -1;
  let at = gap === 0 ? 2 : 0;
  while (at < text.length) {
    const colon = text.indexOf(':', at);
    const end = colon < 0 ? text.length : colon;
    const written = putGroup(bytes, length, text.slice(at, end), end === text.length);
    if (written === 0) return undefined;
    length += written;
    if (end === text.length) break;
    at = end + 1;
    if (at === text.length) return undefined; // one colon at the end
    if (text[at] !== ':') continue;
    if (gap >= 0) return undefined;
    gap = length;
    at += 1;
  }
  if (gap < 0) return length === 16 ? bytes : undefined;
  return length <= 14 ? spread(bytes, gap, length) : undefined;
}

/** Writes one group, or the dotted quad that may stand at the very end (RFC 4291, 2.2.3); returns its bytes, 0 if bad. */
function putGroup(bytes: Uint8Array, length: number, word: string, last: boolean): number {
  if (last && length <= 12 && word.includes('.')) {
    const quad = parseIpv4(word);
    if (quad) bytes.set(quad, length);
    return quad ? 4 : 0;
  }
  if (length > 14 || !/^[0-9a-f]{1,4}$/i.test(word)) return 0;
  const group = parseInt(word, 16);
  bytes[length] = group >> 8;
  bytes[length + 1] = group & 0xff;
  return 2;
}

/** Moves what stands behind the `::` to the end, and zeros between. */
function spread(bytes: Uint8Array, gap: number, length: number): Uint8Array {
  const tail = 16 - (length - gap);
  bytes.copyWithin(tail, gap, length);
  return bytes.fill(0, gap, tail);
}

function formatIpv6(bytes: Uint8Array): string {
  const groups = Array.from(
    { length: 8 },
    (_, index) => ((bytes[index * 2] ?? 0) << 8) | (bytes[index * 2 + 1] ?? 0),
  );
  if (groups.slice(0, 5).every((group) => group === 0) && groups[5] === 0xffff) {
    return `::ffff:${bytes.subarray(12).join('.')}`; // RFC 5952, 5: mapped addresses in mixed notation
  }
  const { start, length } = longestZeroRun(groups);
  const hex = groups.map((group) => group.toString(16));
  // RFC 5952, 4.2.2: "::" never stands for one group alone.
  if (length < 2) return hex.join(':');
  return `${hex.slice(0, start).join(':')}::${hex.slice(start + length).join(':')}`;
}

/** RFC 5952, 4.2.3: the longest run of zero groups, the first one if several are as long. */
function longestZeroRun(groups: readonly number[]): { start: number; length: number } {
  let best = { start: 0, length: 0 };
  let start = 0;
  for (const [index, group] of groups.entries()) {
    if (group !== 0) start = index + 1;
    else if (index + 1 - start > best.length) best = { start, length: index + 1 - start };
  }
  return best;
}
