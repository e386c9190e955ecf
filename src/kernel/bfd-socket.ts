import { formatIpAddress, type Family, type IpAddress } from '../base/address.js';
import { type Prng } from '../base/prng.js';
import { err, ok, type Result } from '../base/result.js';
import { type Micros } from '../base/units.js';
import { BFD_MULTIHOP_PORT, BFD_PORT, BFD_SOURCE_PORTS } from '../wire/bfd.js';
import { IPTOS_INTERNETCONTROL } from '../wire/ipv4.js';
import { HOST_LITTLE_ENDIAN } from '../wire/netlink/host-order.js';
import { readTimespec, StampConverter } from './clock.js';
import { errnoOf, type KernelError } from './kernel-error.js';
import { check, failure, lastErrno, libc } from './libc.js';
import { type ControlMessage, MessageBatch, MSG_TRUNC } from './message-batch.js';
import { type PollWatch, watchOrClose } from './poll.js';
import { addressFamily, addressOf, internetSocketAddress } from './socket-address.js';
import * as option from './socket-option.js';

const { IPPROTO_IP, IPPROTO_IPV6, SOL_SOCKET } = option;

/** One datagram to a BFD port, in memory of its own. */
export interface BfdDatagram {
  readonly source: IpAddress;
  readonly destination: IpAddress;
  /** TTL or hop limit as it arrived; undefined where the kernel did not say. */
  readonly ttl: number | undefined;
  readonly payload: Uint8Array;
  /** When the kernel received it, on the monotonic clock. */
  readonly receivedAt: Micros;
}

const MSG_DONTWAIT = 0x40;
const EAGAIN = errnoOf('EAGAIN');
const EADDRINUSE = errnoOf('EADDRINUSE');
/** A packet with the longest authentication section (RFC 5880, 4.4) is far smaller. */
const LARGEST_PACKET = 256;
/** A flood must not keep us here for ever: the rest waits for the next turn of the loop. */
const MOST_BATCHES = 32;

/** Shared by all listeners: receiving is synchronous, and packets are copied out. */
const incoming = new MessageBatch(8, LARGEST_PACKET);
const stamps = new StampConverter();

/** Hears every BFD control packet of one family to one of the two ports, whatever address of ours it came to. */
export class BfdListener {
  private readonly fd: number;
  private readonly watch: PollWatch;
  private closed = false;
  /** Datagrams that were larger than any packet. */
  oversized = 0;

  /**
   * @param onDatagrams called with all that waited (never none), from the event loop.
   * @throws KernelError EADDRINUSE if another daemon has the port; EAFNOSUPPORT without IPv6.
   */
  constructor(
    family: Family,
    multihop: boolean,
    private readonly onDatagrams: (datagrams: readonly BfdDatagram[]) => void,
  ) {
    const port = multihop ? BFD_MULTIHOP_PORT : BFD_PORT;
    this.fd = datagramSocket(family, (fd) => {
      setForBoth(
        fd,
        family,
        ['IP_RECVTTL', option.IP_RECVTTL],
        ['IPV6_RECVHOPLIMIT', option.IPV6_RECVHOPLIMIT],
      );
      setForBoth(
        fd,
        family,
        ['IP_PKTINFO', option.IP_PKTINFO],
        ['IPV6_RECVPKTINFO', option.IPV6_RECVPKTINFO],
      );
      option.setIntOption(fd, SOL_SOCKET, option.SO_TIMESTAMPNS, 1, 'SO_TIMESTAMPNS');
      const any = internetSocketAddress(anyAddress(family), port);
      check(`bind UDP port ${port}`, libc.bind(fd, any, any.length));
    });
    this.watch = watchOrClose(this.fd, { readable: true }, () => this.deliver());
  }

  /** Takes everything that waits right now, without waiting. It is not passed to onDatagrams again. */
  drain(): readonly BfdDatagram[] {
    const datagrams: BfdDatagram[] = [];
    for (let batch = 0; batch < MOST_BATCHES && !this.closed; batch += 1) {
      incoming.prepareReception();
      const count = libc.recvmmsg(this.fd, incoming.headers.bytes, incoming.slots, MSG_DONTWAIT, null);
      if (count < 0 && lastErrno() !== EAGAIN) continue; // a pending error of the socket, which this has cleared
      if (count < 0) break;
      const takenAt = stamps.refresh();
      for (let slot = 0; slot < count; slot += 1) this.take(slot, takenAt, datagrams);
      if (count < incoming.slots) break;
    }
    return datagrams;
  }

  /** Idempotent. */
  close(): void {
    if (this.closed) return;
    this.closed = true;
    this.watch.close();
    libc.close(this.fd);
  }

  private deliver(): void {
    const datagrams = this.drain();
    if (datagrams.length > 0) this.onDatagrams(datagrams);
  }

  private take(slot: number, takenAt: Micros, datagrams: BfdDatagram[]): void {
    const source = addressOf(incoming.name(slot));
    const { destination, ttl, receivedAt } = readAncillary(incoming.control(slot), takenAt);
    if ((incoming.flags(slot) & MSG_TRUNC) !== 0) this.oversized += 1;
    else if (source !== undefined && destination !== undefined) {
      datagrams.push({ source, destination, ttl, payload: incoming.received(slot).slice(), receivedAt });
    }
  }
}

