import { type ScriptCommand, type Configuration } from '../../config/index.js';
import { type InstanceSettings, type InstanceSnapshot, type SyncGroupSettings } from '../../vrrp/index.js';
import { type DumpSubject } from './subject.js';
import { addressText, clockText, wantedState } from './words.js';

type Tracked = InstanceSettings['trackScripts'];
type Lines = readonly string[];

/** keepalived.data as the VRRP process writes it: what it was told, and how everything is. */
export function vrrpData(subject: DumpSubject): string {
  const { configuration, router } = subject;
  const { vrrp, trackFiles, trackProcesses, statics } = configuration;
  const settings = new Map(vrrp.instances.map((instance) => [instance.name, instance]));
  const sections: readonly (readonly [string, Lines])[] = [
    ['Static Addresses', statics.addresses.map((address) => `     ${addressText(address, true)}`)],
    [
      'VRRP Topology',
      router.instances.flatMap((snapshot) => {
        const known = settings.get(snapshot.name);
        return known ? instanceLines(subject, known, snapshot) : [];
      }),
    ],
    ['VRRP Sync groups', vrrp.syncGroups.flatMap((group) => groupLines(subject, group))],
    ['VRRP Scripts', router.scripts.flatMap((script) => scriptLines(subject, script))],
    ['VRRP Track files', Object.keys(trackFiles).flatMap((name) => fileLines(subject, name))],
    ['VRRP Track processes', Object.keys(trackProcesses).flatMap((name) => processLines(subject, name))],
    ['VRRP Track BFDs', Object.entries(router.bfd).flatMap(([name, up]) => bfdLines(subject, name, up))],
  ];
  return sections
    .filter(([, lines]) => lines.length > 0)
    .map(([title, lines]) => `------< ${title} >------\n${lines.join('\n')}\n`)
    .join('');
}

const yesNo = (value: boolean): string => (value ? 'yes' : 'no');
const enabled = (value: boolean): string => (value ? 'enabled' : 'disabled');
const wholeSeconds = (time: number): number => Math.floor(time / 1_000_000);

function instanceLines(subject: DumpSubject, settings: InstanceSettings, snapshot: InstanceSnapshot): Lines {
  const notify = subject.configuration.notify.instances[settings.name];
  return [
    ` VRRP Instance = ${settings.name}`,
    ...[
      ...stateLines(subject, settings, snapshot),
      ...linkLines(subject.configuration, settings),
      ...garpLines(settings),
      ...electionLines(subject.configuration, settings, snapshot),
      ...authenticationLines(settings),
      ...moveLines(subject, settings, snapshot),
      ...trackLines(settings),
      `Using smtp notification = ${yesNo(subject.configuration.details.instances[settings.name]?.smtpAlert ?? false)}`,
      `Notify deleted = ${notify?.tellsDeleted ? 'Deleted' : 'Fault'}`,
      ...notifyLines(subject, notify),
      `Notify priority changes = ${String(notify?.priorityChanges ?? false)}`,
    ].map((line) => `   ${line}`),
  ];
}

function stateLines(subject: DumpSubject, settings: InstanceSettings, snapshot: InstanceSnapshot): Lines {
  const { state, master, faults, lastTransition, masterAdvertInterval, masterDownInterval } = snapshot;
  const group = subject.configuration.vrrp.syncGroups.find(({ members }) => members.includes(settings.name));
  const since = lastTransition ? subject.unixTime(lastTransition.at) : 0;
  return [
    `VRRP Version = ${settings.version}`,
    ...(group ? [`Sync group = ${group.name}`] : []),
    ...(settings.family === 'inet6' ? ['Using Native IPv6'] : []),
    `State = ${state}`,
    ...(state === 'BACKUP'
      ? [
          `Master router = ${master?.address ?? '0.0.0.0'}`,
          `Master priority = ${master?.priority ?? 0}`,
          ...(settings.version === 3
            ? [`Master advert interval = ${masterAdvertInterval / 1000} milli-sec`]
            : []),
        ]
      : []),
    ...(settings.transport.kind === 'unicast' ? ['Flags:', '  Using unicast'] : ['Flags: none']),
    `Wantstate = ${wantedState(snapshot, settings)}`,
    `Number of config faults = ${settings.configFaults.length}`,
    `Number of tracker faults = ${faults.length}`,
    `Last transition = ${clockText(since)}`,
    `Master down timer = ${masterDownInterval} usecs`,
  ];
}

