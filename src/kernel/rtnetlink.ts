import { err, ok, type Result } from '../base/result.js';
import { NLM_F_CREATE, NLM_F_EXCL, NLM_F_REPLACE, type NetlinkMessage } from '../wire/netlink/message.js';
import {
  decodeLink,
  encodeChangeLink,
  encodeDeleteLink,
  encodeGetLink,
  encodeGetLinks,
  encodeNewLink,
  RTM_DELLINK,
  RTM_GETLINK,
  RTM_NEWLINK,
  RTMGRP_LINK,
  type Link,
  type LinkChanges,
  type NewLink,
} from '../wire/netlink/link.js';
import {
  decodeInterfaceAddress,
  encodeDeleteAddress,
  encodeGetAddresses,
  encodeNewAddress,
  RTM_DELADDR,
  RTM_GETADDR,
  RTM_NEWADDR,
  RTMGRP_IPV4_IFADDR,
  RTMGRP_IPV6_IFADDR,
  type AddressCommand,
  type InterfaceAddress,
} from '../wire/netlink/route.js';
import { errnoOf, KernelError } from './kernel-error.js';
import { type MonitorEvent, NetlinkMonitor } from './netlink-monitor.js';
import { NETLINK_ROUTE } from './netlink-receive.js';
import { type NetlinkAnswer, type NetlinkRequest } from './netlink-exchange.js';
import { NetlinkSocket } from './netlink-socket.js';

/** Links and addresses of this network namespace: read and change, synchronously. */
export class RouteSocket {
  private readonly netlink = new NetlinkSocket(NETLINK_ROUTE);

  /** Every link. @throws KernelError */
  links(): readonly Link[] {
    const payload = encodeGetLinks();
    return decodeAll(this.netlink.dump({ what: 'dump of links', type: RTM_GETLINK, payload }), decodeLinkOf);
  }

  /** The link of that name as it is now; undefined if there is none. @throws KernelError */
  link(name: string): Link | undefined {
    const request = { what: `RTM_GETLINK ${name}`, type: RTM_GETLINK, payload: encodeGetLink(name) };
    const [answer] = this.netlink.transact([request]);
    if (!answer || (!answer.ok && answer.error.errno === ENODEV)) return undefined;
    return decodeAll(answer, decodeLinkOf)[0];
  }

  /** Makes a link. @returns EEXIST if there is one of that name. */
  createLink(link: NewLink): Result<void, KernelError> {
    return this.changeOne({
      what: `RTM_NEWLINK ${link.name}`,
      type: RTM_NEWLINK,
      flags: NLM_F_CREATE | NLM_F_EXCL,
      payload: encodeNewLink(link),
    });
  }

  /** Changes the link of that index. @returns ENODEV if it is gone. */
  changeLink(index: number, changes: LinkChanges): Result<void, KernelError> {
    const payload = encodeChangeLink(index, changes);
    return this.changeOne({ what: `RTM_NEWLINK of interface ${index}`, type: RTM_NEWLINK, payload });
  }

  /** Removes the link of that index. @returns ENODEV if it is gone. */
  deleteLink(index: number): Result<void, KernelError> {
    const payload = encodeDeleteLink(index);
    return this.changeOne({ what: `RTM_DELLINK of interface ${index}`, type: RTM_DELLINK, payload });
  }

  /** Every address of both families; within an interface in kernel order, primary before secondary. @throws KernelError */
  addresses(): readonly InterfaceAddress[] {
    const payload = encodeGetAddresses();
    const answer = this.netlink.dump({ what: 'dump of addresses', type: RTM_GETADDR, payload });
    return decodeAll(answer, decodeAddressOf);
  }

  /**
   * Carries out the commands in order, in batches, and returns when the kernel has acknowledged all of them: packets
   * that speak of these addresses may be sent as soon as this returns.
   * @returns a result for each. An address that was there already when it was added, or gone when it was removed,
   *   is a success: it is as it was wanted.
   */
  apply(commands: readonly AddressCommand[]): readonly Result<void, KernelError>[] {
    const answers = this.netlink.transact(commands.map(addressRequest));
    return answers.map((answer, index) =>
      answer.ok || isAsWanted(commands[index]?.kind, answer.error) ? ok(undefined) : err(answer.error),
    );
  }

  /** Idempotent. */
  close(): void {
    this.netlink.close();
  }

  private changeOne(request: NetlinkRequest): Result<void, KernelError> {
    const [answer] = this.netlink.transact([request]);
    return answer && !answer.ok ? answer : ok(undefined);
  }
}

