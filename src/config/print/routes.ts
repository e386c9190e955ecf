import { type Family, type IpPrefix } from '../../base/address.js';
import { type DesiredNexthop, type DesiredRoute, type DesiredRule } from '../../net/index.js';
import { type NumberRange } from '../../wire/netlink/fib-rule.js';
import { type Encapsulation } from '../../wire/netlink/lwtunnel.js';
import { type RouteMetric } from '../../wire/netlink/route-metrics.js';
import { type Part } from './writer.js';

const KEEPALIVED = 18;

const everything = (family: Family): string => (family === 'inet6' ? 'default6' : 'default');
const prefix = (value: IpPrefix): string => `${value.address}/${value.length}`;
const option = (name: string, value: Part): readonly Part[] => (value === undefined ? [] : [name, value]);
const realms = (value: number | undefined): readonly Part[] =>
  value === undefined
    ? []
    : ['realms', value > 0xffff ? `${Math.floor(value / 0x1_0000)}/${value & 0xffff}` : value];

/** A route as a line of virtual_routes or static_routes. */
export function routeLine(route: DesiredRoute): readonly Part[] {
  const { type, destination, from, metrics, locked } = route;
  return [
    type !== 'unicast' && type,
    destination ? prefix(destination) : everything(route.family),
    ...(from ? ['from', prefix(from)] : []),
    ...option('via', route.via),
    ...option('dev', route.interface),
    ...option('src', route.preferredSource),
    ...option('table', route.table === 254 ? undefined : route.table),
    ...option('protocol', route.protocol === KEEPALIVED && !route.noTrack ? undefined : route.protocol),
    ...option('scope', route.scope),
    ...option('metric', route.metric),
    ...option('tos', route.tos),
    route.onlink && 'onlink',
    ...option('expires', route.expires),
    ...Object.entries(metrics).flatMap(([name, value]): readonly Part[] => [
      name,
      locked.includes(name as RouteMetric) && 'lock',
      value,
    ]),
    ...realms(route.realms),
    ...(route.ecn ? ['features', 'ecn'] : []),
    ...(route.congestionControl === undefined
      ? []
      : ['congctl', locked.includes('congctl') && 'lock', route.congestionControl]),
    ...option('pref', route.preference),
    ...option(
      'ttl-propagate',
      route.ttlPropagate === undefined ? undefined : route.ttlPropagate ? 'enabled' : 'disabled',
    ),
    route.placement !== 'prepend' && route.placement,
    route.noTrack && 'no_track',
    ...option('track_group', route.trackGroup),
    ...encapsulation(route.encap),
    ...route.nexthops.flatMap(nexthop),
  ];
}

function encapsulation(encap: Encapsulation | undefined): readonly Part[] {
  if (!encap) return [];
  if (encap.kind === 'mpls') return ['encap mpls', encap.labels.join('/')];
  if (encap.kind === 'ila') return ['encap ila', encap.locator];
  return [
    `encap ${encap.kind}`,
    ...option('id', encap.id),
    ...option('dst', encap.destination),
    ...option('src', encap.source),
    ...option(encap.kind === 'ip' ? 'tos' : 'tc', encap.trafficClass),
    ...option(encap.kind === 'ip' ? 'ttl' : 'hoplimit', encap.hopLimit),
    ...option('flags', encap.flags),
  ];
}

const nexthop = (hop: DesiredNexthop): readonly Part[] => [
  'nexthop',
  ...option('via', hop.via),
  ...option('dev', hop.interface),
  ...option('weight', hop.weight),
  hop.onlink && 'onlink',
  ...realms(hop.realms),
  ...encapsulation(hop.encap),
];

const range = (value: NumberRange | undefined): Part => value && `${value.from}-${value.to}`;

/** A rule as a line of virtual_rules or static_rules. */
export function ruleLine(rule: DesiredRule): readonly Part[] {
  const { action, fwmark, fwmask } = rule;
  return [
    rule.invert && 'not',
    ...option('from', rule.from ? prefix(rule.from) : rule.to ? undefined : everything(rule.family)),
    ...option('to', rule.to && prefix(rule.to)),
    ...option('priority', rule.priority),
    ...option('tos', rule.tos),
    ...option(
      'fwmark',
      fwmark === undefined ? undefined : fwmask === undefined ? fwmark : `${fwmark}/${fwmask}`,
    ),
    ...option('iif', rule.inputInterface),
    ...option('oif', rule.outputInterface),
    ...option('tunnel-id', rule.tunnelId),
    ...option('uidrange', range(rule.uidRange)),
    ...option('protocol', rule.protocol === KEEPALIVED && !rule.noTrack ? undefined : rule.protocol),
    ...option('ipproto', rule.ipProtocol),
    ...option('sport', range(rule.sourcePorts)),
    ...option('dport', range(rule.destinationPorts)),
    ...realms(rule.realms),
    ...option('suppress_prefixlength', rule.suppressPrefixLength),
    ...option('suppress_ifgroup', rule.suppressGroup),
    rule.noTrack && 'no_track',
    ...option('track_group', rule.trackGroup),
    ...(action === 'table'
      ? rule.l3mdev
        ? ['l3mdev']
        : ['table', rule.table]
      : action === 'goto'
        ? ['goto', rule.target]
        : [action]),
  ];
}
