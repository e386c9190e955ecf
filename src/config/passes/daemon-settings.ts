import { micros, secondsToMicros } from '../../base/units.js';
import {
  type DaemonSettings,
  type FifoSettings,
  type MailSettings,
  type VrrpDaemonSettings,
} from '../model-daemon.js';
import { type IpsetNames } from '../../net/index.js';
import { type TimedScript } from '../model-details.js';
import { type GlobalCollector } from './global-collector.js';
import { type Section } from './section.js';

/** Everything of global_defs and the keywords outside any block that GlobalSettings has not. */
export function daemonSettings(section: Section, top: Section, collector: GlobalCollector): DaemonSettings {
  const seed = section.number('random_seed');
  return {
    ...placeSettings(top),
    ...(seed !== undefined && { randomSeed: seed }),
    scripts: {
      ...timed(section, collector, 'startup'),
      ...timed(section, collector, 'shutdown'),
    },
    mail: mailSettings(section, collector),
    fifos: fifoSettings(collector),
    fifoStatesOnReload: section.has('fifo_write_vrrp_states_on_reload'),
    snmp: snmpSettings(section),
    ...(collector.metricsListen && { metricsListen: collector.metricsListen }),
    dbus: {
      enabled: section.has('enable_dbus'),
      ...word('serviceName', section.text('dbus_service_name')),
      ...word('noInterfaceName', section.text('dbus_no_interface_name')),
    },
    reload: reloadSettings(section, collector),
    files: fileSettings(section),
    receiveBuffers: receiveBuffers(section),
    firewall: firewallSettings(section),
    interfaces: {
      ...word('default', section.text('default_interface')),
      dynamic: section.has('dynamic_interfaces'),
      dynamicChanges: section.text('dynamic_interfaces') === 'allow_if_changes',
      linkbeatPolling: top.has('linkbeat_use_polling'),
      ...word('vmacPrefix', section.text('vmac_prefix')),
      ...word('vmacAddrPrefix', section.text('vmac_addr_prefix')),
      disableLocalIgmp: section.has('disable_local_igmp'),
    },
    vrrp: vrrpDaemonSettings(section, collector),
    lvs: lvsDaemonSettings(section, collector),
  };
}

/** Without the scripts that cannot or must not run. @param scripts those that may, by keyword. */
export function withoutRefused(
  daemon: DaemonSettings,
  scripts: Readonly<Record<string, unknown>>,
): DaemonSettings {
  const { startup, shutdown, ...environment } = daemon.scripts;
  const fifos = Object.entries(daemon.fifos).map(([kind, { script, ...fifo }]) => {
    const keyword = kind === 'all' ? 'notify_fifo_script' : `${kind}_notify_fifo_script`;
    return [kind, { ...fifo, ...(script && keyword in scripts && { script }) }] as const;
  });
  return {
    ...daemon,
    scripts: {
      ...environment,
      ...(startup && 'startup_script' in scripts && { startup }),
      ...(shutdown && 'shutdown_script' in scripts && { shutdown }),
    },
    fifos: Object.fromEntries(fifos),
  };
}

/** A member if there is a value. */
const word = <Key extends string>(key: Key, value: string | undefined): Partial<Record<Key, string>> =>
  (value === undefined ? {} : { [key]: value }) as Partial<Record<Key, string>>;

type Place =
  | 'instanceName'
  | 'networkNamespace'
  | 'ipvsNetworkNamespace'
  | 'namespaceWithIpsets'
  | 'usePidDirectory'
  | 'childWaitS';

/** Where the daemon runs, and beside which others. */
function placeSettings(top: Section): Pick<DaemonSettings, Place> {
  const ipvs = top.get('net_namespace_ipvs');
  return {
    ...word('instanceName', top.text('instance')),
    ...word('networkNamespace', top.text('net_namespace')),
    ...(ipvs && { ipvsNetworkNamespace: (ipvs.values[0] as string | undefined) ?? '' }),
    namespaceWithIpsets: top.has('namespace_with_ipsets'),
    usePidDirectory: ['use_pid_dir', 'instance', 'net_namespace'].some((keyword) => top.has(keyword)),
    childWaitS: top.number('child_wait_time') ?? 5,
  };
}

