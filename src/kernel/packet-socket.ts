import { err, ok, type Result } from '../base/result.js';
import { type KernelError } from './kernel-error.js';
import { failure, libc } from './libc.js';
import { AF_PACKET, packetSocketAddress } from './socket-address.js';
import { openSocket, SOCK_RAW } from './socket-option.js';

const ETHER_TYPE_OFFSET = 12;

/** Sends whole Ethernet frames (AF_PACKET, SOCK_RAW): gratuitous ARP and unsolicited neighbour advertisements. */
export class PacketSocket {
  /** -1 once closed. */
  private fd: number;

  /** @throws KernelError EPERM with the missing capability. */
  constructor() {
    // Protocol 0: nothing is received.
    this.fd = openSocket(AF_PACKET, SOCK_RAW, 0, 'socket(AF_PACKET, SOCK_RAW)');
  }

  /** @param frame from the destination MAC on, as encodeGratuitousArp and encodeUnsolicitedNa make it. */
  send(interfaceIndex: number, frame: Uint8Array): Result<void, KernelError> {
    const etherType = ((frame[ETHER_TYPE_OFFSET] ?? 0) << 8) | (frame[ETHER_TYPE_OFFSET + 1] ?? 0);
    const to = packetSocketAddress(interfaceIndex, etherType);
    const sent = libc.sendto(this.fd, frame, frame.length, 0, to, to.length);
    return sent < 0 ? err(failure(`send frame on interface ${interfaceIndex}`)) : ok(undefined);
  }

  /** Idempotent. */
  close(): void {
    if (this.fd >= 0) libc.close(this.fd);
    this.fd = -1;
  }
}