function linkLines({ details }: Configuration, settings: InstanceSettings): Lines {
  const { link, vrf, strict } = details.instances[settings.name] ?? {};
  const { transport } = settings;
  return [
    ...(link?.kind === 'vmac'
      ? [`Use VMAC, i/f name ${link.name ?? ''}, xmit_base = ${String(link.transmitOnBase)}`]
      : []),
    ...(link?.kind === 'ipvlan' ? [`Use IPVLAN, i/f ${link.name ?? ''}, type ${link.mode}`] : []),
    `Interface = ${settings.interface === '' ? 'not configured' : settings.interface}`,
    ...(vrf === undefined ? [] : [`VRF = ${vrf}`]),
    ...(settings.dontTrackPrimary ? ['VRRP interface tracking disabled'] : []),
    ...(settings.skipCheckAdvertAddresses ? ['Skip checking advert IP addresses'] : []),
    ...(strict ? ['Enforcing strict VRRP compliance'] : []),
    `Using src_ip = ${transport.source === undefined ? '(none)' : `${transport.source} (from configuration)`}`,
    ...(transport.kind === 'multicast' ? [`Multicast address ${transport.group}`] : []),
  ];
}

const garpLines = ({ garp, downTimerAdverts }: InstanceSettings): Lines => [
  `Gratuitous ARP delay = ${wholeSeconds(garp.masterDelay)}`,
  `Gratuitous ARP repeat = ${garp.masterRepeat}`,
  `Gratuitous ARP refresh = ${wholeSeconds(garp.masterRefresh)}`,
  `Gratuitous ARP refresh repeat = ${garp.masterRefreshRepeat}`,
  `Gratuitous ARP lower priority delay = ${wholeSeconds(garp.lowerPriorityDelay)}`,
  `Gratuitous ARP lower priority repeat = ${garp.lowerPriorityRepeat}`,
  `Down timer adverts = ${downTimerAdverts}`,
];

function electionLines(
  { details }: Configuration,
  settings: InstanceSettings,
  snapshot: InstanceSnapshot,
): Lines {
  const { version, advertInterval } = settings;
  const interval =
    version === 2 ? `${wholeSeconds(advertInterval)} sec` : `${Math.floor(advertInterval / 1000)} milli-sec`;
  const instance = details.instances[settings.name];
  return [
    `Send advert after receive lower priority advert = ${String(!settings.lowerPriorityNoAdvert)}`,
    `Send advert after receive higher priority advert = ${String(settings.higherPrioritySendAdvert)}`,
    `Virtual Router ID = ${settings.vrid}`,
    `Priority = ${snapshot.configuredPriority}`,
    `Effective priority = ${snapshot.effectivePriority}`,
    `Advert interval = ${interval}`,
    `Accept = ${enabled(instance?.accept ?? true)}`,
    `Preempt = ${enabled(snapshot.preempt)}`,
    ...(settings.preemptDelay > 0 ? [`Preempt delay = ${settings.preemptDelay / 1_000_000} secs`] : []),
    `Promote_secondaries = ${enabled(instance?.promoteSecondaries ?? false)}`,
  ];
}

