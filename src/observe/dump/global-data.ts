import { type Micros } from '../../base/units.js';
import { type Configuration, type FifoSettings } from '../../config/index.js';
import { type DumpSubject } from './subject.js';

type Lines = readonly string[];
type Daemon = Configuration['details']['daemon'];
type ProcessSettings = Configuration['global']['vrrpProcess'];

/**
 * `Global definitions`: keepalived_parent.data is nothing else, and every other dump begins with it. What global_defs
 * says of instances stands with each instance, where it was settled.
 */
export function globalData(subject: DumpSubject): string {
  const { global, health, details } = subject.configuration;
  const { daemon } = details;
  const lines: Lines = [
    ...placeLines(subject.configuration),
    `Router ID = ${global.routerId}`,
    ...mailLines(daemon),
    ...reloadLines(daemon),
    `keep script symlinks = ${String(global.useSymlinkPaths)}`,
    ...(daemon.files.dataUseInstance ? ['Use instance name in data dumps'] : []),
    ...scriptLines(subject),
    `Dynamic interfaces = ${String(daemon.interfaces.dynamic)}`,
    ...(daemon.interfaces.dynamic
      ? [`Allow interface changes = ${String(daemon.interfaces.dynamicChanges)}`]
      : []),
    ...(daemon.mail.noFaults ? ['Send emails for fault transitions = off'] : []),
    ...lvsLines(daemon),
    ...fifoLines(subject),
    `FIFO write vrrp states on reload = ${String(daemon.fifoStatesOnReload)}`,
    `Gratuitous ARP interval = ${sixDigits(daemon.vrrp.garpInterval)}`,
    `Gratuitous NA interval = ${sixDigits(daemon.vrrp.gnaInterval)}`,
    ...firewallLines(daemon),
    ...priorityLines(subject.configuration),
    ...snmpLines(daemon),
    ...dbusLines(daemon),
    `Script security ${enabled(global.enableScriptSecurity)}`,
    `Default script uid:gid ${subject.owner({})}`,
    ...bufferLines(daemon),
    `rs_init_notifies = ${bit(health.rsInitNotifies)}`,
    `no_checker_emails = ${bit(daemon.mail.noCheckerMails)}`,
    ...receiveLines(daemon),
    `umask = 0${(global.umask ?? USUAL_UMASK).toString(8)}`,
    ...vrrpLines(subject.configuration),
    `json_version ${daemon.files.jsonVersion}`,
    ...dumpFileLines(daemon),
  ];
  return `------< Global definitions >------\n${lines.map((line) => ` ${line}\n`).join('')}`;
}

const USUAL_UMASK = 0o177;

const bit = (value: boolean): number => (value ? 1 : 0);
const yesNo = (value: boolean): string => (value ? 'yes' : 'no');
const enabled = (value: boolean): string => (value ? 'enabled' : 'disabled');
const sixDigits = (time: Micros): string => (time / 1_000_000).toFixed(6);
/** A line, where there is a value for it. */
const given = (label: string, value: string | number | undefined): Lines =>
  value === undefined ? [] : [`${label} = ${value}`];

function placeLines({ global, details }: Configuration): Lines {
  const { networkNamespace, ipvsNetworkNamespace, instanceName, files } = details.daemon;
  const { main, vrrp, checkers, bfd } = global.processNames;
  return [
    ...given('Config save dir', files.configSaveDirectory),
    `Network namespace = ${networkNamespace ?? '(default)'}`,
    `Network namespace ipvs = ${ipvsNetworkNamespace === undefined ? '(main namespace)' : ipvsNetworkNamespace || '(default)'}`,
    ...given('Instance name', instanceName),
    ...given('Parent process name', main),
    ...given('VRRP process name', vrrp),
    ...given('LVS process name', checkers),
    ...given('BFD process name', bfd),
    `${global.useSymlinkPaths ? 'Keep' : 'Replace'} symlinks in script paths`,
  ];
}

const threefold = (alert: boolean | undefined): string =>
  alert === undefined ? 'unset' : alert ? 'on' : 'off';

function mailLines({ mail }: Daemon): Lines {
  return [
    ...given('Smtp server', mail.server?.host),
    ...given('Smtp server port', mail.server?.port),
    ...given('Smtp HELO name', mail.heloName),
    `Smtp server connection timeout = ${Math.trunc(mail.timeout / 1_000_000)}`,
    ...(mail.from === undefined ? [] : [`Email notification from = ${mail.from}`]),
    ...(mail.to.length === 0 ? [] : ['Email notification to:', ...mail.to.map((address) => `  ${address}`)]),
    `Default smtp_alert = ${threefold(mail.alert)}`,
    `Default smtp_alert_vrrp = ${threefold(mail.alertVrrp)}`,
    `Default smtp_alert_checker = ${threefold(mail.alertChecker)}`,
  ];
}

