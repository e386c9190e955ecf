import { type Micros } from '../../base/units.js';
import { type CheckerSettings, type PoolSettings, type RealServerSettings } from '../../health/index.js';
import { type ForwardingMethod, type ServiceTemplate } from '../../lvs/index.js';
import { type CheckerDefaults, type PoolDetails, type RealServerDetails } from '../model-lvs.js';
import { type CheckerProbe, type Endpoint, type HttpUrl } from '../model-probe.js';
import { type Configuration } from '../model.js';
import { type ConfigWriter, inSeconds, type Part } from './writer.js';

/** SSL, virtual_server_groups and virtual_servers. */
export function printLvs(out: ConfigWriter, configuration: Configuration): void {
  const { details, health, tls } = configuration;
  if (tls) {
    out.gap();
    out.block(['SSL'], () => {
      out.value('password', tls.password);
      out.value('ca', tls.ca);
      out.value('certificate', tls.certificate);
      out.value('key', tls.key);
    });
  }
  for (const [name, group] of Object.entries(details.serverGroups)) {
    out.gap();
    out.block(['virtual_server_group', name], () => {
      for (const { first, last, port } of group.ranges)
        out.line(first === last ? first : `${first}-${last}`, port > 0 && port);
      for (const { mark, family } of group.marks) out.line('fwmark', mark, family);
    });
  }
  for (const pool of health.pools) {
    const [service] = configuration.services[pool.id] ?? [];
    if (!service) continue;
    out.gap();
    printPool(out, configuration, pool, service);
  }
}

function poolHead({ key }: ServiceTemplate, group: string | undefined): readonly Part[] {
  if (group !== undefined) return ['virtual_server', 'group', group];
  if (key.kind === 'fwmark') return ['virtual_server', 'fwmark', key.mark];
  return ['virtual_server', key.address, key.port > 0 && key.port];
}

function printPool(
  out: ConfigWriter,
  configuration: Configuration,
  pool: PoolSettings,
  service: ServiceTemplate,
): void {
  const more = configuration.details.pools[pool.id];
  const notify = configuration.notify.pools[pool.id];
  const { key } = service;
  out.block(poolHead(service, more?.group), () => {
    if (key.kind === 'fwmark' && more?.group === undefined) out.line('ip_family', key.family);
    out.value('protocol', more?.protocol);
    out.line('lb_algo', service.scheduler);
    printFlags(out, service);
    out.line('lb_kind', ...forwarding(more?.usual.forwarding ?? { kind: 'masq' }));
    if (service.persistenceTimeoutS > 0) out.line('persistence_timeout', service.persistenceTimeoutS);
    printGranularity(out, service);
    out.value('persistence_engine', service.persistenceEngine);
    out.flag('omega', pool.omega);
    out.line('quorum', pool.quorum);
    if (pool.hysteresis > 0) out.line('hysteresis', pool.hysteresis);
    out.flag('ha_suspend', more?.haSuspend);
    out.ours('serve_when_master', more?.serveWhenMaster);
    printPoolDetails(out, more);
    out.command('quorum_up', notify?.quorumUp);
    out.command('quorum_down', notify?.quorumDown);
    const sorry = service.sorryServer;
    if (sorry) {
      const port = pool.sorryServer?.port ?? 0;
      out.line('sorry_server', sorry.address, port > 0 && port);
      out.line('sorry_server_lvs_method', ...forwarding(sorry.forwarding));
      out.flag('sorry_server_inhibit', pool.sorryServer?.inhibit);
    }
    pool.realServers.forEach((server, index) => {
      const parts = {
        pool,
        server,
        destination: service.destinations[index],
        more: more?.realServers[index],
      };
      printServer(out, configuration, parts);
    });
  });
}

function printPoolDetails(out: ConfigWriter, more: PoolDetails | undefined): void {
  if (!more) return;
  printDefaults(out, more.usual);
  if (more.usual.weight !== 1) out.line('weight', more.usual.weight);
  out.flag('inhibit_on_failure', more.usual.inhibitOnFailure);
  out.choice('smtp_alert', more.smtpAlert);
  out.value('snmp_name', more.snmpName);
  out.value('virtualhost', more.virtualHost);
}

