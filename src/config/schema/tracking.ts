import { blockName, inBlock, integer, INT_MAX, seconds, UINT_MAX_MICROS_S, word } from './entries.js';
import { type Argument, type BlockText, type Keyword } from './types.js';
import { addressLine } from './vrrp-instance.js';

/** A weight of what is tracked, and whether its state counts reversed. */
const weight = (limit: number): readonly Argument[] => [
  { kind: 'integer', name: 'weight', min: -limit, max: limit, lenient: true },
  { kind: 'choice', name: 'reverse', of: ['reverse'], optional: true },
];
const weightOrReport = weight(254).map((argument, index) =>
  index === 0 ? { ...argument, missing: 'report' } : argument,
) as readonly Argument[];
const scriptSeconds = (more: Partial<Argument>): readonly Argument[] => [
  {
    kind: 'duration',
    unit: 's',
    decimals: 3,
    name: 'seconds',
    min: 0,
    max: UINT_MAX_MICROS_S,
    lenient: true,
    raiseTo: 1,
    ...more,
  } as Argument,
];
const processDelay: readonly Argument[] = seconds('seconds', 0.000001, 3600);

const trackFile: BlockText = {
  file: {
    arguments: [{ kind: 'path', name: 'file', missing: 'report' }],
    repeat: 'first',
    meaning: 'The file with a number; required.',
    example: 'file /run/keepalived.weight',
  },
  weight: {
    arguments: weightOrReport,
    repeat: 'first',
    default: '1',
    meaning: 'The number in the file is multiplied with it; 0 means FAULT while the number is not 0.',
    example: 'weight -1',
  },
  init_file: {
    arguments: [{ kind: 'words', name: 'value', syntax: '[VALUE] [overwrite]', optional: true }],
    default: '0',
    meaning: 'Creates the file at the start, with this number, if it does not exist; with overwrite, always.',
    example: 'init_file 1 overwrite',
  },
};

/** What instances track: scripts, processes, files. */
export const tracking: readonly Keyword[] = [
  ...inBlock('', {
    vrrp_script: {
      arguments: blockName,
      block: 'block',
      repeat: 'each',
      meaning: 'A script run at intervals, for track_script.',
      example: 'vrrp_script chk_haproxy {\n    script "/usr/bin/pgrep haproxy"\n    interval 2\n}',
    },
  }),
  ...inBlock('vrrp_script', {
    script: {
      arguments: [{ kind: 'command', name: 'command', missing: 'report' }],
      meaning: 'What to run; required. Exit status 0 is success.',
      example: 'script "/etc/keepalived/check.sh arg"',
    },
    interval: {
      arguments: scriptSeconds({}),
      default: '1',
      meaning: 'From one start to the next.',
      example: 'interval 2',
    },
    timeout: {
      arguments: scriptSeconds({}),
      default: 'the interval',
      meaning: 'After this the run is stopped and has failed.',
      example: 'timeout 1.5',
    },
    weight: {
      arguments: weight(253),
      default: '0',
      meaning: 'Added to the priority while up (positive) or down (negative); 0 means FAULT while down.',
      example: 'weight -20',
    },
    rise: {
      arguments: integer('count', 1, INT_MAX, { fallback: 1 }),
      default: '1',
      meaning: 'Successes in a row that make it up.',
      example: 'rise 3',
    },
    fall: {
      arguments: integer('count', 1, INT_MAX, { fallback: 1 }),
      default: '1',
      meaning: 'Failures in a row that make it down.',
      example: 'fall 3',
    },
    user: {
      arguments: [{ kind: 'user', name: 'user [group]' }],
      default: 'script_user',
      meaning: 'Who runs it.',
      example: 'user nobody',
    },
    init_fail: { meaning: 'Takes it for down until it has succeeded often enough.' },
  }),
  ...inBlock('', {
    vrrp_track_process: {
      arguments: blockName,
      block: 'block',
      repeat: 'each',
      needs: 'CONFIG_PROC_EVENTS',
      meaning: 'Processes to be counted, for track_process.',
      example: 'vrrp_track_process haproxy {\n    process haproxy\n}',
    },
    track_file: {
      arguments: blockName,
      block: 'block',
      repeat: 'each',
      meaning: 'A file whose number is tracked by instances and FILE_CHECK.',
      example: 'track_file maintenance {\n    file /run/maintenance\n}',
    },
    vrrp_track_file: {
      arguments: blockName,
      block: 'block',
      repeat: 'each',
      sameAs: 'track_file',
      deprecated: { use: 'track_file', reported: false },
      meaning: 'Other spelling of track_file.',
      example: 'vrrp_track_file maintenance {\n    file /run/maintenance\n}',
    },
  }),
  ...inBlock('vrrp_track_process', {
    process: {
      arguments: [
        { kind: 'path', name: 'process' },
        { kind: 'word', name: 'parameter', optional: true, many: true },
      ],
      repeat: 'first',
      meaning: 'Its name or path, and parameters to be compared; required.',
      example: 'process /usr/sbin/haproxy -f /etc/haproxy.cfg',
    },
    param_match: {
      arguments: [{ kind: 'choice', name: 'how', of: ['initial', 'partial'], optional: true }],
      default: 'exact',
      meaning:
        'How parameters are compared: as a whole, the first ones (partial), or the first ones, of which the last may go on (initial).',
      example: 'param_match initial',
    },
    weight: {
      arguments: weightOrReport,
      repeat: 'first',
      default: '0',
      meaning: 'Added to the priority while quorate (positive) or not (negative); 0 means FAULT while not.',
      example: 'weight 10',
    },
    quorum: {
      arguments: integer('count', 1, 65535),
      default: '1',
      meaning: 'How many processes there must be.',
      example: 'quorum 2',
    },
    quorum_max: {
      arguments: integer('count', 0, 65535),
      default: 'no limit',
      meaning: 'How many there may be; 0 for none.',
      example: 'quorum_max 4',
    },
    delay: {
      arguments: processDelay,
      default: '0',
      meaning: 'Sets fork_delay and terminate_delay.',
      example: 'delay 0.5',
    },
    terminate_delay: {
      arguments: processDelay,
      default: '0',
      meaning: 'How long too few or too many after an exit must last before that counts.',
      example: 'terminate_delay 0.5',
    },
    fork_delay: {
      arguments: processDelay,
      default: '0',
      meaning: 'The same after a fork.',
      example: 'fork_delay 0.5',
    },
    full_command: { meaning: 'Compares the whole command line instead of the name of the process.' },
  }),
  ...inBlock('track_file', trackFile),
  ...inBlock(
    'vrrp_track_file',
    Object.fromEntries(
      Object.entries(trackFile).map(([name, text]) => [name, { ...text, sameAs: `track_file/${name}` }]),
    ),
  ),
];

