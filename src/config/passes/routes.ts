import { type IpAddress, type IpPrefix } from '../../base/address.js';
import { type DesiredNexthop, type DesiredRoute } from '../../net/index.js';
import { type RouteType } from '../../wire/netlink/fib-route.js';
import { type LockableMetric, type RouteMetric } from '../../wire/netlink/route-metrics.js';
import { type Statement } from '../tree.js';
import { type PassContext } from './context.js';
import { readEncapsulation } from './encapsulation.js';
import { type RouteNames, routeTypes } from './route-names.js';
import { LeaveOut, WordCursor } from './word-cursor.js';

/** What readers of routes and rules need to know. */
export interface RouteScene {
  readonly context: PassContext;
  readonly names: RouteNames;
  /** Names of track_groups further up, or undefined where track_group is unknown (virtual_routes). */
  readonly trackGroups: ReadonlySet<string> | undefined;
}

type Mutable<T> = { -readonly [Key in keyof T]: T[Key] };
type RouteDraft = Mutable<Omit<DesiredRoute, 'family' | 'protocol' | 'metrics' | 'locked' | 'nexthops'>> & {
  protocol?: number;
  readonly metrics: Partial<Record<RouteMetric, number>>;
  readonly locked: LockableMetric[];
  nexthops: DesiredNexthop[];
  hasDestination: boolean;
};

const KEEPALIVED = 18;

/** Reads one line of virtual_routes or static_routes; undefined (and a problem) if it is left out. */
export function readRoute(scene: RouteScene, line: Statement): DesiredRoute | undefined {
  const cursor = new WordCursor(scene.context, scene.names, line, 'route');
  try {
    return finish(scene, cursor, readOptions(scene, cursor));
  } catch (error) {
    if (error instanceof LeaveOut) return undefined;
    throw error;
  }
}

function readOptions(scene: RouteScene, cursor: WordCursor): RouteDraft {
  const draft: RouteDraft = {
    type: 'unicast',
    table: 254,
    onlink: false,
    metrics: {},
    locked: [],
    ecn: false,
    placement: 'prepend',
    nexthops: [],
    noTrack: false,
    hasDestination: false,
  };
  for (let word = cursor.peek(); word; word = cursor.peek()) {
    if (word.text === 'nexthop') {
      readNexthops(scene, cursor, draft);
      break;
    }
    const option = options[word.text];
    const metric = metrics[word.text];
    if (option) {
      cursor.take();
      option(draft, cursor);
    } else if (metric !== undefined) readMetric(draft, cursor, metric);
    else if (word.text === 'track_group' && scene.trackGroups) readTrackGroup(scene, cursor, draft);
    else readDestination(draft, cursor);
  }
  return draft;
}

type OptionReader = (draft: RouteDraft, cursor: WordCursor) => void;

const setMetric: OptionReader = (draft, cursor) => (draft.metric = cursor.number('metric'));
const setTos: OptionReader = (draft, cursor) => (draft.tos = cursor.named('dsfield'));
const setInterface: OptionReader = (draft, cursor) => (draft.interface = cursor.interface());

