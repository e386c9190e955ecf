import { type Micros, micros } from '../../base/units.js';
import {
  type DaemonSettings,
  type FifoSettings,
  type LvsDaemonSettings,
  type MailSettings,
  type SyncDaemonSettings,
  type VrrpDaemonSettings,
} from '../model-daemon.js';
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
import { checkSecretFile, readListenAddress } from './own-globals.js';
import { readExtraInterval } from './instance-more.js';
import { type Reading } from './read-arguments.js';
import { type DefaultUser, hasDefaultUser, readCommand, type ScriptDraft, userIsKnown } from './scripts.js';
import { linesOf } from './section.js';

/** What visiting global_defs collects beyond plain values. */
export class GlobalCollector {
  timeouts: LvsDaemonSettings['timeouts'] = {};
  syncDaemon: SyncDaemonSettings | undefined;
  bufferPolicy: VrrpDaemonSettings['receiveBufferPolicy'] = 'default';
  umask: number | undefined;
  server: MailSettings['server'];
  metricsListen: DaemonSettings['metricsListen'];
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
    if (name.endsWith('notify_fifo')) this.fifoReadings.push(reading);
    else if (name.endsWith('script')) this.scriptReadings.push(reading);
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
      const name = reading.name;
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
  smtp_tls: (_, context, reading) => reading.values.length < 2 || checkSecretFile(context, reading, false),
  metrics_listen: (collector, context, { statement }) => {
    collector.metricsListen = readListenAddress(context, statement);
    return collector.metricsListen !== undefined;
  },
  smtp_auth: (_, context, reading) => checkSecretFile(context, reading, true),
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
      'where iptables is a front end of nftables (see iptables -V), nftables does the work',
      statement.span,
    );
    const chains = statement.words.slice(1);
    if (!chains.every((word) => isTableName(context, word, 30))) return false;
    const [inChain, outChain] = chains;
    if (!outChain || inChain?.text !== outChain.text) return true;
    context.warning(
      'iptables-not-used',
      `'${outChain.text}' cannot be the chain of both directions; the line is ignored`,
      outChain.span,
    );
    return false;
  },
  vrrp_ipsets: (_, context, { statement }) =>
    statement.words.slice(1).every((word) => isTableName(context, word, 33)),
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
