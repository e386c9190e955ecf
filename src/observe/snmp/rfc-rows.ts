import { type IpAddress } from '../../base/address.js';
import { minus, type Micros } from '../../base/units.js';
import { type InstanceSettings, type InstanceSnapshot, type VrrpState } from '../../vrrp/index.js';
import { instanceSnapshots, type InterfaceFacts, type SnmpFacts } from './facts.js';

/** A virtual router as RFC 2787 and RFC 6527 tell of it. */
export interface RouterRow {
  readonly settings: InstanceSettings;
  readonly snapshot?: InstanceSnapshot | undefined;
  /** The interface that it runs on; where that is a VMAC or IPVLAN, `base` is what it lies on. */
  readonly own?: InterfaceFacts | undefined;
  readonly base?: InterfaceFacts | undefined;
  /** Those of virtual_ipaddress. */
  readonly addresses: readonly IpAddress[];
}

/** Every instance that has a virtual address to be told of. */
export function routerRows(
  facts: Pick<SnmpFacts, 'configuration' | 'interfaces' | 'router'>,
): readonly RouterRow[] {
  const snapshots = instanceSnapshots(facts);
  const { interfaces } = facts;
  return facts.configuration.vrrp.instances.flatMap((settings) => {
    const addresses = settings.addresses.filter((each) => each.advertised).map((each) => each.address);
    if (addresses.length === 0) return [];
    const own = interfaces.get(settings.interface);
    const base = own?.base === undefined ? own : (interfaces.get(own.base) ?? own);
    return [{ settings, snapshot: snapshots.get(settings.name), own, base, addresses }];
  });
}

/** ifIndex: that of the interface on the network; 0 while it does not exist. */
export const ifIndex = ({ base }: RouterRow): number => base?.index ?? 0;

/** initialize(1), backup(2) or master(3): FAULT is an initial state to the RFCs. */
export const rfcState = (state: VrrpState | undefined): number =>
  state === 'MASTER' ? 3 : state === 'BACKUP' ? 2 : 1;

/** The address that adverts of this router come from. */
export const primaryAddress = ({ settings, base }: RouterRow): IpAddress | undefined =>
  settings.family === 'inet' ? base?.inet : base?.inet6;

/** That of the current master, which may be this router. */
export function masterAddress(row: RouterRow, state = row.snapshot?.state): IpAddress | undefined {
  return state === 'MASTER'
    ? (row.settings.transport.source ?? primaryAddress(row))
    : row.snapshot?.master?.address;
}

/** How long it has been neither in INIT nor in FAULT; undefined while it is. */
export const upTime = ({ snapshot }: RouterRow, now: Micros): Micros | undefined =>
  snapshot?.upSince === undefined ? undefined : minus(now, snapshot.upSince);

/** Adverts that were dropped, or complained of, for one of these reasons. */
export const dropped = ({ snapshot }: RouterRow, ...codes: readonly string[]): number =>
  codes.reduce(
    (sum, code) => sum + (snapshot?.counters.dropped[code] ?? 0) + (snapshot?.counters.complaints[code] ?? 0),
    0,
  );

/** Reasons to drop an advert, by the counter of the RFCs that counts them. */
export const DROPS = {
  checksum: ['advert-bad-checksum'],
  version: ['advert-wrong-version', 'advert-unknown-version'],
  interval: ['advert-interval-mismatch', 'advert-interval-differs', 'advert-zero-interval'],
  authentication: [
    ...['advert-wrong-password', 'advert-ah-malformed', 'advert-ah-not-vrrp', 'advert-ah-bad-value'],
    ...['advert-ah-bad-spi', 'advert-ah-replay'],
  ],
  ttl: ['advert-bad-ttl', 'advert-ttl-out-of-range'],
  type: ['advert-unknown-type'],
  addresses: ['advert-address-count', 'advert-address-missing'],
  authType: ['advert-bad-auth-type'],
  authTypeMismatch: ['advert-auth-type-mismatch'],
  length: ['advert-truncated', 'advert-too-long'],
} as const;

/** vrrpv3StatisticsNewMasterReason: notMaster(0), priority(1), preempted(2), masterNoResponse(3). */
export function masterReason(causeCode: string | undefined): number {
  switch (causeCode) {
    case undefined:
      return 0;
    case 'master-resigned':
      return 1;
    case 'preempted-lower-priority':
    case 'address-owner':
      return 2;
    default:
      return 3;
  }
}

/** vrrpv3StatisticsProtoErrReason: noError(0), ipTtlError(1), versionError(2), checksumError(3), vrIdError(4). */
export function protocolErrorReason(code: string | undefined): number {
  const is = (codes: readonly string[]) => code !== undefined && codes.includes(code);
  if (is(DROPS.ttl)) return 1;
  if (is(DROPS.version)) return 2;
  return is(DROPS.checksum) ? 3 : 0;
}

/** Adverts with a VRID that no virtual router here has. */
export const unknownVrids = ({ router }: SnmpFacts): number =>
  router?.unclaimedAdverts['advert-unknown-vrid'] ?? 0;
