import { HOST_LITTLE_ENDIAN } from '../wire/netlink/host-order.js';
import { NLMSG_HEADER_LENGTH } from '../wire/netlink/message.js';
import { failure, libc } from './libc.js';
import { Memory } from './memory.js';
import { SO_ATTACH_FILTER, SOL_SOCKET } from './socket-option.js';

const RTM_NEWROUTE = 24;
const RTM_DELROUTE = 25;
/** Where the low byte of nlmsg_type is; types are below 256. */
const TYPE_AT = HOST_LITTLE_ENDIAN ? 4 : 5;
/** rtm_protocol in struct rtmsg. */
const PROTOCOL_AT = NLMSG_HEADER_LENGTH + 5;

const LOAD_BYTE = 0x30;
const JUMP_IF_EQUAL = 0x15;
const RETURN = 0x06;
const WHOLE = 0xffff_ffff;

/** One instruction of classic BPF (struct sock_filter): jumps count the instructions that are skipped. */
type Instruction = readonly [code: number, ifTrue: number, ifFalse: number, operand: number];

const routesGoneOf = (protocol: number): readonly Instruction[] => [
  [LOAD_BYTE, 0, 0, TYPE_AT],
  [JUMP_IF_EQUAL, 4, 0, RTM_NEWROUTE],
  [JUMP_IF_EQUAL, 0, 2, RTM_DELROUTE],
  [LOAD_BYTE, 0, 0, PROTOCOL_AT],
  [JUMP_IF_EQUAL, 0, 1, protocol],
  [RETURN, 0, 0, WHOLE],
  [RETURN, 0, 0, 0],
];

/**
 * Of all notifications of routes, lets through only those of routes of this protocol that are gone: a routing daemon
 * that changes thousands a second wakes us for none of them. Other notifications pass.
 * @throws KernelError
 */
export function hearOnlyRoutesGone(fd: number, protocol: number): void {
  const instructions = routesGoneOf(protocol);
  const code = new Memory(instructions.length * 8);
  instructions.forEach(([opcode, ifTrue, ifFalse, operand], index) => {
    const at = index * 8;
    code
      .setU16(at, opcode)
      .put(at + 2, Uint8Array.of(ifTrue, ifFalse))
      .setU32(at + 4, operand);
  });
  const program = new Memory(16).setU16(0, instructions.length).setU64(8, code.address);
  if (libc.setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, program.bytes, program.size) < 0) {
    throw failure('setsockopt(SO_ATTACH_FILTER)');
  }
  code.u16(0); // held until here: the kernel has read it through its address
}
