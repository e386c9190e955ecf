import { err, type Result } from '../../base/result.js';
import { MICROS_PER_CENTI } from '../../base/units.js';
import { type InstanceDetails, type StateNotify } from '../../config/index.js';
import {
  type InstanceSettings,
  type InstanceSnapshot,
  type SyncGroupSettings,
  type SyncGroupSnapshot,
  type VrrpState,
} from '../../vrrp/index.js';
import { AGENTX_ERROR } from '../../wire/agentx/index.js';
import { instanceSnapshots, type SnmpFacts } from './facts.js';
import { KEEPALIVED } from './keepalived-global.js';
import { tableSeries, type Column, type Series } from './mib-view.js';
import { orderIf, type MibOrder } from './set.js';
import { address, addressType, command, gauge, integer, text, truth, wholeSeconds } from './values.js';

export const KEEPALIVED_VRRP = [...KEEPALIVED, 2];

/** VrrpState of KEEPALIVED-MIB: of a router that is not known, unknown(4). */
export const vrrpState = (state: VrrpState | undefined): number =>
  state === undefined ? 4 : { INIT: 0, BACKUP: 1, MASTER: 2, FAULT: 3 }[state];

/** A vrrp_sync_group, and what there is to tell of it. */
interface GroupRow {
  readonly settings: SyncGroupSettings;
  readonly snapshot?: SyncGroupSnapshot | undefined;
  readonly notify?: StateNotify | undefined;
  readonly smtpAlert: boolean;
}

const GROUP_COLUMNS: readonly Column<GroupRow>[] = [
  [2, 'vrrpSyncGroupName', ({ settings }) => text(settings.name)],
  [3, 'vrrpSyncGroupState', ({ snapshot }) => integer(vrrpState(snapshot?.state))],
  [4, 'vrrpSyncGroupSmtpAlert', ({ smtpAlert }) => truth(smtpAlert)],
  [5, 'vrrpSyncGroupNotifyExec', ({ notify }) => truth(notifies(notify))],
  [6, 'vrrpSyncGroupScriptMaster', ({ notify }) => command(notify?.master)],
  [7, 'vrrpSyncGroupScriptBackup', ({ notify }) => command(notify?.backup)],
  [8, 'vrrpSyncGroupScriptFault', ({ notify }) => command(notify?.fault)],
  [9, 'vrrpSyncGroupScript', ({ notify }) => command(notify?.any)],
  [10, 'vrrpSyncGroupTrackingWeight', ({ settings }) => truth(settings.trackingWeight)],
  [11, 'vrrpSyncGroupScriptStop', ({ notify }) => command(notify?.stop)],
];

/** notify_exec: there is a script to be called. */
const notifies = (notify: StateNotify | undefined): boolean =>
  notify !== undefined &&
  [
    ...[notify.master, notify.backup, notify.fault, notify.stop, notify.deleted, notify.any],
    notify.masterRxLowerPri,
  ].some((script) => script !== undefined);

/** A vrrp_instance, and what there is to tell of it. */
interface InstanceRow {
  readonly settings: InstanceSettings;
  readonly snapshot?: InstanceSnapshot | undefined;
  readonly details?: InstanceDetails | undefined;
  readonly notify?: StateNotify | undefined;
  readonly group?: string | undefined;
  /** The interface that the IPVS synchronisation daemon uses, if it follows this instance. */
  readonly syncInterface?: string | undefined;
}

/** The priority of who owns its addresses. */
const OWNER = 255;
const AUTH_TYPES = { none: 0, pass: 1, ah: 2, hmac: 0 } as const;

/** The multicast group; unicast instances have none. */
const group = ({ transport }: InstanceSettings) =>
  transport.kind === 'multicast' ? transport.group : undefined;

/** That of a master, if it is one, or of a backup: what it is but for its sync group and its faults. */
function wantedState(state: VrrpState | undefined): number {
  return vrrpState(state === 'INIT' ? 'BACKUP' : state);
}

