import { type Result } from '../base/result.js';
import { type KernelError } from './kernel-error.js';

/** Sends whole Ethernet frames (AF_PACKET, SOCK_RAW): gratuitous ARP and unsolicited neighbour advertisements. */
export class PacketSocket {
  /** Receives nothing. @throws KernelError EPERM with the missing capability. */
  constructor() {
    throw new Error('not built');
  }

  /** @param frame from the destination MAC on, as encodeGratuitousArp and encodeUnsolicitedNa make it. */
  send(interfaceIndex: number, frame: Uint8Array): Result<void, KernelError> {
    void [interfaceIndex, frame];
    throw new Error('not built');
  }

  close(): void {
    return undefined;
  }
}
