import { familyOf } from '../../base/address.js';
import { type Micros } from '../../base/units.js';
import { type DesiredAddress } from '../../net/index.js';
import {
  type Authentication,
  type GarpSettings,
  type InstanceSettings,
  type OldUnicastChecksum,
  type Transport,
  type VirtualAddress,
} from '../../vrrp/index.js';
import { type StateNotify } from '../model-notify.js';
import { type AddressDraft } from './addresses.js';
import { extraAddresses } from './announcing.js';
import { type CompletedInstance, passwordOf } from './complete-instance.js';
import { type PassContext } from './context.js';
import { type Globals } from './globals.js';
import { type InstanceDraft } from './instance-draft.js';
import { type ScriptDraft } from './scripts.js';
import { type Section } from './section.js';

/** Addresses of an instance with the interface each is installed on; those without one are reported and left out. */
export function placeAddresses(context: PassContext, draft: InstanceDraft): void {
  for (const list of [draft.vips, draft.excluded]) {
    for (const address of list) if (draft.interface !== undefined) address.interface ??= draft.interface;
    const placed = list.filter((address) => address.interface !== undefined || homeless(context, address));
    list.splice(0, list.length, ...placed);
  }
}

function homeless(context: PassContext, address: AddressDraft): false {
  context.error(
    'interface-missing',
    `address ${address.address} needs dev: its instance has no interface`,
    address.span,
  );
  return false;
}

/** The instance as the protocol sees it. */
export function instanceSettings(
  globals: Globals,
  completed: CompletedInstance,
  initialState: 'MASTER' | 'BACKUP',
  carriers: readonly string[],
): InstanceSettings {
  const { draft } = completed;
  const { section } = draft;
  return {
    name: draft.name,
    family: completed.family,
    version: completed.version,
    vrid: completed.vrid,
    interface: draft.interface ?? '',
    ...(carriers.length > 0 && { carriers }),
    initialState,
    priority: completed.priority,
    advertInterval: completed.advertInterval,
    preempt: completed.preempt,
    preemptDelay: completed.preemptDelay,
    transport: transportOf(globals, completed),
    authentication: authenticationOf(completed),
    addresses: [...draft.vips.map(virtualAddress(true)), ...draft.excluded.map(virtualAddress(false))],
    garp: garpOf(globals, completed),
    downTimerAdverts: completed.downTimerAdverts,
    trackInterfaces: completed.track.interfaces,
    trackScripts: completed.track.scripts,
    trackFiles: completed.track.files,
    trackProcesses: completed.track.processes,
    trackBfd: completed.track.bfd,
    dontTrackPrimary: section.has('dont_track_primary'),
    lowerPriorityNoAdvert: completed.lowerPriorityNoAdvert,
    higherPrioritySendAdvert: completed.higherPrioritySendAdvert,
    // keepalived 2.4.3 only ever sets this one: `skip_check_adv_addr off` sets it too.
    skipCheckAdvertAddresses: section.has('skip_check_adv_addr') || globals.vrrp.skipCheckAdvertAddresses,
    checksumAsV2: checksumAsV2(globals, completed),
    ownerIgnoresAdverts: completed.ownerIgnoresAdverts,
    ...timerExpiredBackup(completed),
    ...receiveBuffer(globals, completed),
    configFaults: draft.faults,
  };
}

const checksumAsV2 = (globals: Globals, { draft }: CompletedInstance): boolean =>
  draft.section.flag('v3_checksum_as_v2') ?? globals.vrrp.checksumAsV2;

/** Without a number the others may have any priority but the owner's. */
function timerExpiredBackup({
  draft,
  preempt,
}: CompletedInstance): Pick<InstanceSettings, 'timerExpiredBackup'> {
  const timer = preempt ? undefined : draft.section.get('timer_expired_backup');
  return timer ? { timerExpiredBackup: (timer.values[0] as number | undefined) ?? 254 } : {};
}

/** kernel_rx_buf_size, or else vrrp_rx_bufs_policy; 0 leaves it to the policy. */
function receiveBuffer(
  { daemon }: Globals,
  { draft }: CompletedInstance,
): Pick<InstanceSettings, 'receiveBuffer'> {
  const bytes = draft.section.number('kernel_rx_buf_size') ?? 0;
  const { receiveBufferPolicy: policy, receiveBufferMultiplier: times } = daemon.vrrp;
  if (bytes > 0) return { receiveBuffer: { by: 'bytes', bytes } };
  if (typeof policy === 'number') return { receiveBuffer: { by: 'bytes', bytes: policy } };
  if (policy === 'default') return {};
  return { receiveBuffer: { by: policy === 'MTU' ? 'mtu' : 'advert', times } };
}

const virtualAddress =
  (advertised: boolean) =>
  ({ address, interface: name = '' }: AddressDraft): VirtualAddress => ({
    address,
    interface: name,
    advertised,
  });