const reloadLines = ({ reload }: Daemon): Lines => [
  reload.checkConfig === undefined
    ? 'No test config before reload'
    : `Test config before reload, log to ${reload.checkConfig}`,
  ...(reload.timeFile === undefined
    ? []
    : [`Reload time file = ${reload.timeFile}${reload.repeat ? ' (repeat)' : ''}`]),
  ...given('Reload_file', reload.file === '' ? undefined : reload.file),
];

function scriptLines(subject: DumpSubject): Lines {
  const { startup, shutdown } = subject.configuration.details.daemon.scripts;
  const line = (label: string, timed: typeof startup, comma: string): Lines =>
    timed
      ? [
          `${label} script = ${subject.command(timed.command)}, uid:gid ${subject.owner(timed.command)}${comma} timeout ${timed.timeoutS}`,
        ]
      : [];
  return [...line('Startup', startup, ','), ...line('Shutdown', shutdown, '')];
}

const FLUSHES = { all: 'full', VS: 'VS', no: 'disabled' } as const;

function lvsLines({ lvs, interfaces }: Daemon): Lines {
  const { timeouts, syncDaemon } = lvs;
  return [
    ...given('LVS TCP timeout', timeouts.tcp),
    ...given('LVS TCP FIN timeout', timeouts.tcpfin),
    ...given('LVS UDP timeout', timeouts.udp),
    ...given('Default interface', interfaces.default),
    `Disable local IGMP = ${yesNo(interfaces.disableLocalIgmp)}`,
    ...(syncDaemon
      ? [
          ...given('LVS syncd vrrp name', syncDaemon.instance),
          `LVS syncd interface = ${syncDaemon.interface}`,
          ...given('LVS syncd syncid', syncDaemon.id),
          ...given('LVS syncd maxlen', syncDaemon.maxLength),
          ...(syncDaemon.group === undefined ? [] : [`LVS mcast group ${syncDaemon.group}`]),
          ...given('LVS syncd mcast port', syncDaemon.port),
          ...given('LVS syncd mcast ttl', syncDaemon.ttl),
        ]
      : []),
    `LVS flush = ${String(lvs.flush)}`,
    `LVS flush on stop = ${FLUSHES[lvs.flushOnStop]}`,
  ];
}

function fifoLines(subject: DumpSubject): Lines {
  const { all, vrrp, lvs } = subject.configuration.details.daemon.fifos;
  const lines = (label: string, fifo: FifoSettings | undefined): Lines => {
    if (fifo?.path === undefined) return [];
    const { path, script, ...owner } = fifo;
    return [
      `${label} notify fifo = ${path}, uid:gid ${subject.owner(owner)}`,
      ...(script
        ? [`${label} notify fifo script = ${subject.command(script)}, uid:gid ${subject.owner(script)}`]
        : []),
    ];
  };
  return [...lines('Global', all), ...lines('VRRP', vrrp), ...lines('LVS', lvs)];
}

function firewallLines({ firewall }: Daemon): Lines {
  const { iptables, nftablesTable, ipvsTable } = firewall;
  return [
    ...(iptables
      ? [
          `Iptables input chain = ${iptables.inChain}`,
          ...given('Iptables output chain', iptables.outChain),
          `Using ipsets = ${String(iptables.sets !== undefined)}`,
          ...given('ipset IPv4 address set', iptables.sets?.inet),
          ...given('ipset IPv6 address set', iptables.sets?.inet6),
          ...given('ipset IPv6 address,iface set', iptables.sets?.linkLocal),
          ...given('ipset IGMP set', iptables.sets?.igmp),
          ...given('ipset MLD set', iptables.sets?.mld),
          ...given('ipset ND set', iptables.sets?.advertisements),
        ]
      : []),
    ...(nftablesTable === undefined
      ? []
      : [
          `nftables table name = ${nftablesTable}`,
          `nftables base chain priority = ${firewall.nftablesPriority}`,
          `nftables ${firewall.nftablesIfindex ? '' : "don't "}force use ifindex for link local IPv6`,
        ]),
    ...(ipvsTable === undefined
      ? []
      : [
          `ipvs nftables table name = ${ipvsTable}`,
          `ipvs nftables base chain priority = ${firewall.ipvsPriority}`,
          `ipvs nftables start fwmark = ${firewall.ipvsStartMark}`,
        ]),
    `nftables with${firewall.nftablesCounters ? '' : 'out'} counters`,
  ];
}

