import { type DesiredRoute, type DesiredRule } from '../net/index.js';

const given = (name: string, value: string | number | undefined): string =>
  value === undefined ? '' : ` ${name} ${value}`;

/** A route as the log names it: what tells it from others. */
export function routeText(route: DesiredRoute): string {
  const { type, destination, via, interface: name, table, metric, nexthops, family } = route;
  const everything = family === 'inet6' ? 'inet6 default' : 'default';
  const to = destination ? `${destination.address}/${destination.length}` : everything;
  const hops = nexthops
    .map((hop) => ` nexthop${given('via', hop.via)}${given('dev', hop.interface)}`)
    .join('');
  return (
    (type === 'unicast' ? '' : `${type} `) +
    to +
    given('via', via) +
    given('dev', name) +
    given('table', table === MAIN ? undefined : table) +
    given('metric', metric) +
    hops
  );
}

const MAIN = 254;

/** A rule as the log names it: what tells it from others. */
export function ruleText(rule: DesiredRule): string {
  const { family, invert, from, to, priority, inputInterface, outputInterface, action, table, target } = rule;
  const does =
    action === 'table'
      ? rule.l3mdev
        ? 'l3mdev'
        : `lookup ${table ?? MAIN}`
      : target === undefined
        ? action
        : `${action} ${target}`;
  return (
    (family === 'inet6' && !from && !to ? 'inet6 ' : '') +
    (invert ? 'not ' : '') +
    `from ${from ? `${from.address}/${from.length}` : 'all'}` +
    (to ? ` to ${to.address}/${to.length}` : '') +
    ` priority ${priority}` +
    given('iif', inputInterface) +
    given('oif', outputInterface) +
    ` ${does}`
  );
}
