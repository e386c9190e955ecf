import { type Configuration, type ScriptCommand } from '../../config/index.js';
import { type InstanceSettings, type InstanceSnapshot } from '../../vrrp/index.js';
import { advertErrors } from './advert-errors.js';
import { type DumpSubject } from './subject.js';
import { addressText, STATE_NUMBERS, wantedState } from './words.js';

/** JSON as keepalived writes it: version 1 is an array of instances, version 2 an object that has them as `vrrp`. */
export function vrrpJson(subject: DumpSubject): unknown {
  const { configuration, router } = subject;
  const settings = new Map(configuration.vrrp.instances.map((instance) => [instance.name, instance]));
  const instances = router.instances.flatMap((snapshot) => {
    const known = settings.get(snapshot.name);
    return known ? [instanceJson(subject, known, snapshot)] : [];
  });
  if (configuration.details.daemon.files.jsonVersion === 1) return instances;
  const processes = processesJson(subject);
  return { vrrp: instances, ...(processes.length > 0 && { track_process: processes }) };
}

const instanceJson = (
  subject: DumpSubject,
  settings: InstanceSettings,
  snapshot: InstanceSnapshot,
): unknown => ({
  data: {
    ...protocolJson(subject, settings, snapshot),
    ...scriptsJson(subject, subject.configuration.notify.instances[settings.name]),
    ...movesJson(subject, settings, snapshot),
    ...tracksJson(subject, settings),
    ...authenticationJson(settings),
  },
  stats: statsJson(snapshot),
});

const seconds = (time: number): number => time / 1_000_000;
const bit = (value: boolean): number => (value ? 1 : 0);

function protocolJson(subject: DumpSubject, settings: InstanceSettings, snapshot: InstanceSnapshot): object {
  const { garp, name } = settings;
  const details = subject.configuration.details.instances[name];
  const transition = snapshot.lastTransition;
  const isMaster = snapshot.state === 'MASTER';
  return {
    iname: name,
    dont_track_primary: bit(settings.dontTrackPrimary),
    skip_check_adv_addr: bit(settings.skipCheckAdvertAddresses),
    strict_mode: bit(details?.strict ?? false),
    vmac_ifname: details?.link?.name ?? '',
    ...(settings.interface !== '' && { ifp_ifname: settings.interface }),
    master_priority: snapshot.master?.priority ?? 0,
    last_transition: transition ? subject.unixTime(transition.at) : 0,
    garp_delay: seconds(garp.masterDelay),
    garp_refresh: Math.floor(seconds(garp.masterRefresh)),
    garp_rep: garp.masterRepeat,
    garp_refresh_rep: garp.masterRefreshRepeat,
    garp_lower_prio_delay: Math.floor(seconds(garp.lowerPriorityDelay)),
    garp_lower_prio_rep: garp.lowerPriorityRepeat,
    lower_prio_no_advert: bit(settings.lowerPriorityNoAdvert),
    higher_prio_send_advert: bit(settings.higherPrioritySendAdvert),
    vrid: settings.vrid,
    base_priority: snapshot.configuredPriority,
    effective_priority: snapshot.effectivePriority,
    vipset: isMaster && settings.addresses.length > 0,
    promote_secondaries: details?.promoteSecondaries ?? false,
    adver_int: seconds(settings.advertInterval),
    master_adver_int: seconds(snapshot.masterAdvertInterval),
    accept: bit(details?.accept ?? true),
    nopreempt: !snapshot.preempt,
    preempt_delay: Math.floor(seconds(settings.preemptDelay)),
    state: STATE_NUMBERS[snapshot.state],
    wantstate: STATE_NUMBERS[wantedState(snapshot, settings)],
    version: settings.version,
    smtp_alert: details?.smtpAlert ?? false,
    notify_deleted: subject.configuration.notify.instances[name]?.tellsDeleted ?? false,
  };
}