/** Addresses, routes and rules that always stand, and interfaces. */
export const statics: readonly Keyword[] = [
  ...inBlock('', {
    static_ipaddress: {
      block: 'freeform',
      lines: `${addressLine} [track_group GROUP]`,
      repeat: 'each',
      meaning:
        'Addresses that are installed at the start, removed at the stop, and come back if somebody else removes them.',
      example: 'static_ipaddress {\n    192.0.2.5/24 dev eth0\n}',
    },
    static_routes: {
      block: 'freeform',
      lines: 'as `ip route add`, with no_track and track_group GROUP',
      repeat: 'each',
      meaning:
        'Routes that are installed at the start, removed at the stop, and come back if somebody else removes them.',
      example: 'static_routes {\n    198.51.100.0/24 via 192.0.2.254 dev eth0\n}',
    },
    static_rules: {
      block: 'freeform',
      lines: 'as `ip rule add`, with no_track and track_group GROUP',
      repeat: 'each',
      meaning:
        'Routing rules that are installed at the start, removed at the stop, and come back if somebody else removes them.',
      example: 'static_rules {\n    from 192.0.2.0/24 table 100 priority 500\n}',
    },
    track_group: {
      arguments: [{ kind: 'word', name: 'name', missing: 'report' }],
      block: 'block',
      repeat: 'each',
      meaning: 'Instances that are in FAULT while the interface of one of its static entries is down.',
      example: 'track_group G1 {\n    group {\n        VI_1\n    }\n}',
    },
    'track_group/group': {
      block: 'freeform',
      lines: 'INSTANCE…',
      repeat: 'first',
      meaning: 'The instances; required.',
      example: 'group {\n    VI_1\n}',
    },
  }),
  ...inBlock('', {
    garp_group: {
      block: 'block',
      repeat: 'each',
      meaning: 'Paces gratuitous ARP over several interfaces, such as those of one switch.',
      example: 'garp_group {\n    garp_interval 0.001\n    interfaces {\n        eth0\n    }\n}',
    },
    'garp_group/garp_interval': {
      arguments: seconds('seconds', 0, UINT_MAX_MICROS_S),
      default: '0',
      meaning: 'Gap between gratuitous ARPs.',
      example: 'garp_interval 0.001',
    },
    'garp_group/gna_interval': {
      arguments: seconds('seconds', 0, UINT_MAX_MICROS_S),
      default: '0',
      meaning: 'Gap between unsolicited neighbour advertisements.',
      example: 'gna_interval 0.001',
    },
    'garp_group/interface': {
      arguments: [{ kind: 'interface', name: 'interface' }],
      repeat: 'each',
      meaning: 'An interface of the group.',
      example: 'interface eth0',
    },
    'garp_group/interfaces': {
      block: 'freeform',
      lines: 'INTERFACE…',
      repeat: 'each',
      meaning: 'Interfaces that share the gap.',
      example: 'interfaces {\n    eth0\n    eth1\n}',
    },
  }),
];

