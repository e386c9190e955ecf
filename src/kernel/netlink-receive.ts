import { decodeNetlinkMessages, type NetlinkMessage } from '../wire/netlink/message.js';
import { check, lastErrno, libc } from './libc.js';
import { errnoOf, KernelError } from './kernel-error.js';
import { Memory } from './memory.js';
import { AF_NETLINK, netlinkSocketAddress } from './socket-address.js';
import { openSocket, setIntOption, setReceiveBuffer, SOCK_RAW, SOL_NETLINK } from './socket-option.js';

export const NETLINK_ROUTE = 0;
export const NETLINK_NETFILTER = 12;
export const NETLINK_CONNECTOR = 11;
export const NETLINK_GENERIC = 16;

const NETLINK_CAP_ACK = 10;
const NETLINK_EXT_ACK = 11;

const MSG_DONTWAIT = 0x40;
const MSG_TRUNC = 0x20;
const EAGAIN = errnoOf('EAGAIN');
const EINTR = errnoOf('EINTR');

/** More than the kernel ever puts into one datagram (it fills at most 32 kB of what a reader offers). */
const incoming = new Memory(65_536);

/** A bound netlink socket. @param groups mask of multicast groups to listen to. @throws KernelError */
export function openNetlink(protocol: number, receiveBufferBytes: number, groups = 0): number {
  const fd = openSocket(AF_NETLINK, SOCK_RAW, protocol, `socket(AF_NETLINK, ${protocol})`);
  try {
    setReceiveBuffer(fd, receiveBufferBytes);
    // Acknowledgements without a copy of the request, but with the kernel's explanation.
    setIntOption(fd, SOL_NETLINK, NETLINK_CAP_ACK, 1, 'NETLINK_CAP_ACK');
    setIntOption(fd, SOL_NETLINK, NETLINK_EXT_ACK, 1, 'NETLINK_EXT_ACK');
    const name = netlinkSocketAddress(groups);
    check('bind(AF_NETLINK)', libc.bind(fd, name, name.length));
    // A connected socket takes unicast from its peer alone: no other process can forge the kernel's answers.
    const kernel = netlinkSocketAddress();
    check('connect(AF_NETLINK)', libc.connect(fd, kernel, kernel.length));
  } catch (error) {
    libc.close(fd);
    throw error;
  }
  return fd;
}

/** The port that the kernel knows the socket by: notifications of changes that it asked for carry it. */
export function netlinkPort(fd: number): number {
  const name = new Memory(12);
  const length = new Memory(4).setU32(0, 12);
  check('getsockname(AF_NETLINK)', libc.getsockname(fd, name.bytes, length.bytes));
  return name.u32(4);
}

/** What one read of a netlink socket gave. */
export type NetlinkReading =
  | { readonly kind: 'messages'; readonly messages: readonly NetlinkMessage[] }
  /** Nothing waits. */
  | { readonly kind: 'empty' }
  /** ENOBUFS: messages were lost because we read too slowly; or what came made no sense. */
  | { readonly kind: 'failed'; readonly error: KernelError };

/** Reads one datagram without waiting; the messages are in memory of their own. */
export function readNetlink(fd: number): NetlinkReading {
  let length: number;
  do length = libc.recv(fd, incoming.bytes, incoming.size, MSG_DONTWAIT | MSG_TRUNC);
  while (length < 0 && lastErrno() === EINTR);
  if (length < 0) {
    const errno = lastErrno();
    return errno === EAGAIN ? { kind: 'empty' } : failed(errno);
  }
  if (length > incoming.size) return failed(errnoOf('EMSGSIZE'), `datagram of ${length} bytes`);
  const decoded = decodeNetlinkMessages(incoming.copy(0, length));
  if (!decoded.ok) return failed(errnoOf('EBADMSG'), `${decoded.error.code}: ${decoded.error.text}`);
  return { kind: 'messages', messages: decoded.value };
}

const failed = (errno: number, hint?: string): NetlinkReading => ({
  kind: 'failed',
  error: new KernelError('receive from netlink', errno, hint),
});

const pollDescriptor = new Memory(8);
const POLLIN = 1;

/** Waits, blocking this process, until the descriptor is readable. @returns false if `timeoutMs` passed first. */
export function waitReadable(fd: number, timeoutMs: number): boolean {
  pollDescriptor.setI32(0, fd).setU16(4, POLLIN).setU16(6, 0);
  return libc.poll(pollDescriptor.bytes, 1, Math.max(Math.ceil(timeoutMs), 0)) !== 0;
}
