import { type Family, type IpAddress } from '../base/address.js';
import { type Result } from '../base/result.js';
import { type Micros } from '../base/units.js';
import { type KernelError } from './kernel-error.js';

/** What a pair of VRRP sockets is for. Instances that agree in all of it should share one pair. */
export interface VrrpSocketOptions {
  readonly family: Family;
  /** IP protocol: 112, or 51 for instances with AH authentication. */
  readonly protocol: 112 | 51;
  /** Bound to (SO_BINDTODEVICE), joined and sent on; may be absent for unicast only. */
  readonly interface?: { readonly name: string; readonly index: number };
  /** Multicast: the group to join. Unicast: our own address; nothing else is received. */
  readonly transport:
    | { readonly kind: 'multicast'; readonly group: IpAddress }
    | { readonly kind: 'unicast'; readonly source: IpAddress };
  /** SO_RCVBUF in bytes; forced beyond the system's limit where we may. The system's default unless told. */
  readonly receiveBufferBytes?: number;
}

/** One received packet; everything in memory of its own. */
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

/** One packet to send. */
export interface OutgoingPacket {
  /** Exactly this is on the wire, whether or not the host owns it. */
  readonly source: IpAddress;
  readonly destination: IpAddress;
  readonly ttl: number;
  readonly payload: Uint8Array;
}

/** Counted, because nothing is dropped silently. */
export interface VrrpSocketCounters {
  /** Packets that could not even be taken apart (IPv4 header), or were larger than the receive buffer. */
  malformed: number;
  /** Our own packets that came back. */
  looped: number;
}

/** A raw receive socket and a raw send socket, as keepalived has them. */
export class VrrpSocket {
  readonly counters: VrrpSocketCounters = { malformed: 0, looped: 0 };

  /**
   * @param onPackets called with all packets that waited (never empty), from the event loop.
   * @throws KernelError EPERM with the missing capability; ENODEV if the interface is gone; EADDRNOTAVAIL.
   */
  constructor(options: VrrpSocketOptions, onPackets: (packets: readonly VrrpPacket[]) => void) {
    void [options, onPackets];
    throw new Error('not built');
  }

  /**
   * Takes everything that waits right now, without waiting: after a late master-down deadline, look here before
   * claiming mastership. What it returns is not passed to onPackets again.
   */
  drain(): readonly VrrpPacket[] {
    return [];
  }

  /** Sends one packet now. */
  send(packet: OutgoingPacket): Result<void, KernelError> {
    void packet;
    throw new Error('not built');
  }

  /** Sends packets in order in one system call; a result for each. */
  sendAll(packets: readonly OutgoingPacket[]): readonly Result<void, KernelError>[] {
    return packets.map((packet) => this.send(packet));
  }

  /** Leaves the group and closes both sockets. Idempotent. */
  close(): void {
    return undefined;
  }
}
