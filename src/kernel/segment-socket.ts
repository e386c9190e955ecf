import { parseIpAddress, type Family, type IpAddress } from '../base/address.js';
import { KernelError } from './kernel-error.js';
import { check, libc } from './libc.js';
import { Memory } from './memory.js';
import { type PollWatch, watchOrClose } from './poll.js';
import { addressFamily, AF_PACKET, packetSocketAddress } from './socket-address.js';
import {
  joinGroup,
  openSocket,
  setOption,
  SO_ATTACH_FILTER,
  SOCK_DGRAM,
  SOCK_RAW,
  SOL_SOCKET,
} from './socket-option.js';

const ETH_P_ALL = 0x0003;
const SOL_PACKET = 263;
const PACKET_ADD_MEMBERSHIP = 1;
const PACKET_MR_ALLMULTI = 2;
const MSG_DONTWAIT = 0x40;
const LARGEST_FRAME = 9216;
/** A flood must not keep us here for ever: the rest waits for the next turn of the loop. */
const MOST_FRAMES = 256;

/*
 * What of all traffic the kernel copies for us: IPv4 and IPv6 whose protocol is VRRP (112) or AH (51). Instructions of
 * the classic BPF: operation, jump if true, jump if false, operand (linux/filter.h).
 */
const [LOAD_HALF, LOAD_BYTE, JUMP_EQUAL, RETURN] = [0x28, 0x30, 0x15, 0x06];
const FILTER: readonly (readonly [number, number, number, number])[] = [
  [LOAD_HALF, 0, 0, 12],
  [JUMP_EQUAL, 0, 3, 0x0800],
  [LOAD_BYTE, 0, 0, 23],
  [JUMP_EQUAL, 5, 0, 112],
  [JUMP_EQUAL, 4, 5, 51],
  [JUMP_EQUAL, 0, 4, 0x86dd],
  [LOAD_BYTE, 0, 0, 20],
  [JUMP_EQUAL, 1, 0, 112],
  [JUMP_EQUAL, 0, 1, 51],
  [RETURN, 0, 0, 0xffff],
  [RETURN, 0, 0, 0],
];

const incoming = new Memory(LARGEST_FRAME);

/** Every frame with VRRP in it that passes one interface, sent and received, with its MAC addresses. */
export class SegmentSocket {
  private readonly fd: number;
  private readonly watch: PollWatch;
  /** Sockets that keep us members of groups. */
  private readonly members: number[] = [];
  private closed = false;

  /**
   * @param onFrames called from the event loop with all frames that waited (never none), in memory of their own.
   * @throws KernelError EPERM with the missing capability; ENODEV if there is no such interface; ENETDOWN.
   */
  constructor(
    private readonly interfaceIndex: number,
    private readonly onFrames: (frames: readonly Uint8Array[]) => void,
  ) {
    // Protocol 0: nothing comes in before the filter stands and the interface is chosen.
    this.fd = openSocket(AF_PACKET, SOCK_RAW, 0, 'socket(AF_PACKET, SOCK_RAW)');
    try {
      attachFilter(this.fd);
      const name = packetSocketAddress(interfaceIndex, ETH_P_ALL);
      check(`bind to interface ${interfaceIndex}`, libc.bind(this.fd, name, name.length));
    } catch (error) {
      libc.close(this.fd);
      throw error;
    }
    this.watch = watchOrClose(this.fd, { readable: true }, () => this.deliver());
  }

  /** Has the network deliver what routers that are not on this host send to these groups, and to any other group. */
  join(groups: readonly IpAddress[]): void {
    const everything = new Memory(16).setI32(0, this.interfaceIndex).setU16(4, PACKET_MR_ALLMULTI);
    setOption(this.fd, SOL_PACKET, PACKET_ADD_MEMBERSHIP, everything.bytes, 'PACKET_MR_ALLMULTI');
    for (const group of groups) this.joinOne(group.includes(':') ? 'inet6' : 'inet', group);
  }

  /** Idempotent. */
  close(): void {
    if (this.closed) return;
    this.closed = true;
    this.watch.close();
    for (const fd of [this.fd, ...this.members]) libc.close(fd);
  }

  /** A host without that family hears nothing of it, and that is all. */
  private joinOne(family: Family, group: IpAddress): void {
    try {
      const fd = openSocket(addressFamily(family), SOCK_DGRAM, 0, `socket(${family})`);
      this.members.push(fd);
      joinGroup(fd, family, group, this.interfaceIndex);
    } catch (error) {
      if (!(error instanceof KernelError)) throw error;
    }
  }

  private deliver(): void {
    const frames: Uint8Array[] = [];
    while (frames.length < MOST_FRAMES && !this.closed) {
      const length = libc.recv(this.fd, incoming.bytes, incoming.size, MSG_DONTWAIT);
      if (length < 0) break;
      frames.push(incoming.copy(0, length));
    }
    if (frames.length > 0) this.onFrames(frames);
  }
}

/** Where VRRP is spoken, unless configured otherwise (RFC 9568, 5.1.1.2 and 5.1.2.2). */
export const VRRP_GROUPS: readonly IpAddress[] = ['224.0.0.18', 'ff02::12'].flatMap(
  (text) => parseIpAddress(text) ?? [],
);

function attachFilter(fd: number): void {
  const instructions = new Memory(FILTER.length * 8);
  FILTER.forEach(([operation, ifTrue, ifFalse, operand], index) => {
    instructions.setU16(index * 8, operation);
    instructions.put(index * 8 + 2, Uint8Array.of(ifTrue, ifFalse));
    instructions.setU32(index * 8 + 4, operand);
  });
  const program = new Memory(16).setU16(0, FILTER.length).setU64(8, instructions.address);
  setOption(fd, SOL_SOCKET, SO_ATTACH_FILTER, program.bytes, 'SO_ATTACH_FILTER');
  instructions.u16(0); // held until here: the kernel has read it through its address
}
