import { type IpAddress } from '../../base/address.js';
import { micros, secondsToMicros, type Micros } from '../../base/units.js';
import { type VrrpVersion } from '../../vrrp/index.js';
import { type DaemonSettings } from '../model-daemon.js';
import { type GlobalSettings } from '../model-global.js';
import { type Statement } from '../tree.js';
import { type PassContext } from './context.js';
import { type Reading } from './read-arguments.js';
import { daemonSettings } from './daemon-settings.js';
import { GlobalCollector } from './global-collector.js';
import { autoPriorityOf, processNames, processOf } from './process-settings.js';
import { type DefaultUser, type ScriptDraft, userIsKnown } from './scripts.js';
import { readSection, type Section } from './section.js';

/** Defaults that instances take from global_defs. */
export interface VrrpDefaults {
  readonly version: VrrpVersion;
  readonly group4: IpAddress;
  readonly group6: IpAddress;
  readonly garpDelay: Micros;
  readonly garpRepeat: number;
  readonly garpRefresh: Micros;
  readonly garpRefreshRepeat: number;
  readonly garpLowerPriorityDelay: Micros;
  readonly garpLowerPriorityRepeat: number;
  readonly downTimerAdverts: number;
  readonly lowerPriorityNoAdvert: boolean;
  readonly higherPrioritySendAdvert: boolean;
  readonly checkUnicastSource: boolean;
  readonly skipCheckAdvertAddresses: boolean;
  readonly checksumAsV2: boolean;
  readonly strict: boolean;
  readonly ownerIgnoreAdverts: boolean;
  readonly notifyPriorityChanges: boolean;
  readonly startupDelay: Micros;
  readonly delayAfterBoot: Micros;
  readonly logUnknownVrids: boolean;
  readonly smtpAlert: boolean | undefined;
}

/** What global_defs and the keywords outside any block amount to. */
export interface Globals {
  readonly section: Section;
  readonly settings: GlobalSettings;
  readonly daemon: DaemonSettings;
  /** Scripts of global_defs themselves, by keyword. */
  readonly scripts: Record<string, ScriptDraft>;
  readonly vrrp: VrrpDefaults;
  readonly scriptUser: DefaultUser;
  readonly logAllFailures: boolean;
  /** vrrp_garp_extra_if. */
  readonly garpExtra: { readonly interval: Micros; readonly all: boolean };
}

/** Values that keepalived starts from. */
const GARP_DELAY = secondsToMicros(5);
const GARP_REPEAT = 5;

/** Reads all global_defs blocks; keepalived knows them all before it looks at anything else. */
export function readGlobals(context: PassContext, blocks: readonly Reading[], top: Section): Globals {
  const garp = new GarpDefaults();
  const user = new ScriptUserReader(context);
  const collector = new GlobalCollector(context);
  const statements = blocks.flatMap((block): readonly Statement[] => block.statement.body ?? []);
  const read = readSection(context, 'global_defs', statements, blocks[0]?.statement, (reading) => {
    garp.visit(reading);
    user.visit(reading);
    return collector.visit(reading);
  });
  const scriptUser = user.finish(read.has('enable_script_security'));
  collector.settleScripts(scriptUser);
  context.dynamicInterfaces = read.has('dynamic_interfaces');
  return {
    section: read,
    settings: {
      ...settingsOf(context, read, scriptUser),
      ...(collector.umask !== undefined && { umask: collector.umask }),
    },
    vrrp: vrrpDefaults(read, garp),
    scriptUser,
    daemon: daemonSettings(read, top, collector),
    scripts: collector.scripts,
    logAllFailures: read.flag('checker_log_all_failures') ?? false,
    garpExtra: collector.garpExtra,
  };
}

/** The garp defaults depend on the order of lines: vrrp_min_garp changes only what has its usual value so far. */
class GarpDefaults {
  delay: Micros = GARP_DELAY;
  repeat = GARP_REPEAT;
  refresh: Micros = secondsToMicros(0);
  refreshRepeat = 1;

  visit({ keyword, values: [value] }: Reading): void {
    if (keyword.path === 'global_defs/vrrp_min_garp') {
      if (value !== false) this.minimise();
    } else if (typeof value === 'number') this.set(keyword.path, value);
  }