/** A change that the kernel told of. */
export type RouteFact =
  | { readonly type: 'link'; readonly link: Link }
  | { readonly type: 'link-gone'; readonly link: Link }
  | { readonly type: 'address'; readonly address: InterfaceAddress }
  | { readonly type: 'address-gone'; readonly address: InterfaceAddress }
  /** Facts were lost (ENOBUFS): dump links and addresses again and compare. */
  | { readonly type: 'overrun' };

/** Listens to link and address changes. Open it before the first dump, so that nothing falls in between. */
export class RouteMonitor {
  private readonly monitor: NetlinkMonitor;

  /**
   * @param onFacts called from the event loop with everything that waited, in order (never none).
   * @param receiveBufferBytes what fits before 'overrun'; 2 MiB unless told.
   * @throws KernelError
   */
  constructor(onFacts: (facts: readonly RouteFact[]) => void, receiveBufferBytes?: number) {
    this.monitor = new NetlinkMonitor(
      NETLINK_ROUTE,
      RTMGRP_LINK | RTMGRP_IPV4_IFADDR | RTMGRP_IPV6_IFADDR,
      (events) => {
        const facts = events.flatMap(factOf);
        if (facts.length > 0) onFacts(facts);
      },
      receiveBufferBytes,
    );
  }

  /** Takes what waits right now; it is not passed to onFacts again. */
  drain(): readonly RouteFact[] {
    return this.monitor.drain().flatMap(factOf);
  }

  /** Idempotent. */
  close(): void {
    this.monitor.close();
  }
}

const EEXIST = errnoOf('EEXIST');
const ENODEV = errnoOf('ENODEV');
/** What the kernel says of an address, or an interface, that is not there. */
const ABSENT = new Set([errnoOf('EADDRNOTAVAIL'), ENODEV]);

const isAsWanted = (kind: AddressCommand['kind'] | undefined, error: KernelError): boolean =>
  kind === 'remove' ? ABSENT.has(error.errno) : kind === 'add' && error.errno === EEXIST;

function addressRequest({ kind, address }: AddressCommand): NetlinkRequest {
  const subject = `${address.address}/${address.prefixLength} on interface ${address.interfaceIndex}`;
  if (kind === 'remove') {
    return { what: `RTM_DELADDR ${subject}`, type: RTM_DELADDR, payload: encodeDeleteAddress(address) };
  }
  return {
    what: `RTM_NEWADDR ${subject}`,
    type: RTM_NEWADDR,
    flags: NLM_F_CREATE | (kind === 'add' ? NLM_F_EXCL : NLM_F_REPLACE),
    payload: encodeNewAddress(address),
  };
}

/** What we cannot read in an answer of the kernel is an error: to plan on half of the state would be worse. */
function decodeAll<T>(
  answer: NetlinkAnswer,
  decode: (message: NetlinkMessage) => Result<T | undefined, { readonly text: string }>,
): readonly T[] {
  if (!answer.ok) throw answer.error;
  return answer.value.flatMap((message) => {
    const decoded = decode(message);
    if (!decoded.ok) throw new KernelError('rtnetlink dump', errnoOf('EBADMSG'), decoded.error.text);
    return decoded.value === undefined ? [] : [decoded.value];
  });
}

const decodeLinkOf = (message: NetlinkMessage): ReturnType<typeof decodeLink> | Result<undefined, never> =>
  message.type === RTM_NEWLINK ? decodeLink(message.payload) : ok(undefined);

const decodeAddressOf = (message: NetlinkMessage): ReturnType<typeof decodeInterfaceAddress> =>
  message.type === RTM_NEWADDR ? decodeInterfaceAddress(message.payload) : ok(undefined);

/** A notification that makes no sense counts as lost. */
function factOf(event: MonitorEvent): readonly RouteFact[] {
  if (event === 'overrun') return [{ type: 'overrun' }];
  const { type, payload } = event;
  if (type === RTM_NEWLINK || type === RTM_DELLINK) {
    const link = decodeLink(payload);
    if (!link.ok) return [{ type: 'overrun' }];
    return [{ type: type === RTM_NEWLINK ? 'link' : 'link-gone', link: link.value }];
  }
  if (type === RTM_NEWADDR || type === RTM_DELADDR) {
    const address = decodeInterfaceAddress(payload);
    if (!address.ok) return [{ type: 'overrun' }];
    if (!address.value) return [];
    return [{ type: type === RTM_NEWADDR ? 'address' : 'address-gone', address: address.value }];
  }
  return [];
}
