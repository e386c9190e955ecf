import {
  addressBytes,
  formatIpAddress,
  hostPrefixLength,
  type Family,
  type IpAddress,
  type IpPrefix,
} from '../../base/address.js';
import { err, ok, type Result } from '../../base/result.js';
import { type DecodeError } from '../decode-error.js';
import { Attributes, AttributeWriter } from './attribute.js';
import { HOST_LITTLE_ENDIAN } from './host-order.js';
import { encapsulationType, encodeEncapsulation, type Encapsulation } from './lwtunnel.js';
import { type NetlinkErrorCode } from './message.js';
import { encodeMetrics, type RouteMetrics } from './route-metrics.js';

/*
 * rtnetlink(7): payload of RTM_*ROUTE, struct rtmsg and attributes.
 *
 *     +---------------+---------------+---------------+---------------+
 *     |    Family     |  Length of    |   Length of   |  TOS          |
 *     |               |  destination  |   source      |               |
 *     +---------------+---------------+---------------+---------------+
 *     |    Table      |   Protocol    |     Scope     |  Type (RTN_*) |
 *     +---------------+---------------+---------------+---------------+
 *     |                       Flags (RTM_F_*, RTNH_F_*)               |
 *     +---------------------------------------------------------------+
 */
export const RTM_NEWROUTE = 24;
export const RTM_DELROUTE = 25;

const HEADER = 12;
const AF = { inet: 2, inet6: 10 } as const;

const RTA_DST = 1;
const RTA_SRC = 2;
const RTA_OIF = 4;
const RTA_GATEWAY = 5;
const RTA_PRIORITY = 6;
const RTA_PREFSRC = 7;
const RTA_METRICS = 8;
const RTA_MULTIPATH = 9;
const RTA_FLOW = 11;
const RTA_TABLE = 15;
const RTA_PREF = 20;
const RTA_ENCAP_TYPE = 21;
const RTA_ENCAP = 22;
const RTA_EXPIRES = 23;
const RTA_TTL_PROPAGATE = 26;

const RTNH_F_ONLINK = 4;
const NEXTHOP_HEADER = 8;
const RT_SCOPE_UNIVERSE = 0;
/** In a deletion: whatever the scope. */
const RT_SCOPE_NOWHERE = 255;
/** In a deletion: whatever the type. */
const RTN_UNSPEC = 0;

/** Types of routes (RTN_*), as iproute2 spells them. */
export type RouteType =
  | 'unicast'
  | 'local'
  | 'broadcast'
  | 'anycast'
  | 'multicast'
  | 'blackhole'
  | 'unreachable'
  | 'prohibit'
  | 'throw'
  | 'nat'
  | 'xresolve';

const routeTypes: readonly (RouteType | undefined)[] = [
  undefined,
  'unicast',
  'local',
  'broadcast',
  'anycast',
  'multicast',
  'blackhole',
  'unreachable',
  'prohibit',
  'throw',
  'nat',
  'xresolve',
];

/** A route as the kernel is told of it. */
export interface FibRoute extends RouteMetrics {
  readonly family: Family;
  readonly type: RouteType;
  /** Undefined for the default route. */
  readonly destination?: IpPrefix;
  readonly via?: IpAddress;
  /** `src`: the source address of our own packets that take it. */
  readonly preferredSource?: IpAddress;
  /** `from`, IPv6 only: packets of these sources alone. */
  readonly from?: IpPrefix;
  /** Index of the interface. */
  readonly outputInterface?: number;
  readonly table: number;
  /** rtm protocol, 0-255: who put it there; 18 is keepalived. */
  readonly protocol: number;
  /** rtm scope, 0-255; 0 (global) unless told. */
  readonly scope?: number;
  /** Lower ones are preferred. */
  readonly metric?: number;
  readonly tos?: number;
  /** The gateway is on the link, though no prefix says so. */
  readonly onlink: boolean;
  readonly encap?: Encapsulation;
  /** `realms`, upper half from, lower half to. */
  readonly realms?: number;
  /** IPv6 router preference (RFC 4191, 2.1): 0 medium, 1 high, 3 low. */
  readonly preference?: number;
  /** Seconds. */
  readonly expires?: number;
  readonly ttlPropagate?: boolean;
  readonly nexthops: readonly FibNexthop[];
}

