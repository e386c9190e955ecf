import { type SessionSettings } from '../../bfd/index.js';
import { type DesiredAddress } from '../../net/index.js';
import {
  type InstanceSettings,
  type OldUnicastChecksum,
  type SyncGroupSettings,
  type TrackedObject,
} from '../../vrrp/index.js';
import { type BfdDetails } from '../model-bfd.js';
import { type StateNotify } from '../model-notify.js';
import { type InstanceDetails, type VirtualLink } from '../model-vrrp.js';
import { type Configuration } from '../model.js';
import { routeLine, ruleLine } from './routes.js';
import { type ConfigWriter, inMilliseconds, inSeconds, type Part } from './writer.js';

const SCOPES: Readonly<Record<number, string>> = { 200: 'site', 253: 'link', 254: 'host', 255: 'nowhere' };

/** One line of virtual_ipaddress. */
export function addressLine(address: DesiredAddress): readonly Part[] {
  const inet6 = address.address.includes(':');
  const lifetime = address.preferredLifetimeS;
  const usual = inet6 && address.prefixLength === 128 ? 0 : undefined;
  const option = (name: string, value: Part): readonly Part[] => (value === undefined ? [] : [name, value]);
  return [
    address.peer === undefined ? `${address.address}/${address.prefixLength}` : address.address,
    ...option('peer', address.peer),
    ...option('brd', address.broadcast),
    'dev',
    address.interface,
    ...option('scope', address.scope === 0 ? undefined : (SCOPES[address.scope] ?? address.scope)),
    ...option('label', address.label),
    address.home && 'home',
    inet6 && !address.noDad && '-nodad',
    address.mngtmpaddr && 'mngtmpaddr',
    address.noprefixroute && 'noprefixroute',
    address.autojoin && 'autojoin',
    address.noTrack && 'no_track',
    ...(lifetime === usual ? [] : ['preferred_lft', lifetime ?? 'forever']),
    address.useVmac && 'use_vmac',
  ];
}

/** A line of a track block; the weight is always given. */
const trackLine = ({ name, weight, reverse }: TrackedObject): readonly Part[] => [
  name,
  'weight',
  weight,
  reverse && 'reverse',
];
/** Where the object itself may be reversed, the line says that it is not. */
const definedTrackLine = ({ name, weight, reverse }: TrackedObject): readonly Part[] => [
  name,
  'weight',
  weight,
  reverse ? 'reverse' : 'noreverse',
];

/** Objects that instances track: files, processes, scripts, BFD sessions. */
export function printTracked(out: ConfigWriter, configuration: Configuration): void {
  const { bfd, details, trackFiles, trackProcesses, vrrp, vrrpScripts } = configuration;
  for (const [name, file] of Object.entries(trackFiles)) {
    out.gap();
    out.block(['track_file', name], () => {
      out.line('file', file.file);
      if (file.weight !== 1 || file.reverse) out.line('weight', file.weight, file.reverse && 'reverse');
      if (file.init) out.line('init_file', file.init.value, file.init.overwrite && 'overwrite');
    });
  }
  for (const [name, process] of Object.entries(trackProcesses)) {
    out.gap();
    out.block(['vrrp_track_process', name], () => {
      if (process.match !== 'none' && process.match !== 'exact') out.line('param_match', process.match);
      else out.flag('param_match', process.match === 'exact' && process.parameters.length === 0);
      out.line('process', process.process, ...process.parameters);
      out.flag('full_command', process.fullCommand);
      if (process.weight !== 0) out.line('weight', process.weight, process.reverse && 'reverse');
      if (process.quorum > 1) out.line('quorum', process.quorum);
      out.value('quorum_max', process.quorumMax);
      if (process.terminateDelay > 0) out.line('terminate_delay', inSeconds(process.terminateDelay));
      if (process.forkDelay > 0) out.line('fork_delay', inSeconds(process.forkDelay));
    });
  }
  for (const script of vrrp.scripts) {
    out.gap();
    out.block(['vrrp_script', script.name], () => {
      const command = vrrpScripts[script.name];
      const { weight = 0, reverse = false } = details.scripts[script.name] ?? {};
      out.command('script', command && { argv: command.argv });
      if (command?.user !== undefined) out.line('user', command.user, command.group);
      out.line('interval', inSeconds(script.interval));
      if (script.timeout > 0) out.line('timeout', inSeconds(script.timeout));
      if (script.rise !== 1) out.line('rise', script.rise);
      if (script.fall !== 1) out.line('fall', script.fall);
      if (weight !== 0 || reverse) out.line('weight', weight, reverse && 'reverse');
      out.flag('init_fail', script.initFail);
    });
  }
  for (const session of bfd.sessions) {
    out.gap();
    out.block(['bfd_instance', session.name], () => printSession(out, session, details.bfd[session.name]));
  }
}