function priorityLines({ global }: Configuration): Lines {
  const { highest = 0, minDelay } = global.autoPriority;
  return [
    `Max auto priority = ${highest < 0 ? 'Disabled' : highest}`,
    `Min auto priority delay = ${minDelay} usecs`,
    ...processLines('VRRP', global.vrrpProcess),
    ...processLines('Checker', global.checkerProcess),
    ...processLines('BFD', global.bfdProcess),
  ];
}

const processLines = (
  who: string,
  { nice, realTimePriority, cpuAffinity, noSwap, rtTimeLimit }: ProcessSettings,
) => [
  `${who} process priority = ${nice ?? 0}`,
  `${who} don't swap = ${String(noSwap)}`,
  `${who} realtime priority = ${realTimePriority ?? 0}`,
  ...given(`${who} CPU Affinity`, cpuAffinity?.join(' ')),
  ...given(`${who} realtime limit`, rtTimeLimit),
];

function snmpLines({ snmp }: Daemon): Lines {
  const servers = snmp.realServerStats > 0 ? snmp.realServerStats : snmp.virtualServerStats;
  return [
    `SNMP vrrp ${enabled(snmp.vrrp)}`,
    `SNMP checker ${enabled(snmp.checker)}`,
    `SNMP RFCv2 ${enabled(snmp.rfc2)}`,
    `SNMP RFCv3 ${enabled(snmp.rfc3)}`,
    `SNMP traps ${enabled(snmp.traps)}`,
    `SNMP socket = ${snmp.socket ?? 'default (unix:/var/agentx/master)'}`,
    `SNMP VS stats update interval = ${sixDigits(snmp.virtualServerStats)}`,
    `SNMP RS stats update interval = ${sixDigits(servers)}`,
  ];
}

const dbusLines = ({ dbus }: Daemon): Lines => [
  `DBus ${enabled(dbus.enabled)}`,
  `DBus service name = ${dbus.serviceName ?? ''}`,
  `DBus no interface name = ${dbus.noInterfaceName ?? 'none'}`,
];

const BUFFERS = [
  ...['vrrp_netlink_cmd', 'vrrp_netlink_monitor', 'process_monitor'],
  ...['lvs_netlink_cmd', 'lvs_netlink_monitor'],
] as const;

const bufferLines = ({ receiveBuffers }: Daemon): Lines =>
  BUFFERS.flatMap((name) => [
    `${name}_rcv_bufs = ${receiveBuffers[name]?.bytes ?? 0}`,
    `${name}_rcv_bufs_force = ${bit(receiveBuffers[name]?.force ?? false)}`,
  ]);

function receiveLines({ vrrp }: Daemon): Lines {
  const { receiveBufferPolicy: policy } = vrrp;
  const lines = typeof policy === 'number' ? [`rx_bufs_size = ${policy}`] : [`rx_bufs_policy = ${policy}`];
  return [...(policy === 'default' ? [] : lines), `rx_bufs_multiples = ${vrrp.receiveBufferMultiplier}`];
}

function vrrpLines({ vrrp, details }: Configuration): Lines {
  const { interfaces, vrrp: more } = details.daemon;
  return [
    ...(vrrp.startupDelay > 0 ? [`vrrp_startup_delay = ${vrrp.startupDelay / 1_000_000}`] : []),
    ...(vrrp.logUnknownVrids ? ['log_unknown_vrids'] : []),
    ...(more.ownerIgnoreAdverts ? ['vrrp_owner_ignore_adverts'] : []),
    ...given('VMAC prefix', interfaces.vmacPrefix),
    ...given('VMAC address prefix', interfaces.vmacAddrPrefix),
  ];
}

function dumpFileLines({ files }: Daemon): Lines {
  const line = (label: string, path: string | undefined): Lines =>
    path === undefined ? [] : [`${label} ${path}`];
  return [
    ...line('iproute usr directory', files.iprouteUsrDirectory),
    ...line('iproute etc directory', files.iprouteEtcDirectory),
    ...line('state dump file', files.stateDump),
    ...line('stats dump file', files.statsDump),
    ...line('json dump file', files.jsonDump),
  ];
}
