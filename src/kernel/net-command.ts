import {
  encodeDeleteRoute,
  encodeNewRoute,
  RTM_DELROUTE,
  RTM_NEWROUTE,
  type FibRoute,
  type FibRouteCommand,
} from '../wire/netlink/fib-route.js';
import { encodeRule, RTM_DELRULE, RTM_NEWRULE, type FibRuleCommand } from '../wire/netlink/fib-rule.js';
import { NLM_F_APPEND, NLM_F_CREATE, NLM_F_EXCL, NLM_F_REPLACE } from '../wire/netlink/message.js';
import {
  encodeDeleteAddress,
  encodeNewAddress,
  RTM_DELADDR,
  RTM_NEWADDR,
  type AddressCommand,
} from '../wire/netlink/route.js';
import { errnoOf, type KernelError } from './kernel-error.js';
import { type NetlinkRequest } from './netlink-exchange.js';

/** One change of addresses, routes or rules. */
export type NetCommand = AddressCommand | FibRouteCommand | FibRuleCommand;

/** What a command came to: the kernel did it, or everything was as the command wanted it already. */
export type Outcome = 'done' | 'as-it-was';

const EEXIST = errnoOf('EEXIST');
/** What the kernel says of an address, a route or a rule that is not there, or of an interface that is not. */
const ABSENT = new Set(['EADDRNOTAVAIL', 'ESRCH', 'ENOENT', 'ENODEV'].map(errnoOf));

/** True if this refusal says that nothing had to be done. */
export const isAsWanted = (kind: NetCommand['kind'] | undefined, error: KernelError): boolean =>
  kind === 'remove' ? ABSENT.has(error.errno) : kind === 'add' && error.errno === EEXIST;

/** The command as a request of rtnetlink. */
export function requestOf(command: NetCommand): NetlinkRequest {
  if ('address' in command) return addressRequest(command);
  return 'route' in command ? routeRequest(command) : ruleRequest(command);
}

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

/** Where a route goes among those of the same destination and metric; without a flag it goes before them. */
const PLACEMENT = { prepend: 0, append: NLM_F_APPEND, exclusive: NLM_F_EXCL } as const;

function routeRequest(command: FibRouteCommand): NetlinkRequest {
  const { route } = command;
  const subject = routeName(route);
  if (command.kind === 'remove') {
    return { what: `RTM_DELROUTE ${subject}`, type: RTM_DELROUTE, payload: encodeDeleteRoute(route) };
  }
  const manner = command.kind === 'add' ? PLACEMENT[command.placement] : NLM_F_REPLACE;
  return {
    what: `RTM_NEWROUTE ${subject}`,
    type: RTM_NEWROUTE,
    flags: NLM_F_CREATE | manner,
    payload: encodeNewRoute(route),
  };
}

function routeName({ destination, family, table }: FibRoute): string {
  const everything = family === 'inet6' ? 'default of IPv6' : 'default';
  return `${destination ? `${destination.address}/${destination.length}` : everything} table ${table}`;
}

function ruleRequest({ kind, rule }: FibRuleCommand): NetlinkRequest {
  const subject = `of IPv${rule.family === 'inet' ? 4 : 6}, priority ${rule.priority}`;
  const payload = encodeRule(rule);
  if (kind === 'remove') return { what: `RTM_DELRULE ${subject}`, type: RTM_DELRULE, payload };
  return { what: `RTM_NEWRULE ${subject}`, type: RTM_NEWRULE, flags: NLM_F_CREATE | NLM_F_EXCL, payload };
}
