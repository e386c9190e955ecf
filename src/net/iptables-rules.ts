import { familyOf, isLinkLocal, type Family } from '../base/address.js';
import {
  type BlockedAddress,
  type DesiredFirewall,
  type FirewallInterface,
  type GuardedLink,
} from './firewall-desired.js';

/** vrrp_iptables and vrrp_ipsets. The chains are the operator's: they are there, or nothing is blocked. */
export interface IptablesSettings {
  readonly inChain: string;
  /** Absent: only what comes in is blocked. */
  readonly outChain?: string;
  /** Absent: a rule for each address. */
  readonly sets?: IpsetNames;
}

/** What the sets of vrrp_ipsets hold: addresses, link-local ones with their interface, and virtual MAC interfaces. */
export interface IpsetNames {
  readonly inet: string;
  readonly inet6: string;
  readonly linkLocal: string;
  readonly igmp: string;
  readonly mld: string;
  readonly advertisements: string;
}

/** A rule of the filter table. */
export interface IptablesRule {
  readonly chain: string;
  /** What concerns virtual MACs comes before what the operator has, what blocks addresses behind it (keepalived). */
  readonly place: 'first' | 'last';
  /** As iptables-save writes it behind the chain, so that it is found again. */
  readonly text: string;
}

/** A set, with all that should be in it. */
export interface Ipset {
  readonly name: string;
  readonly type: 'hash:ip' | 'hash:net,iface';
  readonly family: Family;
  readonly entries: readonly string[];
}

type Find = (interfaceName: string) => FirewallInterface | undefined;

const ICMP6 = { solicitation: 135, advertisement: 136, report1: 131, report2: 143 } as const;

/** The rules of one family that there should be, each chain's in its order. */
export function iptablesRules(
  settings: IptablesSettings,
  family: Family,
  { blocked, links }: DesiredFirewall,
  find: Find,
): readonly IptablesRule[] {
  const addresses = blocked.filter(({ address }) => familyOf(address) === family);
  const guarded = links.filter(({ families }) => families.includes(family));
  if (settings.sets) return rulesOfSets(settings, settings.sets, family, addresses, guarded);
  return [
    ...guarded.flatMap((link) => rulesOfLink(settings, family, link, find)),
    ...addresses.flatMap((address) => rulesOfAddress(settings, family, address)),
  ];
}

/** The sets that the rules of this family speak of. */
export function ipsets(
  names: IpsetNames,
  family: Family,
  { blocked, links }: DesiredFirewall,
  find: Find,
): readonly Ipset[] {
  const addresses = blocked.filter(({ address }) => familyOf(address) === family);
  const anywhere = addresses.filter(({ address }) => !isLinkLocal(address));
  const guarded = links.filter(({ families }) => families.includes(family));
  const hosts: Ipset = {
    ...{ name: names[family], type: 'hash:ip', family },
    entries: anywhere.map(({ address }) => address),
  };
  const withInterface = (name: string, entries: readonly string[]): Ipset => ({
    ...{ name, type: 'hash:net,iface', family, entries },
  });
  if (family === 'inet') {
    return [
      hosts,
      withInterface(
        names.igmp,
        guarded.map(({ name }) => `0.0.0.0/0,${name}`),
      ),
    ];
  }
  return [
    hosts,
    withInterface(
      names.linkLocal,
      addresses
        .filter(({ address }) => isLinkLocal(address))
        .map((each) => `${each.address},${each.interface}`),
    ),
    withInterface(
      names.mld,
      guarded.map(({ name }) => `::/0,${name}`),
    ),
    withInterface(
      names.advertisements,
      guarded.flatMap(({ name, baseInterface }) => {
        const address = find(baseInterface)?.linkLocal;
        return address === undefined ? [] : [`${address},${name}`];
      }),
    ),
  ];
}

