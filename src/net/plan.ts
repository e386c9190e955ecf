import { familyOf, type Family } from '../base/address.js';
import {
  IFA_F_DADFAILED,
  IFA_F_HOMEADDRESS,
  IFA_F_MANAGETEMPADDR,
  IFA_F_MCAUTOJOIN,
  IFA_F_NODAD,
  IFA_F_NOPREFIXROUTE,
  IFA_F_TENTATIVE,
  type AddressCommand,
  type InterfaceAddress,
} from '../wire/netlink/route.js';
import { type DesiredAddress } from './desired.js';

/** What a plan starts from: indices of the interfaces that exist, by name, and the addresses they hold. */
export interface KernelAddresses {
  readonly interfaces: ReadonlyMap<string, number>;
  readonly addresses: readonly InterfaceAddress[];
}

/** Commands that bring the kernel to what is wanted, and what cannot be had. */
export interface AddressPlan {
  readonly commands: readonly AddressCommand[];
  /** Desired addresses whose interface does not exist. */
  readonly impossible: readonly DesiredAddress[];
}

/** Flags that a desired address says something about, and that the kernel can change in place. */
const CHANGEABLE_FLAGS = IFA_F_HOMEADDRESS | IFA_F_MANAGETEMPADDR | IFA_F_NOPREFIXROUTE | IFA_F_MCAUTOJOIN;
/** Who installed an address, as `ip -d address` shows it (rt_addrprotos: keepalived). */
const IFAPROT_KEEPALIVED = 18;
/** While one of these is set the address does not work: duplicate address detection has not let it through. */
const NOT_USABLE = IFA_F_TENTATIVE | IFA_F_DADFAILED;

/**
 * Installs all of `desired`: adopts what is there already, changes what differs, and touches no address that is not
 * named. Planning again after the commands were carried out gives none.
 */
export function planInstall(desired: readonly DesiredAddress[], kernel: KernelAddresses): AddressPlan {
  const commands: AddressCommand[] = [];
  const impossible: DesiredAddress[] = [];
  const planned = new Set<string>();
  for (const wanted of desired) {
    const interfaceIndex = kernel.interfaces.get(wanted.interface);
    if (interfaceIndex === undefined) {
      impossible.push(wanted);
      continue;
    }
    const address = toInterfaceAddress(wanted, interfaceIndex);
    // The same address twice in a file is one address.
    if (planned.has(identity(address))) continue;
    planned.add(identity(address));
    commands.push(...install(address, wanted, kernel.addresses));
  }
  return { commands, impossible };
}

/**
 * Removes those of `unwanted` that the kernel holds, the last first: when the first address of an IPv4 subnet goes,
 * the kernel takes the others of that subnet with it (unless promote_secondaries is set).
 */
export function planRemoval(unwanted: readonly DesiredAddress[], kernel: KernelAddresses): AddressPlan {
  const commands: AddressCommand[] = [];
  const impossible: DesiredAddress[] = [];
  const planned = new Set<InterfaceAddress>();
  for (const wanted of [...unwanted].reverse()) {
    const interfaceIndex = kernel.interfaces.get(wanted.interface);
    if (interfaceIndex === undefined) {
      impossible.unshift(wanted);
      continue;
    }
    const held = findHeld(toInterfaceAddress(wanted, interfaceIndex), kernel.addresses);
    if (held === undefined || planned.has(held)) continue;
    planned.add(held);
    commands.push({ kind: 'remove', address: held });
  }
  return { commands, impossible };
}

/** What the kernel would tell of a desired address, were it installed. */
export function toInterfaceAddress(wanted: DesiredAddress, interfaceIndex: number): InterfaceAddress {
  const family = familyOf(wanted.address);
  const flags =
    (family === 'inet6' && wanted.noDad ? IFA_F_NODAD : 0) |
    (wanted.home ? IFA_F_HOMEADDRESS : 0) |
    (wanted.mngtmpaddr ? IFA_F_MANAGETEMPADDR : 0) |
    (wanted.noprefixroute ? IFA_F_NOPREFIXROUTE : 0) |
    (wanted.autojoin ? IFA_F_MCAUTOJOIN : 0);
  return {
    interfaceIndex,
    family,
    address: wanted.address,
    prefixLength: wanted.prefixLength,
    scope: wanted.scope,
    flags,
    protocol: IFAPROT_KEEPALIVED,
    ...(wanted.peer === undefined ? {} : { peer: wanted.peer }),
    ...(wanted.broadcast === undefined ? {} : { broadcast: wanted.broadcast }),
    ...(wanted.label === undefined || family === 'inet6' ? {} : { label: wanted.label }),
    ...lifetimesOf(wanted, family),
  };
}