/** Where a session sends, and as whom. */
export interface BfdSenderOptions {
  readonly neighbor: IpAddress;
  readonly source?: IpAddress;
  readonly family: Family;
  readonly ttl: number;
  readonly multihop: boolean;
}

/** Sends the packets of one session, all from one port (RFC 5881, 4), and receives nothing. */
export class BfdSender {
  /** -1 once closed: sending is EBADF then, and never reaches a descriptor that was given away again. */
  private fd: number;
  private readonly to: Uint8Array;

  /**
   * @param prng for the source port.
   * @throws KernelError EADDRNOTAVAIL if the source is not ours.
   */
  constructor(options: BfdSenderOptions, prng: Prng) {
    const { family, neighbor, ttl } = options;
    this.to = internetSocketAddress(neighbor, options.multihop ? BFD_MULTIHOP_PORT : BFD_PORT);
    this.fd = datagramSocket(family, (fd) => {
      option.refuseReception(fd);
      if (family === 'inet') {
        option.setIntOption(fd, IPPROTO_IP, option.IP_TTL, ttl, 'IP_TTL');
        // Also sets SO_PRIORITY, by which queueing disciplines let these packets pass first.
        option.setIntOption(fd, IPPROTO_IP, option.IP_TOS, IPTOS_INTERNETCONTROL, 'IP_TOS');
      } else {
        option.setIntOption(fd, IPPROTO_IPV6, option.IPV6_UNICAST_HOPS, ttl, 'IPV6_UNICAST_HOPS');
        option.setIntOption(fd, IPPROTO_IPV6, option.IPV6_TCLASS, IPTOS_INTERNETCONTROL, 'IPV6_TCLASS');
      }
      bindSourcePort(fd, options.source ?? anyAddress(family), prng);
    });
  }

  /** Sends one packet now. */
  send(packet: Uint8Array): Result<void, KernelError> {
    const sent = libc.sendto(this.fd, packet, packet.length, MSG_DONTWAIT, this.to, this.to.length);
    return sent < 0 ? err(failure('sendto')) : ok(undefined);
  }

  /** Idempotent. */
  close(): void {
    if (this.fd >= 0) libc.close(this.fd);
    this.fd = -1;
  }
}

const anyAddress = (family: Family): IpAddress => (family === 'inet' ? '0.0.0.0' : '::') as IpAddress;

/** Runs `configure` on a new UDP socket, and closes it again if that throws. */
function datagramSocket(family: Family, configure: (fd: number) => void): number {
  const what = `socket(${family === 'inet' ? 'AF_INET' : 'AF_INET6'}, SOCK_DGRAM)`;
  const fd = option.openSocket(addressFamily(family), option.SOCK_DGRAM, 0, what);
  try {
    if (family === 'inet6') option.setIntOption(fd, IPPROTO_IPV6, option.IPV6_V6ONLY, 1, 'IPV6_V6ONLY');
    configure(fd);
  } catch (error) {
    libc.close(fd);
    throw error;
  }
  return fd;
}

type NamedOption = readonly [name: string, number: number];

function setForBoth(fd: number, family: Family, inet: NamedOption, inet6: NamedOption): void {
  const [name, number] = family === 'inet' ? inet : inet6;
  option.setIntOption(fd, family === 'inet' ? IPPROTO_IP : IPPROTO_IPV6, number, 1, name);
}

/** Any free port of those that RFC 5881, 4 allows, beginning with a random one. */
function bindSourcePort(fd: number, source: IpAddress, prng: Prng): void {
  const { first, last } = BFD_SOURCE_PORTS;
  const count = last - first + 1;
  const start = prng.between(0, count - 1);
  for (let tried = 0; tried < count; tried += 1) {
    const from = internetSocketAddress(source, first + ((start + tried) % count));
    if (libc.bind(fd, from, from.length) >= 0) return;
    if (lastErrno() !== EADDRINUSE) break;
  }
  throw failure(`bind ${source}`);
}

interface Ancillary {
  readonly receivedAt: Micros;
  readonly ttl: number | undefined;
  readonly destination: IpAddress | undefined;
}

function readAncillary(messages: Iterable<ControlMessage>, takenAt: Micros): Ancillary {
  let receivedAt = takenAt;
  let ttl: number | undefined;
  let destination: IpAddress | undefined;
  for (const { level, type, data } of messages) {
    const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
    if (level === SOL_SOCKET && type === option.SO_TIMESTAMPNS) {
      receivedAt = stamps.toMonotonic(readTimespec(view));
    } else if (level === IPPROTO_IP && type === option.IP_TTL) {
      ttl = view.getInt32(0, HOST_LITTLE_ENDIAN);
    } else if (level === IPPROTO_IPV6 && type === option.IPV6_HOPLIMIT) {
      ttl = view.getInt32(0, HOST_LITTLE_ENDIAN);
    } else if (level === IPPROTO_IP && type === option.IP_PKTINFO) {
      destination = formatIpAddress(data.subarray(8, 12)); // behind interface and local address
    } else if (level === IPPROTO_IPV6 && type === option.IPV6_PKTINFO) {
      destination = formatIpAddress(data.subarray(0, 16));
    }
  }
  return { receivedAt, ttl, destination };
}
