import { type Configuration, type ScriptCommand } from '../../config/index.js';
import {
  type CheckerSettings,
  type CheckerState,
  type PoolSettings,
  type PoolState,
} from '../../health/index.js';
import { type DumpSubject } from './subject.js';

type Lines = readonly string[];
type Template = Configuration['services'][string][number];
type Destination = Template['destinations'][number];

/** keepalived_check.data: every virtual server, its real servers and their checkers, as they are. */
export function checkData(subject: DumpSubject): string {
  const { health, details } = subject.configuration;
  const states = new Map(subject.pools.map((pool) => [pool.id, pool]));
  const lines = health.pools.flatMap((pool) => poolLines(subject, pool, states.get(pool.id)));
  const groups = Object.entries(details.serverGroups).flatMap(([name, group]) => [
    ' ------< Virtual server group >------',
    ` Virtual Server Group = ${name}`,
    ...group.ranges.map(({ first, last, port }) =>
      first === last
        ? `   VIP = ${first}, VPORT = ${port}`
        : `   VIP Range = ${first}-${last}, VPORT = ${port}`,
    ),
    ...group.marks.map(({ mark, family }) => `   FWMARK = ${mark}${family ? ` ${FAMILIES[family]}` : ''}`),
  ]);
  const checkers = health.pools.flatMap((pool) => checkersOf(pool, states.get(pool.id)));
  return [section('LVS Topology', [...groups, ...lines]), section('Health checkers', checkers)].join('');
}

const FAMILIES = { inet: 'IPv4', inet6: 'IPv6' } as const;

const section = (title: string, lines: Lines): string =>
  lines.length > 0 ? `------< ${title} >------\n${lines.join('\n')}\n` : '';

const onOff = (value: boolean): string => (value ? 'ON' : 'OFF');
const bit = (value: boolean): number => (value ? 1 : 0);
const seconds = (time: number): string => String(time / 1_000_000);

function poolLines(subject: DumpSubject, pool: PoolSettings, state: PoolState | undefined): Lines {
  const { services, details, notify } = subject.configuration;
  const [template] = services[pool.id] ?? [];
  const more = details.pools[pool.id];
  const scripts = notify.pools[pool.id];
  if (!template) return [];
  return [
    ' ------< Virtual server >------',
    ` VS ${headOf(template, more?.group)}`,
    ...[
      ...(more?.virtualHost === undefined ? [] : [`VirtualHost = ${more.virtualHost}`]),
      ...(more?.snmpName === undefined ? [] : [`SNMP name = '${more.snmpName}'`]),
      ...serviceLines(template),
      `omega is ${onOff(pool.omega)}`,
      `quorum = ${pool.quorum}, hysteresis = ${pool.hysteresis}`,
      ...scriptLine(subject, 'Quorum', 'up', scripts?.quorumUp),
      ...scriptLine(subject, 'Quorum', 'down', scripts?.quorumDown),
      ...(more?.haSuspend ? ['Using HA suspend'] : []),
      `Using smtp notification = ${more?.smtpAlert ? 'yes' : 'no'}`,
      ...sorryLines(pool, state),
      `VS alive = ${bit(state?.realServers.some(({ alive }) => alive) ?? false)}`,
      `quorum_state_up = ${bit(state?.quorumUp ?? false)}`,
    ].map((line) => `   ${line}`),
    ...pool.realServers.flatMap((server, index) =>
      serverLines(subject, pool, { server, index, destination: template.destinations[index] }, state),
    ),
  ];
}

function headOf({ key }: Template, group: string | undefined): string {
  if (group !== undefined) return `GROUP = ${group}`;
  return key.kind === 'fwmark' ? `FWMARK = ${key.mark}` : `VIP = ${key.address}, VPORT = ${key.port}`;
}

function serviceLines(template: Template): Lines {
  const { key, scheduler, hashed, onePacket, persistenceTimeoutS, persistencePrefix } = template;
  const isIpv6 = key.kind === 'fwmark' ? key.family === 'inet6' : key.address.includes(':');
  return [
    `Address family = inet${isIpv6 ? '6' : ''}`,
    `lvs_sched = ${scheduler}`,
    `Hashed = ${hashed ? 'en' : 'dis'}abled`,
    `One packet scheduling = ${onePacket ? 'en' : 'dis'}abled`,
    ...(persistenceTimeoutS > 0 ? [`persistence timeout = ${persistenceTimeoutS}`] : []),
    ...(persistenceTimeoutS > 0 ? [`persistence granularity = ${persistencePrefix}`] : []),
    `protocol = ${key.kind === 'fwmark' ? 'none' : key.protocol}`,
  ];
}

function sorryLines({ sorryServer }: PoolSettings, state: PoolState | undefined): Lines {
  if (!sorryServer) return [];
  return [
    `sorry server = ${sorryServer.id}`,
    `  Inhibit on failure is ${onOff(sorryServer.inhibit)}`,
    `  set = ${bit((state?.sorryServerInUse ?? false) || sorryServer.inhibit)}`,
    `  alive = ${bit(state?.sorryServerInUse ?? false)}`,
  ];
}