/** One of several next hops of a route. */
export interface FibNexthop {
  readonly via?: IpAddress;
  /** Index of the interface. */
  readonly outputInterface?: number;
  /** 1-256. */
  readonly weight?: number;
  readonly onlink: boolean;
  readonly encap?: Encapsulation;
  readonly realms?: number;
}

/**
 * One change of the routes. 'add' fails with EEXIST if the same route is there: `prepend` and `append` place it
 * among others of its destination and metric, `exclusive` fails if there is any other. 'replace' takes the place of
 * one with the same destination and metric.
 */
export type FibRouteCommand =
  | {
      readonly kind: 'add';
      readonly placement: 'prepend' | 'append' | 'exclusive';
      readonly route: FibRoute;
    }
  | { readonly kind: 'replace' | 'remove'; readonly route: FibRoute };

const viewOf = (bytes: Uint8Array): DataView =>
  new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);

/** Payload of RTM_NEWROUTE. */
export const encodeNewRoute = (route: FibRoute): Uint8Array =>
  encodeRoute(route, { scope: route.scope ?? RT_SCOPE_UNIVERSE, type: routeTypes.indexOf(route.type) });

/** Payload of RTM_DELROUTE: what is not told does not matter, but what is told must be as the kernel has it. */
export const encodeDeleteRoute = (route: FibRoute): Uint8Array =>
  encodeRoute(route, {
    scope: route.scope ?? RT_SCOPE_NOWHERE,
    type: route.type === 'unicast' ? RTN_UNSPEC : routeTypes.indexOf(route.type),
  });

function encodeRoute(route: FibRoute, { scope, type }: { scope: number; type: number }): Uint8Array {
  const header = new Uint8Array(HEADER);
  header[0] = AF[route.family];
  header[1] = route.destination?.length ?? 0;
  header[2] = route.from?.length ?? 0;
  header[3] = route.tos ?? 0;
  header[4] = route.table < 256 ? route.table : 0;
  header[5] = route.protocol;
  header[6] = scope;
  header[7] = type;
  viewOf(header).setUint32(8, route.onlink ? RTNH_F_ONLINK : 0, HOST_LITTLE_ENDIAN);
  const writer = new AttributeWriter(header);
  if (route.table > 255) writer.u32(RTA_TABLE, route.table);
  if (route.destination) writer.bytes(RTA_DST, addressBytes(route.destination.address));
  if (route.from) writer.bytes(RTA_SRC, addressBytes(route.from.address));
  if (route.preferredSource !== undefined) writer.bytes(RTA_PREFSRC, addressBytes(route.preferredSource));
  writeHop(writer, route);
  if (route.outputInterface !== undefined) writer.u32(RTA_OIF, route.outputInterface);
  if (route.metric !== undefined) writer.u32(RTA_PRIORITY, route.metric);
  if (route.expires !== undefined) writer.u32(RTA_EXPIRES, route.expires);
  if (route.preference !== undefined) writer.u8(RTA_PREF, route.preference);
  if (route.ttlPropagate !== undefined) writer.u8(RTA_TTL_PROPAGATE, route.ttlPropagate ? 1 : 0);
  const metrics = encodeMetrics(route);
  if (metrics) writer.nested(RTA_METRICS, metrics);
  if (route.nexthops.length > 0) writer.bytes(RTA_MULTIPATH, encodeNexthops(route.nexthops));
  return writer.finish();
}

