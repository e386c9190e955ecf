import { formatIpAddress, type Family, type IpAddress } from '../base/address.js';

/**
 * The virtual router's MAC address (RFC 9568, 7.3): 00-00-5E-00-01-{VRID} for IPv4, 00-00-5E-00-02-{VRID} for IPv6.
 * @param given `use_vmac MAC`: six octets, or five where the last is the virtual router id.
 */
export function vmacAddress(family: Family, vrid: number, given?: string): Uint8Array {
  if (given === undefined) return Uint8Array.of(0, 0, 0x5e, 0, family === 'inet' ? 1 : 2, vrid);
  const octets = given.split(':').map((octet) => parseInt(octet, 16));
  return Uint8Array.from(octets.length === 5 ? [...octets, vrid] : octets);
}

/** True if two hardware addresses are the same. */
export const isSameMac = (a: Uint8Array, b: Uint8Array): boolean =>
  a.length === b.length && a.every((octet, index) => octet === b[index]);

/** The link-local address that a host makes of a MAC address (RFC 4291, appendix A). */
export function linkLocalOfMac(mac: Uint8Array): IpAddress {
  const [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0] = mac;
  return formatIpAddress(Uint8Array.of(0xfe, 0x80, 0, 0, 0, 0, 0, 0, a ^ 0x02, b, c, 0xff, 0xfe, d, e, f));
}

const LONGEST_NAME = 15;

/**
 * Names for a link that is given none, in the order in which keepalived tries them: vrrp.51, for IPv6 then vrrp6.51,
 * and vrrp1.51, vrrp2.51 … A prefix that is too long is cut.
 */
export function* vmacNames(prefix: string, vrid: number, family: Family): Generator<string, never> {
  const name = (number: string): string => {
    const tail = `${number}.${vrid}`;
    return `${prefix.slice(0, LONGEST_NAME - tail.length)}${tail}`;
  };
  yield name('');
  if (family === 'inet6') yield name('6');
  for (let number = 1; ; number += 1) if (family === 'inet' || number !== 6) yield name(String(number));
}