function authenticationLines({ authentication, version, family, checksumAsV2 }: InstanceSettings): Lines {
  const checksum =
    version === 3 && family === 'inet' ? [`VRRPv3 uses VRRPv2 checksum = ${enabled(checksumAsV2)}`] : [];
  switch (authentication.type) {
    case 'pass':
      return ['Authentication type = SIMPLE_PASSWORD', 'Password = ********', ...checksum];
    case 'ah':
      return ['Authentication type = IPSEC_AH', ...checksum];
    case 'none':
      return [...(version === 2 ? ['Authentication type = none'] : []), ...checksum];
    case 'hmac': {
      const { keys, activeKey, mode, timeWindowS } = authentication;
      return [
        'Authentication extension = HMAC-SHA256-128',
        `  Keys = ${keys.length}, active key id = ${activeKey}`,
        `  Mode = ${mode}`,
        `  Anti replay = ${timeWindowS === undefined ? 'monotonic' : `time, window = ${timeWindowS} sec`}`,
        ...checksum,
      ];
    }
  }
}

function moveLines(subject: DumpSubject, settings: InstanceSettings, { state }: InstanceSnapshot): Lines {
  const { name, addresses, transport } = settings;
  const all = (subject.configuration.vrrpAddresses[name] ?? []).map(
    (address) => `  ${addressText(address, state === 'MASTER')}`,
  );
  const count = addresses.filter(({ advertised }) => advertised).length;
  return [
    ...list(`Virtual IP (${count}):`, all.slice(0, count)),
    ...list('Virtual IP Excluded :', all.slice(count)),
    ...(transport.kind === 'unicast'
      ? [
          ...(transport.ttl === undefined ? [] : [`Unicast TTL = ${transport.ttl}`]),
          `Check unicast src : ${yesNo(transport.checkSource)}`,
          'Unicast Peer :',
          ...transport.peers.map(
            ({ address, minTtl = 0, maxTtl = 255 }) => `  ${address} min_ttl ${minTtl} max_ttl ${maxTtl}`,
          ),
        ]
      : []),
    ...list('Virtual Routes :', (subject.routes[name] ?? []).map(indented)),
    ...list('Virtual Rules :', (subject.rules[name] ?? []).map(indented)),
  ];
}

const indented = (text: string): string => `  ${text}`;
const list = (title: string, lines: Lines): Lines => (lines.length > 0 ? [title, ...lines] : []);

const trackLines = (tracker: InstanceSettings | SyncGroupSettings): Lines => [
  ...list('Tracked interfaces :', tracker.trackInterfaces.map(trackedLine)),
  ...list('Tracked scripts :', tracker.trackScripts.map(trackedLine)),
  ...list('Tracked files :', tracker.trackFiles.map(trackedLine)),
  ...list('Tracked processes :', tracker.trackProcesses.map(trackedLine)),
  ...list('Tracked BFDs :', tracker.trackBfd.map(trackedLine)),
];

const trackedLine = ({ name, weight, reverse }: Tracked[number]): string =>
  `  ${name}, weight ${weight}${reverse ? ' reverse' : ''}`;

function notifyLines(
  subject: DumpSubject,
  notify: Configuration['notify']['instances'][string] | undefined,
): Lines {
  const scripts: readonly (readonly [string, ScriptCommand | undefined])[] = [
    ['Backup', notify?.backup],
    ['Master', notify?.master],
    ['Fault', notify?.fault],
    ['Stop', notify?.stop],
    ['Deleted', notify?.deleted],
    ['Generic', notify?.any],
    ['Master rx lower pri', notify?.masterRxLowerPri],
  ];
  return scripts.flatMap(([type, script]) =>
    script
      ? [`${type} state transition script = ${subject.command(script)}, uid:gid ${subject.owner(script)}`]
      : [],
  );
}

function groupLines(subject: DumpSubject, group: SyncGroupSettings): Lines {
  const { configuration, router } = subject;
  const state = router.syncGroups.find(({ name }) => name === group.name)?.state ?? 'INIT';
  const notify = configuration.notify.groups[group.name];
  return [
    ` VRRP Sync Group = ${group.name}, ${state}`,
    ...[
      'VRRP member instances :',
      ...group.members.map(indented),
      ...(group.trackingWeight ? ['sync group tracking weight set'] : []),
      `Using smtp notification = ${yesNo(configuration.details.groups[group.name]?.smtpAlert ?? false)}`,
      ...trackLines(group),
      ...notifyLines(subject, notify),
    ].map((line) => `   ${line}`),
  ];
}

