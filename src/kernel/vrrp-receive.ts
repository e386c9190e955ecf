import { formatIpAddress, type Family, type IpAddress } from '../base/address.js';
import { type Micros } from '../base/units.js';
import { HOST_LITTLE_ENDIAN } from '../wire/netlink/host-order.js';
import { AH_LENGTH, IPPROTO_AH } from '../wire/ah.js';
import { decodeIpv4 } from '../wire/ipv4.js';
import { readTimespec, StampConverter } from './clock.js';
import { errnoOf } from './kernel-error.js';
import { lastErrno, libc } from './libc.js';
import { MessageBatch, MSG_TRUNC } from './message-batch.js';
import { addressOf } from './socket-address.js';
import { IPPROTO_IPV6, IPV6_HOPLIMIT, IPV6_PKTINFO, SO_TIMESTAMPNS, SOL_SOCKET } from './socket-option.js';
import { type VrrpPacket, type VrrpSocketCounters } from './vrrp-socket.js';

const MSG_DONTWAIT = 0x40;
const EAGAIN = errnoOf('EAGAIN');
/** More than any advert; what is larger counts as malformed. */
const LARGEST_PACKET = 4608;
/** A flood must not keep us here for ever: the rest waits for the next turn of the loop. */
const MOST_BATCHES = 64;

/** Shared by all sockets: receiving is synchronous, and packets are copied out. */
const incoming = new MessageBatch(16, LARGEST_PACKET);
const stamps = new StampConverter();

/** What comes with a packet beside it. */
interface Ancillary {
  readonly receivedAt: Micros;
  readonly hopLimit?: number;
  readonly destination?: IpAddress;
}

/** Takes packets out of a raw socket until it is empty. */
export class VrrpReceiver {
  readonly counters: VrrpSocketCounters = { malformed: 0, looped: 0 };
  /** What we sent last, by source and VRID. */
  private readonly sent = new Map<IpAddress, Map<number, Uint8Array>>();

  constructor(
    private readonly fd: number,
    private readonly family: Family,
    private readonly protocol: number,
  ) {}

  /** Everything that waits right now. */
  drain(): readonly VrrpPacket[] {
    const packets: VrrpPacket[] = [];
    for (let batch = 0; batch < MOST_BATCHES; batch += 1) {
      incoming.prepareReception();
      const count = libc.recvmmsg(this.fd, incoming.headers.bytes, incoming.slots, MSG_DONTWAIT, null);
      if (count < 0 && lastErrno() !== EAGAIN) continue; // a pending error of the socket, which this has cleared
      if (count < 0) break;
      const takenAt = stamps.refresh();
      for (let slot = 0; slot < count; slot += 1) this.take(slot, takenAt, packets);
      if (count < incoming.slots) break;
    }
    return packets;
  }

  /** Notes what is sent, to know it again should the network bring it back. */
  remember(source: IpAddress, payload: Uint8Array): void {
    const bySource = this.sent.get(source) ?? new Map<number, Uint8Array>();
    this.sent.set(source, bySource.set(this.vridOf(payload), payload));
  }

  private take(slot: number, takenAt: Micros, packets: VrrpPacket[]): void {
    const packet = this.decode(slot, takenAt);
    if (packet === undefined) this.counters.malformed += 1;
    else if (this.isOurs(packet)) this.counters.looped += 1;
    else packets.push(packet);
  }

  private decode(slot: number, takenAt: Micros): VrrpPacket | undefined {
    if ((incoming.flags(slot) & MSG_TRUNC) !== 0) return undefined;
    const ancillary = readAncillary(slot, takenAt);
    return this.family === 'inet' ? decodeIpv4Packet(slot, ancillary) : decodeIpv6Packet(slot, ancillary);
  }

  /**
   * Multicast loop is off, and the kernel drops what claims to come from an address of this host, so our packets
   * return only through a loop in the network and with a source that is not ours (mcast_src_ip). Only an exact copy is
   * taken for ours: another router that was given the same source must be seen.
   */
  private isOurs({ source, payload }: VrrpPacket): boolean {
    const sent = this.sent.get(source)?.get(this.vridOf(payload));
    return sent?.length === payload.length && sent.every((byte, index) => byte === payload[index]);
  }

  private vridOf(payload: Uint8Array): number {
    return payload[(this.protocol === IPPROTO_AH ? AH_LENGTH : 0) + 1] ?? 0;
  }
}

function decodeIpv4Packet(slot: number, { receivedAt }: Ancillary): VrrpPacket | undefined {
  const bytes = incoming.received(slot).slice();
  const decoded = decodeIpv4(bytes);
  if (!decoded.ok) return undefined;
  const { header, headerLength, payload } = decoded.value;
  const { source, destination, ttl } = header;
  return { source, destination, ttl, payload, ipHeader: bytes.subarray(0, headerLength), receivedAt };
}

function decodeIpv6Packet(slot: number, ancillary: Ancillary): VrrpPacket | undefined {
  const source = addressOf(incoming.name(slot));
  const { destination, hopLimit: ttl, receivedAt } = ancillary;
  if (source === undefined || destination === undefined) return undefined;
  return { source, destination, ttl, payload: incoming.received(slot).slice(), receivedAt };
}

function readAncillary(slot: number, takenAt: Micros): Ancillary {
  let ancillary: Ancillary = { receivedAt: takenAt };
  for (const { level, type, data } of incoming.control(slot)) {
    const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
    if (level === SOL_SOCKET && type === SO_TIMESTAMPNS && data.length >= 16) {
      ancillary = { ...ancillary, receivedAt: stamps.toMonotonic(readTimespec(view)) };
    } else if (level === IPPROTO_IPV6 && type === IPV6_HOPLIMIT && data.length >= 4) {
      ancillary = { ...ancillary, hopLimit: view.getInt32(0, HOST_LITTLE_ENDIAN) };
    } else if (level === IPPROTO_IPV6 && type === IPV6_PKTINFO && data.length >= 20) {
      ancillary = { ...ancillary, destination: formatIpAddress(data.subarray(0, 16)) };
    }
  }
  return ancillary;
}
