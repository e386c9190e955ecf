import { type Micros, micros, secondsToMicros } from '../../base/units.js';
import {
  type DaemonSettings,
  type FifoSettings,
  type LvsDaemonSettings,
  type MailSettings,
  type SyncDaemonSettings,
  type VrrpDaemonSettings,
} from '../model-daemon.js';
import { type TimedScript } from '../model-details.js';
import { type PassContext } from './context.js';
import {
  checkGroup6,
  checkIncludeCheck,
  isTableName,
  readBufferPolicy,
  readLvsTimeouts,
  readMailServer,
  readSyncDaemon,
  readUmask,
} from './globals-visitors.js';
import { readExtraInterval } from './instance-more.js';
import { processOf } from './process-settings.js';
import { type Reading } from './read-arguments.js';
import { type DefaultUser, hasDefaultUser, readCommand, type ScriptDraft, userIsKnown } from './scripts.js';
import { linesOf, type Section } from './section.js';

/** What visiting global_defs collects beyond plain values. */
export class GlobalCollector {
  timeouts: LvsDaemonSettings['timeouts'] = {};
  syncDaemon: SyncDaemonSettings | undefined;
  bufferPolicy: VrrpDaemonSettings['receiveBufferPolicy'] = 'default';
  umask: number | undefined;
  server: MailSettings['server'];
  includeCheck: readonly string[] = [];
  garpExtra: { readonly interval: Micros; readonly all: boolean } = { interval: micros(0), all: false };
  readonly to: string[] = [];
  readonly scripts: Record<string, ScriptDraft> = {};
  private readonly fifoReadings: Reading[] = [];
  private readonly scriptReadings: Reading[] = [];
  readonly fifos: Record<string, FifoSettings> = {};

  constructor(private readonly context: PassContext) {}

  /** Takes an accepted line of global_defs; false leaves it out after all. */
  visit(reading: Reading): boolean {
    const { statement } = reading;
    const name = statement.keyword.text;
    if (/notify_fifo$/.test(name)) this.fifoReadings.push(reading);
    else if (/script$/.test(name)) this.scriptReadings.push(reading);
    return visitors[name]?.(this, this.context, reading) ?? true;
  }

  /** Who runs scripts is known only at the end of all global_defs. */
  settleScripts(defaults: DefaultUser): void {
    for (const { statement, values } of this.fifoReadings) {
      const [path, owner] = values as readonly [string, readonly string[] | undefined];
      const [user, group] = owner ?? [];
      const known =
        user === undefined
          ? hasDefaultUser(this.context, defaults, statement.span)
          : userIsKnown(this.context, user, group, statement.span, 'unknown-script-user');
      if (known)
        this.fifos[statement.keyword.text] = {
          path,
          ...(user !== undefined && { user }),
          ...(group !== undefined && { group }),
        };
    }
    for (const reading of this.scriptReadings) {
      const name = reading.statement.keyword.text;
      const script = readCommand(this.context, reading, defaults);
      if (script) this.scripts[name] = script;
      else if (!name.includes('fifo'))
        this.context.error('script-missing', `${name} cannot be used`, reading.statement.span);
    }
  }
}

type Visitor = (collector: GlobalCollector, context: PassContext, reading: Reading) => boolean | undefined;

const checkTable: Visitor = (_, context, { statement }) => {
  const [, name] = statement.words;
  return !name || isTableName(context, name, 32);
};

const extraInterfaces: Visitor = (collector, context, { statement }) => {
  const extra = readExtraInterval(context, statement, 1);
  if (extra) collector.garpExtra = extra;
  return extra !== undefined;
};