/** keepalived writes whole seconds as such, and others with milliseconds. */
const secondsText = (time: number): string =>
  time % 1_000_000 === 0 ? `${time / 1_000_000} sec` : `${(time / 1_000_000).toFixed(3)} sec`;

function scriptLines(subject: DumpSubject, script: DumpSubject['router']['scripts'][number]): Lines {
  const { name, state, running } = script;
  const settings = subject.configuration.vrrp.scripts.find((each) => each.name === name);
  const command = subject.configuration.vrrpScripts[name];
  if (!settings || !command) return [];
  return [
    ` VRRP Script = ${name}`,
    `   Command = ${subject.command(command)}`,
    `   Interval = ${secondsText(settings.interval)}`,
    `   Timeout = ${secondsText(settings.timeout)}`,
    `   Rise = ${settings.rise}`,
    `   Fall = ${settings.fall}`,
    `   Init state = ${settings.initFail ? 'INIT/FAILED' : 'INIT'}`,
    `   Status = ${state === 'up' ? 'GOOD' : 'BAD'}`,
    `   Script uid:gid = ${subject.owner(command)}`,
    ...trackedBy(subject, 'trackScripts', name),
    `   State = ${running ? 'running' : 'idle'}`,
  ];
}

type TrackList = 'trackScripts' | 'trackFiles' | 'trackProcesses' | 'trackBfd';

/** The instances that track it. */
const trackedBy = ({ configuration }: DumpSubject, kind: TrackList, name: string): Lines => [
  '   VRRP instances :',
  ...configuration.vrrp.instances.flatMap((instance) =>
    instance[kind]
      .filter((tracked) => tracked.name === name)
      .map((tracked) => `   ${trackedLine({ ...tracked, name: instance.name })}`),
  ),
];

function fileLines(subject: DumpSubject, name: string): Lines {
  const settings = subject.configuration.trackFiles[name];
  if (!settings) return [];
  return [
    ` Track file = ${name}`,
    `   File = ${settings.file}`,
    `   Status = ${subject.router.files[name] ?? 0}`,
    `   Weight = ${settings.weight}${settings.reverse ? ' reverse' : ''}`,
    ...trackedBy(subject, 'trackFiles', name),
  ];
}

function processLines(subject: DumpSubject, name: string): Lines {
  const settings = subject.configuration.trackProcesses[name];
  const now = subject.router.processes.find((process) => process.name === name);
  if (!settings) return [];
  return [
    ` VRRP Track process = ${name}`,
    `   Process = ${settings.process}`,
    ...(settings.parameters.length > 0 ? [`   Parameters = ${settings.parameters.join(' ')}`] : []),
    ...(settings.match === 'none' ? [] : [`   Param match = ${settings.match}`]),
    `   Min processes = ${settings.quorum}`,
    ...(settings.quorumMax === undefined ? [] : [`   Max processes = ${settings.quorumMax}`]),
    `   Current processes = ${now?.count ?? 0}`,
    `   Have quorum = ${String(now?.hasQuorum ?? false)}`,
    `   Weight = ${settings.weight}${settings.reverse ? ' reverse' : ''}`,
    `   Terminate delay = ${(settings.terminateDelay / 1_000_000).toFixed(6)}s`,
    `   Fork delay = ${(settings.forkDelay / 1_000_000).toFixed(6)}s`,
    `   Full command = ${String(settings.fullCommand)}`,
    ...trackedBy(subject, 'trackProcesses', name),
  ];
}

const bfdLines = (subject: DumpSubject, name: string, up: boolean): Lines => [
  ` VRRP Track BFD = ${name}`,
  `   Bfd is ${up ? 'up' : 'down'}`,
  ...trackedBy(subject, 'trackBfd', name),
];