const options: Readonly<Record<string, OptionReader>> = {
  inet: (_, cursor) => cursor.joinByName('inet'),
  inet6: (_, cursor) => cursor.joinByName('inet6'),
  src: (draft, cursor) => (draft.preferredSource = cursor.address()),
  as: (_, cursor) => {
    cursor.takeIf('to');
    const { span } = cursor.take();
    cursor.context.error('unknown-option', "'as to' is not supported; it is ignored", span);
  },
  via: (draft, cursor) => (draft.via = cursor.gateway()),
  gw: (draft, cursor) => {
    cursor.context.warning('deprecated', "'gw' is deprecated; use via", cursor.span);
    draft.via = cursor.gateway();
  },
  from: (draft, cursor) => setFrom(draft, cursor),
  tos: setTos,
  dsfield: setTos,
  table: (draft, cursor) => (draft.table = cursor.named('table')),
  protocol: (draft, cursor) => (draft.protocol = cursor.named('protocol')),
  scope: (draft, cursor) => (draft.scope = cursor.named('scope')),
  metric: setMetric,
  priority: setMetric,
  preference: setMetric,
  dev: setInterface,
  oif: setInterface,
  onlink: (draft) => (draft.onlink = true),
  encap: (draft, cursor) => (draft.encap = readEncapsulation(cursor)),
  expires: (draft, cursor) => {
    cursor.join('inet6');
    draft.expires = cursor.number('expires');
  },
  realms: (draft, cursor) => (draft.realms = cursor.realms()),
  features: (draft, cursor) => {
    const { text, span } = cursor.take();
    if (text === 'ecn') draft.ecn = true;
    else cursor.context.error('unknown-choice', `'${text}' is no known feature; it is ignored`, span);
  },
  congctl: (draft, cursor) => {
    if (cursor.takeIf('lock')) draft.locked.push('congctl');
    draft.congestionControl = cursor.take().text;
  },
  pref: (draft, cursor) => setPreference(draft, cursor),
  'ttl-propagate': (draft, cursor) => {
    const { text, span } = cursor.take();
    if (text === 'enabled' || text === 'disabled') draft.ttlPropagate = text === 'enabled';
    else cursor.context.error('unknown-choice', `'${text}' is neither enabled nor disabled`, span);
  },
  add: (draft) => (draft.placement = 'add'),
  prepend: (draft) => (draft.placement = 'prepend'),
  append: (draft) => (draft.placement = 'append'),
  or: (draft, cursor) => addAlternative(draft, cursor),
  no_track: (draft) => (draft.noTrack = true),
  vrf: (draft, cursor) => setVrf(draft, cursor),
};

/** Metrics: whether they may be locked, their range, and for times how many of its units the kernel has in a millisecond. */
const metrics: Readonly<
  Record<
    string,
    | { readonly name: RouteMetric; readonly lock?: true; readonly max?: number; readonly perMs?: number }
    | undefined
  >
> = {
  mtu: { name: 'mtu', lock: true },
  hoplimit: { name: 'hoplimit', max: 255 },
  advmss: { name: 'advmss', lock: true },
  rtt: { name: 'rtt', lock: true, perMs: 8 },
  rttvar: { name: 'rttvar', lock: true, perMs: 4 },
  reordering: { name: 'reordering', lock: true },
  window: { name: 'window' },
  cwnd: { name: 'cwnd', lock: true },
  ssthresh: { name: 'ssthresh', lock: true },
  rto_min: { name: 'rto_min', lock: true, perMs: 1 },
  initcwnd: { name: 'initcwnd' },
  initrwnd: { name: 'initrwnd' },
  quickack: { name: 'quickack', max: 1 },
  fastopen_no_cookie: { name: 'fastopen_no_cookie', max: 1 },
};

function readMetric(
  draft: RouteDraft,
  cursor: WordCursor,
  metric: NonNullable<(typeof metrics)[string]>,
): void {
  cursor.take();
  if (metric.lock && cursor.takeIf('lock')) draft.locked.push(metric.name);
  draft.metrics[metric.name] = metric.perMs
    ? cursor.roundTripTime(metric.name, metric.perMs)
    : cursor.number(metric.name, metric.max);
}

function setFrom(draft: RouteDraft, cursor: WordCursor): void {
  const from = cursor.prefix();
  if (cursor.family !== 'inet6') cursor.fail('wrong-family', "'from' is for IPv6 only");
  if (from) draft.from = from;
}

/** RFC 4191, 2.1. */
const preferences: Readonly<Record<string, number | undefined>> = { low: 3, medium: 0, high: 1 };

function setPreference(draft: RouteDraft, cursor: WordCursor): void {
  if (cursor.family === 'inet') cursor.fail('wrong-family', "'pref' is for IPv6 only");
  cursor.join('inet6');
  const { text, span } = cursor.take();
  const number = preferences[text] ?? (/^\d{1,3}$/.test(text) ? Number(text) : NaN);
  if (!(number <= 255)) cursor.fail('unknown-choice', `'${text}' is none of low, medium and high`, span);
  draft.preference = number;
}

