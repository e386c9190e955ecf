import { addressBytes, type Family } from '../base/address.js';
import { HOST_LITTLE_ENDIAN } from '../wire/netlink/host-order.js';
import { type IpvsProtocol } from '../wire/netlink/ipvs-types.js';
import { type NftCommand, type NftElement, type NftTable } from '../wire/netlink/nftables.js';
import { type IpvsMarkSettings, type MarkedRange, type MarkTable } from './ipvs-marks-desired.js';

/*
 * What keepalived's nftables_ipvs makes, for IPv4:
 *
 *     table ip keepalived_ipvs {
 *         map tcp_map { type ipv4_addr . inet_service : mark; flags interval; elements = { 192.0.2.1-192.0.2.9 . 80 : 1000 } }
 *         chain in {
 *             type filter hook input priority filter - 1; policy accept;
 *             meta l4proto tcp meta mark set ip daddr . tcp dport map @tcp_map return
 *         }
 *     }
 */

/** What stands in the kernel: elements by what tells them apart, by map. */
export interface StandingMarks {
  readonly maps: ReadonlyMap<string, MarkMap>;
}

interface MarkMap {
  readonly family: Family;
  readonly protocol: IpvsProtocol;
  readonly elements: ReadonlyMap<string, NftElement>;
}

/** Commands for one transaction, and what stands when the kernel has taken it. */
export interface MarksPlan {
  readonly commands: readonly NftCommand[];
  readonly standing: StandingMarks;
}

const L4 = { TCP: 6, UDP: 17, SCTP: 132 } as const;
const SET_IDS = { TCP: 1, UDP: 2, SCTP: 3 } as const;
const DESTINATION = { inet: { offset: 16, length: 4 }, inet6: { offset: 24, length: 16 } } as const;
/** TCP, UDP and SCTP have it in the same place. */
const DESTINATION_PORT = { offset: 2, length: 2 } as const;
/** Elements of one message: an attribute holds 64 kB. */
const MOST_ELEMENTS = 400;
const FAMILIES: readonly Family[] = ['inet', 'inet6'];
const ALL_PORTS = 0xffff;

/** Whatever bears the name goes, and all that is desired comes. @param existing families in which there is such a table. */
export function planMarksAnew(settings: IpvsMarkSettings, existing: readonly Family[]): MarksPlan {
  const plan = planMarks(settings, { maps: new Map() });
  return { ...plan, commands: [...planRemoveMarks(settings.table, existing), ...plan.commands] };
}

/** From what stands to what is desired; maps and rules stay once they are there, for empty ones mark nothing. */
export function planMarks({ table, groups }: IpvsMarkSettings, standing: StandingMarks): MarksPlan {
  const maps = new Map<string, MarkMap & { readonly elements: Map<string, NftElement> }>();
  for (const [key, map] of standing.maps) maps.set(key, { ...map, elements: new Map() });
  for (const { protocol, mark, ranges } of groups) {
    for (const range of ranges) {
      const { family } = range;
      const key = `${family} ${protocol}`;
      const map = maps.get(key) ?? { family, protocol, elements: new Map<string, NftElement>() };
      maps.set(key, map);
      map.elements.set(`${range.first} ${range.last} ${range.port} ${mark}`, elementOf(range, mark));
    }
  }
  const commands: NftCommand[] = [];
  for (const family of FAMILIES) {
    const present = [...standing.maps.values()].some((map) => map.family === family);
    const wanted = [...maps].filter(([, map]) => map.family === family);
    if (!present && wanted.length > 0) commands.push(...tableCommands(family, table));
    for (const [key, map] of wanted) {
      const before = standing.maps.get(key);
      if (!before) commands.push(...mapCommands(map, table));
      commands.push(...elementCommands(map, before, table));
    }
  }
  return { commands, standing: { maps } };
}

/** Nothing of ours stays. */
export const planRemoveMarks = (table: MarkTable, families: readonly Family[]): readonly NftCommand[] =>
  families.map((family) => ({ kind: 'delete-table', table: { family, name: table.name } }));

/** The families whose table stands. */
export const familiesOfMarks = ({ maps }: StandingMarks): readonly Family[] =>
  FAMILIES.filter((family) => [...maps.values()].some((map) => map.family === family));

function tableCommands(family: Family, { name, priority }: MarkTable): readonly NftCommand[] {
  const table: NftTable = { family, name };
  return [
    { kind: 'add-table', table },
    { kind: 'add-chain', table, chain: 'in', hook: { at: 'input', priority } },
  ];
}

const mapName = (protocol: IpvsProtocol): string => `${protocol.toLowerCase()}_map`;

function mapCommands({ family, protocol }: MarkMap, { name, counters }: MarkTable): readonly NftCommand[] {
  const table: NftTable = { family, name };
  const { offset, length } = DESTINATION[family];
  return [
    {
      kind: 'add-set',
      table,
      set: {
        name: mapName(protocol),
        id: SET_IDS[protocol],
        key: [family === 'inet' ? 'ipv4_addr' : 'ipv6_addr', 'inet_service'],
        data: 'mark',
        ranges: true,
        counters,
      },
    },
    {
      kind: 'add-rule',
      table,
      chain: 'in',
      expressions: [
        { kind: 'meta', key: 'l4proto', to: 1 },
        { kind: 'equals', register: 1, value: Uint8Array.of(L4[protocol]) },
        { kind: 'payload', header: 'network', offset, length, to: 1 },
        { kind: 'payload', header: 'transport', ...DESTINATION_PORT, to: family === 'inet' ? 9 : 2 },
        { kind: 'lookup', set: mapName(protocol), register: 1, to: 1 },
        { kind: 'set-mark', register: 1 },
        ...(counters ? ([{ kind: 'counter' }] as const) : []),
        { kind: 'verdict', verdict: 'return' },
      ],
    },
  ];
}

function elementCommands(
  { family, protocol, elements }: MarkMap,
  before: MarkMap | undefined,
  { name }: MarkTable,
): readonly NftCommand[] {
  const table: NftTable = { family, name };
  const standing = before?.elements ?? new Map<string, NftElement>();
  const gone = [...standing].filter(([key]) => !elements.has(key)).map(([, element]) => element);
  const added = [...elements].filter(([key]) => !standing.has(key)).map(([, element]) => element);
  const inParts = (kind: 'add-elements' | 'delete-elements', all: readonly NftElement[]): NftCommand[] => {
    const commands: NftCommand[] = [];
    for (let from = 0; from < all.length; from += MOST_ELEMENTS) {
      const part = all.slice(from, from + MOST_ELEMENTS);
      commands.push({ kind, table, set: mapName(protocol), elements: part });
    }
    return commands;
  };
  // A range may have grown: it cannot come before what it grew from has gone.
  return [...inParts('delete-elements', gone), ...inParts('add-elements', added)];
}

function elementOf({ first, last, port }: MarkedRange, mark: number): NftElement {
  return {
    key: place(addressBytes(first), port),
    end: place(addressBytes(last), port === 0 ? ALL_PORTS : port),
    data: hostOrder(mark),
  };
}

/** Address and port, as the registers have them. */
function place(address: Uint8Array, port: number): Uint8Array {
  const key = new Uint8Array(address.length + 4);
  key.set(address);
  key.set([port >> 8, port & 0xff], address.length);
  return key;
}

/** Marks are compared as the kernel has them in memory. */
function hostOrder(value: number): Uint8Array {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setUint32(0, value, HOST_LITTLE_ENDIAN);
  return bytes;
}
