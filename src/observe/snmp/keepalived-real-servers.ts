import { type IpAddress } from '../../base/address.js';
import { err } from '../../base/result.js';
import { secondsToMicros } from '../../base/units.js';
import { type CheckerDefaults, type NotifySettings, type RealServerDetails } from '../../config/index.js';
import { type RealServerSettings, type RealServerState } from '../../health/index.js';
import { type DesiredDestination } from '../../lvs/index.js';
import { AGENTX_ERROR, type Oid } from '../../wire/agentx/index.js';
import { type LoadFacts, type SnmpFacts } from './facts.js';
import { forwardingColumns } from './forwarding-columns.js';
import { poolRows, type PoolRow } from './keepalived-virtual-servers.js';
import { loadColumns } from './load-columns.js';
import { orderIf } from './set.js';
import { tableSeries, type Column, type Series } from './mib-view.js';
import {
  address,
  addressType,
  command,
  gauge,
  integer,
  text,
  truth,
  wholeSeconds,
  unlessZero,
  type Maybe,
} from './values.js';
import { type MibValue } from '../../wire/agentx/index.js';

/** A real server of a pool, or its sorry server. */
interface ServerRow {
  readonly pool: PoolRow;
  readonly index: readonly [pool: number, server: number];
  readonly address: IpAddress;
  readonly port: number;
  readonly destination?: DesiredDestination | undefined;
  /** Absent for a sorry server, which is checked by nobody. */
  readonly regular?: Regular | undefined;
  readonly load?: LoadFacts | undefined;
}

interface Regular {
  readonly settings: RealServerSettings;
  readonly details?: RealServerDetails | undefined;
  readonly state?: RealServerState | undefined;
  readonly notify?: NotifySettings['realServers'][string] | undefined;
}

/** A column that sorry servers have not. */
const ofRegular =
  (read: (regular: Regular) => Maybe<MibValue>) =>
  ({ regular }: ServerRow): Maybe<MibValue> =>
    regular && read(regular);

/** What holds for its checkers: its own word, or that of the virtual server. */
const usual = ({ regular, pool }: ServerRow): CheckerDefaults => ({
  ...(regular && pool.details?.usual),
  ...regular?.details?.usual,
});

const CONNECT_TIMEOUT = secondsToMicros(5);
const DELAY_LOOP = secondsToMicros(60);
const DEFAULT = secondsToMicros(0);

