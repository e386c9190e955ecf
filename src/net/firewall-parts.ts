import { type Family } from '../base/address.js';
import { type NftCommand, type NftExpression, type NftSet, type NftTable } from '../wire/netlink/nftables.js';
import { type FirewallTable } from './firewall-desired.js';

/*
 * The tables in parts, each of which is created when it is first needed. What stands in a part, and in which order, is
 * what keepalived creates: `nft list ruleset` shows the same.
 */

/** In the order in which they are created. */
export const PARTS = ['table', 'links', 'addresses', 'link-local-index', 'link-local-name'] as const;
export type Part = (typeof PARTS)[number];

/** Parts that a part stands on. */
export const FOUNDATIONS: Readonly<Record<Part, readonly Part[]>> = {
  table: [],
  links: ['table'],
  addresses: ['table'],
  'link-local-index': ['table', 'addresses'],
  'link-local-name': ['table', 'addresses'],
};

const IPPROTO_IGMP = 2;
const IPPROTO_ICMPV6 = 58;
const ICMPV6 = {
  routerSolicit: 133,
  neighbourSolicit: 135,
  neighbourAdvert: 136,
  mldReport: 131,
  mld2Report: 143,
};
const OFFSETS = {
  inet: { protocol: 9, source: 12, destination: 16, length: 4 },
  inet6: { protocol: 6, source: 8, destination: 24, length: 16 },
} as const;

/** The commands that create one part of one family's table. */
export function createPart(part: Part, family: Family, settings: FirewallTable): readonly NftCommand[] {
  const scribe = new Scribe(family, settings);
  switch (part) {
    case 'table':
      return tablePart(scribe);
    case 'links':
      return linksPart(scribe);
    case 'addresses':
      return addressesPart(scribe);
    case 'link-local-index':
      return linkLocalPart(scribe, 'vips_link_local', false);
    case 'link-local-name':
      return linkLocalPart(scribe, 'vips_link_local_name', true);
  }
}

/** Sets are told apart by a number within a transaction. */
const SET_IDS = [
  'parent_link_local',
  'vmac_map',
  'vmac_set',
  'mld-report',
  'vips',
  'neighbor-discovery',
  'vips_link_local',
  'vips_link_local_name',
] as const;
export type SetName = (typeof SET_IDS)[number];

/** Writes the commands of one table. */
class Scribe {
  readonly table: NftTable;

  constructor(
    readonly family: Family,
    readonly settings: FirewallTable,
  ) {
    this.table = { family, name: settings.name };
  }

  base(chain: string, at: 'input' | 'output'): NftCommand {
    const { priority } = this.settings;
    return { kind: 'add-chain', table: this.table, chain, hook: { at, priority } };
  }

  chain(chain: string): NftCommand {
    return { kind: 'add-chain', table: this.table, chain };
  }

  set(name: SetName, more: Omit<NftSet, 'name' | 'id'>): NftCommand {
    return { kind: 'add-set', table: this.table, set: { name, id: SET_IDS.indexOf(name) + 1, ...more } };
  }

  types(set: SetName, types: readonly number[]): NftCommand {
    const elements = types.map((type) => ({ key: Uint8Array.of(type) }));
    return { kind: 'add-elements', table: this.table, set, elements };
  }

  /** A rule; with nftables_counters it counts what it is about to decide. */
  rule(chain: string, matches: readonly NftExpression[], decision: NftExpression): NftCommand {
    const counter: readonly NftExpression[] = this.settings.counters ? [{ kind: 'counter' }] : [];
    return { kind: 'add-rule', table: this.table, chain, expressions: [...matches, ...counter, decision] };
  }
}

const DROP: NftExpression = { kind: 'verdict', verdict: 'drop' };
const ACCEPT: NftExpression = { kind: 'verdict', verdict: 'accept' };

const loadAddress = (family: Family, which: 'source' | 'destination'): NftExpression => {
  const { [which]: offset, length } = OFFSETS[family];
  return { kind: 'payload', header: 'network', offset, length, to: 1 };
};
const inSet = (set: SetName, register: 1 | 2 = 1): NftExpression => ({ kind: 'lookup', set, register });
const headerProtocol = (family: Family, protocol: number): readonly NftExpression[] => [
  { kind: 'payload', header: 'network', offset: OFFSETS[family].protocol, length: 1, to: 1 },
  { kind: 'equals', register: 1, value: Uint8Array.of(protocol) },
];
/** ICMPv6, behind whatever extension headers; its type is in register 1 then. */
const loadIcmpv6Type: readonly NftExpression[] = [
  { kind: 'meta', key: 'l4proto', to: 1 },
  { kind: 'equals', register: 1, value: Uint8Array.of(IPPROTO_ICMPV6) },
  { kind: 'payload', header: 'transport', offset: 0, length: 1, to: 1 },
];
const isIcmpv6 = (type: number): readonly NftExpression[] => [
  ...loadIcmpv6Type,
  { kind: 'equals', register: 1, value: Uint8Array.of(type) },
];
/** The packet leaves by a virtual MAC interface. */
const leavesByMacvlan: readonly NftExpression[] = [
  { kind: 'meta', key: 'oifkind', to: 2 },
  { kind: 'equals', register: 2, value: paddedName('macvlan') },
];

