import { familyOf } from '../../base/address.js';
import { type DesiredNexthop, type DesiredRoute } from '../../net/index.js';
import { type Encapsulation } from '../../wire/netlink/lwtunnel.js';
import { type LockableMetric, type RouteMetric } from '../../wire/netlink/route-metrics.js';
import { type SnmpFacts } from './facts.js';
import { placed, type Placed } from './keepalived-addresses.js';
import { KEEPALIVED_VRRP } from './keepalived-instances.js';
import { tableSeries, type Column, type Series } from './mib-view.js';
import {
  address,
  addressType,
  counter64,
  familyNumber,
  gauge,
  integer,
  scope,
  text,
  truth,
} from './values.js';

interface RouteRow extends Placed<DesiredRoute> {
  readonly interfaceIndex?: number | undefined;
}

interface NexthopRow {
  readonly nexthop: DesiredNexthop;
  readonly index: readonly number[];
  readonly interfaceIndex?: number | undefined;
}

/** RouteType of KEEPALIVED-MIB, which has no `local`: to it that is a unicast one. */
const TYPES = {
  ...{ unicast: 1, local: 1, blackhole: 3, anycast: 4, multicast: 5, broadcast: 6 },
  ...{ unreachable: 7, prohibit: 8, throw: 9, nat: 10, xresolve: 11 },
} as const;
const ECMP = 2;
/** RT_TABLE_MAIN. */
const MAIN_TABLE = 254;

/** vrrpRoutePref: low(1), medium(2), high(3). */
const PREFERENCES: Readonly<Record<number, number>> = { 3: 1, 0: 2, 1: 3 };

const routeFamily = ({ destination, from, preferredSource, family }: DesiredRoute) => {
  const told = destination?.address ?? from?.address ?? preferredSource;
  return told === undefined ? family : familyOf(told);
};

/** The value of a metric, in the unit that a configuration has. */
const metric =
  (name: RouteMetric, unit = 1) =>
  ({ what }: RouteRow) => {
    const value = what.metrics[name];
    return gauge(value === undefined ? undefined : Math.trunc(value / unit));
  };

/** Whether the kernel may not change it; where it is not set there is nothing to be locked. */
const locked =
  (name: LockableMetric & RouteMetric) =>
  ({ what }: RouteRow) =>
    what.metrics[name] === undefined ? undefined : truth(what.locked.includes(name));

const upper = (realms = 0): number | undefined => realms >>> 16 || undefined;
const lower = (realms = 0): number | undefined => (realms === 0 ? undefined : realms & 0xffff);

