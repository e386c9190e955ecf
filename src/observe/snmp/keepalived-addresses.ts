import { parseIpAddress, type IpAddress } from '../../base/address.js';
import { type DesiredAddress } from '../../net/index.js';
import { instanceSnapshots, type SnmpFacts } from './facts.js';
import { KEEPALIVED_VRRP } from './keepalived-instances.js';
import { tableSeries, type Column, type Series } from './mib-view.js';
import { address, addressType, gauge, integer, scope, text, truth } from './values.js';

/** What is told of an address, a route or a rule beside itself. */
export interface Placed<What> {
  readonly what: What;
  /** 0 for a static one, else the position of its instance; then its own position. */
  readonly index: readonly [instance: number, position: number];
  /** It is in the kernel, as far as we put it there. */
  readonly set: boolean;
}

/**
 * Static things, which are always set, then those of each instance, which are set while it is master.
 * @param ofInstance what moves with the instance of that name.
 */
export function placed<What>(
  facts: SnmpFacts,
  statics: readonly What[],
  ofInstance: (name: string) => readonly What[],
): readonly Placed<What>[] {
  const snapshots = instanceSnapshots(facts);
  return [
    ...statics.map((what, at) => ({ what, index: [0, at + 1] as const, set: true })),
    ...facts.configuration.vrrp.instances.flatMap(({ name }, instance) =>
      ofInstance(name).map((what, at) => ({
        what,
        index: [instance + 1, at + 1] as const,
        set: snapshots.get(name)?.state === 'MASTER',
      })),
    ),
  ];
}

interface AddressRow extends Placed<DesiredAddress> {
  readonly advertised: boolean;
  readonly interfaceIndex: number;
}

const NO_BROADCAST = parseIpAddress('0.0.0.0');

/** IPv4 has one, be it 0.0.0.0. */
const broadcast = ({ address: own, broadcast: told }: DesiredAddress): IpAddress | undefined =>
  told ?? (own.includes(':') ? undefined : NO_BROADCAST);

const COLUMNS: readonly Column<AddressRow>[] = [
  [2, 'vrrpAddressType', ({ what }) => addressType(what.address)],
  [3, 'vrrpAddressValue', ({ what }) => address(what.address)],
  [4, 'vrrpAddressBroadcast', ({ what }) => address(broadcast(what))],
  [5, 'vrrpAddressMask', ({ what }) => gauge(what.prefixLength)],
  [6, 'vrrpAddressScope', ({ what }) => scope(what.scope)],
  [7, 'vrrpAddressIfIndex', ({ interfaceIndex }) => integer(interfaceIndex)],
  [8, 'vrrpAddressIfName', ({ what }) => text(what.interface)],
  [9, 'vrrpAddressIfAlias', ({ what }) => text(what.label)],
  [10, 'vrrpAddressStatus', ({ set }) => truth(set)],
  [11, 'vrrpAddressAdvertising', ({ advertised }) => truth(advertised)],
  [12, 'vrrpAddressPeer', ({ what }) => address(what.peer)],
];

/** vrrpAddressTable of KEEPALIVED-MIB. */
export function keepalivedAddresses(facts: SnmpFacts): readonly Series[] {
  const { statics, vrrp, vrrpAddresses } = facts.configuration;
  const advertised = vrrp.instances.map(
    ({ addresses }) => addresses.filter((each) => each.advertised).length,
  );
  const rows = placed(facts, statics.addresses, (name) => vrrpAddresses[name] ?? []).map((row) => ({
    ...row,
    // virtual_ipaddress comes first, then virtual_ipaddress_excluded.
    advertised: row.index[1] <= (advertised[row.index[0] - 1] ?? 0),
    interfaceIndex: facts.interfaces.get(row.what.interface)?.index ?? 0,
  }));
  return tableSeries({
    entry: [...KEEPALIVED_VRRP, 6, 1],
    columns: COLUMNS,
    rows,
    index: ({ index }) => index,
  });
}