const INSTANCE_COLUMNS: readonly Column<InstanceRow>[] = [
  [2, 'vrrpInstanceName', ({ settings }) => text(settings.name)],
  [3, 'vrrpInstanceVirtualRouterId', ({ settings }) => gauge(settings.vrid)],
  [4, 'vrrpInstanceState', ({ snapshot }) => integer(vrrpState(snapshot?.state))],
  [
    5,
    'vrrpInstanceInitialState',
    ({ settings, details }) => integer(vrrpState(details?.configuredState ?? settings.initialState)),
  ],
  [6, 'vrrpInstanceWantedState', ({ snapshot }) => integer(wantedState(snapshot?.state))],
  [
    7,
    'vrrpInstanceBasePriority',
    ({ snapshot, settings }) => integer(snapshot?.configuredPriority ?? settings.priority),
    setPriority,
  ],
  [
    8,
    'vrrpInstanceEffectivePriority',
    ({ snapshot, settings }) => integer(snapshot?.effectivePriority ?? settings.priority),
  ],
  [9, 'vrrpInstanceVipsStatus', ({ snapshot }) => truth(snapshot?.state === 'MASTER')],
  [10, 'vrrpInstancePrimaryInterface', ({ settings }) => text(settings.interface || undefined)],
  [11, 'vrrpInstanceTrackPrimaryIf', ({ settings }) => truth(settings.trackInterfaces.length > 0)],
  [12, 'vrrpInstanceAdvertisementsInt', ({ settings }) => advertInterval(settings)],
  [
    13,
    'vrrpInstancePreempt',
    ({ snapshot, settings }) => truth(snapshot?.preempt ?? settings.preempt),
    // preempt(1), noPreempt(2)
    ({ settings }, value) =>
      orderIf(value === 1 || value === 2, {
        type: 'SetInstance',
        instance: settings.name,
        preempt: value === 1,
      }),
  ],
  [14, 'vrrpInstancePreemptDelay', ({ settings }) => wholeSeconds(settings.preemptDelay)],
  [
    15,
    'vrrpInstanceAuthType',
    ({ settings }) => integer(settings.version === 2 ? AUTH_TYPES[settings.authentication.type] : 0),
  ],
  [16, 'vrrpInstanceLvsSyncDaemon', ({ syncInterface }) => truth(syncInterface !== undefined)],
  [17, 'vrrpInstanceLvsSyncInterface', ({ syncInterface }) => text(syncInterface)],
  [18, 'vrrpInstanceSyncGroup', (row) => text(row.group)],
  [19, 'vrrpInstanceGarpDelay', ({ settings }) => wholeSeconds(settings.garp.masterDelay)],
  [20, 'vrrpInstanceSmtpAlert', ({ details }) => truth(details?.smtpAlert)],
  [21, 'vrrpInstanceNotifyExec', ({ notify }) => truth(notifies(notify))],
  [22, 'vrrpInstanceScriptMaster', ({ notify }) => command(notify?.master)],
  [23, 'vrrpInstanceScriptBackup', ({ notify }) => command(notify?.backup)],
  [24, 'vrrpInstanceScriptFault', ({ notify }) => command(notify?.fault)],
  [25, 'vrrpInstanceScriptStop', ({ notify }) => command(notify?.stop)],
  [26, 'vrrpInstanceScript', ({ notify }) => command(notify?.any)],
  [
    27,
    'vrrpInstanceAccept',
    // It is an object of version 3; keepalived has a 0 that the MIB does not know.
    ({ settings, details }) => (settings.version === 3 ? truth(details?.accept) : integer(0)),
  ],
  [28, 'vrrpInstancePromoteSecondaries', ({ details }) => truth(details?.promoteSecondaries)],
  [29, 'vrrpInstanceUseLinkbeat', ({ details }) => truth(details?.linkbeatPolling)],
  [30, 'vrrpInstanceVrrpVersion', ({ settings }) => integer(settings.version)],
  [31, 'vrrpInstanceScriptMstrRxLowerPri', ({ notify }) => command(notify?.masterRxLowerPri)],
  [32, 'vrrpInstanceScriptDeleted', ({ notify }) => command(notify?.deleted)],
  [33, 'vrrpInstanceNotifyDeleted', ({ notify }) => truth(notify?.tellsDeleted)],
  [34, 'vrrpInstanceMulticastAddressType', ({ settings }) => addressType(group(settings))],
  [35, 'vrrpInstanceMulticastAddress', ({ settings }) => address(group(settings))],
  [36, 'vrrpInstanceV3ChecksumAsV2', ({ settings }) => truth(settings.checksumAsV2)],
];

/** 255 is for who owns its addresses: whose file says so, and who was made something else by SNMP. */
function setPriority({ settings }: InstanceRow, value: number): Result<MibOrder, number> {
  if (value === OWNER && settings.priority !== OWNER) return err(AGENTX_ERROR.inconsistentValue);
  const order = { type: 'SetInstance', instance: settings.name, priority: value } as const;
  return orderIf(value >= 1 && value <= OWNER, order);
}

/** Seconds in version 2, hundredths of a second in version 3. */
const advertInterval = ({ version, advertInterval: interval }: InstanceSettings) =>
  version === 2 ? wholeSeconds(interval) : gauge(Math.trunc(interval / MICROS_PER_CENTI));

/** vrrpSyncGroupTable, vrrpSyncGroupMemberTable and vrrpInstanceTable of KEEPALIVED-MIB. */
export function keepalivedInstances(facts: SnmpFacts): readonly Series[] {
  const { vrrp } = facts.configuration;
  return [
    ...tableSeries({
      entry: [...KEEPALIVED_VRRP, 1, 1],
      columns: GROUP_COLUMNS,
      rows: groupRows(facts),
      index: (_, position) => [position],
    }),
    ...tableSeries({
      entry: [...KEEPALIVED_VRRP, 2, 1],
      columns: [[2, 'vrrpSyncGroupMemberName', ({ name }) => text(name)]],
      rows: vrrp.syncGroups.flatMap(({ members }, at) =>
        members.map((name, member) => ({ name, index: [at + 1, member + 1] })),
      ),
      index: ({ index }) => index,
    }),
    ...tableSeries({
      entry: [...KEEPALIVED_VRRP, 3, 1],
      columns: INSTANCE_COLUMNS,
      rows: instanceRows(facts),
      index: (_, position) => [position],
    }),
  ];
}

function groupRows({ configuration, router }: SnmpFacts): readonly GroupRow[] {
  const snapshots = new Map(router?.syncGroups.map((each) => [each.name, each]));
  const { details, notify } = configuration;
  return configuration.vrrp.syncGroups.map((settings) => ({
    settings,
    snapshot: snapshots.get(settings.name),
    notify: notify.groups[settings.name],
    smtpAlert: details.groups[settings.name]?.smtpAlert ?? false,
  }));
}

function instanceRows(facts: SnmpFacts): readonly InstanceRow[] {
  const { vrrp, details, notify } = facts.configuration;
  const snapshots = instanceSnapshots(facts);
  const groups = new Map(vrrp.syncGroups.flatMap(({ name, members }) => members.map((each) => [each, name])));
  const { syncDaemon } = details.daemon.lvs;
  return vrrp.instances.map((settings) => {
    const { name } = settings;
    return {
      settings,
      snapshot: snapshots.get(name),
      details: details.instances[name],
      notify: notify.instances[name],
      group: groups.get(name),
      syncInterface: syncDaemon?.instance === name ? syncDaemon.interface : undefined,
    };
  });
}
