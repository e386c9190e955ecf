import { addressBytes } from '../../base/address.js';
import { MICROS_PER_CENTI, micros, type Micros } from '../../base/units.js';
import { type SnmpFacts } from './facts.js';
import { scalarSeries, tableSeries, type Column, type Series } from './mib-view.js';
import {
  DROPS,
  dropped,
  ifIndex,
  masterAddress,
  masterReason,
  primaryAddress,
  protocolErrorReason,
  rfcState,
  routerRows,
  unknownVrids,
  upTime,
  type RouterRow,
} from './rfc-rows.js';
import { address, counter, counter64, familyNumber, gauge, integer, octets, ticks, truth } from './values.js';

/** VRRPV3-MIB (RFC 6527): mib-2 207. */
export const VRRPV3_MIB = [1, 3, 6, 1, 2, 1, 207] as const;

const ACTIVE = integer(1);
const NO_ADDRESS = { inet: octets(new Uint8Array(4)), inet6: octets(new Uint8Array(16)) } as const;
/** Nothing is ever counted anew but with the daemon. */
const NO_DISCONTINUITY = ticks(micros(0));

type AcceptOf = (instance: string) => boolean;

const operColumns = (now: Micros, accepts: AcceptOf): readonly Column<RouterRow>[] => [
  [
    3,
    'vrrpv3OperationsMasterIpAddr',
    (row) => address(masterAddress(row)) ?? NO_ADDRESS[row.settings.family],
  ],
  [
    4,
    'vrrpv3OperationsPrimaryIpAddr',
    (row) => address(primaryAddress(row)) ?? NO_ADDRESS[row.settings.family],
  ],
  [5, 'vrrpv3OperationsVirtualMacAddr', ({ own }) => octets(own?.hardwareAddress ?? new Uint8Array(0))],
  [6, 'vrrpv3OperationsStatus', ({ snapshot }) => integer(rfcState(snapshot?.state))],
  [
    7,
    'vrrpv3OperationsPriority',
    ({ snapshot, settings }) => gauge(snapshot?.configuredPriority ?? settings.priority),
  ],
  [8, 'vrrpv3OperationsAddrCount', ({ addresses }) => integer(addresses.length)],
  [9, 'vrrpv3OperationsAdvInterval', ({ settings }) => integer(centis(settings.advertInterval))],
  [
    10,
    'vrrpv3OperationsPreemptMode',
    ({ snapshot, settings }) => truth(snapshot?.preempt ?? settings.preempt),
  ],
  [11, 'vrrpv3OperationsAcceptMode', ({ settings }) => truth(accepts(settings.name))],
  [12, 'vrrpv3OperationsUpTime', (row) => ticks(upTime(row, now) ?? micros(0))],
  [13, 'vrrpv3OperationsRowStatus', () => ACTIVE],
];

const centis = (interval: Micros): number => Math.trunc(interval / MICROS_PER_CENTI);

const STATISTICS: readonly Column<RouterRow>[] = [
  [1, 'vrrpv3StatisticsMasterTransitions', ({ snapshot }) => counter(snapshot?.counters.becameMaster ?? 0)],
  [2, 'vrrpv3StatisticsNewMasterReason', ({ snapshot }) => integer(masterReason(snapshot?.becameMasterBy))],
  [
    3,
    'vrrpv3StatisticsRcvdAdvertisements',
    ({ snapshot }) => counter64(snapshot?.counters.advertsReceived ?? 0),
  ],
  [4, 'vrrpv3StatisticsAdvIntervalErrors', (row) => counter64(dropped(row, ...DROPS.interval))],
  [5, 'vrrpv3StatisticsIpTtlErrors', (row) => counter64(dropped(row, ...DROPS.ttl))],
  [
    6,
    'vrrpv3StatisticsProtoErrReason',
    ({ snapshot }) => integer(protocolErrorReason(snapshot?.lastProtocolError)),
  ],
  [
    7,
    'vrrpv3StatisticsRcvdPriZeroPackets',
    ({ snapshot }) => counter64(snapshot?.counters.priorityZeroReceived ?? 0),
  ],
  [
    8,
    'vrrpv3StatisticsSentPriZeroPackets',
    ({ snapshot }) => counter64(snapshot?.counters.priorityZeroSent ?? 0),
  ],
  [9, 'vrrpv3StatisticsRcvdInvalidTypePackets', (row) => counter64(dropped(row, ...DROPS.type))],
  [10, 'vrrpv3StatisticsAddressListErrors', (row) => counter64(dropped(row, ...DROPS.addresses))],
  [11, 'vrrpv3StatisticsPacketLengthErrors', (row) => counter64(dropped(row, ...DROPS.length))],
  [12, 'vrrpv3StatisticsRowDiscontinuityTime', () => NO_DISCONTINUITY],
  // Milliseconds.
  [13, 'vrrpv3StatisticsRefreshRate', ({ settings }) => gauge(centis(settings.advertInterval) * 10)],
];

/** Where an instance stands in the tables. */
export const vrrpv3Index = (row: RouterRow): readonly number[] => [
  ...[ifIndex(row), row.settings.vrid],
  familyNumber(row.settings.family),
];

/** VRRPV3-MIB: all instances, those of version 2 as well, as keepalived shows them. */
export function vrrpv3Mib(facts: SnmpFacts): readonly Series[] {
  const rows = routerRows(facts);
  const { instances } = facts.configuration.details;
  const accepts: AcceptOf = (name) => instances[name]?.accept ?? false;
  const sum = (codes: readonly string[]) =>
    counter64(rows.reduce((total, row) => total + dropped(row, ...codes), 0));
  return [
    ...scalarSeries([
      [[...VRRPV3_MIB, 1, 2, 1], 'vrrpv3RouterChecksumErrors', sum(DROPS.checksum)],
      [[...VRRPV3_MIB, 1, 2, 2], 'vrrpv3RouterVersionErrors', sum(DROPS.version)],
      [[...VRRPV3_MIB, 1, 2, 3], 'vrrpv3RouterVrIdErrors', counter64(unknownVrids(facts))],
      [[...VRRPV3_MIB, 1, 2, 4], 'vrrpv3GlobalStatisticsDiscontinuityTime', NO_DISCONTINUITY],
    ]),
    ...tableSeries({
      entry: [...VRRPV3_MIB, 1, 1, 1, 1],
      columns: operColumns(facts.now, accepts),
      rows,
      index: vrrpv3Index,
    }),
    ...tableSeries({
      entry: [...VRRPV3_MIB, 1, 1, 2, 1],
      columns: [[2, 'vrrpv3AssociatedIpAddrRowStatus', () => ACTIVE]],
      rows: rows.flatMap((row) => row.addresses.map((own) => [...vrrpv3Index(row), ...addressBytes(own)])),
      index: (row) => row,
    }),
    ...tableSeries({ entry: [...VRRPV3_MIB, 1, 2, 5, 1], columns: STATISTICS, rows, index: vrrpv3Index }),
  ];
}
