import { readFileSync } from 'node:fs';
import { familyOf, isLinkLocal, type IpAddress } from '../base/address.js';
import { capabilityHint } from './capability.js';
import { errnoOf, KernelError } from './kernel-error.js';
import { check, failure, lastErrno, libc } from './libc.js';
import { addressFamily, passingSocketAddress } from './socket-address.js';
import {
  bindToDevice,
  getIntOption,
  IP_BIND_ADDRESS_NO_PORT,
  IP_RECVERR,
  IPPROTO_ICMP,
  IPPROTO_ICMPV6,
  IPPROTO_IP,
  IPPROTO_IPV6,
  IPV6_RECVERR,
  openSocket,
  setIntOption,
  SO_ERROR,
  SO_MARK,
  SOCK_DGRAM,
  SOCK_STREAM,
  SOL_SOCKET,
} from './socket-option.js';

/** 'ping' is ICMP or ICMPv6 by a socket of icmp(7), which needs no capability but the group (ping_group_range). */
export type ConnectProtocol = 'tcp' | 'udp' | 'ping';

/** A connection with options that have to be set before connect. */
export interface ConnectOptions {
  readonly address: IpAddress;
  readonly port: number;
  /** bindto and bind_port; of 'ping' the port is the identifier. */
  readonly bindAddress?: IpAddress;
  readonly bindPort?: number;
  /** bind_if: SO_BINDTODEVICE; also the zone of link-local addresses. */
  readonly bindInterface?: string;
  /** SO_MARK; 0 is none. */
  readonly fwmark?: number;
  /** Of datagrams, lets all ICMP errors be heard: without it only those that say that nobody listens. */
  readonly allErrors?: boolean;
}

/** A connection that was begun. */
export interface BegunConnection {
  readonly fd: number;
  /** True if it is established already (datagrams always are). */
  readonly connected: boolean;
}

const SOCKET_OF = { tcp: 'socket(tcp)', udp: 'socket(udp)', ping: 'socket(ping)' } as const;
const EINPROGRESS = errnoOf('EINPROGRESS');

/**
 * Begins a connection without blocking. When `fd` is writable, ask connectionError(fd). Close it with
 * closeDescriptor, or hand it on as new net.Socket({ fd }) (close the watch first and wait one setImmediate).
 * @throws KernelError for everything that fails at once: EADDRNOTAVAIL, ENETUNREACH, ECONNREFUSED, EPERM, EMFILE.
 */
export function beginConnect(protocol: ConnectProtocol, options: ConnectOptions): BegunConnection {
  const { address, port } = options;
  const family = familyOf(address);
  const type = protocol === 'tcp' ? SOCK_STREAM : SOCK_DGRAM;
  const number = protocol === 'ping' ? (family === 'inet' ? IPPROTO_ICMP : IPPROTO_ICMPV6) : 0;
  const fd = openSocket(addressFamily(family), type, number, SOCKET_OF[protocol]);
  try {
    return { fd, connected: connectWith(fd, options) };
  } catch (error) {
    libc.close(fd);
    if (error instanceof KernelError) throw error;
    throw new KernelError(`connect ${address} port ${port}`, errnoOf('EINVAL'), String(error));
  }
}

/** SO_ERROR: why the connection failed; undefined once it is established. Reading it clears it. */
export function connectionError(fd: number): KernelError | undefined {
  const errno = getIntOption(fd, SOL_SOCKET, SO_ERROR, 'SO_ERROR');
  return errno === 0 ? undefined : new KernelError('connect', errno);
}

/** close(2). */
export function closeDescriptor(fd: number): void {
  libc.close(fd);
}

function connectWith(fd: number, options: ConnectOptions): boolean {
  const { address, port, bindInterface, fwmark, allErrors } = options;
  if (allErrors) hearAllErrors(fd, address);
  if (fwmark !== undefined && fwmark !== 0) setIntOption(fd, SOL_SOCKET, SO_MARK, fwmark | 0, 'SO_MARK');
  if (bindInterface !== undefined) bindToDevice(fd, bindInterface);
  bindSource(fd, options);
  const to = passingSocketAddress(address, port, scopeOf(address, bindInterface));
  if (libc.connect(fd, to, to.length) >= 0) return true;
  if (lastErrno() === EINPROGRESS) return false;
  throw failure(`connect ${address} port ${port}`);
}

function hearAllErrors(fd: number, address: IpAddress): void {
  if (familyOf(address) === 'inet') setIntOption(fd, IPPROTO_IP, IP_RECVERR, 1, 'IP_RECVERR');
  else setIntOption(fd, IPPROTO_IPV6, IPV6_RECVERR, 1, 'IPV6_RECVERR');
}

function bindSource(fd: number, { bindAddress, bindPort, bindInterface, address }: ConnectOptions): void {
  if (bindAddress === undefined && bindPort === undefined) return;
  if (bindPort === undefined || bindPort === 0) {
    // The port is chosen at connect, when the destination is known too: thousands of checks share one address.
    setIntOption(fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, 1, 'IP_BIND_ADDRESS_NO_PORT');
  }
  const source = bindAddress ?? ((familyOf(address) === 'inet' ? '0.0.0.0' : '::') as IpAddress);
  const from = passingSocketAddress(source, bindPort ?? 0, scopeOf(source, bindInterface));
  const call = `bind ${source} port ${bindPort ?? 0}`;
  check(call, libc.bind(fd, from, from.length), capabilityHint('CAP_NET_BIND_SERVICE'));
}

function scopeOf(address: IpAddress, interfaceName: string | undefined): number {
  if (interfaceName === undefined || !isLinkLocal(address)) return 0;
  return Number(readFileSync(`/sys/class/net/${interfaceName}/ifindex`, 'utf8'));
}
