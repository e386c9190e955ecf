import {
  command,
  inBlock,
  integer,
  INT_MAX,
  onOff,
  UINT_MAX,
  UINT_MAX_MICROS_S,
  wholeSeconds,
} from './entries.js';
import { type Argument, type BlockText, type Keyword } from './types.js';

const interval: readonly Argument[] = [
  { kind: 'words', name: 'interval', syntax: '[all] SECONDS', optional: true },
];

/** What an instance and a sync group both tell. */
const notify = (what: string): BlockText => ({
  notify_master: {
    arguments: command,
    repeat: 'first',
    meaning: `Runs when the ${what} becomes MASTER.`,
    example: 'notify_master "/etc/keepalived/master.sh"',
  },
  notify_backup: {
    arguments: command,
    repeat: 'first',
    meaning: `Runs when the ${what} becomes BACKUP.`,
    example: 'notify_backup "/etc/keepalived/backup.sh"',
  },
  notify_fault: {
    arguments: command,
    repeat: 'first',
    meaning: `Runs when the ${what} enters FAULT.`,
    example: 'notify_fault "/etc/keepalived/fault.sh"',
  },
  notify_stop: {
    arguments: command,
    repeat: 'first',
    meaning: 'Runs when the daemon stops.',
    example: 'notify_stop "/etc/keepalived/stop.sh"',
  },
  notify: {
    arguments: command,
    repeat: 'first',
    meaning: 'Runs at every change, with INSTANCE or GROUP, the name, the new state and the priority added.',
    example: 'notify "/etc/keepalived/notify.sh" root',
  },
  notify_priority_changes: {
    arguments: onOff,
    default: 'vrrp_notify_priority_changes',
    meaning:
      'Also writes a line to the notify FIFOs when the priority changes: MASTER_PRIORITY or BACKUP_PRIORITY.',
  },
});

const smtpAlert: BlockText = {
  smtp_alert: { arguments: onOff, default: 'smtp_alert_vrrp', meaning: 'Sends a mail at every change.' },
};