/** keepalived gives lifetimes to IPv6 addresses only; a lease is valid as long as it is preferred. */
function lifetimesOf(
  { preferredLifetimeS, leaseS }: DesiredAddress,
  family: Family,
): Pick<InterfaceAddress, 'preferredLifetimeS' | 'validLifetimeS'> {
  const preferred = family === 'inet' ? undefined : preferredLifetimeS;
  if (leaseS === undefined) return preferred === undefined ? {} : { preferredLifetimeS: preferred };
  return { preferredLifetimeS: Math.min(preferred ?? leaseS, leaseS), validLifetimeS: leaseS };
}

function install(
  wanted: InterfaceAddress,
  { noDad }: DesiredAddress,
  kernel: readonly InterfaceAddress[],
): readonly AddressCommand[] {
  const add: AddressCommand = { kind: 'add', address: wanted };
  const held = findHeld(wanted, kernel) ?? findRival(wanted, kernel);
  if (held === undefined) return [add];
  const anew: readonly AddressCommand[] = [{ kind: 'remove', address: held }, add];
  if (!isSamePlace(held, wanted)) return anew;
  const replace: readonly AddressCommand[] = [{ kind: 'replace', address: wanted }];
  const leased = wanted.validLifetimeS !== undefined || held.validLifetimeS !== undefined;
  if (wanted.family === 'inet') return !isSameIpv4(held, wanted) ? anew : leased ? replace : [];
  if (noDad && (held.flags & NOT_USABLE) !== 0) return anew;
  return isSameIpv6(held, wanted) && !leased ? [] : replace;
}

/** The kernel's idea of which addresses are one and the same: IPv6 has an address once on an interface. */
const identity = ({ interfaceIndex, family, address, prefixLength, peer }: InterfaceAddress): string =>
  family === 'inet'
    ? `${interfaceIndex} ${address}/${prefixLength} ${peer ?? address}`
    : `${interfaceIndex} ${address}`;

const isSamePlace = (a: InterfaceAddress, b: InterfaceAddress): boolean =>
  a.prefixLength === b.prefixLength && a.peer === b.peer;

function findHeld(
  wanted: InterfaceAddress,
  kernel: readonly InterfaceAddress[],
): InterfaceAddress | undefined {
  return kernel.find((held) => identity(held) === identity(wanted) && isSamePlace(held, wanted));
}

/** An IPv6 address that stands in the way, because the kernel has it with another prefix length or peer. */
const findRival = (
  wanted: InterfaceAddress,
  kernel: readonly InterfaceAddress[],
): InterfaceAddress | undefined =>
  wanted.family === 'inet6' ? kernel.find((held) => identity(held) === identity(wanted)) : undefined;

/** What the kernel cannot change in an IPv4 address that stands. An absent label is the interface's name. */
function isSameIpv4(held: InterfaceAddress, wanted: InterfaceAddress): boolean {
  return (
    held.scope === wanted.scope &&
    held.broadcast === wanted.broadcast &&
    (wanted.label === undefined || held.label === wanted.label) &&
    (held.flags & CHANGEABLE_FLAGS) === (wanted.flags & CHANGEABLE_FLAGS)
  );
}

/** The kernel gives IPv6 addresses a scope of its own and no label. A lifetime that runs is compared as running. */
function isSameIpv6(held: InterfaceAddress, wanted: InterfaceAddress): boolean {
  return (
    (held.flags & CHANGEABLE_FLAGS) === (wanted.flags & CHANGEABLE_FLAGS) &&
    lifetimeKind(held.preferredLifetimeS) === lifetimeKind(wanted.preferredLifetimeS)
  );
}

function lifetimeKind(lifetimeS: number | undefined): 'forever' | 'running' | 'over' {
  if (lifetimeS === undefined) return 'forever';
  return lifetimeS > 0 ? 'running' : 'over';
}
