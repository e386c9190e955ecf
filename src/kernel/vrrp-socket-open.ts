import { isLinkLocal } from '../base/address.js';
import { IPTOS_INTERNETCONTROL } from '../wire/ipv4.js';
import { check, libc } from './libc.js';
import { Memory } from './memory.js';
import { addressFamily, internetSocketAddress } from './socket-address.js';
import * as option from './socket-option.js';
import { type VrrpSocketOptions } from './vrrp-socket.js';

const { IPPROTO_IP, IPPROTO_IPV6, SOL_SOCKET } = option;

/** Runs `configure` on a new raw socket, and closes it again if that throws. */
function rawSocket(options: VrrpSocketOptions, configure: (fd: number) => void): number {
  const { family, protocol } = options;
  const what = `socket(${family === 'inet' ? 'AF_INET' : 'AF_INET6'}, SOCK_RAW, ${protocol})`;
  const fd = option.openSocket(addressFamily(family), option.SOCK_RAW, protocol, what);
  try {
    configure(fd);
  } catch (error) {
    libc.close(fd);
    throw error;
  }
  return fd;
}

/** Receives adverts to our group (or our unicast address) on our interface, with what the checks need to know. */
export function openReceiveSocket(options: VrrpSocketOptions): number {
  return rawSocket(options, (fd) => {
    if (options.receiveBufferBytes !== undefined) option.setReceiveBuffer(fd, options.receiveBufferBytes);
    // Before it is bound, a raw socket takes every packet of its protocol: narrow it first, then join.
    if (options.interface) option.bindToDevice(fd, options.interface.name);
    refuseForeignGroups(fd, options);
    bindAddress(fd, options);
    option.setIntOption(fd, SOL_SOCKET, option.SO_TIMESTAMPNS, 1, 'SO_TIMESTAMPNS');
    if (options.family === 'inet6') {
      option.setIntOption(fd, IPPROTO_IPV6, option.IPV6_RECVHOPLIMIT, 1, 'IPV6_RECVHOPLIMIT');
      option.setIntOption(fd, IPPROTO_IPV6, option.IPV6_RECVPKTINFO, 1, 'IPV6_RECVPKTINFO');
    }
    const { transport } = options;
    if (transport.kind === 'multicast') {
      option.joinGroup(fd, options.family, transport.group, options.interface?.index ?? 0);
    }
  });
}

/** Sends with a source, TTL and traffic class of our choice, and receives nothing. */
export function openSendSocket(options: VrrpSocketOptions): number {
  return rawSocket(options, (fd) => {
    option.refuseReception(fd);
    option.setIntOption(fd, SOL_SOCKET, option.SO_RCVBUF, 0, 'SO_RCVBUF');
    if (options.interface) option.bindToDevice(fd, options.interface.name);
    if (options.family === 'inet') configureIpv4Sending(fd, options);
    else configureIpv6Sending(fd, options);
  });
}

function configureIpv4Sending(fd: number, options: VrrpSocketOptions): void {
  option.setIntOption(fd, IPPROTO_IP, option.IP_HDRINCL, 1, 'IP_HDRINCL');
  // Also sets SO_PRIORITY, by which queueing disciplines let adverts pass first.
  option.setIntOption(fd, IPPROTO_IP, option.IP_TOS, IPTOS_INTERNETCONTROL, 'IP_TOS');
  if (options.transport.kind === 'unicast') return;
  const request = new Memory(12).setI32(8, options.interface?.index ?? 0);
  option.setOption(fd, IPPROTO_IP, option.IP_MULTICAST_IF, request.bytes, 'IP_MULTICAST_IF');
  option.setIntOption(fd, IPPROTO_IP, option.IP_MULTICAST_LOOP, 0, 'IP_MULTICAST_LOOP');
}

function configureIpv6Sending(fd: number, options: VrrpSocketOptions): void {
  // No IPV6_CHECKSUM: the checksum in the payload is ours, computed by wire/vrrp.
  option.setIntOption(fd, IPPROTO_IPV6, option.IPV6_TCLASS, IPTOS_INTERNETCONTROL, 'IPV6_TCLASS');
  // A source may be given that the host does not own (mcast_src_ip), as in IPv4.
  option.setIntOption(fd, IPPROTO_IPV6, option.IPV6_FREEBIND, 1, 'IPV6_FREEBIND');
  if (options.transport.kind === 'unicast') return;
  const index = options.interface?.index ?? 0;
  option.setIntOption(fd, IPPROTO_IPV6, option.IPV6_MULTICAST_IF, index, 'IPV6_MULTICAST_IF');
  option.setIntOption(fd, IPPROTO_IPV6, option.IPV6_MULTICAST_LOOP, 0, 'IPV6_MULTICAST_LOOP');
}

/** Without this a socket receives every group that any process of the host has joined (ip(7), IP_MULTICAST_ALL). */
function refuseForeignGroups(fd: number, { family }: VrrpSocketOptions): void {
  if (family === 'inet') option.setIntOption(fd, IPPROTO_IP, option.IP_MULTICAST_ALL, 0, 'IP_MULTICAST_ALL');
  else option.setIntOption(fd, IPPROTO_IPV6, option.IPV6_MULTICAST_ALL, 0, 'IPV6_MULTICAST_ALL');
}

/** Bound to the group no unicast is received; bound to our own address nothing else is. */
function bindAddress(fd: number, options: VrrpSocketOptions): void {
  const { transport, family } = options;
  const address = transport.kind === 'multicast' ? transport.group : transport.source;
  // The address may come later than we do, and go and return while we run.
  if (family === 'inet') option.setIntOption(fd, IPPROTO_IP, option.IP_FREEBIND, 1, 'IP_FREEBIND');
  else option.setIntOption(fd, IPPROTO_IPV6, option.IPV6_FREEBIND, 1, 'IPV6_FREEBIND');
  const scoped = transport.kind === 'multicast' || isLinkLocal(address);
  const name = internetSocketAddress(address, 0, scoped ? (options.interface?.index ?? 0) : 0);
  check(`bind ${address}`, libc.bind(fd, name, name.length));
}