function printSession(out: ConfigWriter, session: SessionSettings, details: BfdDetails | undefined): void {
  out.line('neighbor_ip', session.neighbor);
  out.value('source_ip', session.source);
  out.line('min_rx', inMilliseconds(session.requiredMinRx));
  out.line('min_tx', inMilliseconds(session.desiredMinTx));
  out.line('idle_tx', inMilliseconds(session.idleMinTx));
  out.line('multiplier', session.detectMult);
  out.flag('passive', session.passive);
  out.flag('multihop', session.multihop);
  if (!details) return;
  const { weight, reverse, vrrp, checker } = details;
  out.value('ttl', details.ttl);
  out.line('max_hops', details.maxHops);
  if (weight !== 0 || reverse) out.line('weight', weight, reverse && 'reverse');
  out.flag('vrrp', vrrp && !checker);
  out.flag('checker', checker && !vrrp);
}

/** What stands whether this host is master or not. */
export function printStatics(out: ConfigWriter, { statics, details: { links } }: Configuration): void {
  for (const [name, members] of Object.entries(statics.trackGroups)) {
    out.gap();
    out.block(['track_group', name], () => out.list('group', members, (member) => [member]));
  }
  const group = (name: string | undefined): readonly Part[] =>
    name === undefined ? [] : ['track_group', name];
  out.gap();
  out.list('static_ipaddress', statics.addresses, (address) => [
    ...addressLine(address),
    ...group(address.trackGroup),
  ]);
  out.list('static_routes', statics.routes, routeLine);
  out.list('static_rules', statics.rules, ruleLine);
  out.list('linkbeat_interfaces', links.linkbeat, (each) => [each.interface, each.type]);
  out.list('interface_up_down_delays', links.delays, (each) => [
    each.interface,
    inSeconds(each.down),
    inSeconds(each.up),
  ]);
  for (const each of links.garpGroups) {
    out.block(['garp_group'], () => {
      if (each.garpInterval !== undefined) out.line('garp_interval', inSeconds(each.garpInterval));
      if (each.gnaInterval !== undefined) out.line('gna_interval', inSeconds(each.gnaInterval));
      out.list('interfaces', each.interfaces, (name) => [name]);
    });
  }
}

/** All vrrp_sync_groups and vrrp_instances. */
export function printVrrp(out: ConfigWriter, configuration: Configuration): void {
  for (const group of configuration.vrrp.syncGroups) {
    out.gap();
    printGroup(out, configuration, group);
  }
  for (const instance of configuration.vrrp.instances) {
    out.gap();
    printInstance(out, configuration, instance);
  }
}

function printGroup(out: ConfigWriter, { details, notify }: Configuration, group: SyncGroupSettings): void {
  const more = details.groups[group.name];
  out.block(['vrrp_sync_group', group.name], () => {
    out.list('group', group.members, (member) => [member]);
    printTracks(out, group);
    printNotify(out, notify.groups[group.name]);
    out.choice('smtp_alert', more?.smtpAlert);
    out.flag('sync_group_tracking_weight', group.trackingWeight);
  });
}

