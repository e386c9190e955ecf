import { type Family, type IpAddress } from '../base/address.js';
import { err, ok, type Result } from '../base/result.js';
import { type Micros } from '../base/units.js';
import { failure, lastErrno, libc } from './libc.js';
import { errnoOf, type KernelError } from './kernel-error.js';
import { MessageBatch } from './message-batch.js';
import { type PollWatch, watchOrClose } from './poll.js';
import { type OutgoingPacket, PreparedPacket } from './prepared-packet.js';
import { setReceiveBuffer } from './socket-option.js';
import { VrrpReceiver } from './vrrp-receive.js';
import { openReceiveSocket, openSendSocket } from './vrrp-socket-open.js';

/** What a pair of VRRP sockets is for. Instances that agree in all of it should share one pair. */
export interface VrrpSocketOptions {
  readonly family: Family;
  /** IP protocol: 112, 51 for instances with AH authentication, or 253 (RFC 3692, 2.1) for what nobody shall hear. */
  readonly protocol: 112 | 51 | 253;
  /** Bound to (SO_BINDTODEVICE), joined and sent on; may be absent for unicast only. */
  readonly interface?: { readonly name: string; readonly index: number };
  /** Multicast: the group to join. Unicast: our own address; nothing else is received. */
  readonly transport:
    | { readonly kind: 'multicast'; readonly group: IpAddress }
    | { readonly kind: 'unicast'; readonly source: IpAddress };
  /** SO_RCVBUF in bytes; forced beyond the system's limit where we may. The system's default unless told. */
  readonly receiveBufferBytes?: number;
}

/** One received packet, in memory of its own. */
export interface VrrpPacket {
  readonly source: IpAddress;
  readonly destination: IpAddress;
  /** TTL or hop limit as it arrived; undefined where the kernel did not say. */
  readonly ttl: number | undefined;
  /** All after the IP header. */
  readonly payload: Uint8Array;
  /** IPv4 only: the whole IP header. */
  readonly ipHeader?: Uint8Array;
  /** When the kernel received it (SO_TIMESTAMPNS, moved to the monotonic clock): now() - receivedAt is its age. */
  readonly receivedAt: Micros;
}

/** Counted, because nothing is dropped silently. */
export interface VrrpSocketCounters {
  /** Packets that could not even be taken apart (IPv4 header), or were larger than any advert. */
  malformed: number;
  /** Packets that we sent and that came back, byte for byte. */
  looped: number;
}

/** More than the largest advert: 255 IPv6 addresses behind an IPv4 header with options would not be 4.5 kB. */
const LARGEST_PACKET = 4608;
const MSG_DONTROUTE = 0x4;

/** Shared by all sockets: sending is synchronous. */
const outgoing = new MessageBatch(32, LARGEST_PACKET);

/** A raw receive socket and a raw send socket, as keepalived has them. */
export class VrrpSocket {
  private readonly receiveFd: number;
  /** -1 once closed: sending is EBADF then, and never reaches a descriptor that was given away again. */
  private sendFd: number;
  private readonly receiver: VrrpReceiver;
  private readonly watch: PollWatch;
  private closed = false;

  /**
   * @param onPackets called with all packets that waited (never none), from the event loop.
   * @throws KernelError EPERM with the missing capability; ENODEV if the interface is gone; EADDRNOTAVAIL.
   */
  constructor(
    private readonly options: VrrpSocketOptions,
    private readonly onPackets: (packets: readonly VrrpPacket[]) => void,
  ) {
    this.receiveFd = openReceiveSocket(options);
    try {
      this.sendFd = openSendSocket(options);
    } catch (error) {
      libc.close(this.receiveFd);
      throw error;
    }
    this.receiver = new VrrpReceiver(this.receiveFd, options.family, options.protocol);
    try {
      this.watch = watchOrClose(this.receiveFd, { readable: true }, () => this.deliver());
    } catch (error) {
      libc.close(this.sendFd);
      throw error;
    }
  }

  get counters(): Readonly<VrrpSocketCounters> {
    return this.receiver.counters;
  }

  /**
   * Takes everything that waits right now, without waiting: after a late master-down deadline, look here before
   * claiming mastership. What it returns is not passed to onPackets again.
   */
  drain(): readonly VrrpPacket[] {
    return this.closed ? [] : this.receiver.drain();
  }

  /** Makes a packet ready for this socket: to be sent as often as one likes. */
  prepare(packet: OutgoingPacket): PreparedPacket {
    this.receiver.remember(packet.source, packet.payload);
    return new PreparedPacket(packet, this.options);
  }

  /** Sends packets in order in one system call (for each 32 of them); a result for each. */
  sendAll(packets: readonly PreparedPacket[]): readonly Result<void, KernelError>[] {
    const results: Result<void, KernelError>[] = [];
    for (let first = 0; first < packets.length; first += outgoing.slots) {
      this.sendBatch(packets.slice(first, first + outgoing.slots), results);
    }
    return results;
  }

  /** Gives the receive buffer so many bytes from now on; 0 leaves it as it is. @throws KernelError */
  resizeReceiveBuffer(bytes: number): void {
    if (!this.closed && bytes > 0) setReceiveBuffer(this.receiveFd, bytes);
  }

  /** Leaves the group and closes both sockets. Idempotent. */
  close(): void {
    if (this.closed) return;
    this.closed = true;
    this.watch.close();
    libc.close(this.receiveFd);
    libc.close(this.sendFd);
    this.sendFd = -1;
  }

  private deliver(): void {
    const packets = this.receiver.drain();
    if (packets.length > 0) this.onPackets(packets);
  }

  private sendBatch(packets: readonly PreparedPacket[], results: Result<void, KernelError>[]): void {
    packets.forEach(({ name, data, control }, slot) => outgoing.fill(slot, name, [data], control));
    const flags = this.options.transport.kind === 'multicast' ? MSG_DONTROUTE : 0;
    for (let at = 0; at < packets.length;) {
      const sent = libc.sendmmsg(this.sendFd, outgoing.headerAddress(at), packets.length - at, flags);
      for (let index = 0; index < sent; index += 1) results.push(SENT);
      if (sent > 0) at += sent;
      // sendmmsg reports an error only if it concerns the first message of the call.
      else if (lastErrno() !== errnoOf('EINTR')) results.push(err(sendFailure(packets[at++])));
    }
  }
}

const SENT: Result<void, KernelError> = ok(undefined);

const sendFailure = (prepared: PreparedPacket | undefined): KernelError =>
  failure(`send to ${prepared?.packet.destination ?? '?'}`);
