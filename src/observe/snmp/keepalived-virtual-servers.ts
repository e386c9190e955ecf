import { familyOf, type Family } from '../../base/address.js';
import { secondsToMicros } from '../../base/units.js';
import { type NotifySettings, type PoolDetails } from '../../config/index.js';
import { type PoolSettings, type PoolState } from '../../health/index.js';
import { type ServiceTemplate } from '../../lvs/index.js';
import { type Oid } from '../../wire/agentx/index.js';
import { type LoadFacts, type SnmpConfiguration, type SnmpFacts } from './facts.js';
import { forwardingColumns } from './forwarding-columns.js';
import { loadColumns } from './load-columns.js';
import { tableSeries, type Column, type Series } from './mib-view.js';
import {
  address,
  command,
  familyNumber,
  gauge,
  integer,
  octets,
  text,
  truth,
  unlessZero,
  wholeSeconds,
} from './values.js';

/** A virtual_server, and what there is to tell of it. */
export interface PoolRow {
  readonly settings: PoolSettings;
  readonly details?: PoolDetails | undefined;
  /** The first one of a group stands for all. */
  readonly service?: ServiceTemplate | undefined;
  readonly state?: PoolState | undefined;
  readonly notify?: NotifySettings['pools'][string] | undefined;
  readonly load?: LoadFacts | undefined;
}

const ALGORITHMS: Readonly<Record<string, number>> = {
  ...{ rr: 1, wrr: 2, lc: 3, wlc: 4, lblc: 5, lblcr: 6, dh: 7, sh: 8, sed: 9, nq: 10, fo: 11, ovf: 12 },
  ...{ mh: 13, twos: 14 },
};
const OTHER_ALGORITHM = 99;
const PROTOCOLS = { TCP: 1, UDP: 2, SCTP: 3 } as const;

/** fwmark(1), ip(2), group(3) */
export const poolType = ({ details, service }: PoolRow): number =>
  details?.group !== undefined ? 3 : service?.key.kind === 'fwmark' ? 1 : 2;

/** The address of a service that is no group's. */
export const ownAddress = ({ details, service }: PoolRow) =>
  details?.group === undefined && service?.key.kind === 'address' ? service.key : undefined;

export const ownMark = ({ details, service }: PoolRow): number | undefined =>
  details?.group === undefined && service?.key.kind === 'fwmark' ? service.key.mark : undefined;

const familyOfPool = ({ service }: PoolRow): Family =>
  service?.key.kind === 'address' ? familyOf(service.key.address) : (service?.key.family ?? 'inet');

/** none(4) where it is not part of the service. */
export const poolProtocol = ({ service }: PoolRow): number | undefined =>
  service?.key.kind === 'address' ? PROTOCOLS[service.key.protocol] : undefined;

export const serversUp = ({ state }: PoolRow): number =>
  state?.realServers.filter(({ alive }) => alive).length ?? 0;

/** IP_VS_SVC_F_SCHED1 to 3, whose meaning is the scheduler's. */
const flag = (bit: number) => (row: PoolRow) => truth(((row.service?.schedulerFlags ?? 0) & bit) !== 0);

/** A netmask of IPv4 from its length. */
const netmask = (length: number): Uint8Array =>
  Uint8Array.from([0, 8, 16, 24], (start) => 256 - 2 ** (8 - Math.min(8, Math.max(0, length - start))));

const DELAY_LOOP = secondsToMicros(60);
const CONNECT_TIMEOUT = secondsToMicros(5);
/** Each kind of checker has its own. */
const DEFAULT = secondsToMicros(0);
const usual = ({ details }: PoolRow) => details?.usual;