/** One address: everything is dropped, except neighbour discovery. */
function rulesOfAddress(
  { inChain, outChain }: IptablesSettings,
  family: Family,
  { address, interface: name }: BlockedAddress,
): readonly IptablesRule[] {
  const length = family === 'inet' ? 32 : 128;
  const onInterface = (option: string): string => (isLinkLocal(address) ? ` ${option} ${name}` : '');
  const incoming = `-d ${address}/${length}${onInterface('-i')}`;
  const outgoing = `-s ${address}/${length}${onInterface('-o')}`;
  const chains = [
    ...(outChain === undefined ? [] : [[outChain, outgoing] as const]),
    [inChain, incoming] as const,
  ];
  return chains.flatMap(([chain, match]) => [
    ...(family === 'inet6' ? discovery.map((type) => last(chain, `${match} ${icmp6(type)} -j ACCEPT`)) : []),
    last(chain, `${match} -j DROP`),
  ]);
}

const discovery = [ICMP6.solicitation, ICMP6.advertisement];

function rulesOfLink(
  { outChain }: IptablesSettings,
  family: Family,
  { name, baseInterface }: GuardedLink,
  find: Find,
): readonly IptablesRule[] {
  if (outChain === undefined) return [];
  if (family === 'inet') return [first(outChain, `-o ${name} -p igmp -j DROP`)];
  const address = find(baseInterface)?.linkLocal;
  return [
    ...(address === undefined
      ? []
      : [first(outChain, `-s ${address}/128 -o ${name} ${icmp6(ICMP6.advertisement)} -j DROP`)]),
    first(outChain, `-o ${name} ${icmp6(ICMP6.report1)} -j DROP`),
    first(outChain, `-o ${name} ${icmp6(ICMP6.report2)} -j DROP`),
  ];
}

function rulesOfSets(
  { inChain, outChain }: IptablesSettings,
  names: IpsetNames,
  family: Family,
  addresses: readonly BlockedAddress[],
  links: readonly GuardedLink[],
): readonly IptablesRule[] {
  const chains: readonly (readonly [chain: string, host: string, both: string])[] = [
    [inChain, 'dst', 'dst,src'],
    ...(outChain === undefined ? [] : [[outChain, 'src', 'src,dst'] as const]),
  ];
  const ofAddresses = chains.flatMap(([chain, host, both]) =>
    family === 'inet'
      ? [last(chain, `${inSet(names.inet, host)} -j DROP`)]
      : [
          ...discoveryAndDrop(chain, inSet(names.linkLocal, both)),
          ...discoveryAndDrop(chain, inSet(names.inet6, host)),
        ],
  );
  return [
    ...(addresses.length > 0 ? ofAddresses : []),
    ...(links.length > 0 && outChain !== undefined ? rulesOfLinkSets(outChain, names, family) : []),
  ];
}

const discoveryAndDrop = (chain: string, match: string): readonly IptablesRule[] => [
  ...discovery.map((type) => last(chain, `-p ipv6-icmp ${match} ${icmp6Type(type)} -j ACCEPT`)),
  last(chain, `${match} -j DROP`),
];

function rulesOfLinkSets(chain: string, names: IpsetNames, family: Family): readonly IptablesRule[] {
  if (family === 'inet') return [last(chain, `-p igmp ${inSet(names.igmp, 'dst,dst')} -j DROP`)];
  const drop = (set: string, dimensions: string, type: number): IptablesRule =>
    last(chain, `-p ipv6-icmp ${inSet(set, dimensions)} ${icmp6Type(type)} -j DROP`);
  return [
    drop(names.mld, 'dst,dst', ICMP6.report2),
    drop(names.mld, 'dst,dst', ICMP6.report1),
    drop(names.advertisements, 'src,dst', ICMP6.advertisement),
  ];
}

const inSet = (set: string, dimensions: string): string => `-m set --match-set ${set} ${dimensions}`;
const icmp6Type = (type: number): string => `-m icmp6 --icmpv6-type ${type}`;
const icmp6 = (type: number): string => `-p ipv6-icmp ${icmp6Type(type)}`;
const first = (chain: string, text: string): IptablesRule => ({ chain, place: 'first', text });
const last = (chain: string, text: string): IptablesRule => ({ chain, place: 'last', text });