function snmpSettings(section: Section): DaemonSettings['snmp'] {
  const rfc = section.has('enable_snmp_rfc');
  return {
    ...word('socket', section.text('snmp_socket')),
    traps: section.has('enable_traps'),
    vrrp: section.has('enable_snmp_vrrp'),
    rfc2: rfc || section.has('enable_snmp_rfcv2'),
    rfc3: rfc || section.has('enable_snmp_rfcv3'),
    checker: section.has('enable_snmp_checker'),
    virtualServerStats: micros(section.number('snmp_vs_stats_update_interval') ?? secondsToMicros(5)),
    realServerStats: micros(section.number('snmp_rs_stats_update_interval') ?? 0),
  };
}

function reloadSettings(section: Section, { includeCheck }: GlobalCollector): DaemonSettings['reload'] {
  const [check, file] = [section.get('reload_check_config'), section.get('reload_file')];
  return {
    ...(check && { checkConfig: section.text('reload_check_config') ?? '/dev/null' }),
    ...word('timeFile', section.text('reload_time_file')),
    repeat: section.has('reload_repeat'),
    ...(file && { file: section.text('reload_file') ?? '' }),
    includeCheck,
  };
}

const fileSettings = (section: Section): DaemonSettings['files'] => ({
  ...word('configSaveDirectory', section.text('config_save_dir')),
  ...word('temporaryConfigDirectory', section.text('tmp_config_directory')),
  dataUseInstance: section.flag('data_use_instance') ?? false,
  jsonVersion: section.number('json_version') === 2 ? 2 : 1,
  ...word('iprouteUsrDirectory', section.text('iproute_usr_dir')),
  ...word('iprouteEtcDirectory', section.text('iproute_etc_dir')),
  ...word('stateDump', section.text('state_dump_file')),
  ...word('statsDump', section.text('stats_dump_file')),
  ...word('jsonDump', section.text('json_dump_file')),
});

function lvsDaemonSettings(
  section: Section,
  { timeouts, syncDaemon }: GlobalCollector,
): DaemonSettings['lvs'] {
  const flushed = section.text('lvs_flush_on_stop') === 'VS' ? 'VS' : 'all';
  return {
    timeouts,
    flush: section.has('lvs_flush'),
    flushOnStop: section.has('lvs_flush_on_stop') ? flushed : 'no',
    ...(syncDaemon && { syncDaemon }),
  };
}

function timed(
  section: Section,
  { scripts }: GlobalCollector,
  when: 'startup' | 'shutdown',
): Partial<Record<'startup' | 'shutdown', TimedScript>> {
  const script = scripts[`${when}_script`];
  return script
    ? { [when]: { command: script.command, timeoutS: section.number(`${when}_script_timeout`) ?? 10 } }
    : {};
}

function mailSettings(section: Section, { to, server }: GlobalCollector): MailSettings {
  const [from, heloName] = [section.text('notification_email_from'), section.text('smtp_helo_name')];
  const [alert, alertVrrp, alertChecker] = [
    section.flag('smtp_alert'),
    section.flag('smtp_alert_vrrp'),
    section.flag('smtp_alert_checker'),
  ];
  return {
    to,
    ...(from !== undefined && { from }),
    ...(server && { server }),
    ...(heloName !== undefined && { heloName }),
    timeout: micros(section.number('smtp_connect_timeout') ?? secondsToMicros(30)),
    ...(alert !== undefined && { alert }),
    ...(alertVrrp !== undefined && { alertVrrp }),
    ...(alertChecker !== undefined && { alertChecker }),
    noFaults: section.has('no_email_faults'),
    noCheckerMails: section.flag('no_checker_emails') ?? false,
    ...mailTls(section),
    ...word('loginFile', section.text('smtp_auth')),
  };
}

/** smtp_tls [starttls|connect] [CA_FILE]; a single word may be either. */
function mailTls(section: Section): Pick<MailSettings, 'tls'> {
  const values = section.get('smtp_tls')?.values;
  if (!values) return {};
  const [from = 'starttls', caFile] = values as readonly (string | undefined)[];
  return { tls: { from: from === 'connect' ? 'connect' : 'starttls', ...word('caFile', caFile) } };
}

