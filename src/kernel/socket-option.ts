import { addressBytes, type Family, type IpAddress } from '../base/address.js';
import { capabilityHint } from './capability.js';
import { check, failure, libc } from './libc.js';
import { Memory } from './memory.js';

/* Option numbers of the generic Linux ABI (x86, Arm, RISC-V, POWER, s390x), by their names in the C headers. */
export const SOL_SOCKET = 1;
export const IPPROTO_IP = 0;
export const IPPROTO_ICMP = 1;
export const IPPROTO_IPV6 = 41;
export const IPPROTO_ICMPV6 = 58;
export const SOL_NETLINK = 270;

export const SO_ERROR = 4;
export const SO_RCVBUF = 8;
export const SO_BINDTODEVICE = 25;
export const SO_ATTACH_FILTER = 26;
export const SO_RCVBUFFORCE = 33;
export const SO_TIMESTAMPNS = 35;
export const SO_MARK = 36;

export const IP_TOS = 1;
export const IP_TTL = 2;
export const IP_HDRINCL = 3;
export const IP_PKTINFO = 8;
export const IP_RECVERR = 11;
export const IP_RECVTTL = 12;
export const IP_FREEBIND = 15;
export const IP_BIND_ADDRESS_NO_PORT = 24;
export const IP_MULTICAST_IF = 32;
export const IP_MULTICAST_LOOP = 34;
export const IP_ADD_MEMBERSHIP = 35;
export const IP_MULTICAST_ALL = 49;

export const IPV6_UNICAST_HOPS = 16;
export const IPV6_MULTICAST_IF = 17;
export const IPV6_MULTICAST_LOOP = 19;
export const IPV6_ADD_MEMBERSHIP = 20;
export const IPV6_RECVERR = 25;
export const IPV6_V6ONLY = 26;
export const IPV6_MULTICAST_ALL = 29;
export const IPV6_RECVPKTINFO = 49;
export const IPV6_PKTINFO = 50;
export const IPV6_RECVHOPLIMIT = 51;
export const IPV6_HOPLIMIT = 52;
export const IPV6_TCLASS = 67;
export const IPV6_FREEBIND = 78;

export const SOCK_STREAM = 1;
export const SOCK_DGRAM = 2;
export const SOCK_RAW = 3;
export const SOCK_SEQPACKET = 5;
export const SOCK_NONBLOCK = 0o4000;
export const SOCK_CLOEXEC = 0o2000000;

/** A non-blocking descriptor that scripts do not inherit. @throws KernelError that names a missing capability. */
export function openSocket(domain: number, type: number, protocol: number, what: string): number {
  return check(what, libc.socket(domain, type | SOCK_NONBLOCK | SOCK_CLOEXEC, protocol), NEEDS_NET_RAW);
}

const NEEDS_NET_RAW = capabilityHint('CAP_NET_RAW');

/** setsockopt with an int. @throws KernelError named `name`. */
export function setIntOption(fd: number, level: number, option: number, value: number, name: string): void {
  setOption(fd, level, option, new Memory(4).setI32(0, value).bytes, name);
}

/** setsockopt with a structure. @throws KernelError named `name`. */
export function setOption(fd: number, level: number, option: number, value: Uint8Array, name: string): void {
  check(
    `setsockopt(${name})`,
    libc.setsockopt(fd, level, option, value, value.length),
    capabilityHint('CAP_NET_ADMIN'),
  );
}

/** Where the kernel puts an int, and its length. */
const answer = new Memory(4);
const answerLength = new Memory(4);

/** getsockopt of an int. @throws KernelError named `name`. */
export function getIntOption(fd: number, level: number, option: number, name: string): number {
  answerLength.setU32(0, 4);
  if (libc.getsockopt(fd, level, option, answer.bytes, answerLength.bytes) < 0)
    throw failure(`getsockopt(${name})`);
  return answer.i32(0);
}

/** SO_BINDTODEVICE: only packets of this interface, in and out. */
export function bindToDevice(fd: number, interfaceName: string): void {
  const name = new Uint8Array(Buffer.from(`${interfaceName}\0`));
  check(
    `setsockopt(SO_BINDTODEVICE ${interfaceName})`,
    libc.setsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, name, name.length),
    capabilityHint('CAP_NET_RAW'),
  );
}

/** A receive buffer of `bytes`, beyond net.core.rmem_max where we may (SO_RCVBUFFORCE). */
export function setReceiveBuffer(fd: number, bytes: number): void {
  const value = new Memory(4).setI32(0, bytes).bytes;
  if (libc.setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, value, 4) < 0) {
    setOption(fd, SOL_SOCKET, SO_RCVBUF, value, 'SO_RCVBUF');
  }
}

/** Size of a receive buffer, and whether it may exceed net.core.rmem_max. */
export interface ReceiveBuffer {
  /** As setsockopt takes them: the kernel keeps twice as many. */
  readonly bytes?: number;
  readonly force: boolean;
}

/** A receive buffer of the size that somebody asked for, cut off at net.core.rmem_max unless forced. @throws KernelError */
export function resizeReceiveBuffer(fd: number, bytes: number, force: boolean): void {
  setIntOption(
    fd,
    SOL_SOCKET,
    force ? SO_RCVBUFFORCE : SO_RCVBUF,
    bytes,
    force ? 'SO_RCVBUFFORCE' : 'SO_RCVBUF',
  );
}

/** The same, but never below `leastBytes`, which is beyond net.core.rmem_max where we may. @throws KernelError */
export function widenReceiveBuffer(fd: number, { bytes, force }: ReceiveBuffer, leastBytes: number): void {
  if (bytes !== undefined && bytes > leastBytes) {
    resizeReceiveBuffer(fd, bytes, force);
    // The kernel tells twice what was asked for (socket(7)).
    if (getIntOption(fd, SOL_SOCKET, SO_RCVBUF, 'SO_RCVBUF') >= 2 * leastBytes) return;
  }
  setReceiveBuffer(fd, leastBytes);
}

/** Joins a multicast group on one interface. */
export function joinGroup(fd: number, family: Family, group: IpAddress, interfaceIndex: number): void {
  const what = `IP${family === 'inet' ? '' : 'V6'}_ADD_MEMBERSHIP ${group}`;
  if (family === 'inet') {
    // struct ip_mreqn: group, local address, interface
    const request = new Memory(12).put(0, addressBytes(group)).setI32(8, interfaceIndex);
    setOption(fd, IPPROTO_IP, IP_ADD_MEMBERSHIP, request.bytes, what);
  } else {
    const request = new Memory(20).put(0, addressBytes(group)).setI32(16, interfaceIndex);
    setOption(fd, IPPROTO_IPV6, IPV6_ADD_MEMBERSHIP, request.bytes, what);
  }
}

/** Receives nothing: a filter that drops every packet before it is queued (socket(7), SO_ATTACH_FILTER). */
export function refuseReception(fd: number): void {
  const BPF_RET_K = 0x06;
  const instruction = new Memory(8).setU16(0, BPF_RET_K); // "ret #0"
  const program = new Memory(16).setU16(0, 1).setU64(8, instruction.address);
  if (libc.setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, program.bytes, program.size) < 0) {
    throw failure('setsockopt(SO_ATTACH_FILTER)');
  }
  instruction.u16(0); // held until here: the kernel has read it through its address
}