/** vrrp_instance: notification and gratuitous ARP. vrrp_sync_group and garp_group. */
export const vrrpMore: readonly Keyword[] = [
  ...inBlock('vrrp_instance', notify('instance')),
  ...inBlock('vrrp_instance', {
    notify_deleted: {
      arguments: [
        { kind: 'command', name: 'command', optional: true },
        { kind: 'user', name: 'user [group]', optional: true },
      ],
      repeat: 'first',
      meaning: 'Runs when a reload removes the instance; also says DELETED instead of FAULT to notify.',
      example: 'notify_deleted "/etc/keepalived/deleted.sh"',
    },
    notify_master_rx_lower_pri: {
      arguments: command,
      repeat: 'first',
      meaning: 'Runs when a master hears an advert of lower priority.',
      example: 'notify_master_rx_lower_pri "/etc/keepalived/lower.sh"',
    },
    garp_master_delay: {
      arguments: wholeSeconds('seconds', 0, UINT_MAX_MICROS_S),
      default: 'vrrp_garp_master_delay',
      meaning:
        'The second round of gratuitous ARP comes this long after becoming MASTER; 0 for no second round.',
      example: 'garp_master_delay 5',
    },
    garp_master_repeat: {
      arguments: integer('count', 0, UINT_MAX, { raiseTo: 1 }),
      default: 'vrrp_garp_master_repeat',
      meaning: 'Gratuitous ARPs for each address in a round.',
      example: 'garp_master_repeat 5',
    },
    garp_master_refresh: {
      arguments: wholeSeconds('seconds', 0, UINT_MAX, { fallback: 0 }),
      default: 'vrrp_garp_master_refresh',
      meaning: 'A round every so often while MASTER; 0 for never.',
      example: 'garp_master_refresh 60',
    },
    garp_master_refresh_repeat: {
      arguments: integer('count', 0, UINT_MAX, { raiseTo: 1 }),
      default: 'vrrp_garp_master_refresh_repeat',
      meaning: 'Gratuitous ARPs for each address in those rounds.',
      example: 'garp_master_refresh_repeat 2',
    },
    garp_lower_prio_delay: {
      arguments: wholeSeconds('seconds', 0, UINT_MAX_MICROS_S),
      default: 'vrrp_garp_lower_prio_delay',
      meaning: 'The second round after an advert of lower priority.',
      example: 'garp_lower_prio_delay 10',
    },
    garp_lower_prio_repeat: {
      arguments: integer('count', 0, INT_MAX),
      default: 'vrrp_garp_lower_prio_repeat',
      meaning: 'Gratuitous ARPs for each address after an advert of lower priority.',
      example: 'garp_lower_prio_repeat 1',
    },
  }),
  ...inBlock('vrrp_instance', smtpAlert),
  ...inBlock('vrrp_instance', {
    lvs_sync_daemon_interface: {
      arguments: [{ kind: 'interface', name: 'interface' }],
      deprecated: { use: 'lvs_sync_daemon in global_defs', reported: true },
      meaning: 'Synchronises IPVS connections on this interface, following the instance.',
      example: 'lvs_sync_daemon_interface eth0',
    },
    garp_extra_if: {
      arguments: interval,
      default: 'vrrp_garp_extra_if',
      meaning: 'A gratuitous ARP on other interfaces that hold addresses of the instance, every so often.',
      example: 'garp_extra_if all 30',
    },
    vmac_garp_intvl: {
      arguments: interval,
      sameAs: 'vrrp_instance/garp_extra_if',
      deprecated: { use: 'garp_extra_if', reported: true },
      meaning: 'Other spelling of garp_extra_if.',
      example: 'vmac_garp_intvl all 30',
    },
  }),
  ...inBlock('', {
    vrrp_sync_group: {
      arguments: [{ kind: 'word', name: 'name', missing: 'report' }],
      block: 'block',
      repeat: 'each',
      meaning: 'Instances that are always in the same state.',
      example: 'vrrp_sync_group G1 {\n    group {\n        VI_1\n        VI_2\n    }\n}',
    },
  }),
  ...inBlock('vrrp_sync_group', {
    group: {
      block: 'freeform',
      lines: 'INSTANCE…',
      repeat: 'first',
      meaning: 'The members; required.',
      example: 'group {\n    VI_1\n    VI_2\n}',
    },
    track_interface: {
      block: 'freeform',
      lines: 'INTERFACE [weight -253..253 [reverse]]',
      repeat: 'each',
      meaning: 'Interfaces that all members track.',
      example: 'track_interface {\n    eth1\n}',
    },
    track_script: {
      block: 'freeform',
      lines: 'NAME [weight -253..253 [reverse|noreverse]]',
      repeat: 'each',
      meaning: 'Scripts that all members track.',
      example: 'track_script {\n    chk_haproxy\n}',
    },
    track_file: {
      block: 'freeform',
      lines: 'NAME [weight -254..254 [reverse|noreverse]]',
      repeat: 'each',
      meaning: 'Files that all members track.',
      example: 'track_file {\n    maintenance\n}',
    },
    track_process: {
      block: 'freeform',
      lines: 'NAME [weight -254..254 [reverse|noreverse]]',
      repeat: 'each',
      meaning: 'Processes that all members track.',
      example: 'track_process {\n    haproxy\n}',
    },
    ...notify('group'),
    sync_group_tracking_weight: { meaning: 'Members keep the weights of what they track.' },
    global_tracking: {
      sameAs: 'vrrp_sync_group/sync_group_tracking_weight',
      deprecated: { use: 'track_interface, track_script or track_file in the group', reported: true },
      meaning: 'Members keep the weights of what they track.',
    },
  }),
  ...inBlock('vrrp_sync_group', {
    track_bfd: {
      block: 'freeform',
      lines: 'NAME [weight -253..253 [reverse|noreverse]]',
      repeat: 'each',
      meaning: 'BFD sessions that all members track.',
      example: 'track_bfd {\n    router1\n}',
    },
  }),
  ...inBlock('vrrp_sync_group', smtpAlert),
];