const visitors: Readonly<Record<string, Visitor | undefined>> = {
  lvs_timeouts: (collector, context, { statement }) => {
    collector.timeouts = { ...collector.timeouts, ...readLvsTimeouts(context, statement) };
    return true;
  },
  lvs_sync_daemon: (collector, context, { statement }) => {
    collector.syncDaemon = readSyncDaemon(context, statement);
    return collector.syncDaemon !== undefined;
  },
  vrrp_rx_bufs_policy: (collector, context, { statement }) => {
    collector.bufferPolicy = readBufferPolicy(context, statement);
    return true;
  },
  umask: (collector, context, { statement }) => {
    collector.umask = readUmask(context, statement);
    return collector.umask !== undefined;
  },
  smtp_server: (collector, context, { statement }) => {
    collector.server = readMailServer(context, statement);
    return collector.server !== undefined;
  },
  include_check: (collector, context, { statement }) => {
    collector.includeCheck = checkIncludeCheck(context, statement);
    return true;
  },
  notification_email: (collector, context, { statement }) => {
    const words = linesOf(context, statement).flatMap((line) => line.words.map((word) => word.text));
    if (words.length === 0)
      context.error('empty-list', 'notification_email has no addresses', statement.span);
    collector.to.push(...words);
    return true;
  },
  vrrp_garp_extra_if: extraInterfaces,
  vrrp_vmac_garp_intvl: extraInterfaces,
  nftables: checkTable,
  nftables_ipvs: checkTable,
  vrrp_iptables: (_, context, { statement }) => {
    context.warning(
      'iptables-not-used',
      'nftables does the work of iptables here; use nftables instead',
      statement.span,
    );
    return true;
  },
  vrrp_mcast_group6: (_, context, { statement }) => {
    checkGroup6(context, statement);
    return true;
  },
  disable_local_igmp: (_, context, { statement }) => {
    if (!context.host.hasIgmpLinkLocalReports)
      context.error(
        'no-igmp-setting',
        'the kernel has no igmp_link_local_mcast_reports; the line is ignored',
        statement.span,
      );
    return context.host.hasIgmpLinkLocalReports;
  },
  config_save_dir: (_, context, { statement, values: [value] }) => {
    const type = context.host.permissions(context.host.canonical(value as string) ?? (value as string))?.type;
    if (type === undefined || type === 'directory') return true;
    context.error(
      'no-directory',
      `'${value as string}' is no directory; the line is ignored`,
      statement.span,
    );
    return false;
  },
};