/** What a route with one next hop, and each of several next hops, tells in the same attributes. */
function writeHop(writer: AttributeWriter, { via, encap, realms }: FibRoute | FibNexthop): void {
  if (via !== undefined) writer.bytes(RTA_GATEWAY, addressBytes(via));
  if (realms !== undefined && realms !== 0) writer.u32(RTA_FLOW, realms);
  if (!encap) return;
  writer.nested(RTA_ENCAP, encodeEncapsulation(encap));
  writer.u16(RTA_ENCAP_TYPE, encapsulationType(encap));
}

/*
 * struct rtnexthop, one after another, each with attributes of its own.
 *
 *     +-------------------------------+---------------+---------------+
 *     |  Length with attributes       | Flags RTNH_F_*| Weight - 1    |
 *     +-------------------------------+---------------+---------------+
 *     |                  Index of the interface                       |
 *     +---------------------------------------------------------------+
 */
function encodeNexthops(nexthops: readonly FibNexthop[]): Uint8Array {
  const parts = nexthops.map((hop) => {
    const writer = new AttributeWriter(new Uint8Array(NEXTHOP_HEADER));
    writeHop(writer, hop);
    const part = writer.finish();
    viewOf(part).setUint16(0, part.length, HOST_LITTLE_ENDIAN);
    part[2] = hop.onlink ? RTNH_F_ONLINK : 0;
    part[3] = (hop.weight ?? 1) - 1;
    viewOf(part).setInt32(4, hop.outputInterface ?? 0, HOST_LITTLE_ENDIAN);
    return part;
  });
  return Uint8Array.from(parts.flatMap((part) => [...part]));
}

/** What a notification tells of a route: enough to know which one it speaks of. */
export type RouteReport = Pick<
  FibRoute,
  'family' | 'type' | 'destination' | 'from' | 'via' | 'outputInterface' | 'table' | 'protocol' | 'tos'
> & { readonly metric: number };

/** Decodes the payload of RTM_NEWROUTE or RTM_DELROUTE; undefined for a family or type that we never install. */
export function decodeRoute(
  payload: Uint8Array,
): Result<RouteReport | undefined, DecodeError<NetlinkErrorCode>> {
  if (payload.length < HEADER) {
    return err({ code: 'netlink-truncated', text: `route message of ${payload.length} bytes` });
  }
  const [familyNumber, destinationLength = 0, sourceLength = 0, tos = 0, table = 0, protocol = 0] = payload;
  const family = familyNumber === AF.inet ? 'inet' : familyNumber === AF.inet6 ? 'inet6' : undefined;
  const type = routeTypes[payload[7] ?? 0];
  if (!family || !type) return ok(undefined);
  const attributes = Attributes.parse(payload.subarray(HEADER));
  const longest = hostPrefixLength(family);
  if (!attributes || destinationLength > longest || sourceLength > longest) {
    return err({ code: 'netlink-bad-attributes', text: 'route message' });
  }
  return ok({
    family,
    type,
    table: attributes.u32(RTA_TABLE) ?? table,
    protocol,
    tos,
    metric: attributes.u32(RTA_PRIORITY) ?? 0,
    ...readEnds(attributes, family, destinationLength, sourceLength),
  });
}

/** Where a route leads, as far as it tells. */
function readEnds(
  attributes: Attributes,
  family: Family,
  destinationLength: number,
  sourceLength: number,
): Partial<Pick<RouteReport, 'destination' | 'from' | 'via' | 'outputInterface'>> {
  const address = (attribute: number): IpAddress | undefined => {
    const bytes = attributes.bytes(attribute);
    return bytes?.length === hostPrefixLength(family) / 8 ? formatIpAddress(bytes) : undefined;
  };
  const [destination, from, via] = [address(RTA_DST), address(RTA_SRC), address(RTA_GATEWAY)];
  const outputInterface = attributes.u32(RTA_OIF);
  return {
    ...(destination !== undefined && { destination: { address: destination, length: destinationLength } }),
    ...(from !== undefined && { from: { address: from, length: sourceLength } }),
    ...(via !== undefined && { via }),
    ...(outputInterface !== undefined && { outputInterface }),
  };
}
