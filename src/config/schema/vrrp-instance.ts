import { inBlock, integer, onOff, seconds, word } from './entries.js';
import { type Argument, type Keyword } from './types.js';

const address: readonly Argument[] = [{ kind: 'address', name: 'address' }];
const trackLine = 'NAME [weight -253..253 [reverse|noreverse]]';
/** One line of virtual_ipaddress. */
export const addressLine =
  'ADDRESS[/PREFIX] [brd ADDRESS|+|-] [dev INTERFACE] [scope SCOPE] [label LABEL] [peer ADDRESS] [home] [-nodad] [mngtmpaddr] [noprefixroute] [autojoin] [no_track] [preferred_lft SECONDS|forever] [use_vmac]';

/** vrrp_instance, but for timing, gratuitous ARP, notification and authentication (vrrp-instance-more.ts). */
export const vrrpInstance: readonly Keyword[] = [
  ...inBlock('', {
    vrrp_instance: {
      arguments: [{ kind: 'word', name: 'name', missing: 'report' }],
      block: 'block',
      repeat: 'each',
      meaning: 'A virtual router that this host takes part in.',
      example:
        'vrrp_instance VI_1 {\n    interface eth0\n    virtual_router_id 51\n    virtual_ipaddress {\n        192.0.2.10/24\n    }\n}',
    },
  }),
  ...inBlock('vrrp_instance', {
    state: {
      arguments: [{ kind: 'choice', name: 'state', of: ['MASTER', 'BACKUP'] }],
      default: 'MASTER with priority 255, otherwise BACKUP',
      meaning: 'The state to start from; MASTER only shortens the first wait.',
      example: 'state BACKUP',
    },
    interface: {
      arguments: [{ kind: 'interface', name: 'interface' }],
      meaning:
        'The interface that adverts are sent and received on; required, but for unicast with unicast_src_ip.',
      example: 'interface eth0',
    },
    virtual_router_id: {
      arguments: [{ kind: 'integer', name: 'id', min: 1, max: 255 }],
      meaning: 'Which virtual router this is, on its network; required.',
      example: 'virtual_router_id 51',
    },
    priority: {
      arguments: [{ kind: 'integer', name: 'priority', min: 1, max: 255, fallback: 100 }],
      default: '100; 255 with state MASTER',
      meaning: 'Who wins the election; 255 is for the owner of the addresses.',
      example: 'priority 150',
    },
    advert_int: {
      arguments: seconds('seconds', 0.01, 255),
      default: '1',
      meaning: 'Seconds between adverts: whole ones in version 2, hundredths up to 40.95 in version 3.',
      example: 'advert_int 1',
    },
    version: {
      arguments: integer('version', 2, 3),
      repeat: 'first',
      default: 'vrrp_version; 3 for IPv6',
      meaning: 'The VRRP version.',
      example: 'version 3',
    },
    native_ipv6: { deprecated: { reported: false }, meaning: 'Makes this an instance of IPv6, version 3.' },
    preempt: { deprecated: { reported: false }, meaning: 'Undoes nopreempt.' },
    nopreempt: { needs: 'state BACKUP', meaning: 'Leaves a master of lower priority alone.' },
    preempt_delay: {
      arguments: seconds('seconds', 0, 1000, { fallback: 0 }),
      default: '0',
      needs: 'state BACKUP',
      meaning: 'How long after the start (or a fault) a master of lower priority is left alone.',
      example: 'preempt_delay 300',
    },
    mcast_src_ip: {
      arguments: address,
      default: "the interface's first address",
      meaning: 'The source address of adverts.',
      example: 'mcast_src_ip 192.0.2.1',
    },
    unicast_src_ip: {
      arguments: address,
      sameAs: 'vrrp_instance/mcast_src_ip',
      default: "the interface's first address",
      meaning: 'The source address of adverts, with unicast_peer.',
      example: 'unicast_src_ip 192.0.2.1',
    },
    unicast_peer: {
      block: 'freeform',
      lines: 'ADDRESS [min_ttl 0-255] [max_ttl 0-255]',
      repeat: 'each',
      default: 'multicast',
      meaning: 'Sends adverts to these hosts instead of a multicast group.',
      example: 'unicast_peer {\n    192.0.2.2\n}',
    },
    check_unicast_src: { meaning: 'Drops adverts whose source is no unicast peer.' },
    unicast_ttl: {
      arguments: [{ kind: 'integer', name: 'ttl', min: 0, max: 255 }],
      default: '255',
      needs: 'unicast_peer',
      meaning: 'TTL of the adverts sent to unicast peers.',
      example: 'unicast_ttl 255',
    },
    virtual_ipaddress: {
      block: 'freeform',
      lines: addressLine,
      repeat: 'each',
      meaning: 'Addresses that the master holds; these are listed in adverts.',
      example: 'virtual_ipaddress {\n    192.0.2.10/24 dev eth0 label eth0:1\n}',
    },
    virtual_ipaddress_excluded: {
      block: 'freeform',
      lines: addressLine,
      repeat: 'each',
      meaning: 'More addresses that the master holds, of either family, not listed in adverts.',
      example: 'virtual_ipaddress_excluded {\n    192.0.2.11/24\n}',
    },
    virtual_routes: {
      block: 'freeform',
      lines: 'as `ip route add`, with no_track',
      repeat: 'each',
      meaning:
        'Routes that the master holds. If somebody else removes one that is not no_track, the master steps back and comes again.',
      example: 'virtual_routes {\n    198.51.100.0/24 via 192.0.2.254 dev eth0\n}',
    },
    virtual_rules: {
      block: 'freeform',
      lines: 'as `ip rule add`, with no_track',
      repeat: 'each',
      meaning:
        'Routing rules that the master holds. If somebody else removes one that is not no_track, the master steps back and comes again.',
      example: 'virtual_rules {\n    from 192.0.2.0/24 table 100 priority 500\n}',
    },
    no_virtual_ipaddress: { meaning: 'Says that the instance has no addresses on purpose.' },
    track_interface: {
      block: 'freeform',
      lines: 'INTERFACE [weight -253..253 [reverse]]',
      repeat: 'each',
      meaning: 'Other interfaces that must be up, or that change the priority.',
      example: 'track_interface {\n    eth1 weight -20\n}',
    },
    track_script: {
      block: 'freeform',
      lines: trackLine,
      repeat: 'each',
      meaning: 'Scripts (vrrp_script) that must succeed, or that change the priority.',
      example: 'track_script {\n    chk_haproxy weight 10\n}',
    },
    dont_track_primary: { meaning: 'Ignores the state of the interface itself.' },
    skip_check_adv_addr: {
      arguments: onOff,
      default: 'vrrp_skip_check_adv_addr',
      meaning: 'Compares the addresses in adverts only with those of the first advert of each master.',
    },
    v3_checksum_as_v2: {
      arguments: onOff,
      default: 'v3_checksum_as_v2 in global_defs',
      meaning: 'Version 3 on IPv4: leaves the pseudo-header out of the checksum.',
    },
    lower_prio_no_advert: {
      arguments: onOff,
      default: 'vrrp_lower_prio_no_advert',
      meaning: 'A master does not answer an advert of lower priority.',
    },
    higher_prio_send_advert: {
      arguments: onOff,
      default: 'vrrp_higher_prio_send_advert',
      meaning: 'A master that hears a higher priority sends one more advert before it steps back.',
    },
    down_timer_adverts: {
      arguments: integer('adverts', 1, 100),
      default: 'vrrp_down_timer_adverts',
      meaning: 'How many adverts may be missed before the master is taken for dead.',
      example: 'down_timer_adverts 3',
    },
    track_file: {
      block: 'freeform',
      lines: trackLine,
      repeat: 'each',
      meaning: 'Files (track_file) whose number changes the priority.',
      example: 'track_file {\n    maintenance weight 1\n}',
    },
    track_process: {
      block: 'freeform',
      lines: trackLine,
      repeat: 'each',
      meaning: 'Processes (vrrp_track_process) that must run, or that change the priority.',
      example: 'track_process {\n    haproxy\n}',
    },
    authentication: {
      block: 'block',
      repeat: 'each',
      needs: 'version 2',
      meaning: 'Authentication of version 2 (RFC 2338).',
      example: 'authentication {\n    auth_type PASS\n    auth_pass 1234\n}',
    },
    'authentication/auth_type': {
      arguments: [{ kind: 'choice', name: 'type', of: ['PASS', 'AH'] }],
      default: 'none',
      meaning: 'PASS sends a password in the clear; AH signs with HMAC-MD5.',
      example: 'auth_type PASS',
    },
    'authentication/auth_pass': {
      arguments: word('password', { maxBytes: 8, truncate: true }),
      meaning: 'The password; its first 8 bytes count.',
      example: 'auth_pass secret',
    },
    unicast_fault_no_peer: {
      needs: 'unicast_peer',
      meaning: 'FAULT instead of multicast if there is no unicast peer.',
    },
    old_unicast_checksum: {
      arguments: [{ kind: 'choice', name: 'mode', of: ['never'], optional: true }],
      needs: 'unicast_peer',
      meaning: 'The unicast checksum of version 3 as keepalived before 1.3.6 made it.',
      example: 'old_unicast_checksum never',
    },
    mcast_dst_ip: {
      arguments: address,
      default: 'vrrp_mcast_group4 or vrrp_mcast_group6',
      meaning: 'The group that adverts of this instance are sent to.',
      example: 'mcast_dst_ip 224.0.0.18',
    },
    owner_ignore_adverts: {
      arguments: onOff,
      default: 'vrrp_owner_ignore_adverts',
      needs: 'priority 255',
      meaning: 'The owner of the addresses does not even look at adverts.',
    },
    timer_expired_backup: {
      arguments: [{ kind: 'integer', name: 'highest other priority', min: 1, max: 254, optional: true }],
      default: 'off; without a number, 254',
      needs: 'nopreempt',
      meaning: 'A master whose timer fired so late that another may have taken over goes to BACKUP.',
      example: 'timer_expired_backup 200',
    },
    thread_timer_expired: {
      arguments: [{ kind: 'integer', name: 'highest other priority', min: 1, max: 254, optional: true }],
      sameAs: 'vrrp_instance/timer_expired_backup',
      deprecated: { use: 'timer_expired_backup', reported: true },
      meaning: 'Other spelling of timer_expired_backup.',
      example: 'thread_timer_expired 200',
    },
    kernel_rx_buf_size: {
      extraWords: 'reject',
      arguments: [{ kind: 'integer', name: 'bytes', min: 0, max: 4_294_967_295, missing: 'report' }],
      default: 'vrrp_rx_bufs_policy',
      meaning: 'Receive buffer for adverts.',
      example: 'kernel_rx_buf_size 65536',
    },
    auth_hmac: {
      block: 'block',
      repeat: 'each',
      meaning: 'Signs adverts with HMAC-SHA256 in a trailer; both versions, both families.',
      since: '2.4',
      example: 'auth_hmac {\n    key 1 file:/etc/keepalived/key\n    active_key 1\n}',
    },
    'auth_hmac/key': {
      arguments: [
        { kind: 'integer', name: 'id', min: 1, max: 255, missing: 'report' },
        { kind: 'word', name: 'key', missing: 'report' },
      ],
      repeat: 'each',
      meaning: 'A key of 32 to 64 bytes, as text, hex:DIGITS or file:PATH.',
      example: 'key 1 file:/etc/keepalived/key',
    },
    'auth_hmac/active_key': {
      arguments: [{ kind: 'integer', name: 'id', min: 1, max: 255 }],
      meaning: 'The key that our adverts are signed with; required.',
      example: 'active_key 1',
    },
    'auth_hmac/time_window': {
      arguments: [{ kind: 'integer', name: 'seconds', min: 1, max: 300, unit: 's' }],
      default: '3 advert intervals, at least 5',
      needs: 'anti_replay time',
      meaning: 'How far the clocks may differ.',
      example: 'time_window 10',
    },
    'auth_hmac/anti_replay': {
      arguments: [{ kind: 'choice', name: 'method', of: ['time', 'monotonic'] }],
      default: 'time',
      meaning: 'How replayed adverts are recognised.',
      example: 'anti_replay monotonic',
    },
    'auth_hmac/mode': {
      arguments: [{ kind: 'choice', name: 'mode', of: ['enforce', 'permissive', 'receive-only'] }],
      default: 'enforce',
      meaning: 'Whether unsigned adverts are accepted, and ours are signed.',
      example: 'mode permissive',
    },
    strict_mode: {
      arguments: onOff,
      default: 'vrrp_strict',
      meaning: 'Enforces the RFC: no unicast, no authentication, no VIP-less instance and more.',
    },
  }),
  ...inBlock('vrrp_instance', {
    accept: { meaning: 'Accepts packets to the addresses of the instance, also in strict mode.' },
    no_accept: {
      needs: 'nftables',
      meaning: 'Drops packets to the addresses of the instance, unless it owns them.',
    },
    track_bfd: {
      block: 'freeform',
      lines: trackLine,
      repeat: 'each',
      meaning: 'BFD sessions (bfd_instance) that must be up, or that change the priority.',
      example: 'track_bfd {\n    router1\n}',
    },
    debug: {
      arguments: integer('level', 0, 4),
      default: '0',
      meaning:
        'From 1 on, the log has for this instance what -D has for all: gratuitous ARPs, who is master.',
      example: 'debug 1',
    },
  }),
];