const COLUMNS: readonly Column<PoolRow>[] = [
  [2, 'virtualServerType', (row) => integer(poolType(row))],
  [3, 'virtualServerNameOfGroup', ({ details }) => text(details?.group)],
  [4, 'virtualServerFwMark', (row) => gauge(ownMark(row))],
  [5, 'virtualServerAddrType', (row) => integer(familyNumber(familyOfPool(row)))],
  [6, 'virtualServerAddress', (row) => address(ownAddress(row)?.address)],
  [7, 'virtualServerPort', (row) => gauge(ownAddress(row)?.port)],
  [8, 'virtualServerProtocol', (row) => integer(poolProtocol(row))],
  [
    9,
    'virtualServerLoadBalancingAlgo',
    ({ service }) => integer(ALGORITHMS[service?.scheduler ?? ''] ?? OTHER_ALGORITHM),
  ],
  ...forwardingColumns<PoolRow>(
    'virtualServer',
    [10, 'virtualServerLoadBalancingKind'],
    68,
    (row) => usual(row)?.forwarding,
  ),
  // alive(1), dead(2): there is anybody to serve.
  [11, 'virtualServerStatus', (row) => truth(row.state !== undefined)],
  [12, 'virtualServerVirtualHost', ({ details }) => text(details?.virtualHost)],
  [13, 'virtualServerPersist', ({ service }) => truth((service?.persistenceTimeoutS ?? 0) > 0)],
  [14, 'virtualServerPersistTimeout', ({ service }) => gauge(unlessZero(service?.persistenceTimeoutS))],
  [
    15,
    'virtualServerPersistGranularity',
    (row) =>
      familyOfPool(row) === 'inet' ? octets(netmask(row.service?.persistencePrefix ?? 32)) : undefined,
  ],
  [16, 'virtualServerDelayLoop', (row) => wholeSeconds(usual(row)?.delayLoop ?? DELAY_LOOP)],
  [17, 'virtualServerHaSuspend', ({ details }) => truth(details?.haSuspend)],
  [18, 'virtualServerAlpha', (row) => truth(usual(row)?.alpha)],
  [19, 'virtualServerOmega', ({ settings }) => truth(settings.omega)],
  [20, 'virtualServerRealServersTotal', ({ settings }) => gauge(settings.realServers.length)],
  [21, 'virtualServerRealServersUp', (row) => gauge(serversUp(row))],
  [22, 'virtualServerQuorum', ({ settings }) => gauge(settings.quorum)],
  // met(1), notMet(2)
  [23, 'virtualServerQuorumStatus', ({ state }) => truth(state?.quorumUp)],
  [24, 'virtualServerQuorumUp', ({ notify }) => command(notify?.quorumUp)],
  [25, 'virtualServerQuorumDown', ({ notify }) => command(notify?.quorumDown)],
  [26, 'virtualServerHysteresis', ({ settings }) => gauge(settings.hysteresis)],
  ...loadColumns<PoolRow>(
    'virtualServer',
    {
      ...{ connections: 27, packets: [28, 29], bytes: [30, 31] },
      ...{ rates: 32, wide: 38, halves: 41, wideRates: 74 },
    },
    ({ load }) => load,
  ),
  [37, 'virtualServerOPS', ({ service }) => truth(service?.onePacket)],
  [
    51,
    'virtualServerPersistGranularity6',
    (row) => (familyOfPool(row) === 'inet6' ? gauge(row.service?.persistencePrefix ?? 128) : undefined),
  ],
  [52, 'virtualServerHashed', ({ service }) => truth(service?.hashed)],
  [53, 'virtualServerSHFallback', flag(1)],
  [54, 'virtualServerSHPort', flag(2)],
  [55, 'virtualServerSched3', flag(4)],
  // remove(1), inhibit(2)
  [56, 'virtualServerActionWhenDown', (row) => truth(usual(row)?.inhibitOnFailure !== true)],
  [57, 'virtualServerRetry', (row) => gauge(usual(row)?.retry ?? 0)],
  [58, 'virtualServerDelayBeforeRetry', (row) => wholeSeconds(usual(row)?.delayBeforeRetry ?? DEFAULT)],
  [59, 'virtualServerWarmup', (row) => wholeSeconds(usual(row)?.warmup ?? DEFAULT)],
  [60, 'virtualServerWeight', (row) => integer(usual(row)?.weight ?? 1)],
  [61, 'virtualServerSmtpAlert', ({ details }) => truth(details?.smtpAlert)],
  [62, 'virtualServerMHFallback', flag(1)],
  [63, 'virtualServerMHPort', flag(2)],
  [64, 'virtualServerDelayLoopUsec', (row) => gauge(usual(row)?.delayLoop ?? DELAY_LOOP)],
  [65, 'virtualServerDelayBeforeRetrUsec', (row) => gauge(usual(row)?.delayBeforeRetry ?? 0)],
  [66, 'virtualServerWarmupUsec', (row) => gauge(usual(row)?.warmup ?? 0)],
  [67, 'virtualServerConnTimeoutUsec', (row) => gauge(usual(row)?.connectTimeout ?? CONNECT_TIMEOUT)],
  [71, 'virtualServerName', ({ details }) => text(details?.snmpName)],
  [72, 'virtualServerQuorumUpPath', ({ notify }) => text(notify?.quorumUp?.argv[0])],
  [73, 'virtualServerQuorumDownPath', ({ notify }) => text(notify?.quorumDown?.argv[0])],
];

/** virtualServerTable of KEEPALIVED-MIB. @param entry its OID. */
export function virtualServers(facts: SnmpFacts, entry: Oid): readonly Series[] {
  return tableSeries({
    entry,
    columns: COLUMNS,
    rows: poolRows(facts),
    index: (_, position) => [position],
  });
}

/** Every virtual_server, in the order of the file. */
export const poolRows = ({ configuration, pools, ipvs }: SnmpFacts): readonly PoolRow[] =>
  configuration.health.pools.map((settings) => ({
    ...configured(configuration, settings),
    state: pools.get(settings.id),
    load: ipvs.pool(settings.id),
  }));

/** That virtual_server, as far as it is configured; undefined if there is none of that id. */
export function poolRow(configuration: SnmpConfiguration, id: string): PoolRow | undefined {
  const settings = configuration.health.pools.find((pool) => pool.id === id);
  return settings && configured(configuration, settings);
}

const configured = ({ details, services, notify }: SnmpConfiguration, settings: PoolSettings): PoolRow => ({
  settings,
  details: details.pools[settings.id],
  service: services[settings.id]?.[0],
  notify: notify.pools[settings.id],
});
