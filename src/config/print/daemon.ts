import { type DaemonSettings, type FifoSettings } from '../model-daemon.js';
import { type AutoPriority, type GlobalSettings, type ProcessSettings } from '../model-global.js';
import { type Configuration } from '../model.js';
import { type IptablesSettings } from '../../net/index.js';
import { type ConfigWriter, inSeconds } from './writer.js';

/** The keywords outside any block, and global_defs. */
export function printDaemon(out: ConfigWriter, { global, vrrp, health, details }: Configuration): void {
  const { daemon } = details;
  printTopLevel(out, daemon);
  out.gap();
  out.block(['global_defs'], () => {
    out.line('router_id', global.routerId);
    if (global.scriptUser !== undefined) out.line('script_user', global.scriptUser, global.scriptGroup);
    out.flag('enable_script_security', global.enableScriptSecurity);
    out.flag('set_supplementary_groups', global.supplementaryGroups);
    printProcess(out, 'vrrp', global.vrrpProcess);
    printProcess(out, 'checker', global.checkerProcess);
    printProcess(out, 'bfd', global.bfdProcess);
    printAutoPriority(out, global.autoPriority);
    printNames(out, global.processNames);
    out.flag('use_symlink_paths', global.useSymlinkPaths);
    out.flag('set_supplementary_groups', global.supplementaryGroups);
    out.value('umask', global.umask === undefined ? undefined : `0${global.umask.toString(8)}`);
    printSystem(out, daemon);
    printMail(out, daemon);
    printFifos(out, daemon);
    printManagement(out, daemon);
    const listen = daemon.metricsListen;
    if (listen) {
      const host = listen.address.includes(':') ? `[${listen.address}]` : listen.address;
      out.ours('metrics_listen', `${host}:${listen.port}`);
    }
    printReload(out, daemon);
    printFirewall(out, daemon);
    printInterfaces(out, daemon);
    // Nothing else makes it 0; each instance says the rest itself.
    out.flag(
      'vrrp_min_garp',
      vrrp.instances.some(({ garp }) => garp.masterRefreshRepeat === 0),
    );
    if (vrrp.startupDelay > 0) out.line('vrrp_startup_delay', inSeconds(vrrp.startupDelay));
    if (vrrp.delayAfterBoot > 0) out.line('vrrp_delay_after_boot', inSeconds(vrrp.delayAfterBoot));
    out.flag('log_unknown_vrids', vrrp.logUnknownVrids);
    printVrrp(out, daemon);
    printLvs(out, daemon);
    out.choice('rs_init_notifies', health.rsInitNotifies || undefined);
  });
}

function printTopLevel(out: ConfigWriter, daemon: DaemonSettings): void {
  out.value('instance', daemon.instanceName);
  out.value('net_namespace', daemon.networkNamespace);
  if (daemon.ipvsNetworkNamespace !== undefined)
    out.line(
      'net_namespace_ipvs',
      daemon.ipvsNetworkNamespace === '' ? undefined : daemon.ipvsNetworkNamespace,
    );
  out.flag('namespace_with_ipsets', daemon.namespaceWithIpsets);
  out.flag('use_pid_dir', daemon.usePidDirectory);
  out.flag('linkbeat_use_polling', daemon.interfaces.linkbeatPolling);
  if (daemon.childWaitS !== 5) out.line('child_wait_time', daemon.childWaitS);
}

function printProcess(out: ConfigWriter, prefix: string, process: ProcessSettings): void {
  out.value(`${prefix}_priority`, process.nice);
  out.value(`${prefix}_rt_priority`, process.realTimePriority);
  if (process.cpuAffinity) out.line(`${prefix}_cpu_affinity`, ...process.cpuAffinity);
  out.flag(`${prefix}_no_swap`, process.noSwap);
  out.value(`${prefix}_rlimit_rttime`, process.rtTimeLimit);
}

function printNames(out: ConfigWriter, names: GlobalSettings['processNames']): void {
  out.value('process_name', names.main);
  out.value('vrrp_process_name', names.vrrp);
  out.value('checker_process_name', names.checkers);
  out.value('bfd_process_name', names.bfd);
}