  private set(path: string, value: number): void {
    if (path === 'global_defs/vrrp_garp_master_delay') this.delay = value as Micros;
    if (path === 'global_defs/vrrp_garp_master_repeat') this.repeat = value;
    if (path === 'global_defs/vrrp_garp_master_refresh') this.refresh = value as Micros;
    if (path === 'global_defs/vrrp_garp_master_refresh_repeat') this.refreshRepeat = value;
  }

  private minimise(): void {
    if (this.repeat === GARP_REPEAT) this.repeat = 1;
    if (this.refreshRepeat === 1) this.refreshRepeat = 0;
    if (this.delay === GARP_DELAY) this.delay = secondsToMicros(0);
  }
}

/** script_user: an unknown one keeps every script from running that names no user of its own. */
class ScriptUserReader {
  result: DefaultUser = { broken: false };

  constructor(private readonly context: PassContext) {
    if (context.host.user('keepalived_script')) this.result = { user: 'keepalived_script', broken: false };
  }

  /** Without any user, scripts run as the daemon does, but not where script security is wanted. */
  finish(security: boolean): DefaultUser {
    const { user, broken } = this.result;
    return user === undefined && !broken && security ? { broken, wanted: true } : this.result;
  }

  visit({ keyword, values, statement }: Reading): void {
    if (keyword.path !== 'global_defs/script_user') return;
    const [user = '', group] = values[0] as readonly string[];
    if (userIsKnown(this.context, user, group, statement.span, 'unknown-user')) {
      this.result = { user, ...(group !== undefined && { group }), broken: this.result.broken };
    } else this.result = { ...this.result, broken: true };
  }
}

function settingsOf(context: PassContext, section: Section, user: DefaultUser): GlobalSettings {
  return {
    routerId: section.text('router_id') ?? context.host.hostName,
    ...(user.user !== undefined && { scriptUser: user.user }),
    ...(user.group !== undefined && { scriptGroup: user.group }),
    enableScriptSecurity: section.has('enable_script_security'),
    useSymlinkPaths: section.flag('use_symlink_paths') ?? false,
    supplementaryGroups: section.flag('set_supplementary_groups') ?? false,
    vrrpProcess: processOf(context, section, 'vrrp'),
    checkerProcess: processOf(context, section, 'checker'),
    bfdProcess: processOf(context, section, 'bfd'),
    autoPriority: autoPriorityOf(section),
    processNames: processNames(section),
  };
}

function vrrpDefaults(section: Section, garp: GarpDefaults): VrrpDefaults {
  return {
    version: section.number('vrrp_version') === 3 ? 3 : 2,
    group4: (section.text('vrrp_mcast_group4') ?? '224.0.0.18') as IpAddress,
    group6: (section.text('vrrp_mcast_group6') ?? 'ff02::12') as IpAddress,
    garpDelay: garp.delay,
    garpRepeat: garp.repeat,
    garpRefresh: garp.refresh,
    garpRefreshRepeat: garp.refreshRepeat,
    garpLowerPriorityDelay: (section.number('vrrp_garp_lower_prio_delay') ?? garp.delay) as Micros,
    garpLowerPriorityRepeat: section.number('vrrp_garp_lower_prio_repeat') ?? garp.repeat,
    downTimerAdverts: section.number('vrrp_down_timer_adverts') ?? 3,
    lowerPriorityNoAdvert: section.flag('vrrp_lower_prio_no_advert') ?? false,
    higherPrioritySendAdvert: section.flag('vrrp_higher_prio_send_advert') ?? false,
    checkUnicastSource: section.has('vrrp_check_unicast_src'),
    skipCheckAdvertAddresses: section.flag('vrrp_skip_check_adv_addr') ?? false,
    checksumAsV2: section.has('v3_checksum_as_v2'),
    strict: section.flag('vrrp_strict') ?? false,
    ownerIgnoreAdverts: section.flag('vrrp_owner_ignore_adverts') ?? false,
    notifyPriorityChanges: section.flag('vrrp_notify_priority_changes') ?? false,
    startupDelay: micros(section.number('vrrp_startup_delay') ?? 0),
    delayAfterBoot: micros(section.number('vrrp_delay_after_boot') ?? 0),
    logUnknownVrids: section.has('log_unknown_vrids'),
    smtpAlert: section.flag('smtp_alert_vrrp') ?? section.flag('smtp_alert'),
  };
}
