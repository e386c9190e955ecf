import { addressBytes, formatIpAddress, type IpAddress } from '../base/address.js';
import { ByteReader, ByteWriter } from '../base/bytes.js';
import { err, ok, type Result } from '../base/result.js';
import { type DecodeError } from './decode-error.js';
import {
  broadcastHardwareAddress,
  decodeEthernetFrame,
  encodeEthernetFrame,
  ETHERNET_ADDRESS_LENGTH,
  ETH_P_ARP,
  ETH_P_IP,
} from './ethernet.js';

/*
 * ARP for IPv4 on Ethernet (RFC 826).
 *
 *      0                   1                   2                   3
 *      0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *     +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *     |  Hardware type: 1, Ethernet   | Protocol type: 0x0800, IPv4   |
 *     +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *     | HW length: 6  | Prot length: 4|           Operation           |
 *     +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *     |   Sender hardware address, 6 bytes; sender IPv4, 4 bytes      |
 *     +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *     |   Target hardware address, 6 bytes; target IPv4, 4 bytes      |
 *     +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 */

const ARPHRD_ETHER = 1;
/** ar$op values (RFC 826). */
export const ARPOP_REQUEST = 1;
export const ARPOP_REPLY = 2;

/** An ARP packet for IPv4 on Ethernet. */
export interface ArpPacket {
  readonly operation: number;
  readonly senderHardware: Uint8Array;
  readonly senderAddress: IpAddress;
  readonly targetHardware: Uint8Array;
  readonly targetAddress: IpAddress;
}

/** Reasons not to decode an ARP frame. */
export type ArpErrorCode = 'arp-truncated' | 'arp-not-arp' | 'arp-unknown-type';

/**
 * The whole Ethernet frame of a gratuitous ARP (RFC 5227, 3): a broadcast request that asks for the address that
 * it announces, with the broadcast address as target hardware address too, as keepalived sends it.
 * @param hardwareAddress of the interface that holds `address`, 6 bytes.
 */
export function encodeGratuitousArp(hardwareAddress: Uint8Array, address: IpAddress): Uint8Array {
  return encodeArpFrame(
    {
      operation: ARPOP_REQUEST,
      senderHardware: hardwareAddress,
      senderAddress: address,
      targetHardware: broadcastHardwareAddress(),
      targetAddress: address,
    },
    broadcastHardwareAddress(),
  );
}

/** An Ethernet frame from `packet.senderHardware` to `destination`. */
export function encodeArpFrame(packet: ArpPacket, destination: Uint8Array): Uint8Array {
  const payload = new ByteWriter(28)
    .u16(ARPHRD_ETHER)
    .u16(ETH_P_IP)
    .u8(ETHERNET_ADDRESS_LENGTH)
    .u8(4)
    .u16(packet.operation)
    .put(packet.senderHardware)
    .put(addressBytes(packet.senderAddress))
    .put(packet.targetHardware)
    .put(addressBytes(packet.targetAddress))
    .finish();
  return encodeEthernetFrame({ destination, source: packet.senderHardware, etherType: ETH_P_ARP, payload });
}

/** Decodes an Ethernet frame with ARP for IPv4 in it; padding behind it is ignored. */
export function decodeArpFrame(bytes: Uint8Array): Result<ArpPacket, DecodeError<ArpErrorCode>> {
  const frame = decodeEthernetFrame(bytes);
  if (!frame) return err({ code: 'arp-truncated', text: `frame of ${bytes.length} bytes` });
  if (frame.etherType !== ETH_P_ARP) {
    return err({ code: 'arp-not-arp', text: `EtherType 0x${frame.etherType.toString(16)}` });
  }
  return decodeArp(frame.payload);
}

function decodeArp(bytes: Uint8Array): Result<ArpPacket, DecodeError<ArpErrorCode>> {
  if (bytes.length < 28) return err({ code: 'arp-truncated', text: `${bytes.length} bytes, ARP has 28` });
  const reader = new ByteReader(bytes);
  const types = [reader.u16(), reader.u16(), reader.u8(), reader.u8()];
  if (types.join() !== [ARPHRD_ETHER, ETH_P_IP, ETHERNET_ADDRESS_LENGTH, 4].join()) {
    return err({ code: 'arp-unknown-type', text: `types and lengths ${types.join(' ')}` });
  }
  return ok({
    operation: reader.u16(),
    senderHardware: reader.take(ETHERNET_ADDRESS_LENGTH).slice(),
    senderAddress: formatIpAddress(reader.take(4)),
    targetHardware: reader.take(ETHERNET_ADDRESS_LENGTH).slice(),
    targetAddress: formatIpAddress(reader.take(4)),
  });
}
