import { contains, type IpPrefix } from '../base/address.js';
import {
  type FibNexthop,
  type FibRoute,
  type FibRouteCommand,
  type RouteReport,
} from '../wire/netlink/fib-route.js';
import { type FibRule, type FibRuleCommand } from '../wire/netlink/fib-rule.js';
import { type DesiredRoute } from './desired-route.js';
import { type DesiredRule } from './desired-rule.js';

/** Routes and rules that belong together: those of an instance, or the static ones. */
export interface DesiredRouting {
  readonly routes: readonly DesiredRoute[];
  readonly rules: readonly DesiredRule[];
}

/** Indices of the interfaces that exist, by name. */
export type InterfaceIndices = ReadonlyMap<string, number>;

/** A command, and what it installs or removes. */
export type RoutingStep =
  | { readonly command: FibRouteCommand; readonly route: DesiredRoute }
  | { readonly command: FibRuleCommand; readonly rule: DesiredRule };

/**
 * What is to be done, in this order. Routes and rules are not compared with what the kernel has: it drops routes
 * without a word (when their interface or their source address goes), tables can hold a million of them, and it
 * compares what it is told by itself. One that is there already, or gone already, is as it was wanted.
 */
export interface RoutePlan {
  readonly steps: readonly RoutingStep[];
  /** Desired routes that name an interface that does not exist. */
  readonly impossible: readonly DesiredRoute[];
}

/** Installs all of it: routes first, so that a rule never sends packets to an empty table. */
export function planRouting({ routes, rules }: DesiredRouting, indices: InterfaceIndices): RoutePlan {
  const found = routes.map((desired) => ({ desired, route: toFibRoute(desired, indices) }));
  return {
    steps: [
      ...found.flatMap(({ desired, route }) =>
        route ? [{ command: addition(desired, route), route: desired }] : [],
      ),
      ...rules.map((rule) => ({ command: { kind: 'add', rule } as const, rule })),
    ],
    impossible: found.filter(({ route }) => !route).map(({ desired }) => desired),
  };
}

/** Removes all of it: rules first. What is on an interface that does not exist is gone with it. */
export function planRoutingRemoval({ routes, rules }: DesiredRouting, indices: InterfaceIndices): RoutePlan {
  return {
    steps: [
      ...rules.map((rule) => ({ command: { kind: 'remove', rule } as const, rule })),
      ...routes.flatMap((desired) => {
        const route = toFibRoute(desired, indices);
        return route ? [{ command: { kind: 'remove', route } as const, route: desired }] : [];
      }),
    ],
    impossible: [],
  };
}

/** What a reload has to take away, and what it can change without a gap, before it adds what is new. */
export interface RoutingChange {
  readonly gone: DesiredRouting;
  /** Same place and same way, with other options. */
  readonly changed: readonly { readonly from: DesiredRoute; readonly to: DesiredRoute }[];
}

/** Compares what is held with what is wanted from now on. */
export function compareRouting(held: DesiredRouting, wanted: DesiredRouting): RoutingChange {
  const staying = new Set(wanted.routes.map(installed));
  const replacements = new Map(wanted.routes.map((route) => [wayOf(route), route]));
  const leaving = held.routes.filter((route) => !staying.has(installed(route)));
  const changed = leaving.flatMap((from) => {
    const to = replacements.get(wayOf(from));
    return to ? [{ from, to }] : [];
  });
  const rules = new Set(wanted.rules.map(comparable));
  return {
    gone: {
      routes: leaving.filter((route) => !changed.some(({ from }) => from === route)),
      rules: held.rules.filter((rule) => !rules.has(comparable(rule))),
    },
    changed,
  };
}

/** Those of `routing` that nothing in `others` wants to stay. */
export function without(routing: DesiredRouting, others: readonly DesiredRouting[]): DesiredRouting {
  const routes = new Set(others.flatMap((other) => other.routes.map(installed)));
  const rules = new Set(others.flatMap((other) => other.rules.map(comparable)));
  return {
    routes: routing.routes.filter((route) => !routes.has(installed(route))),
    rules: routing.rules.filter((rule) => !rules.has(comparable(rule))),
  };
}

/** Replaces a route by another with the same place and way; undefined if its interface does not exist. */
export function planReplacement(to: DesiredRoute, indices: InterfaceIndices): FibRouteCommand | undefined {
  const route = toFibRoute(to, indices);
  return route && { kind: 'replace', route };
}

