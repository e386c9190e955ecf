import { ByteReader, ByteWriter } from '../base/bytes.js';

/*
 * Ethernet II.
 *
 *     +-----------------------+-----------------------+-----------+---------
 *     | destination, 6 bytes  |    source, 6 bytes    | EtherType | payload
 *     +-----------------------+-----------------------+-----------+---------
 */

/** Bytes of an Ethernet hardware address. */
export const ETHERNET_ADDRESS_LENGTH = 6;
/** Bytes before the payload. */
export const ETHERNET_HEADER_LENGTH = 14;
/** EtherTypes, named as in linux/if_ether.h. */
export const ETH_P_IP = 0x0800;
export const ETH_P_ARP = 0x0806;
export const ETH_P_IPV6 = 0x86dd;

/** A frame without its FCS, which the card makes. */
export interface EthernetFrame {
  readonly destination: Uint8Array;
  readonly source: Uint8Array;
  readonly etherType: number;
  readonly payload: Uint8Array;
}

/** ff:ff:ff:ff:ff:ff, in new memory. */
export const broadcastHardwareAddress = (): Uint8Array => new Uint8Array(ETHERNET_ADDRESS_LENGTH).fill(0xff);

/** Header and payload in one; short frames are left for the card to pad. */
export function encodeEthernetFrame(frame: EthernetFrame): Uint8Array {
  return new ByteWriter(ETHERNET_HEADER_LENGTH + frame.payload.length)
    .put(frame.destination)
    .put(frame.source)
    .u16(frame.etherType)
    .put(frame.payload)
    .finish();
}

/** Splits a frame; undefined if it is shorter than its header. */
export function decodeEthernetFrame(bytes: Uint8Array): EthernetFrame | undefined {
  const reader = new ByteReader(bytes);
  const destination = reader.take(ETHERNET_ADDRESS_LENGTH);
  const source = reader.take(ETHERNET_ADDRESS_LENGTH);
  const etherType = reader.u16();
  if (reader.failed) return undefined;
  return { destination, source, etherType, payload: reader.take(reader.remaining) };
}

/** 00:11:22:aa:bb:cc, as iproute2 prints it. */
export const formatHardwareAddress = (bytes: Uint8Array): string =>
  Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join(':');

/** The bytes of 00:11:22:aa:bb:cc; undefined if it is not six pairs of hex digits. */
export function parseHardwareAddress(text: string): Uint8Array | undefined {
  if (!/^[0-9a-f]{2}(:[0-9a-f]{2}){5}$/i.test(text)) return undefined;
  return Uint8Array.from(text.split(':'), (pair) => parseInt(pair, 16));
}
