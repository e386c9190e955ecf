import { addressBytes, familyOf, isLinkLocal, type Family } from '../base/address.js';
import { HOST_LITTLE_ENDIAN } from '../wire/netlink/host-order.js';
import { type NftCommand, type NftElement } from '../wire/netlink/nftables.js';
import {
  type BlockedAddress,
  type DesiredFirewall,
  type FirewallInterface,
  type FirewallTable,
  type GuardedLink,
} from './firewall-desired.js';
import { createPart, FOUNDATIONS, paddedName, PARTS, type Part, type SetName } from './firewall-parts.js';

/** What stands in the kernel: nobody else changes tables that are ours. */
export interface StandingFirewall {
  /** `inet6 addresses`. */
  readonly parts: ReadonlySet<string>;
  /** Elements by what tells them apart. */
  readonly elements: ReadonlyMap<string, PlacedElement>;
}

/** One element, in which set of which family. */
interface PlacedElement {
  readonly family: Family;
  readonly part: Part;
  readonly set: SetName;
  readonly element: NftElement;
}

/** Commands for one transaction, and what stands when the kernel has taken it. */
export interface FirewallPlan {
  readonly commands: readonly NftCommand[];
  readonly standing: StandingFirewall;
}

export const NOTHING_STANDS: StandingFirewall = { parts: new Set(), elements: new Map() };

/** Elements of one message: an attribute holds 64 kB. */
const MOST_ELEMENTS = 500;
const FAMILIES: readonly Family[] = ['inet', 'inet6'];

/**
 * From what stands to what is desired. Tables, chains and rules come when they are first needed, and stay: without
 * elements in its sets no rule matches.
 * @param find undefined for an interface that does not exist: what needs it is left out.
 */
export function planFirewall(
  table: FirewallTable,
  standing: StandingFirewall,
  desired: DesiredFirewall,
  find: (interfaceName: string) => FirewallInterface | undefined,
): FirewallPlan {
  const wanted = new Map<string, PlacedElement>();
  for (const each of [
    ...desired.links.flatMap((link) => linkElements(link, table, find)),
    ...desired.blocked.flatMap((address) => addressElements(address, table, find)),
  ]) {
    wanted.set(keyOf(each), each);
  }
  const missing = missingParts(standing.parts, [...wanted.values()]);
  const gone = [...standing.elements].filter(([key]) => !wanted.has(key)).map(([, each]) => each);
  const added = [...wanted].filter(([key]) => !standing.elements.has(key)).map(([, each]) => each);
  return {
    commands: [
      ...missing.flatMap(({ family, part }) => createPart(part, family, table)),
      ...elementCommands('delete-elements', table, gone),
      ...elementCommands('add-elements', table, added),
    ],
    standing: {
      parts: new Set([...standing.parts, ...missing.map(partKey)]),
      elements: wanted,
    },
  };
}

/** Whatever bears the name goes, and all that is desired comes, with nothing in between for a packet to slip through. */
export function planAnew(
  table: FirewallTable,
  existing: readonly Family[],
  desired: DesiredFirewall,
  find: (interfaceName: string) => FirewallInterface | undefined,
): FirewallPlan {
  const plan = planFirewall(table, NOTHING_STANDS, desired, find);
  return { ...plan, commands: [...planRemoveTables(table, existing), ...plan.commands] };
}

/** Nothing of ours stays. */
export const planRemoveTables = (table: FirewallTable, existing: readonly Family[]): readonly NftCommand[] =>
  existing.map((family) => ({ kind: 'delete-table', table: { family, name: table.name } }));

/** The families whose table stands. */
export const familiesOf = ({ parts }: StandingFirewall): readonly Family[] =>
  FAMILIES.filter((family) => parts.has(partKey({ family, part: 'table' })));

const partKey = ({ family, part }: { readonly family: Family; readonly part: Part }): string =>
  `${family} ${part}`;

const keyOf = ({ family, set, element }: PlacedElement): string =>
  `${family} ${set} ${element.key.join('.')} ${element.data?.join('.') ?? ''}`;

function missingParts(
  standing: ReadonlySet<string>,
  wanted: readonly PlacedElement[],
): readonly { readonly family: Family; readonly part: Part }[] {
  const needed = new Set(
    wanted.flatMap(({ family, part }) =>
      [...FOUNDATIONS[part], part].map((each) => partKey({ family, part: each })),
    ),
  );
  return FAMILIES.flatMap((family) => PARTS.map((part) => ({ family, part }))).filter((each) => {
    const key = partKey(each);
    return needed.has(key) && !standing.has(key);
  });
}

function addressElements(
  { address, interface: name, byName }: BlockedAddress,
  table: FirewallTable,
  find: (interfaceName: string) => FirewallInterface | undefined,
): readonly PlacedElement[] {
  const family = familyOf(address);
  const bytes = addressBytes(address);
  if (family === 'inet' || !isLinkLocal(address)) {
    return [{ family, part: 'addresses', set: 'vips', element: { key: bytes } }];
  }
  if (byName && !table.byIndex) {
    const key = joined(bytes, paddedName(name));
    return [{ family, part: 'link-local-name', set: 'vips_link_local_name', element: { key } }];
  }
  const port = find(name);
  if (!port) return [];
  const key = joined(bytes, hostOrder(port.index));
  return [{ family, part: 'link-local-index', set: 'vips_link_local', element: { key } }];
}

function linkElements(
  { name, baseInterface, families }: GuardedLink,
  table: FirewallTable,
  find: (interfaceName: string) => FirewallInterface | undefined,
): readonly PlacedElement[] {
  const [link, base] = [find(name), find(baseInterface)];
  if (!link || !base) return [];
  const index = hostOrder(link.index);
  return families.flatMap((family): readonly PlacedElement[] => {
    const moved: PlacedElement = {
      family,
      part: 'links',
      set: 'vmac_map',
      element: { key: index, data: hostOrder(base.index) },
    };
    if (family === 'inet') return [moved];
    const silent: PlacedElement = { family, part: 'links', set: 'vmac_set', element: { key: index } };
    if (base.linkLocal === undefined) return [moved, silent];
    const port = table.byIndex ? index : paddedName(name);
    const key = joined(addressBytes(base.linkLocal), port);
    return [moved, silent, { family, part: 'links', set: 'parent_link_local', element: { key } }];
  });
}

/** Elements of one set go together. */
function elementCommands(
  kind: 'add-elements' | 'delete-elements',
  { name }: FirewallTable,
  placed: readonly PlacedElement[],
): readonly NftCommand[] {
  const bySet = new Map<string, PlacedElement[]>();
  for (const each of placed) {
    const key = `${each.family} ${each.set}`;
    const others = bySet.get(key);
    if (others) others.push(each);
    else bySet.set(key, [each]);
  }
  return [...bySet.values()].flatMap((all) => {
    const [first] = all;
    const commands: NftCommand[] = [];
    for (let from = 0; first && from < all.length; from += MOST_ELEMENTS) {
      const elements = all.slice(from, from + MOST_ELEMENTS).map(({ element }) => element);
      commands.push({ kind, table: { family: first.family, name }, set: first.set, elements });
    }
    return commands;
  });
}

function joined(first: Uint8Array, second: Uint8Array): Uint8Array {
  const whole = new Uint8Array(first.length + second.length);
  whole.set(first);
  whole.set(second, first.length);
  return whole;
}

/** Interface indices are compared as the kernel has them in memory. */
function hostOrder(value: number): Uint8Array {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setUint32(0, value, HOST_LITTLE_ENDIAN);
  return bytes;
}