/** Everything of global_defs and the keywords outside any block that GlobalSettings has not. */
export function daemonSettings(
  context: PassContext,
  section: Section,
  top: Section,
  collector: GlobalCollector,
): DaemonSettings {
  const word = <Key extends string>(key: Key, value: string | undefined) =>
    (value === undefined ? {} : { [key]: value }) as Partial<Record<Key, string>>;
  const ipvs = top.get('net_namespace_ipvs');
  const seed = section.number('random_seed');
  return {
    ...word('instanceName', top.text('instance')),
    ...word('networkNamespace', top.text('net_namespace')),
    ...(ipvs && { ipvsNetworkNamespace: (ipvs.values[0] as string | undefined) ?? '' }),
    namespaceWithIpsets: top.has('namespace_with_ipsets'),
    usePidDirectory: top.has('use_pid_dir') || top.has('instance') || top.has('net_namespace'),
    childWaitS: top.number('child_wait_time') ?? 5,
    ...(collector.umask !== undefined && { umask: collector.umask }),
    ...(seed !== undefined && { randomSeed: seed }),
    bfdProcess: processOf(context, section, 'bfd'),
    processNames: processNames(section),
    scripts: {
      useSymlinkPaths: section.flag('use_symlink_paths') ?? false,
      supplementaryGroups: section.flag('set_supplementary_groups') ?? false,
      ...timed(section, collector, 'startup'),
      ...timed(section, collector, 'shutdown'),
    },
    maxAutoPriority: section.has('max_auto_priority') ? (section.number('max_auto_priority') ?? 99) : 0,
    minAutoPriorityDelay: micros(section.number('min_auto_priority_delay') ?? 1_000_000),
    mail: mailSettings(section, collector),
    fifos: fifoSettings(collector),
    fifoStatesOnReload: section.has('fifo_write_vrrp_states_on_reload'),
    snmp: {
      ...word('socket', section.text('snmp_socket')),
      traps: section.has('enable_traps'),
      vrrp: section.has('enable_snmp_vrrp'),
      rfc2: section.has('enable_snmp_rfc') || section.has('enable_snmp_rfcv2'),
      rfc3: section.has('enable_snmp_rfc') || section.has('enable_snmp_rfcv3'),
      checker: section.has('enable_snmp_checker'),
      virtualServerStats: micros(section.number('snmp_vs_stats_update_interval') ?? secondsToMicros(5)),
      realServerStats: micros(section.number('snmp_rs_stats_update_interval') ?? 0),
    },
    dbus: {
      enabled: section.has('enable_dbus'),
      ...word('serviceName', section.text('dbus_service_name')),
      ...word('noInterfaceName', section.text('dbus_no_interface_name')),
    },
    reload: {
      ...(section.has('reload_check_config') && {
        checkConfig: section.text('reload_check_config') ?? '/dev/null',
      }),
      ...word('timeFile', section.text('reload_time_file')),
      repeat: section.has('reload_repeat'),
      ...(section.has('reload_file') && { file: section.text('reload_file') ?? '' }),
      includeCheck: collector.includeCheck,
    },
    files: {
      ...word('configSaveDirectory', section.text('config_save_dir')),
      ...word('temporaryConfigDirectory', section.text('tmp_config_directory')),
      dataUseInstance: section.flag('data_use_instance') ?? false,
      jsonVersion: section.number('json_version') === 2 ? 2 : 1,
      ...word('iprouteUsrDirectory', section.text('iproute_usr_dir')),
      ...word('iprouteEtcDirectory', section.text('iproute_etc_dir')),
      ...word('stateDump', section.text('state_dump_file')),
      ...word('statsDump', section.text('stats_dump_file')),
      ...word('jsonDump', section.text('json_dump_file')),
    },
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
    lvs: {
      timeouts: collector.timeouts,
      flush: section.has('lvs_flush'),
      flushOnStop: section.has('lvs_flush_on_stop')
        ? section.text('lvs_flush_on_stop') === 'VS'
          ? 'VS'
          : 'all'
        : 'no',
      ...(collector.syncDaemon && { syncDaemon: collector.syncDaemon }),
    },
  };
}

function processNames(section: Section): DaemonSettings['processNames'] {
  const all = section.has('process_names');
  const names = {
    main: section.text('process_name'),
    vrrp: section.text('vrrp_process_name') ?? (all ? 'keepalived_vrrp' : undefined),
    checker: section.text('checker_process_name') ?? (all ? 'keepalived_lvs' : undefined),
    bfd: section.text('bfd_process_name') ?? (all ? 'keepalived_bfd' : undefined),
  };
  return Object.fromEntries(Object.entries(names).filter(([, name]) => name !== undefined));
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
  };
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
    nftablesPriority: section.number('nftables_priority') ?? -1,
    nftablesIfindex: section.has('nftables_ifindex'),
    nftablesCounters: section.has('nftables_counters'),
    ...(section.has('nftables_ipvs') && { ipvsTable: section.text('nftables_ipvs') ?? 'keepalived_ipvs' }),
    ipvsPriority: section.number('nftables_ipvs_priority') ?? -1,
    ipvsStartMark: section.number('nftables_ipvs_start_fwmark') ?? 1000,
  };
}

function vrrpDaemonSettings(section: Section, { bufferPolicy }: GlobalCollector): VrrpDaemonSettings {
  return {
    logUnknownVrids: section.has('log_unknown_vrids'),
    garpInterval: micros(section.number('vrrp_garp_interval') ?? 0),
    gnaInterval: micros(section.number('vrrp_gna_interval') ?? 0),
    receiveBufferPolicy: bufferPolicy,
    receiveBufferMultiplier: section.number('vrrp_rx_bufs_multiplier') ?? 3,
    delayAfterBoot: micros(section.number('vrrp_delay_after_boot') ?? 0),
    ownerIgnoreAdverts: section.flag('vrrp_owner_ignore_adverts') ?? false,
  };
}