function setVrf(draft: RouteDraft, cursor: WordCursor): void {
  const { text, span } = cursor.take();
  const device = cursor.context.interface(text);
  if (device?.kind !== 'vrf') return cursor.fail('unknown-vrf', `'${text}' is no VRF`, span);
  draft.table = device.vrfTable ?? draft.table;
}

/** `via A or B`: two next hops, as keepalived once wrote them. */
function addAlternative(draft: RouteDraft, cursor: WordCursor): void {
  cursor.context.warning('deprecated', "'or' is deprecated; use nexthop", cursor.span);
  if (draft.nexthops.length > 0) {
    cursor.context.error('already-given', "'or' is already given; this one is ignored", cursor.span);
    cursor.take();
    return;
  }
  const first: DesiredNexthop = { ...(draft.via !== undefined && { via: draft.via }), onlink: false };
  delete draft.via;
  draft.nexthops = [first, { via: cursor.address(), onlink: false }];
}

function readTrackGroup(scene: RouteScene, cursor: WordCursor, draft: RouteDraft): void {
  cursor.take();
  const { text, span } = cursor.take();
  if (scene.trackGroups?.has(text)) draft.trackGroup = text;
  else
    scene.context.error(
      'unknown-track-group',
      `there is no track_group '${text}' above; it is ignored`,
      span,
    );
}

function readDestination(draft: RouteDraft, cursor: WordCursor): void {
  cursor.takeIf('to');
  const type = cursor.peek()?.text ?? '';
  if (routeTypes.has(type)) {
    draft.type = type === 'brd' ? 'broadcast' : (type as RouteType);
    cursor.take();
  }
  const destination: IpPrefix | undefined = cursor.prefix();
  draft.hasDestination = true;
  if (destination) draft.destination = destination;
  else delete draft.destination;
}

function readNexthops(scene: RouteScene, cursor: WordCursor, draft: RouteDraft): void {
  if (draft.nexthops.length > 0) cursor.fail('conflict', "'nexthop' cannot follow 'or'");
  while (cursor.takeIf('nexthop')) draft.nexthops.push(readNexthop(cursor));
  const rest = cursor.rest();
  const [first] = rest;
  if (first) {
    // keepalived reports this and keeps the route.
    scene.context.error('extra-words', `'${first.text}' does not belong behind a nexthop`, first.span);
  }
}

function readNexthop(cursor: WordCursor): DesiredNexthop {
  const hop: Mutable<DesiredNexthop> = { onlink: false };
  const via = (address: IpAddress) => (hop.via = address);
  for (;;) {
    if (cursor.takeIf('via')) via(cursor.gateway());
    else if (cursor.takeIf('dev')) hop.interface = cursor.interface();
    else if (cursor.takeIf('weight')) hop.weight = cursor.number('weight', 256, 1);
    else if (cursor.takeIf('onlink')) hop.onlink = true;
    else if (cursor.takeIf('realms')) hop.realms = cursor.realms();
    else if (cursor.takeIf('encap')) hop.encap = readEncapsulation(cursor);
    else return hop;
  }
}

function finish(scene: RouteScene, cursor: WordCursor, draft: RouteDraft): DesiredRoute {
  const { hasDestination, ...route } = draft;
  if (!hasDestination) cursor.fail('destination-missing', 'the route has no destination');
  if (!route.noTrack) {
    if (route.protocol !== undefined && route.protocol !== KEEPALIVED) {
      scene.context.warning(
        'protocol-of-tracked',
        'a tracked route has protocol keepalived; using that',
        cursor.span,
      );
    }
    route.protocol = KEEPALIVED;
  }
  if (route.trackGroup !== undefined && route.interface === undefined) {
    scene.context.error('track-group-needs-interface', 'track_group needs dev; it is ignored', cursor.span);
    delete route.trackGroup;
  }
  return { ...route, protocol: route.protocol ?? KEEPALIVED, family: cursor.family ?? 'inet' };
}