/** A name as the kernel compares it: 16 bytes. */
export function paddedName(name: string): Uint8Array {
  const bytes = new Uint8Array(16);
  for (let index = 0; index < name.length && index < 15; index += 1) bytes[index] = name.charCodeAt(index);
  return bytes;
}

function tablePart(scribe: Scribe): readonly NftCommand[] {
  const { table, family, settings } = scribe;
  const commands: NftCommand[] = [{ kind: 'add-table', table }, scribe.base('out', 'output')];
  if (family === 'inet') return commands;
  const port = settings.byIndex ? 'iface_index' : 'ifname';
  commands.push(
    scribe.set('parent_link_local', { key: ['ipv6_addr', port] }),
    scribe.rule(
      'out',
      [
        ...isIcmpv6(ICMPV6.neighbourAdvert),
        ...leavesByMacvlan,
        loadAddress(family, 'source'),
        { kind: 'meta', key: settings.byIndex ? 'oif' : 'oifname', to: 2 },
        inSet('parent_link_local'),
      ],
      DROP,
    ),
  );
  return commands;
}

/** IGMP and MLD reports of a virtual MAC interface leave by its base interface; it solicits no routers. */
function linksPart(scribe: Scribe): readonly NftCommand[] {
  const { family } = scribe;
  const map = scribe.set('vmac_map', { key: ['iface_index'], data: 'iface_index' });
  const loadPort: NftExpression = { kind: 'meta', key: 'oif', to: 2 };
  const move: readonly NftExpression[] = [
    loadAddress(family, 'destination'),
    ...leavesByMacvlan,
    loadPort,
    { kind: 'lookup', set: 'vmac_map', register: 2, to: 2 },
    { kind: 'duplicate', address: 1, device: 2 },
  ];
  if (family === 'inet') {
    return [map, scribe.rule('out', [...headerProtocol(family, IPPROTO_IGMP), ...move], DROP)];
  }
  return [
    map,
    scribe.set('vmac_set', { key: ['iface_index'] }),
    scribe.set('mld-report', { key: ['icmpv6_type'], constant: true }),
    scribe.types('mld-report', [ICMPV6.mld2Report, ICMPV6.mldReport]),
    scribe.rule('out', [...loadIcmpv6Type, inSet('mld-report'), ...move], DROP),
    scribe.rule(
      'out',
      [...isIcmpv6(ICMPV6.routerSolicit), ...leavesByMacvlan, loadPort, inSet('vmac_set', 2)],
      DROP,
    ),
  ];
}

/** Nothing comes in for these addresses, and nothing goes out from them, but neighbour discovery. */
function addressesPart(scribe: Scribe): readonly NftCommand[] {
  const { family } = scribe;
  const drops = [
    scribe.rule('in', [loadAddress(family, 'destination'), inSet('vips')], DROP),
    scribe.rule('out', [loadAddress(family, 'source'), inSet('vips')], DROP),
  ];
  if (family === 'inet') {
    return [scribe.base('in', 'input'), scribe.set('vips', { key: ['ipv4_addr'] }), ...drops];
  }
  const discovers: readonly NftExpression[] = [
    ...headerProtocol(family, IPPROTO_ICMPV6),
    { kind: 'payload', header: 'transport', offset: 0, length: 1, to: 1 },
    inSet('neighbor-discovery'),
  ];
  return [
    scribe.base('in', 'input'),
    scribe.chain('in_link_local'),
    scribe.chain('out_link_local'),
    scribe.set('vips', { key: ['ipv6_addr'] }),
    scribe.set('neighbor-discovery', { key: ['icmpv6_type'], constant: true }),
    scribe.types('neighbor-discovery', [ICMPV6.neighbourSolicit, ICMPV6.neighbourAdvert]),
    scribe.rule('in', discovers, ACCEPT),
    scribe.rule('in', isLinkLocal('destination'), { kind: 'goto', chain: 'in_link_local' }),
    scribe.rule('out', discovers, ACCEPT),
    scribe.rule('out', isLinkLocal('source'), { kind: 'goto', chain: 'out_link_local' }),
    ...drops,
  ];
}

/** fe80::/10 */
function isLinkLocal(which: 'source' | 'destination'): readonly NftExpression[] {
  const leading = (first: number, second: number): Uint8Array => {
    const bytes = new Uint8Array(16);
    bytes.set([first, second]);
    return bytes;
  };
  return [
    loadAddress('inet6', which),
    { kind: 'mask', register: 1, mask: leading(0xff, 0xc0) },
    { kind: 'equals', register: 1, value: leading(0xfe, 0x80) },
  ];
}

/** A link-local address means something together with its interface only. */
function linkLocalPart(
  scribe: Scribe,
  set: 'vips_link_local' | 'vips_link_local_name',
  byName: boolean,
): readonly NftCommand[] {
  const { family } = scribe;
  return [
    scribe.set(set, { key: ['ipv6_addr', byName ? 'ifname' : 'iface_index'] }),
    scribe.rule(
      'in_link_local',
      [
        loadAddress(family, 'destination'),
        { kind: 'meta', key: byName ? 'iifname' : 'iif', to: 2 },
        inSet(set),
      ],
      DROP,
    ),
    scribe.rule(
      'out_link_local',
      [loadAddress(family, 'source'), { kind: 'meta', key: byName ? 'oifname' : 'oif', to: 2 }, inSet(set)],
      DROP,
    ),
  ];
}
