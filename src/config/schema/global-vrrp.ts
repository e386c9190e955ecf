import {
  inBlock,
  integer,
  INT_MAX,
  onOff,
  seconds,
  UINT_MAX,
  UINT_MAX_MICROS_S,
  wholeSeconds,
  word,
} from './entries.js';
import { type Argument, type Keyword } from './types.js';

const bytes: readonly Argument[] = [
  { kind: 'integer', name: 'bytes', min: 0, max: UINT_MAX, missing: 'report' },
];
const fifo: readonly Argument[] = [
  { kind: 'path', name: 'path', missing: 'report' },
  { kind: 'user', name: 'user [group]', optional: true },
];
const fifoScript: readonly Argument[] = [
  { kind: 'command', name: 'command', missing: 'report' },
  { kind: 'user', name: 'user [group]', optional: true },
];
const names = (syntax: string): readonly Argument[] => [
  { kind: 'words', name: 'names', syntax, optional: true },
];

/** global_defs: defaults for all vrrp_instances, and what the VRRP worker needs. */
export const globalVrrp: readonly Keyword[] = [
  ...inBlock('global_defs', {
    vrrp_mcast_group4: {
      arguments: [{ kind: 'address', name: 'address', family: 'inet', multicast: true }],
      default: '224.0.0.18',
      meaning: 'The group that adverts for IPv4 are sent to.',
      example: 'vrrp_mcast_group4 224.0.0.18',
    },
    vrrp_mcast_group6: {
      arguments: [{ kind: 'address', name: 'address', family: 'inet6', multicast: true }],
      default: 'ff02::12',
      meaning: 'The group that adverts for IPv6 are sent to.',
      example: 'vrrp_mcast_group6 ff02::12',
    },
    vrrp_garp_master_delay: {
      arguments: wholeSeconds('seconds', 0, UINT_MAX_MICROS_S),
      default: '5',
      meaning: 'Default of garp_master_delay.',
      example: 'vrrp_garp_master_delay 10',
    },
    vrrp_garp_master_repeat: {
      arguments: integer('count', 0, UINT_MAX, { raiseTo: 1 }),
      default: '5',
      meaning: 'Default of garp_master_repeat.',
      example: 'vrrp_garp_master_repeat 1',
    },
    vrrp_garp_master_refresh: {
      arguments: wholeSeconds('seconds', 0, UINT_MAX, { fallback: 0 }),
      default: '0 (never)',
      meaning: 'Default of garp_master_refresh.',
      example: 'vrrp_garp_master_refresh 60',
    },
    vrrp_garp_master_refresh_repeat: {
      arguments: integer('count', 0, UINT_MAX, { raiseTo: 1 }),
      default: '1',
      meaning: 'Default of garp_master_refresh_repeat.',
      example: 'vrrp_garp_master_refresh_repeat 2',
    },
    vrrp_garp_lower_prio_delay: {
      arguments: wholeSeconds('seconds', 0, UINT_MAX_MICROS_S),
      default: 'as vrrp_garp_master_delay',
      meaning: 'Default of garp_lower_prio_delay.',
      example: 'vrrp_garp_lower_prio_delay 10',
    },
    vrrp_garp_lower_prio_repeat: {
      arguments: integer('count', 0, INT_MAX),
      default: 'as vrrp_garp_master_repeat',
      meaning: 'Default of garp_lower_prio_repeat.',
      example: 'vrrp_garp_lower_prio_repeat 1',
    },
    vrrp_down_timer_adverts: {
      arguments: integer('adverts', 1, 100),
      default: '3',
      meaning: 'Default of down_timer_adverts.',
      example: 'vrrp_down_timer_adverts 5',
    },
    vrrp_min_garp: {
      arguments: onOff,
      default: 'off',
      meaning:
        'One gratuitous ARP when becoming master, no second round and no refresh, unless set otherwise above this line.',
    },
    vrrp_lower_prio_no_advert: {
      arguments: onOff,
      default: 'off',
      meaning: 'Default of lower_prio_no_advert.',
    },
    vrrp_higher_prio_send_advert: {
      arguments: onOff,
      default: 'off',
      meaning: 'Default of higher_prio_send_advert.',
    },
    vrrp_version: {
      arguments: integer('version', 2, 3),
      default: '2',
      meaning: 'Default of version, for instances of IPv4.',
      example: 'vrrp_version 3',
    },
    vrrp_skip_check_adv_addr: {
      arguments: onOff,
      default: 'off',
      meaning: 'Default of skip_check_adv_addr.',
    },
    vrrp_check_unicast_src: {
      meaning: 'Drops unicast adverts whose source is no configured peer, in all instances.',
    },
    v3_checksum_as_v2: { meaning: 'Default of v3_checksum_as_v2.' },
    vrrp_startup_delay: {
      arguments: seconds('seconds', 0.001, UINT_MAX_MICROS_S),
      default: '0',
      meaning: 'No instance takes part in elections before this has passed since the start.',
      example: 'vrrp_startup_delay 5.5',
    },
    vrrp_notify_priority_changes: {
      arguments: onOff,
      default: 'off',
      meaning: 'Default of notify_priority_changes.',
    },
    dynamic_interfaces: {
      arguments: [{ kind: 'choice', name: 'option', of: ['allow_if_changes'], optional: true }],
      default: 'off',
      meaning:
        'Allows interfaces that do not exist yet; with allow_if_changes, also that their type changes.',
      example: 'dynamic_interfaces',
    },
    default_interface: {
      arguments: [{ kind: 'interface', name: 'interface', missing: 'report' }],
      default: 'eth0',
      meaning: 'The interface of static addresses and routes that name none.',
      example: 'default_interface eth0',
    },
    vrrp_delay_after_boot: {
      arguments: seconds('seconds', 0.001, UINT_MAX_MICROS_S),
      default: '0',
      meaning: 'No instance takes part in elections before the host has been up for this long.',
      example: 'vrrp_delay_after_boot 60',
    },
    log_unknown_vrids: { meaning: 'Logs adverts with a virtual router id that nothing here uses.' },
    vrrp_owner_ignore_adverts: {
      arguments: onOff,
      default: 'off',
      meaning: 'Default of owner_ignore_adverts.',
    },
    vrrp_rx_bufs_policy: {
      arguments: [{ kind: 'words', name: 'policy', syntax: 'MTU | ADVERT | BYTES', missing: 'report' }],
      default: "the kernel's default",
      meaning:
        'Size of the receive buffers for adverts: by interface MTU, by the adverts expected, or in bytes.',
      example: 'vrrp_rx_bufs_policy MTU',
    },
    vrrp_rx_bufs_multiplier: {
      extraWords: 'reject',
      arguments: [{ kind: 'integer', name: 'count', min: 1, max: UINT_MAX, missing: 'report' }],
      default: '3',
      needs: 'vrrp_rx_bufs_policy MTU or ADVERT',
      meaning: 'How many adverts the receive buffers have to hold.',
      example: 'vrrp_rx_bufs_multiplier 3',
    },
    vrrp_strict: { arguments: onOff, default: 'off', meaning: 'Default of strict_mode.' },
  }),
  ...inBlock('global_defs', {
    vrrp_iptables: {
      arguments: names('[IN_CHAIN [OUT_CHAIN]]'),
      repeat: 'first',
      default: 'off; without names, INPUT and OUTPUT',
      meaning:
        'Blocks the addresses of instances with no_accept by rules in these chains, which must exist. Where iptables is ' +
        'a front end of nftables (iptables -V), nftables does it, in the table keepalived.',
      example: 'vrrp_iptables keepalived_in keepalived_out',
    },
    vrrp_ipsets: {
      arguments: names('[SET4 [SET6 [IFSET6 [IGMP [MLD [ND]]]]]]'),
      default: 'keepalived, keepalived6, keepalived_if6, …; without names, off',
      needs: 'vrrp_iptables',
      meaning: 'Names of the ipsets that vrrp_iptables uses instead of a rule for each address.',
      example: 'vrrp_ipsets keepalived keepalived6',
    },
    nftables: {
      arguments: word('table', { optional: true }),
      repeat: 'first',
      default: 'keepalived, once it is needed',
      needs: 'nftables',
      meaning: 'Blocks addresses that the host must not answer on with nftables, in this table.',
      example: 'nftables keepalived',
    },
    nftables_priority: {
      arguments: [{ kind: 'integer', name: 'priority', min: -2_147_483_648, max: INT_MAX }],
      default: '-1',
      needs: 'nftables',
      meaning: 'Priority of the chains in that table.',
      example: 'nftables_priority -1',
    },
    nftables_ifindex: { needs: 'nftables', meaning: 'Matches interfaces by index instead of by name.' },
    nftables_counters: { needs: 'nftables', meaning: 'Adds counters to the rules.' },
    vrrp_garp_interval: {
      arguments: seconds('seconds', 0.000001, UINT_MAX_MICROS_S),
      default: '0',
      meaning: 'Gap between two gratuitous ARPs on one interface.',
      example: 'vrrp_garp_interval 0.001',
    },
    vrrp_gna_interval: {
      arguments: seconds('seconds', 0.000001, UINT_MAX_MICROS_S),
      default: '0',
      meaning: 'Gap between two unsolicited neighbour advertisements on one interface.',
      example: 'vrrp_gna_interval 0.001',
    },
    vrrp_garp_extra_if: {
      arguments: [{ kind: 'words', name: 'interval', syntax: '[all] SECONDS', optional: true }],
      default: 'off',
      meaning: 'Default of garp_extra_if.',
      example: 'vrrp_garp_extra_if all 30',
    },
    vrrp_vmac_garp_intvl: {
      arguments: [{ kind: 'words', name: 'interval', syntax: '[all] SECONDS', optional: true }],
      sameAs: 'global_defs/vrrp_garp_extra_if',
      deprecated: { use: 'vrrp_garp_extra_if', reported: true },
      meaning: 'Default of garp_extra_if.',
      example: 'vrrp_vmac_garp_intvl all 30',
    },
  }),
  ...inBlock('global_defs', {
    disable_local_igmp: {
      needs: 'net.ipv4.igmp_link_local_mcast_reports',
      meaning: 'Sends no IGMP reports for link-local groups.',
    },
    vrrp_netlink_cmd_rcv_bufs: {
      arguments: bytes,
      default: '1048576, beyond the system limit',
      meaning:
        'Receive buffer of the netlink command socket of the VRRP worker; never less than the default.',
      example: 'vrrp_netlink_cmd_rcv_bufs 1048576',
    },
    vrrp_netlink_cmd_rcv_bufs_force: {
      arguments: onOff,
      default: 'off',
      meaning: 'Sets that buffer beyond the system limit.',
    },
    vrrp_netlink_monitor_rcv_bufs: {
      arguments: bytes,
      default: '2097152, beyond the system limit',
      meaning:
        'Receive buffer of the netlink monitor socket of the VRRP worker; never less than the default.',
      example: 'vrrp_netlink_monitor_rcv_bufs 1048576',
    },
    vrrp_netlink_monitor_rcv_bufs_force: {
      arguments: onOff,
      default: 'off',
      meaning: 'Sets that buffer beyond the system limit.',
    },
    vrrp_notify_fifo: {
      arguments: fifo,
      repeat: 'first',
      meaning: 'A FIFO that gets a line for each VRRP state change, as notify_fifo does.',
      example: 'vrrp_notify_fifo /run/vrrp.fifo',
    },
    vrrp_notify_fifo_script: {
      arguments: fifoScript,
      repeat: 'first',
      needs: 'vrrp_notify_fifo',
      meaning: 'Reads vrrp_notify_fifo, as notify_fifo_script does notify_fifo.',
      example: 'vrrp_notify_fifo_script "/etc/keepalived/fifo.sh"',
    },
  }),
];