function printSystem(out: ConfigWriter, daemon: DaemonSettings): void {
  const { scripts } = daemon;
  out.value('random_seed', daemon.randomSeed);
  out.command('startup_script', scripts.startup?.command);
  out.value('startup_script_timeout', scripts.startup?.timeoutS);
  out.command('shutdown_script', scripts.shutdown?.command);
  out.value('shutdown_script_timeout', scripts.shutdown?.timeoutS);
}

function printAutoPriority(out: ConfigWriter, { highest, minDelay }: AutoPriority): void {
  out.value('max_auto_priority', highest);
  if (minDelay !== 1_000_000) out.line('min_auto_priority_delay', minDelay);
}

function printMail(out: ConfigWriter, { mail }: DaemonSettings): void {
  out.list('notification_email', mail.to, (address) => [address]);
  out.value('notification_email_from', mail.from);
  if (mail.server) out.line('smtp_server', mail.server.host, mail.server.port);
  out.value('smtp_helo_name', mail.heloName);
  if (mail.timeout !== 30_000_000) out.line('smtp_connect_timeout', inSeconds(mail.timeout));
  out.choice('smtp_alert', mail.alert);
  out.choice('smtp_alert_vrrp', mail.alertVrrp);
  out.choice('smtp_alert_checker', mail.alertChecker);
  out.flag('no_email_faults', mail.noFaults);
  out.flag('no_checker_emails', mail.noCheckerMails);
  if (mail.tls) out.ours('smtp_tls', mail.tls.from, mail.tls.caFile);
  if (mail.loginFile !== undefined) out.ours('smtp_auth', mail.loginFile);
}

function printFifos(out: ConfigWriter, { fifos, fifoStatesOnReload }: DaemonSettings): void {
  const one = (prefix: string, fifo: FifoSettings | undefined) => {
    if (fifo?.path !== undefined) out.line(`${prefix}notify_fifo`, fifo.path, fifo.user, fifo.group);
    out.command(`${prefix}notify_fifo_script`, fifo?.script);
  };
  one('', fifos.all);
  one('vrrp_', fifos.vrrp);
  one('lvs_', fifos.lvs);
  out.flag('fifo_write_vrrp_states_on_reload', fifoStatesOnReload);
}

function printManagement(out: ConfigWriter, { snmp, dbus }: DaemonSettings): void {
  out.value('snmp_socket', snmp.socket);
  out.flag('enable_traps', snmp.traps);
  out.flag('enable_snmp_vrrp', snmp.vrrp);
  out.flag('enable_snmp_rfcv2', snmp.rfc2);
  out.flag('enable_snmp_rfcv3', snmp.rfc3);
  out.flag('enable_snmp_checker', snmp.checker);
  if (snmp.virtualServerStats !== 5_000_000)
    out.line('snmp_vs_stats_update_interval', inSeconds(snmp.virtualServerStats));
  if (snmp.realServerStats !== 0) out.line('snmp_rs_stats_update_interval', inSeconds(snmp.realServerStats));
  out.flag('enable_dbus', dbus.enabled);
  out.value('dbus_service_name', dbus.serviceName);
  out.value('dbus_no_interface_name', dbus.noInterfaceName);
}

function printReload(out: ConfigWriter, { reload, files, receiveBuffers }: DaemonSettings): void {
  out.value('reload_check_config', reload.checkConfig);
  out.value('reload_time_file', reload.timeFile);
  out.flag('reload_repeat', reload.repeat);
  if (reload.file !== undefined) out.line('reload_file', reload.file === '' ? undefined : reload.file);
  if (reload.includeCheck.length > 0) out.line('include_check', ...reload.includeCheck);
  out.value('config_save_dir', files.configSaveDirectory);
  out.value('tmp_config_directory', files.temporaryConfigDirectory);
  out.flag('data_use_instance', files.dataUseInstance);
  if (files.jsonVersion !== 1) out.line('json_version', files.jsonVersion);
  out.value('iproute_usr_dir', files.iprouteUsrDirectory);
  out.value('iproute_etc_dir', files.iprouteEtcDirectory);
  out.value('state_dump_file', files.stateDump);
  out.value('stats_dump_file', files.statsDump);
  out.value('json_dump_file', files.jsonDump);
  for (const [name, { bytes, force }] of Object.entries(receiveBuffers)) {
    out.value(`${name}_rcv_bufs`, bytes);
    out.flag(`${name}_rcv_bufs_force`, force);
  }
}