interface Server {
  readonly server: PoolSettings['realServers'][number];
  readonly index: number;
  readonly destination: Destination | undefined;
}

function serverLines(
  subject: DumpSubject,
  pool: PoolSettings,
  { server, index, destination }: Server,
  poolState: PoolState | undefined,
): Lines {
  const state = poolState?.realServers.find(({ id }) => id === server.id);
  const details = subject.configuration.details.pools[pool.id]?.realServers[index];
  const scripts = subject.configuration.notify.realServers[`${pool.id} ${server.id}`];
  const alive = state?.alive ?? false;
  return [
    '   ------< Real server >------',
    ...[
      `RIP = ${server.address}, RPORT = ${server.port}, WEIGHT = ${server.weight} EFF WEIGHT = ${state?.weight ?? 0}`,
      ...(destination ? destinationLines(destination) : []),
      `Alpha is ${onOff(server.checkers.some(({ alpha }) => alpha))}`,
      `Inhibit on failure is ${onOff(server.inhibitOnFailure)}`,
      ...scriptLine(subject, 'RS', 'up', scripts?.up),
      ...scriptLine(subject, 'RS', 'down', scripts?.down),
      ...serverDetailLines(details),
      `initial weight = ${server.weight}`,
      `effective weight = ${state?.weight ?? server.weight}`,
      `alive = ${bit(alive)}`,
      `num failed checkers = ${state?.checkers.filter(({ up }) => !up).length ?? 0}`,
      `RS set = ${bit(alive || server.inhibitOnFailure)}`,
    ].map((line) => `   ${line}`),
  ];
}

const serverDetailLines = (
  details: Configuration['details']['pools'][string]['realServers'][number] | undefined,
): Lines => [
  ...(details?.virtualHost === undefined ? [] : [` VirtualHost = '${details.virtualHost}'`]),
  ...(details?.snmpName === undefined ? [] : [`SNMP name = ${details.snmpName}`]),
  `Using smtp notification = ${details?.smtpAlert ? 'yes' : 'no'}`,
];

const destinationLines = ({ forwarding, lowerThreshold, upperThreshold }: Destination): Lines => [
  forwardingText(forwarding),
  `connection limit range = ${lowerThreshold} -> ${upperThreshold}`,
];

function forwardingText(method: Destination['forwarding']): string {
  switch (method.kind) {
    case 'masq':
      return 'forwarding method = NAT';
    case 'route':
      return 'forwarding method = DR';
    case 'tunnel': {
      const port = method.type === 'gue' ? `, port = ${method.port}` : '';
      const checksum = method.type === 'ipip' || method.checksum === 'nocsum' ? '' : `, ${method.checksum}`;
      return `forwarding method = TUN, type = ${method.type.toUpperCase()}${port}${checksum}`;
    }
  }
}

const scriptLine = (
  subject: DumpSubject,
  type: string,
  state: string,
  script: ScriptCommand | undefined,
): Lines =>
  script
    ? [`${type} ${state} notify script = ${subject.command(script)}, uid:gid ${subject.owner(script)}`]
    : [];

const checkersOf = (pool: PoolSettings, state: PoolState | undefined): Lines =>
  pool.realServers.flatMap((server) => {
    const states = state?.realServers.find(({ id }) => id === server.id)?.checkers ?? [];
    return server.checkers.flatMap((checker) =>
      checkerLines(`${pool.id} -> ${server.id}`, checker, {
        state: states.find(({ id }) => id === checker.id),
        suspended: state?.suspended ?? false,
      }),
    );
  });

const yesNo = (value: boolean): string => (value ? 'yes' : 'no');

function checkerLines(
  place: string,
  checker: CheckerSettings,
  { state, suspended }: { readonly state: CheckerState | undefined; readonly suspended: boolean },
): Lines {
  return [
    ` ${place}`,
    ...[
      `Keepalive method = ${checker.kind}`,
      `Enabled = ${yesNo(!suspended)}`,
      `Up = ${yesNo(state?.up ?? false)}`,
      `Has run = ${yesNo(state?.hasRun ?? false)}`,
      `Alpha = ${yesNo(checker.alpha)}`,
      `Delay loop = ${checker.delayLoop} us`,
      `Warmup = ${checker.warmup} us`,
      `Retries = ${checker.retry}`,
      `Delay before retry = ${checker.delayBeforeRetry} us`,
      `Retries iterations = ${state?.retries ?? 0}`,
      `Log all failures = ${yesNo(checker.logAllFailures)}`,
      ...(state?.latency === undefined ? [] : [`Last check took = ${seconds(state.latency)} s`]),
      ...(state?.lastFailure ? [`Last failure = ${state.lastFailure.text}`] : []),
    ].map((line) => `   ${line}`),
  ];
}