function printNotify(out: ConfigWriter, notify: StateNotify | undefined): void {
  if (!notify) return;
  out.command('notify_master', notify.master);
  out.command('notify_backup', notify.backup);
  out.command('notify_fault', notify.fault);
  out.command('notify_stop', notify.stop);
  out.command('notify_deleted', notify.deleted);
  out.command('notify_master_rx_lower_pri', notify.masterRxLowerPri);
  out.command('notify', notify.any);
  out.choice('notify_priority_changes', notify.priorityChanges);
}

function printInstance(out: ConfigWriter, configuration: Configuration, instance: InstanceSettings): void {
  const more = configuration.details.instances[instance.name];
  const notify = configuration.notify.instances[instance.name];
  out.block(['vrrp_instance', instance.name], () => {
    out.line('state', more?.configuredState ?? instance.initialState);
    out.value('interface', instance.interface === '' ? undefined : instance.interface);
    // Where the addresses leave the family open, native_ipv6 says it; it also sets version 3.
    out.flag('native_ipv6', instance.family === 'inet6' && instance.version === 3);
    if (instance.family === 'inet' || instance.version === 2) out.line('version', instance.version);
    out.line('virtual_router_id', instance.vrid);
    out.line('priority', instance.priority);
    out.line('advert_int', inSeconds(instance.advertInterval));
    out.flag('nopreempt', !instance.preempt);
    if (instance.preemptDelay > 0) out.line('preempt_delay', inSeconds(instance.preemptDelay));
    printTransport(out, instance, more);
    printAuthentication(out, instance, more);
    printGarp(out, instance);
    out.line('down_timer_adverts', instance.downTimerAdverts);
    out.ours('vip_lease', configuration.vrrpAddresses[instance.name]?.[0]?.leaseS);
    out.choice('lower_prio_no_advert', instance.lowerPriorityNoAdvert);
    out.choice('higher_prio_send_advert', instance.higherPrioritySendAdvert);
    out.flag('skip_check_adv_addr', instance.skipCheckAdvertAddresses);
    out.choice('v3_checksum_as_v2', instance.checksumAsV2 || undefined);
    out.flag('dont_track_primary', instance.dontTrackPrimary);
    out.flag('owner_ignore_adverts', instance.ownerIgnoresAdverts);
    out.value('timer_expired_backup', instance.timerExpiredBackup);
    if (more) printDetails(out, more);
    printNotify(out, notify);
    if (notify?.tellsDeleted && !notify.deleted) out.line('notify_deleted');
    printTracks(out, instance);
    printAddresses(out, configuration, instance);
    out.list('virtual_routes', configuration.vrrpRoutes[instance.name]?.routes ?? [], routeLine);
    out.list('virtual_rules', configuration.vrrpRoutes[instance.name]?.rules ?? [], ruleLine);
  });
}

function printTransport(
  out: ConfigWriter,
  { transport, family }: InstanceSettings,
  more: InstanceDetails | undefined,
): void {
  const unicast = transport.kind === 'unicast';
  out.value(unicast ? 'unicast_src_ip' : 'mcast_src_ip', transport.source);
  if (!unicast) {
    const usual = family === 'inet' ? '224.0.0.18' : 'ff02::12';
    if (transport.group !== usual) out.line('mcast_dst_ip', transport.group);
  } else {
    out.list('unicast_peer', transport.peers, ({ address, minTtl, maxTtl }) => [
      address,
      ...(minTtl === undefined ? [] : ['min_ttl', minTtl]),
      ...(maxTtl === undefined ? [] : ['max_ttl', maxTtl]),
    ]);
    out.flag('check_unicast_src', transport.checkSource);
    out.value('unicast_ttl', transport.ttl);
    printOldChecksum(out, transport.oldChecksum?.use);
  }
  out.flag('unicast_fault_no_peer', more?.unicastFaultNoPeer);
}

function printOldChecksum(out: ConfigWriter, use: OldUnicastChecksum['use'] | undefined): void {
  if (use === 'always') out.line('old_unicast_checksum');
  else if (use === 'never') out.line('old_unicast_checksum', 'never');
}

