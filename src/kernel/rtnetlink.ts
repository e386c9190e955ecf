import { err, ok, type Result } from '../base/result.js';
import { NLM_F_CREATE, NLM_F_EXCL, type NetlinkMessage } from '../wire/netlink/message.js';
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
  encodeGetAddresses,
  RTM_DELADDR,
  RTM_GETADDR,
  RTM_NEWADDR,
  RTMGRP_IPV4_IFADDR,
  RTMGRP_IPV6_IFADDR,
  type InterfaceAddress,
} from '../wire/netlink/route.js';
import { type Family } from '../base/address.js';
import { decodeRoute, RTM_DELROUTE, type RouteReport } from '../wire/netlink/fib-route.js';
import { decodeRule, RTM_DELRULE, type FibRule } from '../wire/netlink/fib-rule.js';
import { errnoOf, KernelError } from './kernel-error.js';
import { isAsWanted, requestOf, type NetCommand, type Outcome } from './net-command.js';
import { hearOnlyRoutesGone } from './netlink-filter.js';
import { type MonitorEvent, NetlinkMonitor } from './netlink-monitor.js';
import { NETLINK_ROUTE } from './netlink-receive.js';
import { type NetlinkAnswer, type NetlinkRequest } from './netlink-exchange.js';
import { NetlinkSocket } from './netlink-socket.js';
import { type ReceiveBuffer } from './socket-option.js';

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
   * @returns a result for each. What was there already when it was added, or gone when it was removed, is a success:
   *   it is as it was wanted.
   */
  apply(commands: readonly NetCommand[]): readonly Result<Outcome, KernelError>[] {
    const answers = this.netlink.transact(commands.map(requestOf));
    return answers.map((answer, index) => {
      if (answer.ok) return ok('done');
      return isAsWanted(commands[index]?.kind, answer.error) ? ok('as-it-was') : err(answer.error);
    });
  }

  /** Makes room for more than we need ourselves; less would only lose messages. @throws KernelError */
  setReceiveBuffer(buffer: ReceiveBuffer): void {
    this.netlink.setReceiveBuffer(buffer);
  }

  /** What notifications of our own changes are marked with. */
  get port(): number {
    return this.netlink.port;
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

/** A change of links or addresses that the kernel told of. */
export type InterfaceFact =
  | { readonly type: 'link'; readonly link: Link }
  | { readonly type: 'link-gone'; readonly link: Link }
  | { readonly type: 'address'; readonly address: InterfaceAddress }
  | { readonly type: 'address-gone'; readonly address: InterfaceAddress };

/** A route or rule that is gone; `port` is RouteSocket.port if that one asked for it. */
export type RoutingFact =
  | { readonly type: 'route-gone'; readonly route: RouteReport; readonly port: number }
  | { readonly type: 'rule-gone'; readonly rule: FibRule; readonly port: number };

/** What the kernel told of. */
export type RouteFact =
  | InterfaceFact
  | RoutingFact
  /** Facts were lost (ENOBUFS): dump links and addresses again and compare. */
  | { readonly type: 'overrun' };

export const isInterfaceFact = (fact: RouteFact): fact is InterfaceFact =>
  'link' in fact || 'address' in fact;

export const isRoutingFact = (fact: RouteFact): fact is RoutingFact => 'port' in fact;

/** Whose routes and rules are to be listened to. */
export interface RoutingWatch {
  readonly routes: ReadonlySet<Family>;
  readonly rules: ReadonlySet<Family>;
}

/** Multicast groups of each kind of notification. */
const GROUPS = {
  routes: { inet: 7, inet6: 11 },
  rules: { inet: 8, inet6: 19 },
} as const;
const FAMILIES: readonly Family[] = ['inet', 'inet6'];

/** Listens to changes of links and addresses. Open it before the first dump, so that nothing falls in between. */
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
    hearOnlyRoutesGone(this.monitor.fd, RTPROT_KEEPALIVED);
  }

  /** From now on, listens for routes of protocol 18 and rules of these families that are gone. @throws KernelError */
  watch(watched: RoutingWatch): void {
    for (const kind of ['routes', 'rules'] as const) {
      for (const family of FAMILIES) {
        this.monitor.setMembership(GROUPS[kind][family], watched[kind].has(family));
      }
    }
  }

  /** Makes room for more than we need ourselves; less would only lose messages. @throws KernelError */
  setReceiveBuffer(buffer: ReceiveBuffer): void {
    this.monitor.setReceiveBuffer(buffer);
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

/** What keepalived marks its routes and rules with (rt_protos). */
const RTPROT_KEEPALIVED = 18;
const ENODEV = errnoOf('ENODEV');

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
  return routingFactOf(event);
}

function routingFactOf({ type, payload, port }: NetlinkMessage): readonly RouteFact[] {
  if (type === RTM_DELROUTE) {
    const route = decodeRoute(payload);
    if (!route.ok) return [{ type: 'overrun' }];
    return route.value ? [{ type: 'route-gone', route: route.value, port }] : [];
  }
  if (type !== RTM_DELRULE) return [];
  const rule = decodeRule(payload);
  if (!rule.ok) return [{ type: 'overrun' }];
  return rule.value ? [{ type: 'rule-gone', rule: rule.value, port }] : [];
}