/** Only those that there are. */
function scriptsJson(
  subject: DumpSubject,
  notify: Configuration['notify']['instances'][string] | undefined,
): object {
  const scripts: Readonly<Record<string, ScriptCommand | undefined>> = {
    script_backup: notify?.backup,
    script_master: notify?.master,
    script_fault: notify?.fault,
    script_stop: notify?.stop,
    script_deleted: notify?.deleted,
    script: notify?.any,
    script_master_rx_lower_pri: notify?.masterRxLowerPri,
  };
  return given(scripts, (script) => subject.command(script));
}

/** The entries whose value is there, each turned into what is to be shown. */
const given = <T>(entries: Readonly<Record<string, T | undefined>>, show: (value: T) => unknown): object =>
  Object.fromEntries(
    Object.entries(entries).flatMap(([name, value]) => (value === undefined ? [] : [[name, show(value)]])),
  );

const unlessEmpty = (list: readonly string[]): readonly string[] | undefined =>
  list.length > 0 ? list : undefined;

function movesJson(
  subject: DumpSubject,
  { name, addresses }: InstanceSettings,
  { state }: InstanceSnapshot,
): object {
  const isMaster = state === 'MASTER';
  const all = subject.configuration.vrrpAddresses[name] ?? [];
  const count = addresses.filter(({ advertised }) => advertised).length;
  const shown = all.map((address) => addressText(address, isMaster));
  return given(
    {
      vips: unlessEmpty(shown.slice(0, count)),
      evips: unlessEmpty(shown.slice(count)),
      vroutes: unlessEmpty(subject.routes[name] ?? []),
      vrules: unlessEmpty(subject.rules[name] ?? []),
    },
    (list) => list,
  );
}

function tracksJson(subject: DumpSubject, settings: InstanceSettings): object {
  const script = (name: string): string => {
    const command = subject.configuration.vrrpScripts[name];
    return command ? subject.command(command) : name;
  };
  const names = (list: InstanceSettings['trackScripts']) => list.map(({ name }) => name);
  return given(
    {
      track_ifp: unlessEmpty(names(settings.trackInterfaces)),
      track_script: unlessEmpty(names(settings.trackScripts).map(script)),
      track_process: unlessEmpty(names(settings.trackProcesses)),
    },
    (list) => list,
  );
}

const AUTH_TYPES: Readonly<Record<InstanceSettings['authentication']['type'], number>> = {
  none: 0,
  pass: 1,
  ah: 2,
  hmac: 0,
};

function authenticationJson({ authentication }: InstanceSettings): object {
  const type = AUTH_TYPES[authentication.type];
  return { auth_type: type, ...(type > 0 && { auth_data: '********' }) };
}

function statsJson({ counters }: InstanceSnapshot): object {
  return {
    advert_rcvd: counters.advertsReceived,
    advert_sent: counters.advertsSent,
    become_master: counters.becameMaster,
    release_master: counters.releasedMaster,
    ...advertErrors(counters),
    pri_zero_rcvd: counters.priorityZeroReceived,
    pri_zero_sent: counters.priorityZeroSent,
  };
}

function processesJson({ configuration, router }: DumpSubject): readonly object[] {
  return router.processes.flatMap(({ name, count, hasQuorum }) => {
    const settings = configuration.trackProcesses[name];
    if (!settings) return [];
    return [
      {
        process: name,
        ...(settings.parameters.length > 0 && { parameters: settings.parameters.join(' ') }),
        param_match: settings.match,
        min_processes: settings.quorum,
        ...(settings.quorumMax !== undefined && { max_processes: settings.quorumMax }),
        current_processes: count,
        have_quorum: hasQuorum,
        weight: settings.reverse ? -settings.weight : settings.weight,
        terminate_delay: seconds(settings.terminateDelay),
        fork_delay: seconds(settings.forkDelay),
        full_command: settings.fullCommand,
      },
    ];
  });
}