function printDefaults(out: ConfigWriter, usual: CheckerDefaults = {}): void {
  const seconds = (name: string, value: Micros | undefined) =>
    out.value(name, value === undefined ? undefined : inSeconds(value));
  out.choice('alpha', usual.alpha);
  seconds('delay_loop', usual.delayLoop);
  out.value('retry', usual.retry);
  seconds('delay_before_retry', usual.delayBeforeRetry);
  seconds('warmup', usual.warmup);
  seconds('connect_timeout', usual.connectTimeout);
}

function printFlags(out: ConfigWriter, { scheduler, schedulerFlags, onePacket }: ServiceTemplate): void {
  const hashing = scheduler === 'sh' || scheduler === 'mh';
  out.flag(hashing ? `${scheduler}-fallback` : 'flag-1', (schedulerFlags & 1) !== 0);
  out.flag(hashing ? `${scheduler}-port` : 'flag-2', (schedulerFlags & 2) !== 0);
  out.flag('flag-3', (schedulerFlags & 4) !== 0);
  out.flag('ops', onePacket);
}

function printGranularity(
  out: ConfigWriter,
  { key, persistencePrefix, persistenceMask }: ServiceTemplate,
): void {
  const inet6 = key.kind === 'fwmark' ? key.family === 'inet6' : key.address.includes(':');
  if (inet6) {
    if (persistencePrefix !== 128) out.line('persistence_granularity', persistencePrefix);
  } else if (persistencePrefix !== 32) {
    out.line('persistence_granularity', persistenceMask ?? netmask(persistencePrefix));
  }
}

/** 24 -> 255.255.255.0 */
const netmask = (length: number): string =>
  [0, 8, 16, 24].map((start) => 256 - 2 ** (8 - Math.min(8, Math.max(0, length - start)))).join('.');

function forwarding(method: ForwardingMethod): readonly Part[] {
  if (method.kind === 'masq') return ['NAT'];
  if (method.kind === 'route') return ['DR'];
  if (method.type === 'ipip') return ['TUN'];
  const port: readonly Part[] = method.type === 'gue' ? ['port', method.port] : [];
  return ['TUN', 'type', method.type, ...port, method.checksum];
}

/** A real server, as the parts of the model have it. */
interface ServerParts {
  readonly pool: PoolSettings;
  readonly server: RealServerSettings;
  readonly destination: ServiceTemplate['destinations'][number] | undefined;
  readonly more: RealServerDetails | undefined;
}

function printServer(
  out: ConfigWriter,
  configuration: Configuration,
  { pool, server, destination, more }: ServerParts,
): void {
  const id = `${pool.id} ${server.id}`;
  const notify = configuration.notify.realServers[id];
  const inhibitingPool = configuration.details.pools[pool.id]?.usual.inhibitOnFailure ?? false;
  out.block(['real_server', server.address, server.port > 0 && server.port], () => {
    out.line('weight', server.weight);
    if (destination) {
      out.line('lvs_method', ...forwarding(destination.forwarding));
      if (destination.upperThreshold > 0) out.line('uthreshold', destination.upperThreshold);
      if (destination.lowerThreshold > 0) out.line('lthreshold', destination.lowerThreshold);
    }
    if (inhibitingPool) out.choice('inhibit_on_failure', server.inhibitOnFailure);
    else out.flag('inhibit_on_failure', server.inhibitOnFailure);
    printDefaults(out, more?.usual);
    out.choice('smtp_alert', more?.smtpAlert);
    out.value('snmp_name', more?.snmpName);
    out.value('virtualhost', more?.virtualHost);
    out.command('notify_up', notify?.up);
    out.command('notify_down', notify?.down);
    for (const checker of server.checkers) printChecker(out, configuration, checker);
  });
}