const ROUTE_COLUMNS: readonly Column<RouteRow>[] = [
  [2, 'vrrpRouteAddressType', ({ what }) => integer(familyNumber(routeFamily(what)))],
  [3, 'vrrpRouteDestination', ({ what }) => address(what.destination?.address)],
  [4, 'vrrpRouteDestinationMask', ({ what }) => gauge(what.destination?.length)],
  [5, 'vrrpRouteGateway', ({ what }) => address(what.via)],
  [
    6,
    'vrrpRouteSecondaryGateway',
    ({ what }) => (what.nexthops.length === 1 ? address(what.nexthops[0]?.via) : undefined),
  ],
  [7, 'vrrpRouteSource', ({ what }) => address(what.preferredSource)],
  [8, 'vrrpRouteMetric', ({ what }) => gauge(what.metric ?? 0)],
  [9, 'vrrpRouteScope', ({ what }) => scope(what.scope ?? 0)],
  [10, 'vrrpRouteType', ({ what }) => integer(what.nexthops.length > 0 ? ECMP : TYPES[what.type])],
  [11, 'vrrpRouteIfIndex', ({ interfaceIndex }) => integer(interfaceIndex)],
  [12, 'vrrpRouteIfName', ({ what }) => text(what.interface)],
  [13, 'vrrpRouteRoutingTable', ({ what }) => gauge(what.table || MAIN_TABLE)],
  [14, 'vrrpRouteStatus', ({ set }) => truth(set)],
  [15, 'vrrpRouteFromAddress', ({ what }) => address(what.from?.address)],
  [16, 'vrrpRouteFromAddressMask', ({ what }) => gauge(what.from?.length)],
  [17, 'vrrpRouteTos', ({ what }) => gauge(what.tos)],
  // The MIB counts the kernel's numbers from 1.
  [18, 'vrrpRouteProtocol', ({ what }) => integer(what.protocol + 1)],
  [19, 'vrrpRouteECN', ({ what }) => truth(what.ecn)],
  [20, 'vrrpRouteQuickAck', ({ what }) => truth(what.metrics.quickack === 1)],
  [21, 'vrrpRouteExpires', ({ what }) => integer(what.expires)],
  [22, 'vrrpRouteMTU', metric('mtu')],
  [23, 'vrrpRouteMTULock', locked('mtu')],
  [24, 'vrrpRouteHopLimit', metric('hoplimit')],
  [25, 'vrrpRouteAdvmss', metric('advmss')],
  [26, 'vrrpRouteAdvmssLock', locked('advmss')],
  [27, 'vrrpRouteRTT', metric('rtt', 8)],
  [28, 'vrrpRouteRTTLock', locked('rtt')],
  [29, 'vrrpRouteRTTvar', metric('rttvar', 4)],
  [30, 'vrrpRouteRTTvarLock', locked('rttvar')],
  [31, 'vrrpRouteReordering', metric('reordering')],
  [32, 'vrrpRouteReorderingLock', locked('reordering')],
  [33, 'vrrpRouteWindow', metric('window')],
  [34, 'vrrpRouteCwnd', metric('cwnd')],
  [35, 'vrrpRouteCwndLock', locked('cwnd')],
  [36, 'vrrpRouteSSthresh', metric('ssthresh')],
  [37, 'vrrpRouteSSthreshLock', locked('ssthresh')],
  [38, 'vrrpRouteRTOMin', metric('rto_min')],
  [39, 'vrrpRouteRTOMinLock', locked('rto_min')],
  [40, 'vrrpRouteInitCwnd', metric('initcwnd')],
  [41, 'vrrpRouteInitRwnd', metric('initrwnd')],
  [42, 'vrrpRouteCongCtl', ({ what }) => text(what.congestionControl)],
  [
    43,
    'vrrpRoutePref',
    ({ what }) => (what.preference === undefined ? undefined : integer(PREFERENCES[what.preference])),
  ],
  [44, 'vrrpRouteRealmDst', ({ what }) => gauge(lower(what.realms))],
  [45, 'vrrpRouteRealmSrc', ({ what }) => gauge(upper(what.realms))],
  ...encapsulation('vrrpRoute', 46, ({ what }: RouteRow) => what.encap),
  [
    55,
    'vrrpRouteFastOpenNoCookie',
    ({ what: { metrics } }) =>
      metrics.fastopen_no_cookie === undefined ? undefined : truth(metrics.fastopen_no_cookie === 1),
  ],
];

const NEXTHOP_COLUMNS: readonly Column<NexthopRow>[] = [
  [2, 'vrrpRouteNextHopAddressType', ({ nexthop }) => addressType(nexthop.via)],
  [3, 'vrrpRouteNextHopAddress', ({ nexthop }) => address(nexthop.via)],
  [4, 'vrrpRouteNextHopIfIndex', ({ interfaceIndex }) => integer(interfaceIndex)],
  [5, 'vrrpRouteNextHopIfName', ({ nexthop }) => text(nexthop.interface)],
  [6, 'vrrpRouteNextHopWeight', ({ nexthop }) => gauge(nexthop.weight)],
  [7, 'vrrpRouteNextHopOnlink', ({ nexthop }) => truth(nexthop.onlink)],
  [8, 'vrrpRouteNextHopRealmDst', ({ nexthop }) => gauge(lower(nexthop.realms))],
  [9, 'vrrpRouteNextHopRealmSrc', ({ nexthop }) => gauge(upper(nexthop.realms))],
  ...encapsulation('vrrpRouteNextHop', 10, ({ nexthop }: NexthopRow) => nexthop.encap),
];