function transportOf(globals: Globals, completed: CompletedInstance): Transport {
  const { draft, family } = completed;
  const source = draft.source === undefined ? {} : { source: draft.source };
  if (!completed.unicast) {
    const { group4, group6 } = globals.vrrp;
    return {
      kind: 'multicast',
      group: draft.group ?? (family === 'inet' ? group4 : group6),
      ...source,
      ...(completed.details.trackSourceAddress && { tracksSource: true }),
    };
  }
  return {
    kind: 'unicast',
    peers: draft.peers,
    ...source,
    ...(completed.details.vrf !== undefined && { vrf: completed.details.vrf }),
    checkSource: draft.checkUnicastSource || globals.vrrp.checkUnicastSource,
    ...unicastTtl(completed),
    ...oldUnicastChecksum(globals, completed),
  };
}

/** Unless told 255 on IPv4, and whatever the kernel has on IPv6 (keepalived). */
function unicastTtl({ draft, family }: CompletedInstance): { ttl?: number } {
  const ttl = draft.section.number('unicast_ttl') ?? (family === 'inet' ? 255 : undefined);
  return ttl === undefined ? {} : { ttl };
}

function oldUnicastChecksum(
  globals: Globals,
  completed: CompletedInstance,
): { oldChecksum?: OldUnicastChecksum } {
  const { family, version, draft } = completed;
  if (family !== 'inet' || version !== 3 || checksumAsV2(globals, completed)) return {};
  const given = draft.section.get('old_unicast_checksum');
  const use = !given ? 'learn' : given.values[0] === 'never' ? 'never' : 'always';
  return { oldChecksum: { use, group: globals.vrrp.group4 } };
}

function authenticationOf({ authentication, draft, hmac }: CompletedInstance): Authentication {
  if (hmac) return hmac.authentication;
  return authentication === 'none' ? { type: 'none' } : { type: authentication, password: passwordOf(draft) };
}

function garpOf(globals: Globals, completed: CompletedInstance): GarpSettings {
  const { section } = completed.draft;
  const { vrrp } = globals;
  const extra = extraAddresses(completed, virtualAddress(true));
  return {
    masterDelay: (section.number('garp_master_delay') ?? vrrp.garpDelay) as Micros,
    masterRepeat: section.number('garp_master_repeat') ?? vrrp.garpRepeat,
    masterRefresh: (section.number('garp_master_refresh') ?? vrrp.garpRefresh) as Micros,
    masterRefreshRepeat: section.number('garp_master_refresh_repeat') ?? vrrp.garpRefreshRepeat,
    lowerPriorityDelay: completed.garpLowerPriorityDelay,
    lowerPriorityRepeat: completed.garpLowerPriorityRepeat,
    extraInterval: extra.length > 0 ? completed.details.garpExtraInterval : (0 as Micros),
    extraAddresses: extra,
  };
}

/** An address as net/ installs it. @param leaseS vip_lease. */
export function desiredAddress(draft: AddressDraft, leaseS?: number): DesiredAddress {
  const {
    address,
    prefixLength,
    interface: name = '',
    broadcast,
    scope,
    label,
    peer,
    preferredLifetimeS,
  } = draft;
  return {
    address,
    prefixLength,
    interface: name,
    ...(broadcast !== undefined && { broadcast }),
    scope,
    ...(label !== undefined && { label }),
    ...(peer !== undefined && { peer }),
    noDad: familyOf(address) === 'inet6' && !draft.dad,
    home: draft.home,
    mngtmpaddr: draft.mngtmpaddr,
    noprefixroute: draft.noprefixroute,
    autojoin: draft.autojoin,
    ...(preferredLifetimeS !== undefined && { preferredLifetimeS }),
    ...(leaseS !== undefined && { leaseS }),
    noTrack: draft.noTrack,
    useVmac: draft.useVmac,
  };
}

/** notify_master and its siblings, by who is told. */
export function stateNotify(
  scripts: Readonly<Record<string, ScriptDraft>>,
  section: Section,
  priorityChanges: boolean,
): StateNotify {
  const changes = section.flag('notify_priority_changes') ?? priorityChanges;
  const tellsDeleted = section.has('notify_deleted');
  if (Object.keys(scripts).length === 0) return { tellsDeleted, priorityChanges: changes };
  const of = (keyword: string) => scripts[keyword]?.command;
  const entries = {
    master: of('notify_master'),
    backup: of('notify_backup'),
    fault: of('notify_fault'),
    stop: of('notify_stop'),
    deleted: of('notify_deleted'),
    masterRxLowerPri: of('notify_master_rx_lower_pri'),
    any: of('notify'),
  };
  const given = Object.fromEntries(Object.entries(entries).filter(([, command]) => command !== undefined));
  return { ...given, tellsDeleted, priorityChanges: changes };
}
