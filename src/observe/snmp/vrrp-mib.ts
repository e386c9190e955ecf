import { addressBytes } from '../../base/address.js';
import { MICROS_PER_SECOND, micros, minus, type Micros } from '../../base/units.js';
import { type SnmpFacts } from './facts.js';
import { scalarSeries, tableSeries, type Column, type Series } from './mib-view.js';
import {
  DROPS,
  dropped,
  ifIndex,
  masterAddress,
  primaryAddress,
  rfcState,
  routerRows,
  unknownVrids,
  upTime,
  type RouterRow,
} from './rfc-rows.js';
import { counter, integer, ipAddress, octets, ticks, truth } from './values.js';

/** VRRP-MIB (RFC 2787): mib-2 68. */
export const VRRP_MIB = [1, 3, 6, 1, 2, 1, 68] as const;

/** Of version 2, which is IPv4: its routers are all that this MIB has room for. */
export const inVrrpMib = ({ settings }: RouterRow): boolean =>
  settings.version === 2 && settings.family === 'inet';

/** noAuthentication(1), simpleTextPassword(2), ipAuthenticationHeader(3). */
const AUTH_TYPES = { none: 1, pass: 2, ah: 3, hmac: 1 } as const;
const NO_ADDRESS = new Uint8Array(0);
/** RowStatus: active(1). */
const ACTIVE = integer(1);

const operColumns = (now: Micros, agentStart: Micros): readonly Column<RouterRow>[] => [
  [2, 'vrrpOperVirtualMacAddr', ({ own }) => octets(own?.hardwareAddress ?? NO_ADDRESS)],
  [3, 'vrrpOperState', ({ snapshot }) => integer(rfcState(snapshot?.state))],
  [4, 'vrrpOperAdminState', () => integer(1)],
  [
    5,
    'vrrpOperPriority',
    ({ snapshot, settings }) => integer(snapshot?.configuredPriority ?? settings.priority),
  ],
  [6, 'vrrpOperIpAddrCount', ({ addresses }) => integer(addresses.length)],
  [7, 'vrrpOperMasterIpAddr', (row) => ipAddress(masterAddress(row))],
  [8, 'vrrpOperPrimaryIpAddr', (row) => ipAddress(primaryAddress(row))],
  [9, 'vrrpOperAuthType', ({ settings }) => integer(AUTH_TYPES[settings.authentication.type])],
  // 10, vrrpOperAuthKey, is never readable (RFC 2787, vrrpOperAuthKey).
  [
    11,
    'vrrpOperAdvertisementInterval',
    ({ settings }) => integer(Math.trunc(settings.advertInterval / MICROS_PER_SECOND)),
  ],
  [12, 'vrrpOperPreemptMode', ({ snapshot, settings }) => truth(snapshot?.preempt ?? settings.preempt)],
  [
    13,
    'vrrpOperVirtualRouterUpTime',
    // A TimeStamp: what sysUpTime was when the router left its initial state.
    (row) => {
      const up = upTime(row, now);
      return ticks(up === undefined ? micros(0) : minus(minus(now, up), agentStart));
    },
  ],
  [14, 'vrrpOperProtocol', () => integer(1)],
  [15, 'vrrpOperRowStatus', () => ACTIVE],
];

const STATISTICS: readonly Column<RouterRow>[] = [
  [1, 'vrrpStatsBecomeMaster', ({ snapshot }) => counter(snapshot?.counters.becameMaster ?? 0)],
  [2, 'vrrpStatsAdvertiseRcvd', ({ snapshot }) => counter(snapshot?.counters.advertsReceived ?? 0)],
  [3, 'vrrpStatsAdvertiseIntervalErrors', (row) => counter(dropped(row, ...DROPS.interval))],
  [4, 'vrrpStatsAuthFailures', (row) => counter(dropped(row, ...DROPS.authentication))],
  [5, 'vrrpStatsIpTtlErrors', (row) => counter(dropped(row, ...DROPS.ttl))],
  [
    6,
    'vrrpStatsPriorityZeroPktsRcvd',
    ({ snapshot }) => counter(snapshot?.counters.priorityZeroReceived ?? 0),
  ],
  [7, 'vrrpStatsPriorityZeroPktsSent', ({ snapshot }) => counter(snapshot?.counters.priorityZeroSent ?? 0)],
  [8, 'vrrpStatsInvalidTypePktsRcvd', (row) => counter(dropped(row, ...DROPS.type))],
  [9, 'vrrpStatsAddressListErrors', (row) => counter(dropped(row, ...DROPS.addresses))],
  [10, 'vrrpStatsInvalidAuthType', (row) => counter(dropped(row, ...DROPS.authType))],
  [11, 'vrrpStatsAuthTypeMismatch', (row) => counter(dropped(row, ...DROPS.authTypeMismatch))],
  [12, 'vrrpStatsPacketLengthErrors', (row) => counter(dropped(row, ...DROPS.length))],
];

/** VRRP-MIB. */
export function vrrpMib(facts: SnmpFacts): readonly Series[] {
  const rows = routerRows(facts).filter(inVrrpMib);
  const index = (row: RouterRow) => [ifIndex(row), row.settings.vrid];
  const sum = (codes: readonly string[]) =>
    counter(rows.reduce((total, row) => total + dropped(row, ...codes), 0));
  return [
    ...scalarSeries([
      [[...VRRP_MIB, 1, 1], 'vrrpNodeVersion', integer(2)],
      [[...VRRP_MIB, 1, 2], 'vrrpNotificationCntl', truth(facts.configuration.details.daemon.snmp.traps)],
      [[...VRRP_MIB, 2, 1], 'vrrpRouterChecksumErrors', sum(DROPS.checksum)],
      [[...VRRP_MIB, 2, 2], 'vrrpRouterVersionErrors', sum(DROPS.version)],
      [[...VRRP_MIB, 2, 3], 'vrrpRouterVrIdErrors', counter(unknownVrids(facts))],
    ]),
    ...tableSeries({
      entry: [...VRRP_MIB, 1, 3, 1],
      columns: operColumns(facts.now, facts.agentStart),
      rows,
      index,
    }),
    ...tableSeries({
      entry: [...VRRP_MIB, 1, 4, 1],
      columns: [[2, 'vrrpAssoIpAddrRowStatus', () => ACTIVE]],
      rows: rows.flatMap((row) => row.addresses.map((own) => [...index(row), ...addressBytes(own)])),
      index: (row) => row,
    }),
    ...tableSeries({ entry: [...VRRP_MIB, 2, 4, 1], columns: STATISTICS, rows, index }),
  ];
}