function printIptables(out: ConfigWriter, { inChain, outChain, sets }: IptablesSettings): void {
  out.line('vrrp_iptables', inChain, outChain);
  if (!sets) out.line('vrrp_ipsets');
  else {
    const { inet, inet6, linkLocal, igmp, mld, advertisements } = sets;
    out.line('vrrp_ipsets', inet, inet6, linkLocal, igmp, mld, advertisements);
  }
}

function printFirewall(out: ConfigWriter, { firewall }: DaemonSettings): void {
  const { iptables } = firewall;
  if (iptables) printIptables(out, iptables);
  else out.value('nftables', firewall.nftablesTable);
  if (firewall.nftablesPriority !== -1) out.line('nftables_priority', firewall.nftablesPriority);
  out.flag('nftables_ifindex', firewall.nftablesIfindex);
  out.flag('nftables_counters', firewall.nftablesCounters);
  out.value('nftables_ipvs', firewall.ipvsTable);
  if (firewall.ipvsPriority !== -1) out.line('nftables_ipvs_priority', firewall.ipvsPriority);
  if (firewall.ipvsStartMark !== 1000) out.line('nftables_ipvs_start_fwmark', firewall.ipvsStartMark);
}

function printInterfaces(out: ConfigWriter, { interfaces }: DaemonSettings): void {
  out.value('default_interface', interfaces.default);
  if (interfaces.dynamic) out.line('dynamic_interfaces', interfaces.dynamicChanges && 'allow_if_changes');
  out.value('vmac_prefix', interfaces.vmacPrefix);
  out.value('vmac_addr_prefix', interfaces.vmacAddrPrefix);
  out.flag('disable_local_igmp', interfaces.disableLocalIgmp);
}

function printVrrp(out: ConfigWriter, { vrrp }: DaemonSettings): void {
  if (vrrp.garpInterval > 0) out.line('vrrp_garp_interval', inSeconds(vrrp.garpInterval));
  if (vrrp.gnaInterval > 0) out.line('vrrp_gna_interval', inSeconds(vrrp.gnaInterval));
  if (vrrp.receiveBufferPolicy !== 'default') out.line('vrrp_rx_bufs_policy', vrrp.receiveBufferPolicy);
  if (vrrp.receiveBufferMultiplier !== 3) out.line('vrrp_rx_bufs_multiplier', vrrp.receiveBufferMultiplier);
  out.flag('vrrp_owner_ignore_adverts', vrrp.ownerIgnoreAdverts);
}

function printLvs(out: ConfigWriter, { lvs }: DaemonSettings): void {
  const timeouts = Object.entries(lvs.timeouts).flatMap(([name, seconds]) => [name, seconds]);
  if (timeouts.length > 0) out.line('lvs_timeouts', ...timeouts);
  out.flag('lvs_flush', lvs.flush);
  if (lvs.flushOnStop !== 'no') out.line('lvs_flush_on_stop', lvs.flushOnStop === 'VS' && 'VS');
  const sync = lvs.syncDaemon;
  if (!sync) return;
  const option = (name: string, value: string | number | undefined) =>
    value === undefined ? [] : [name, value];
  out.line(
    'lvs_sync_daemon',
    sync.interface,
    ...option('inst', sync.instance),
    ...option('id', sync.id),
    ...option('maxlen', sync.maxLength),
    ...option('port', sync.port),
    ...option('ttl', sync.ttl),
    ...option('group', sync.group),
  );
}