const COLUMNS: readonly Column<ServerRow>[] = [
  // regular(1), sorry(2)
  [2, 'realServerType', ({ regular }) => truth(regular !== undefined)],
  [3, 'realServerAddrType', (row) => addressType(row.address)],
  [4, 'realServerAddress', (row) => address(row.address)],
  [5, 'realServerPort', ({ port }) => gauge(port)],
  // alive(1), dead(2)
  [6, 'realServerStatus', ofRegular(({ state }) => truth(state?.alive))],
  [
    7,
    'realServerWeight',
    ofRegular(({ state, settings }) => integer(state?.weight ?? settings.weight)),
    ({ pool, regular }, value) =>
      regular
        ? orderIf(value >= 0, {
            type: 'SetWeight',
            pool: pool.settings.id,
            realServer: regular.settings.id,
            weight: value,
          })
        : err(AGENTX_ERROR.noCreation),
  ],
  [
    8,
    'realServerUpperConnectionLimit',
    ({ destination, regular }) => gauge(regular && unlessZero(destination?.upperThreshold)),
  ],
  [
    9,
    'realServerLowerConnectionLimit',
    ({ destination, regular }) => gauge(regular && unlessZero(destination?.lowerThreshold)),
  ],
  // remove(1), inhibit(2)
  [10, 'realServerActionWhenDown', ofRegular(({ settings }) => truth(!settings.inhibitOnFailure))],
  [11, 'realServerNotifyUp', ofRegular(({ notify }) => command(notify?.up))],
  [12, 'realServerNotifyDown', ofRegular(({ notify }) => command(notify?.down))],
  [
    13,
    'realServerFailedChecks',
    ofRegular(({ state }) => gauge(state?.checkers.filter(({ up }) => !up).length ?? 0)),
  ],
  ...loadColumns<ServerRow>(
    'realServer',
    {
      ...{ connections: 14, packets: [18, 19], bytes: [20, 21] },
      ...{ rates: 22, wide: 27, halves: 30, wideRates: 58 },
    },
    ({ load }) => load,
  ),
  [15, 'realServerStatsActiveConns', ({ load }) => gauge(load?.connections?.active ?? 0)],
  [16, 'realServerStatsInactiveConns', ({ load }) => gauge(load?.connections?.inactive ?? 0)],
  [17, 'realServerStatsPersistentConns', ({ load }) => gauge(load?.connections?.persistent ?? 0)],
  ...forwardingColumns<ServerRow>(
    'realServer',
    [40, 'realServerForwardingMethod'],
    52,
    ({ destination }) => destination?.forwarding,
  ),
  [41, 'realServerVirtualHost', ({ regular }) => text(regular?.details?.virtualHost)],
  [42, 'realServerAlpha', (row) => truth(usual(row).alpha)],
  [43, 'realServerRetry', (row) => gauge(usual(row).retry ?? 0)],
  [44, 'realServerDelayBeforeRetry', (row) => wholeSeconds(usual(row).delayBeforeRetry ?? DEFAULT)],
  [45, 'realServerWarmup', (row) => wholeSeconds(usual(row).warmup ?? DEFAULT)],
  [46, 'realServerDelayLoop', (row) => wholeSeconds(delayLoop(row))],
  [47, 'realServerSmtpAlert', ({ regular }) => truth(regular?.details?.smtpAlert)],
  [48, 'realServerDelayBeforeRetryUsec', (row) => gauge(usual(row).delayBeforeRetry ?? 0)],
  [49, 'realServerWarmupUsec', (row) => gauge(usual(row).warmup ?? 0)],
  [50, 'realServerDelayLoopUsec', (row) => gauge(delayLoop(row))],
  [51, 'realServerConnTimeoutUsec', (row) => gauge(connectTimeout(row))],
  [55, 'realServerName', ({ regular }) => text(regular?.details?.snmpName)],
  [56, 'realServerNotifyUpPath', ofRegular(({ notify }) => text(notify?.up?.argv[0]))],
  [57, 'realServerNotifyDownPath', ofRegular(({ notify }) => text(notify?.down?.argv[0]))],
  [
    63,
    'realServerNotRunCheckers',
    ({ regular }) => gauge(regular?.state?.checkers.filter(({ hasRun }) => !hasRun).length ?? 0),
  ],
];

const connectTimeout = (row: ServerRow) =>
  usual(row).connectTimeout ?? (row.regular ? CONNECT_TIMEOUT : DEFAULT);
const delayLoop = (row: ServerRow) => usual(row).delayLoop ?? (row.regular ? DELAY_LOOP : DEFAULT);

/** realServerTable of KEEPALIVED-MIB: of each pool its sorry server, then its real servers. @param entry its OID. */
export function realServers(facts: SnmpFacts, entry: Oid): readonly Series[] {
  return tableSeries({
    entry,
    columns: COLUMNS,
    rows: poolRows(facts).flatMap((pool, at) => [
      ...sorryServer(facts, pool, at + 1),
      ...regularServers(facts, pool, at + 1),
    ]),
    index: ({ index }) => index,
  });
}

function sorryServer({ ipvs }: SnmpFacts, pool: PoolRow, position: number): readonly ServerRow[] {
  const { sorryServer: sorry, id } = pool.settings;
  if (!sorry) return [];
  return [
    {
      pool,
      index: [position, 1],
      address: sorry.address,
      port: sorry.port,
      destination: pool.service?.sorryServer,
      load: ipvs.realServer(id, 'sorry'),
    },
  ];
}

function regularServers(
  { configuration, ipvs }: SnmpFacts,
  pool: PoolRow,
  position: number,
): readonly ServerRow[] {
  const { settings, details, service, state } = pool;
  const first = settings.sorryServer ? 2 : 1;
  return settings.realServers.map((server, at) => ({
    pool,
    index: [position, first + at],
    address: server.address,
    port: server.port,
    destination: service?.destinations[at],
    regular: {
      settings: server,
      details: details?.realServers[at],
      state: state?.realServers[at],
      notify: configuration.notify.realServers[`${settings.id} ${server.id}`],
    },
    load: ipvs.realServer(settings.id, at),
  }));
}
