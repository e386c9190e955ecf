import { type DesiredRule } from '../../net/index.js';
import { type SnmpFacts } from './facts.js';
import { placed, type Placed } from './keepalived-addresses.js';
import { KEEPALIVED_VRRP } from './keepalived-instances.js';
import { tableSeries, type Column, type Series } from './mib-view.js';
import { address, addressType, gauge, integer, text, truth } from './values.js';

type RuleRow = Placed<DesiredRule>;

/** RuleAction of KEEPALIVED-MIB. */
const ACTIONS = { table: 1, goto: 2, nop: 3, blackhole: 6, unreachable: 7, prohibit: 8 } as const;

/** The obsolete objects speak of one address: where packets go to, if that is told. */
const either = ({ to, from }: DesiredRule) => to ?? from;

const direction = ({ to, from }: DesiredRule): string => (to ? (from ? 'both' : 'to') : from ? 'from' : '');

const table = ({ action, table: number, l3mdev }: DesiredRule) =>
  gauge(action === 'table' ? (number ?? (l3mdev ? 0 : undefined)) : undefined);

const half = (tunnelId: string | undefined, shift: bigint) =>
  gauge(tunnelId === undefined ? undefined : (BigInt(tunnelId) >> shift) & 0xffff_ffffn);

const COLUMNS: readonly Column<RuleRow>[] = [
  [2, 'vrrpRuleDirection', ({ what }) => text(direction(what))],
  [3, 'vrrpRuleAddressType', ({ what }) => addressType(either(what)?.address)],
  [4, 'vrrpRuleAddress', ({ what }) => address(either(what)?.address)],
  [5, 'vrrpRuleAddressMask', ({ what }) => gauge(either(what)?.length)],
  [6, 'vrrpRuleRoutingTable', ({ what }) => table(what)],
  [7, 'vrrpRuleStatus', ({ set }) => truth(set)],
  [8, 'vrrpRuleInvert', ({ what }) => truth(what.invert)],
  [9, 'vrrpRuleDestinationAddressType', ({ what }) => addressType(what.to?.address)],
  [10, 'vrrpRuleDestinationAddress', ({ what }) => address(what.to?.address)],
  [11, 'vrrpRuleDestinationAddressMask', ({ what }) => gauge(what.to?.length)],
  [12, 'vrrpRuleSourceAddressType', ({ what }) => addressType(what.from?.address)],
  [13, 'vrrpRuleSourceAddress', ({ what }) => address(what.from?.address)],
  [14, 'vrrpRuleSourceAddressMask', ({ what }) => gauge(what.from?.length)],
  [15, 'vrrpRuleTos', ({ what }) => gauge(what.tos ?? 0)],
  [16, 'vrrpRuleFwmark', ({ what }) => gauge(what.fwmark)],
  [17, 'vrrpRuleFwmask', ({ what }) => gauge(what.fwmask)],
  [18, 'vrrpRuleRealmDst', ({ what: { realms } }) => gauge(realms ? realms & 0xffff : undefined)],
  [19, 'vrrpRuleRealmSrc', ({ what: { realms } }) => gauge(realms ? realms >>> 16 || undefined : undefined)],
  [20, 'vrrpRuleInInterface', ({ what }) => text(what.inputInterface)],
  [21, 'vrrpRuleOutInterface', ({ what }) => text(what.outputInterface)],
  [22, 'vrrpRuleTarget', ({ what }) => gauge(what.action === 'goto' ? what.target : undefined)],
  [23, 'vrrpRuleAction', ({ what }) => integer(ACTIONS[what.action])],
  [24, 'vrrpRuleTableNo', ({ what }) => table(what)],
  [25, 'vrrpRulePreference', ({ what }) => gauge(what.priority || undefined)],
  [26, 'vrrpRuleSuppressPrefixLen', ({ what }) => gauge(what.suppressPrefixLength)],
  [27, 'vrrpRuleSuppressGroup', ({ what }) => text(what.suppressGroup?.toString())],
  [28, 'vrrpRuleTunnelIdHigh', ({ what }) => half(what.tunnelId, 32n)],
  [29, 'vrrpRuleTunnelIdLow', ({ what }) => half(what.tunnelId, 0n)],
  [30, 'vrrpRuleUidRangeStart', ({ what }) => gauge(what.uidRange?.from)],
  [31, 'vrrpRuleUidRangeEnd', ({ what }) => gauge(what.uidRange?.to)],
  [32, 'vrrpRuleL3mdev', ({ what }) => (what.l3mdev ? truth(true) : undefined)],
  [
    33,
    'vrrpRuleProtocol',
    // Counted from 1, as that of a route.
    ({ what: { protocol } }) => integer(protocol === undefined ? undefined : protocol + 1),
  ],
  [34, 'vrrpRuleIPProto', ({ what }) => gauge(what.ipProtocol)],
  [35, 'vrrpRuleSrcPortStart', ({ what }) => gauge(what.sourcePorts?.from)],
  [36, 'vrrpRuleSrcPortEnd', ({ what }) => gauge(what.sourcePorts?.to)],
  [37, 'vrrpRuleDstPortStart', ({ what }) => gauge(what.destinationPorts?.from)],
  [38, 'vrrpRuleDstPortEnd', ({ what }) => gauge(what.destinationPorts?.to)],
];

/** vrrpRuleTable of KEEPALIVED-MIB. */
export function keepalivedRules(facts: SnmpFacts): readonly Series[] {
  const { statics, vrrpRoutes } = facts.configuration;
  return tableSeries({
    entry: [...KEEPALIVED_VRRP, 8, 1],
    columns: COLUMNS,
    rows: placed(facts, statics.rules, (name) => vrrpRoutes[name]?.rules ?? []),
    index: ({ index }) => index,
  });
}