/** EncapType: mpls(1), ip(2), ila(3), ip6(4). keepalived counts one further than its MIB. */
const ENCAPSULATIONS = { mpls: 1, ip: 2, ila: 3, ip6: 4 } as const;

/** The columns that tell what packets are put into: nine of them, from `first` on. */
function encapsulation<Row>(
  prefix: string,
  first: number,
  of: (row: Row) => Encapsulation | undefined,
): readonly Column<Row>[] {
  const tunnel = (row: Row) => {
    const encap = of(row);
    return encap?.kind === 'ip' || encap?.kind === 'ip6' ? encap : undefined;
  };
  const kind = (row: Row) => {
    const encap = of(row);
    return encap && integer(ENCAPSULATIONS[encap.kind]);
  };
  return [
    [first, `${prefix}EncapType`, kind],
    [
      first + 1,
      `${prefix}EncapMplsLabels`,
      (row) => {
        const encap = of(row);
        return encap?.kind === 'mpls' ? text(encap.labels.join('/')) : undefined;
      },
    ],
    [first + 2, `${prefix}EncapId`, (row) => counter64(bigint(tunnel(row)?.id))],
    [first + 3, `${prefix}EncapDstAddress`, (row) => address(tunnel(row)?.destination)],
    [first + 4, `${prefix}EncapSrcAddress`, (row) => address(tunnel(row)?.source)],
    [first + 5, `${prefix}EncapTOS`, (row) => gauge(tunnel(row)?.trafficClass)],
    [first + 6, `${prefix}EncapTTL`, (row) => gauge(tunnel(row)?.hopLimit)],
    [first + 7, `${prefix}EncapFlags`, (row) => gauge(tunnel(row)?.flags)],
    [
      first + 8,
      `${prefix}EncapIlaLocator`,
      (row) => {
        const encap = of(row);
        return encap?.kind === 'ila' ? counter64(locator(encap.locator)) : undefined;
      },
    ],
  ];
}

const bigint = (decimal: string | undefined): bigint | undefined =>
  decimal === undefined ? undefined : BigInt(decimal);

/** Four groups of hexadecimal digits as one number. */
const locator = (groups: string): bigint =>
  groups.split(':').reduce((sum, group) => (sum << 16n) | BigInt(`0x${group || '0'}`), 0n);

/** vrrpRouteTable and vrrpRouteNextHopTable of KEEPALIVED-MIB. */
export function keepalivedRoutes(facts: SnmpFacts): readonly Series[] {
  const { statics, vrrpRoutes } = facts.configuration;
  const index = (name: string | undefined) =>
    name === undefined ? undefined : (facts.interfaces.get(name)?.index ?? 0);
  const routes = placed(facts, statics.routes, (name) => vrrpRoutes[name]?.routes ?? []);
  return [
    ...tableSeries({
      entry: [...KEEPALIVED_VRRP, 7, 1],
      columns: ROUTE_COLUMNS,
      rows: routes.map((row) => ({ ...row, interfaceIndex: index(row.what.interface) })),
      index: (row) => row.index,
    }),
    ...tableSeries({
      entry: [...KEEPALIVED_VRRP, 11, 1],
      columns: NEXTHOP_COLUMNS,
      rows: routes.flatMap(({ what, index: route }) =>
        what.nexthops.map((nexthop, at) => ({
          nexthop,
          index: [...route, at + 1],
          interfaceIndex: index(nexthop.interface),
        })),
      ),
      index: (row) => row.index,
    }),
  ];
}