const milliseconds = (name: string, min: number): readonly Argument[] => [
  { kind: 'duration', unit: 'ms', decimals: 3, name, min, max: 4_294_967 },
];
const hops: readonly Argument[] = [{ kind: 'integer', name: 'ttl', min: 1, max: 255 }];
const neighbour: readonly Argument[] = [{ kind: 'address', name: 'address' }];

/** BFD sessions. */
export const bfd: readonly Keyword[] = [
  ...inBlock('', {
    bfd_instance: {
      arguments: word('name', { maxBytes: 31 }),
      block: 'block',
      repeat: 'each',
      meaning: 'A BFD session (RFC 5880), for track_bfd and BFD_CHECK.',
      example: 'bfd_instance router1 {\n    neighbor_ip 192.0.2.254\n}',
    },
  }),
  ...inBlock('bfd_instance', {
    neighbor_ip: {
      arguments: neighbour,
      meaning: 'The other end; required.',
      example: 'neighbor_ip 192.0.2.254',
    },
    neighbour_ip: {
      arguments: neighbour,
      sameAs: 'bfd_instance/neighbor_ip',
      meaning: 'Other spelling of neighbor_ip.',
      example: 'neighbour_ip 192.0.2.254',
    },
    source_ip: {
      arguments: neighbour,
      default: "the kernel's choice",
      meaning: 'Our end.',
      example: 'source_ip 192.0.2.1',
    },
    min_rx: {
      arguments: milliseconds('milliseconds', 1),
      default: '10',
      meaning: 'Required Min RX Interval.',
      example: 'min_rx 50',
    },
    min_tx: {
      arguments: milliseconds('milliseconds', 1),
      default: '10',
      meaning: 'Desired Min TX Interval.',
      example: 'min_tx 50',
    },
    idle_tx: {
      arguments: milliseconds('milliseconds', 1000),
      default: '1000',
      meaning: 'Desired Min TX Interval while the session is not up.',
      example: 'idle_tx 1000',
    },
    multiplier: {
      arguments: [{ kind: 'integer', name: 'packets', min: 1, max: 255 }],
      default: '5',
      meaning: 'Packets that may be missed: Detect Mult.',
      example: 'multiplier 3',
    },
    passive: { meaning: 'Waits for the other end to begin.' },
    ttl: {
      arguments: hops,
      default: '255',
      meaning:
        'TTL or hop limit of what we send, and of what the neighbour sends unless max_hops allows less. Without ' +
        "it IPv6 packets with 64 are taken, too, as keepalived's are.",
      example: 'ttl 255',
    },
    hoplimit: {
      arguments: hops,
      sameAs: 'bfd_instance/ttl',
      meaning: 'Other spelling of ttl.',
      example: 'hoplimit 64',
    },
    max_hops: {
      arguments: [{ kind: 'integer', name: 'hops', min: -1, max: 255 }],
      default: '0',
      meaning:
        'How many routers there may be on the way: packets of a lower TTL are dropped; -1 for no check.',
      example: 'max_hops 2',
    },
    multihop: {
      arguments: [{ kind: 'switch', name: 'on', optional: true }],
      default: 'off',
      meaning: 'Uses the port of multihop sessions (RFC 5883).',
    },
    weight: {
      arguments: weight(253),
      default: '0',
      meaning: 'Weight for instances that track the session; 0 means FAULT while down.',
      example: 'weight -10',
    },
    vrrp: { default: 'both vrrp and checker', meaning: 'Tells the VRRP worker about the session.' },
    checker: { default: 'both vrrp and checker', meaning: 'Tells the health worker about the session.' },
  }),
];