function fifoSettings({ fifos, scripts }: GlobalCollector): DaemonSettings['fifos'] {
  const one = (prefix: string): FifoSettings | undefined => {
    const script = scripts[`${prefix}notify_fifo_script`]?.command;
    const fifo = fifos[`${prefix}notify_fifo`];
    return fifo || script ? { ...fifo, ...(script && { script }) } : undefined;
  };
  const all = { all: one(''), vrrp: one('vrrp_'), lvs: one('lvs_') };
  return Object.fromEntries(Object.entries(all).filter(([, fifo]) => fifo !== undefined));
}

const buffers = [
  'vrrp_netlink_cmd',
  'vrrp_netlink_monitor',
  'process_monitor',
  'lvs_netlink_cmd',
  'lvs_netlink_monitor',
];

function receiveBuffers(section: Section): DaemonSettings['receiveBuffers'] {
  const entries = buffers.flatMap((name) => {
    const bytes = section.number(`${name}_rcv_bufs`);
    const force = section.flag(`${name}_rcv_bufs_force`) ?? false;
    return bytes === undefined && !force
      ? []
      : [[name, { ...(bytes !== undefined && bytes > 0 && { bytes }), force }] as const];
  });
  return Object.fromEntries(entries);
}

function firewallSettings(section: Section): DaemonSettings['firewall'] {
  const wanted = section.has('nftables') || section.has('vrrp_iptables');
  return {
    ...(wanted && { nftablesTable: section.text('nftables') ?? 'keepalived' }),
    ...iptablesSettings(section),
    nftablesPriority: section.number('nftables_priority') ?? -1,
    nftablesIfindex: section.has('nftables_ifindex'),
    nftablesCounters: section.has('nftables_counters'),
    ...(section.has('nftables_ipvs') && { ipvsTable: section.text('nftables_ipvs') ?? 'keepalived_ipvs' }),
    ipvsPriority: section.number('nftables_ipvs_priority') ?? -1,
    ipvsStartMark: section.number('nftables_ipvs_start_fwmark') ?? 1000,
  };
}

/** nftables is preferred where both are asked for. */
function iptablesSettings(section: Section): Pick<DaemonSettings['firewall'], 'iptables'> {
  if (!section.has('vrrp_iptables') || section.has('nftables')) return {};
  const chains = wordsOf(section, 'vrrp_iptables');
  const [inChain = 'INPUT', outChain] = chains;
  const names = section.has('vrrp_ipsets') ? wordsOf(section, 'vrrp_ipsets') : ['keepalived'];
  const out = outChain ?? (chains.length === 0 ? 'OUTPUT' : undefined);
  return {
    iptables: {
      inChain,
      ...(out !== undefined && { outChain: out }),
      ...(names.length > 0 && { sets: ipsetNames(names) }),
    },
  };
}

const wordsOf = (section: Section, keyword: string): readonly string[] =>
  section
    .get(keyword)
    ?.statement.words.slice(1)
    .map(({ text }) => text) ?? [];

/** The longest name of an ipset, in bytes. */
const LONGEST_SET_NAME = 31;

/** Names that are not given follow from those that are. */
function ipsetNames(names: readonly string[]): IpsetNames {
  const [inet = '', second, third, fourth, fifth, sixth] = names;
  const behind = (name: string, suffix: string): string =>
    name.slice(0, LONGEST_SET_NAME - suffix.length) + suffix;
  const inet6 = second ?? behind(inet, '6');
  return {
    inet,
    inet6,
    linkLocal: third ?? behind(inet6.replace(/6$/, ''), '_if6'),
    igmp: fourth ?? behind(inet, '_igmp'),
    mld: fifth ?? behind(inet, '_mld'),
    advertisements: sixth ?? behind(inet, '_nd'),
  };
}

function vrrpDaemonSettings(section: Section, { bufferPolicy }: GlobalCollector): VrrpDaemonSettings {
  return {
    garpInterval: micros(section.number('vrrp_garp_interval') ?? 0),
    gnaInterval: micros(section.number('vrrp_gna_interval') ?? 0),
    receiveBufferPolicy: bufferPolicy,
    receiveBufferMultiplier: section.number('vrrp_rx_bufs_multiplier') ?? 3,
    ownerIgnoreAdverts: section.flag('vrrp_owner_ignore_adverts') ?? false,
  };
}
