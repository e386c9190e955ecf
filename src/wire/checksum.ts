import { addressBytes, familyOf, type IpAddress } from '../base/address.js';
import { ByteWriter } from '../base/bytes.js';

/**
 * The Internet checksum (RFC 1071): the one's complement of the one's complement sum of 16-bit words in network
 * order. Over a message that already holds its right checksum the result is 0.
 * @param parts summed as if they stood one after another; every part but the last has an even length.
 */
export function internetChecksum(...parts: readonly Uint8Array[]): number {
  let sum = 0;
  for (const bytes of parts) {
    for (let index = 0; index < bytes.length; index += 2) {
      // An odd last byte is padded with a zero byte on its right (RFC 1071, 4.1).
      sum += ((bytes[index] ?? 0) << 8) | (bytes[index + 1] ?? 0);
    }
  }
  while (sum > 0xffff) sum = (sum & 0xffff) + Math.floor(sum / 0x1_0000);
  return ~sum & 0xffff;
}

/**
 * What an upper-layer checksum covers besides the message itself.
 *
 *     IPv4 (RFC 9293, 3.1)                          IPv6 (RFC 8200, 8.1)
 *     +--------+--------+--------+--------+         +-----------------------------------+
 *     |           source address          |         |      source address, 16 bytes     |
 *     +--------+--------+--------+--------+         +-----------------------------------+
 *     |        destination address        |         |   destination address, 16 bytes   |
 *     +--------+--------+--------+--------+         +--------+--------+--------+--------+
 *     |  zero  |protocol|      length     |         |               length              |
 *     +--------+--------+--------+--------+         +--------+--------+--------+--------+
 *                                                   |           zero           |  next  |
 *                                                   +--------+--------+--------+--------+
 *
 * @param length bytes in the message, its own header included.
 */
export function pseudoHeader(
  source: IpAddress,
  destination: IpAddress,
  protocol: number,
  length: number,
): Uint8Array {
  const writer = new ByteWriter(40).put(addressBytes(source)).put(addressBytes(destination));
  if (familyOf(source) === 'inet') writer.u8(0).u8(protocol).u16(length);
  else writer.u32(length).u32(protocol);
  return writer.finish();
}