function printSchedule(out: ConfigWriter, schedule: CheckerSettings): void {
  out.line('delay_loop', inSeconds(schedule.delayLoop));
  out.line('retry', schedule.retry);
  out.line('delay_before_retry', inSeconds(schedule.delayBeforeRetry));
  out.line('warmup', inSeconds(schedule.warmup));
  out.choice('alpha', schedule.alpha);
  out.choice('log_all_failures', schedule.logAllFailures);
}

function printEndpoint(out: ConfigWriter, endpoint: Endpoint): void {
  out.line('connect_ip', endpoint.address);
  if (endpoint.port > 0) out.line('connect_port', endpoint.port);
  out.value('bindto', endpoint.bindAddress);
  out.value('bind_port', endpoint.bindPort);
  out.value('bind_if', endpoint.bindInterface);
  out.line('connect_timeout', inSeconds(endpoint.timeout));
  out.value('fwmark', endpoint.fwmark);
}

function printChecker(out: ConfigWriter, { probes }: Configuration, checker: CheckerSettings): void {
  const { follows, file } = checker;
  const probe = probes[checker.id];
  out.block([checker.kind], () => {
    if (follows !== undefined) {
      out.line('name', follows);
      out.choice('alpha', checker.alpha);
    }
    if (file) {
      out.line('track_file', file.name);
      out.line('weight', file.weight, file.reverse ? 'reverse' : 'noreverse');
    }
    if (!probe) return;
    if ('endpoint' in probe) printEndpoint(out, probe.endpoint);
    printSchedule(out, checker);
    out.flag('fast_recovery', checker.fastRecovery);
    if (probe.kind === 'http') printHttp(out, probe);
    else printProbe(out, probe);
  });
}

function printProbe(out: ConfigWriter, probe: Exclude<CheckerProbe, { kind: 'http' }>): void {
  switch (probe.kind) {
    case 'smtp':
      out.value('helo_name', probe.heloName);
      break;
    case 'dns':
      out.line('type', probe.type);
      out.value('name', probe.name === '' ? undefined : probe.name);
      break;
    case 'udp':
      out.value('payload', probe.payload);
      if (probe.requireReply) out.line('require_reply', probe.reply);
      out.line('min_reply_length', probe.minReplyLength);
      out.line('max_reply_length', probe.maxReplyLength);
      break;
    case 'misc':
      out.command('misc_path', { argv: probe.command.argv });
      if (probe.command.user !== undefined) out.line('user', probe.command.user, probe.command.group);
      out.line('misc_timeout', inSeconds(probe.timeout));
      out.flag('misc_dynamic', probe.dynamic);
      break;
    case 'tcp':
    case 'ping':
      break;
  }
}

function printHttp(out: ConfigWriter, probe: CheckerProbe & { kind: 'http' }): void {
  out.value('virtualhost', probe.virtualHost);
  out.line('http_protocol', probe.httpVersion);
  if (probe.tls) {
    out.flag('enable_sni', probe.enableSni);
    out.value('sni_name', probe.sniName);
    out.flag('tls_compliant', probe.tlsCompliant);
  }
  for (const url of probe.urls) printUrl(out, url);
}

function printUrl(out: ConfigWriter, url: HttpUrl): void {
  out.block(['url'], () => {
    out.line('path', url.path);
    out.value('virtualhost', url.virtualHost);
    out.value('digest', url.digest);
    if (url.statusCodes.length > 0)
      out.line(
        'status_code',
        ...url.statusCodes.map(({ from, to }) => (from === to ? from : `${from}-${to}`)),
      );
    out.choice('tls_compliant', url.tlsCompliant);
    const { regex } = url;
    if (!regex) return;
    out.quoted('regex', regex.pattern);
    if (regex.options.length > 0) out.line('regex_options', ...regex.options);
    out.flag('regex_no_match', regex.noMatch);
    out.value('regex_min_offset', regex.minOffset);
    out.value('regex_max_offset', regex.maxOffset);
    if (regex.stack) out.line('regex_stack', regex.stack.start, regex.stack.max);
  });
}