function printAuthentication(
  out: ConfigWriter,
  { authentication }: InstanceSettings,
  more: InstanceDetails | undefined,
): void {
  if (authentication.type === 'pass' || authentication.type === 'ah') {
    out.block(['authentication'], () => {
      out.line('auth_type', authentication.type.toUpperCase());
      out.line('auth_pass', authentication.password);
    });
  }
  const hmac = more?.hmac;
  if (!hmac) return;
  out.block(['auth_hmac'], () => {
    for (const { id, source } of hmac.keys) out.line('key', id, source);
    out.line('active_key', hmac.activeKey);
    out.value('time_window', hmac.timeWindowS);
    out.line('anti_replay', hmac.antiReplay);
    out.line('mode', hmac.mode);
  });
}

function printGarp(out: ConfigWriter, { garp }: InstanceSettings): void {
  out.line('garp_master_delay', inSeconds(garp.masterDelay));
  out.line('garp_master_repeat', garp.masterRepeat);
  out.line('garp_master_refresh', inSeconds(garp.masterRefresh));
  if (garp.masterRefreshRepeat > 0) out.line('garp_master_refresh_repeat', garp.masterRefreshRepeat);
  out.line('garp_lower_prio_delay', inSeconds(garp.lowerPriorityDelay));
  out.line('garp_lower_prio_repeat', garp.lowerPriorityRepeat);
}

function linkLine(link: VirtualLink): readonly Part[] {
  const group: readonly Part[] = link.group === undefined ? [] : ['group', link.group];
  const name: readonly Part[] = link.name === undefined ? [] : ['name', link.name];
  if (link.kind === 'vmac')
    return ['use_vmac', ...name, link.mac, ...group, link.netlinkNotify && 'netlink_notify_msg'];
  const address = link.address === undefined ? undefined : `${link.address}/${link.prefixLength ?? 32}`;
  return ['use_ipvlan', ...name, address, link.mode, ...group];
}

function printDetails(out: ConfigWriter, more: InstanceDetails): void {
  out.choice('strict_mode', more.strict);
  out.line(more.accept ? 'accept' : 'no_accept');
  if (more.link) out.line(...linkLine(more.link));
  out.flag('vmac_xmit_base', more.link?.kind === 'vmac' && more.link.transmitOnBase);
  out.flag('use_vmac_addr', more.useVmacAddr);
  out.value('vrf', more.vrf);
  out.flag('track_src_ip', more.trackSourceAddress);
  out.flag('promote_secondaries', more.promoteSecondaries);
  out.flag('linkbeat_use_polling', more.linkbeatPolling);
  if (more.debug > 0) out.line('debug', more.debug);
  out.value('kernel_rx_buf_size', more.kernelRxBufSize);
  out.choice('smtp_alert', more.smtpAlert);
  if (more.garpExtraInterval > 0)
    out.line('garp_extra_if', more.garpExtraAll && 'all', inSeconds(more.garpExtraInterval));
  out.value('lvs_sync_daemon_interface', more.lvsSyncInterface);
  out.flag('no_virtual_ipaddress', more.noVirtualIpaddress);
}

/** What an instance or a group tracks. */
function printTracks(out: ConfigWriter, tracking: InstanceSettings | SyncGroupSettings): void {
  out.list('track_interface', tracking.trackInterfaces, trackLine);
  out.list('track_script', tracking.trackScripts, definedTrackLine);
  out.list('track_file', tracking.trackFiles, definedTrackLine);
  out.list('track_process', tracking.trackProcesses, definedTrackLine);
  out.list('track_bfd', tracking.trackBfd, definedTrackLine);
}

function printAddresses(
  out: ConfigWriter,
  { vrrpAddresses }: Configuration,
  instance: InstanceSettings,
): void {
  const lines = (vrrpAddresses[instance.name] ?? []).map((address, index) => ({
    address,
    advertised: instance.addresses[index]?.advertised,
  }));
  const line = (each: (typeof lines)[number]) => addressLine(each.address);
  out.list(
    'virtual_ipaddress',
    lines.filter((each) => each.advertised),
    line,
  );
  out.list(
    'virtual_ipaddress_excluded',
    lines.filter((each) => !each.advertised),
    line,
  );
}