function addition({ placement }: DesiredRoute, route: FibRoute): FibRouteCommand {
  return { kind: 'add', placement: placement === 'add' ? 'exclusive' : placement, route };
}

/** What the kernel is told of a desired route; undefined if an interface does not exist. */
export function toFibRoute(desired: DesiredRoute, indices: InterfaceIndices): FibRoute | undefined {
  const { interface: name, nexthops, ...route } = desired;
  const names = [name, ...nexthops.map((hop) => hop.interface)].filter((each) => each !== undefined);
  if (!names.every((each) => indices.has(each))) return undefined;
  return {
    ...route,
    ...outputOf(name, indices),
    nexthops: nexthops.map(({ interface: hopName, ...hop }): FibNexthop => ({
      ...hop,
      ...outputOf(hopName, indices),
    })),
  };
}

function outputOf(name: string | undefined, indices: InterfaceIndices): { outputInterface?: number } {
  const outputInterface = name === undefined ? undefined : indices.get(name);
  return outputInterface === undefined ? {} : { outputInterface };
}

/** Everything that the kernel is told: two routes with the same text are the same route. */
const installed = (route: DesiredRoute): string => JSON.stringify(told(route));

/** What the kernel knows a route by, and the way that it leads. */
const wayOf = (route: DesiredRoute): string => {
  const {
    family,
    table,
    destination,
    from,
    tos,
    metric,
    scope,
    type,
    via,
    interface: name,
    nexthops,
  } = route;
  return JSON.stringify(
    told({ family, table, destination, from, tos, metric, scope, type, via, name, nexthops }),
  );
};

/** True if this report speaks of the route. What the route leaves to the kernel is not compared. */
export function isReportOf(report: RouteReport, desired: DesiredRoute, indices: InterfaceIndices): boolean {
  const { family, destination, from, via, interface: name } = desired;
  return (
    report.family === family &&
    report.type === desired.type &&
    report.table === desired.table &&
    report.protocol === desired.protocol &&
    report.tos === (desired.tos ?? 0) &&
    report.metric === (desired.metric ?? (family === 'inet6' ? DEFAULT_METRIC_IPV6 : 0)) &&
    isSamePrefix(report.destination, destination) &&
    isSamePrefix(report.from, from) &&
    (via === undefined || report.via === via) &&
    (name === undefined || report.outputInterface === indices.get(name))
  );
}

/** IP6_RT_PRIO_USER: what the kernel gives routes of IPv6 that have no metric, or 0. */
const DEFAULT_METRIC_IPV6 = 1024;

/** The kernel clears the bits of IPv6 destinations behind the prefix. */
function isSamePrefix(reported: IpPrefix | undefined, desired: IpPrefix | undefined): boolean {
  if (!reported || !desired) return (reported?.length ?? 0) === (desired?.length ?? 0);
  return reported.length === desired.length && contains(desired, reported.address);
}

/** True if this report speaks of the rule. */
export const isSameRule = (report: FibRule, desired: DesiredRule): boolean =>
  comparable(report) === comparable(desired);

/** A rule as the kernel tells of it: selectors that match everything are absent. */
function comparable(rule: FibRule | DesiredRule): string {
  const { from, to, tos, fwmark, fwmask, realms, tunnelId, protocol, ...rest } = rule;
  return JSON.stringify(
    told({
      ...rest,
      from: from?.length === 0 ? undefined : from,
      to: to?.length === 0 ? undefined : to,
      tos: tos === 0 ? undefined : tos,
      fwmark: fwmark === 0 ? undefined : fwmark,
      fwmask: fwmask === WHOLE_MARK ? undefined : fwmask,
      realms: realms === 0 ? undefined : realms,
      tunnelId: tunnelId === '0' ? undefined : tunnelId,
      protocol: protocol ?? 0,
    }),
  );
}

const WHOLE_MARK = 0xffff_ffff;

/** What is our own business, of which the kernel is not told. */
const OUR_OWN: ReadonlySet<string> = new Set(['placement', 'noTrack', 'trackGroup']);

/** What the kernel is told, its keys in order. */
const told = (value: object): object =>
  Object.fromEntries(
    Object.entries(value)
      .filter(([key]) => !OUR_OWN.has(key))
      .sort(([a], [b]) => (a < b ? -1 : 1)),
  );
