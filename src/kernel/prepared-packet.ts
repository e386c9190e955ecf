import { addressBytes, isLinkLocal, isMulticast, type IpAddress } from '../base/address.js';
import { encodeIpv4Header, IPTOS_INTERNETCONTROL } from '../wire/ipv4.js';
import { VRRP_TTL } from '../wire/vrrp.js';
import { type ControlMessage } from './message-batch.js';
import { Memory } from './memory.js';
import { internetSocketAddress } from './socket-address.js';
import { IPPROTO_IPV6, IPV6_HOPLIMIT, IPV6_PKTINFO } from './socket-option.js';
import { type VrrpSocketOptions } from './vrrp-socket.js';

/** One packet to send. */
export interface OutgoingPacket {
  /** Exactly this is on the wire, whether or not the host owns it. */
  readonly source: IpAddress;
  readonly destination: IpAddress;
  /** Undefined for the kernel's default, which only IPv6 has. */
  readonly ttl: number | undefined;
  readonly payload: Uint8Array;
}

/** Where the IPv4 header has its Identification (RFC 791, 3.1). */
const IDENTIFICATION = 4;

/**
 * A packet as the kernel takes it. Adverts are the same for hours: they are put together once, and only their
 * Identification is written anew.
 */
export class PreparedPacket {
  /** struct sockaddr of the destination. */
  readonly name: Uint8Array;
  readonly data: Uint8Array;
  readonly control: readonly ControlMessage[];

  constructor(
    readonly packet: OutgoingPacket,
    options: Pick<VrrpSocketOptions, 'family' | 'protocol' | 'interface'>,
  ) {
    const index = options.interface?.index ?? 0;
    const { destination, payload } = packet;
    if (options.family === 'inet') {
      this.name = internetSocketAddress(destination, 0);
      this.data = Uint8Array.of(...ipv4Header(packet, options.protocol), ...payload);
      this.control = [];
    } else {
      const scoped = isMulticast(destination) || isLinkLocal(destination);
      this.name = internetSocketAddress(destination, 0, scoped ? index : 0);
      this.data = payload;
      this.control = sourceControl(packet, index);
    }
  }

  /** IPv4: the Identification to send it with from now on, 1-65535; with 0, or never told, the kernel chooses one. */
  identify(identification: number): void {
    this.data[IDENTIFICATION] = identification >> 8;
    this.data[IDENTIFICATION + 1] = identification & 0xff;
  }
}

/** The header that IP_HDRINCL wants; identification 0 and the checksum are the kernel's to fill in (raw(7)). */
const ipv4Header = (packet: OutgoingPacket, protocol: number): Uint8Array =>
  encodeIpv4Header({
    tos: IPTOS_INTERNETCONTROL,
    totalLength: 20 + packet.payload.length,
    identification: 0,
    fragment: 0,
    ttl: packet.ttl ?? VRRP_TTL,
    protocol,
    source: packet.source,
    destination: packet.destination,
    options: new Uint8Array(0),
  });

/** Source address, interface and (if told) hop limit of one IPv6 packet (RFC 3542, 6). */
function sourceControl(packet: OutgoingPacket, interfaceIndex: number): ControlMessage[] {
  const packetInfo = new Memory(20).put(0, addressBytes(packet.source)).setU32(16, interfaceIndex);
  const source = { level: IPPROTO_IPV6, type: IPV6_PKTINFO, data: packetInfo.bytes };
  if (packet.ttl === undefined) return [source];
  const hopLimit = new Memory(4).setI32(0, packet.ttl);
  return [source, { level: IPPROTO_IPV6, type: IPV6_HOPLIMIT, data: hopLimit.bytes }];
}
