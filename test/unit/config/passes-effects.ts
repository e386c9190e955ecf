import { type Configuration, type Keyword, keywords } from '#config/index.js';
import { readInPlace } from './keyword-context.js';

/** Longer lines than the schema's examples: what virtual_ipaddress, routes, rules and the like can hold. */
const samples: readonly (readonly [path: string, statement: string])[] = [
  ...[
    '192.0.2.10/24 brd 192.0.2.255 dev eth1 scope link label eth1:1 no_track',
    '192.0.2.10/24 brd + dev eth1 scope 7',
    '192.0.2.10/24 brd -',
    '192.0.2.10 peer 192.0.2.11/32 track_group G8',
    '192.0.2.10/24 home mngtmpaddr noprefixroute nodad autojoin preferred_lft 0',
    '192.0.2.10/24 preferred_lft forever use_vmac',
    'fe80::10/64 home -nodad noprefixroute preferred_lft 300',
    '192.0.2.10/33 192.0.2.300',
  ].map(
    (line) =>
      ['vrrp_instance/virtual_ipaddress_excluded', `virtual_ipaddress_excluded {\n${line}\n}`] as const,
  ),
  ...[
    'default via 192.0.2.254 dev eth0',
    'src 192.0.2.1 to 198.51.100.0/24 via 192.0.2.254 dev eth0 table 100 metric 5 scope link',
    'default6 via fe80::1 dev eth0 pref high expires 30',
    'blackhole 198.51.100.0/24',
    'unreachable 198.51.100.0/24 metric 9',
    '198.51.100.0/24 via 192.0.2.254 dev eth0 onlink mtu 1400 advmss lock 1360 rtt 5s rto_min 200ms rttvar 3 hoplimit 9 reordering 4 window 5 cwnd 6 ssthresh 7 initcwnd 8 initrwnd 9 quickack 1',
    '198.51.100.0/24 dev eth0 realms 3/4 features ecn congctl cubic tos 0x10 ttl-propagate enabled no_track protocol static',
    '198.51.100.0/24 dev eth0 append',
    '198.51.100.0/24 dev eth0 replace',
    '198.51.100.0/24 nexthop via 192.0.2.254 dev eth0 weight 2 onlink nexthop via 192.0.2.253 realms 9 weight 256',
    '198.51.100.0/24 encap mpls 100/200 via inet 192.0.2.254 dev eth0',
    '198.51.100.0/24 encap ip id 5 dst 192.0.2.254 src 192.0.2.1 tos 3 ttl 64 flags 0 dev eth0',
    '198.51.100.0/24 dev eth0 metric high',
    '2001:db8::/32 via 192.0.2.254 dev eth0',
    '198.51.100.0/24 dev eth0 table main proto boot',
  ].map((line) => ['vrrp_instance/virtual_routes', `virtual_routes {\n${line}\n}`] as const),
  ...[
    'from 192.0.2.0/24 table 100 priority 50',
    'not from 192.0.2.0/24 to 198.51.100.0/24 iif eth0 oif eth1 lookup main priority 50',
    'from 192.0.2.0/24 fwmark 0x10/0xff tos 0x08 priority 50 nop',
    'from 192.0.2.0/24 priority 50 goto 60',
    'from 192.0.2.0/24 priority 60 goto 50',
    'from 2001:db8::/32 priority 50 blackhole',
    'from 192.0.2.0/24 priority 50 uidrange 100-200 ipproto udp sport 53 dport 1000-2000 table 7 suppress_prefixlength 0 suppress_ifgroup 4 tunnel-id 9 realms 1/2 no_track protocol static',
    'from 192.0.2.0/24 priority 50 l3mdev',
    'from 192.0.2.0/24 priority 50 uidrange 200-100 table 7',
    'from 192.0.2.0/24 priority 50 unreachable',
  ].map((line) => ['vrrp_instance/virtual_rules', `virtual_rules {\n${line}\n}`] as const),
  ...['VI_1 eth0', 'eth1 weight 10', 'eth1 weight 10 reverse', 'eth1 weight -254', 'eth1\neth1 weight 5'].map(
    (line) => ['vrrp_instance/track_interface', `track_interface {\n${line}\n}`] as const,
  ),
  ...['chk_haproxy weight -20 reverse', 'chk_haproxy\nchk_haproxy weight 5', 'chk_haproxy weight 300'].map(
    (line) => ['vrrp_instance/track_script', `track_script {\n${line}\n}`] as const,
  ),
  ...['maintenance weight 3', 'maintenance reverse', 'maintenance weight 255'].map(
    (line) => ['vrrp_instance/track_file', `track_file {\n${line}\n}`] as const,
  ),
  ...['192.0.2.2 min_ttl 255', '192.0.2.2 min_ttl 250 max_ttl 254', '192.0.2.2\n2001:db8::2'].map(
    (line) => ['vrrp_instance/unicast_peer', `unicast_peer {\n${line}\n}`] as const,
  ),
  ...['tunnel', 'NAT', 'TUN type gue port 5 csum', 'TUN type gre remcsum', 'TUN type ipip'].map(
    (kind) => ['virtual_server/lvs_method', `lvs_method ${kind}`] as const,
  ),
  ['virtual_server/real_server/lvs_method', 'lvs_method DR'],
  ['vrrp_instance/check_unicast_src', 'check_unicast_src\nunicast_peer {\n192.0.2.2\n}'],
  ['vrrp_instance/unicast_ttl', 'version 3\nunicast_peer {\n2001:db8::2\n}\nunicast_ttl 64'],
  ['vrrp_instance/unicast_peer', 'version 3\nunicast_peer {\n192.0.2.2\n}\nold_unicast_checksum'],
  ['vrrp_instance/unicast_peer', 'version 3\nunicast_peer {\n192.0.2.2\n}\nold_unicast_checksum never'],
  ['vrrp_instance/timer_expired_backup', 'timer_expired_backup 200\nnopreempt'],
  ['vrrp_instance/timer_expired_backup', 'thread_timer_expired\nnopreempt'],
  ['vrrp_instance/kernel_rx_buf_size', 'kernel_rx_buf_size 65536'],
  ['global_defs/vrrp_rx_bufs_policy', 'vrrp_rx_bufs_policy 100000'],
  ['vrrp_instance/unicast_ttl', 'unicast_ttl 64\nunicast_peer {\n192.0.2.2\n}'],
  ['vrrp_instance/unicast_src_ip', 'unicast_src_ip 192.0.2.1\nunicast_peer {\n192.0.2.2\n}'],
  ['vrrp_instance/notify', 'notify "/etc/keepalived/notify.sh one \'two three\'" nobody nogroup'],
  ['vrrp_instance/advert_int', 'advert_int 1.005\nversion 3'],
  ['vrrp_script/interval', 'interval 1.5'],
  ['global_defs/startup_script_timeout', 'startup_script "/etc/keepalived/up.sh"\nstartup_script_timeout 30'],
  [
    'global_defs/shutdown_script_timeout',
    'shutdown_script "/etc/keepalived/down.sh"\nshutdown_script_timeout 30',
  ],
  ['global_defs/vrrp_mcast_group4', 'vrrp_mcast_group4 224.0.0.19'],
  ['global_defs/nftables_priority', 'nftables\nnftables_priority -3'],
  [
    'global_defs/nftables_ipvs_priority',
    'nftables_ipvs\nnftables_ipvs_priority -3\nnftables_ipvs_start_fwmark 2000',
  ],
  ['global_defs/vrrp_rx_bufs_multiplier', 'vrrp_rx_bufs_policy ADVERT\nvrrp_rx_bufs_multiplier 7'],
  ['global_defs/process_monitor_rcv_bufs', 'process_monitor_rcv_bufs 5000\nprocess_monitor_rcv_bufs_force'],
  ['global_defs/vrrp_min_garp', 'vrrp_min_garp\nvrrp_garp_master_repeat 3'],
  ['global_defs/vrrp_strict', 'vrrp_strict\nvrrp_version 3'],
  ['vrrp_instance/mcast_dst_ip', 'mcast_dst_ip 224.0.0.19'],
  ['vrrp_instance/mcast_src_ip', 'mcast_src_ip 192.0.2.1\ntrack_src_ip'],
  ['vrrp_instance/state', 'state MASTER'],
  ['vrrp_instance/state', 'state MASTER\npriority 255\nowner_ignore_adverts'],
  ['vrrp_instance/advert_int', 'advert_int 300'],
  ['vrrp_instance/preempt_delay', 'preempt_delay 5\nstate MASTER\npriority 50'],
  ['vrrp_instance/use_vmac', 'use_vmac vrrp.9 00:11:22:33:44:55\nvmac_xmit_base'],
  ['virtual_server/quorum', 'quorum 2\nhysteresis 1\nweight 5'],
  ['virtual_server/sorry_server_lvs_method', 'sorry_server_lvs_method DR'],
  ['virtual_server/ops', 'protocol UDP\nops'],
  ['virtual_server/mh-port', 'lb_algo mh\nmh-port\nmh-fallback'],
  [
    'virtual_server/real_server/HTTP_GET/url/regex',
    'regex "a\\\\.b"\nregex_no_match\nregex_options caseless\nregex_min_offset 5\nregex_max_offset 9\nregex_stack 8192 65536',
  ],
  ['virtual_server/real_server/weight', 'weight 3\nTCP_CHECK {\nretry 4\n}'],
  ['virtual_server/real_server/weight', 'weight 2147483648'],
];

/** What a statement does to the model where it stands, a line for each value, and which problems it has. */
function effect(path: string, statement: string): readonly string[] {
  const [without, withIt] = [readInPlace(path, ''), readInPlace(path, statement)];
  const codes = withIt.problems.map(({ severity, code }) => `! ${severity} ${code}`);
  const known = new Set(without.problems.map(({ severity, code }) => `! ${severity} ${code}`));
  return [
    ...statement.split('\n').map((line) => `  | ${line}`),
    ...codes.filter((code) => !known.has(code)).map((code) => `    ${code}`),
    ...changes(without.configuration, withIt.configuration).map((change) => `    ${change}`),
  ];
}

function changes(before: Configuration | undefined, after: Configuration | undefined): readonly string[] {
  if (!after) return ['refused'];
  const [old, now] = [leaves(before), leaves(after)];
  return [...new Set([...old.keys(), ...now.keys()])]
    .filter((key) => old.get(key) !== now.get(key))
    .sort()
    .map((key) => `${key}: ${old.get(key) ?? '-'} > ${now.get(key) ?? '-'}`);
}

/** Every single value of a model, by where it is. */
function leaves(value: unknown, at = '', found = new Map<string, string>()): ReadonlyMap<string, string> {
  if (typeof value !== 'object' || value === null || Object.keys(value).length === 0) {
    if (value !== undefined) found.set(at, JSON.stringify(value));
    return found;
  }
  for (const [key, inner] of Object.entries(value)) {
    // Made of what stands beside it.
    if (key === 'identity') continue;
    const name = Array.isArray(value) && hasName(inner) ? inner.name : key;
    leaves(inner, `${at}${at && '/'}${name}`, found);
  }
  return found;
}

const hasName = (value: unknown): value is { readonly name: string } =>
  typeof value === 'object' && value !== null && 'name' in value && typeof value.name === 'string';

const own = (keyword: Keyword): string =>
  keyword.example ?? keyword.path.slice(keyword.path.lastIndexOf('/') + 1);

/** What every keyword does to the model, with the example of the schema and with more samples. */
export function keywordEffects(): string {
  const all = [...keywords.map((keyword) => [keyword.path, own(keyword)] as const), ...samples];
  return all.map(([path, statement]) => `${[path, ...effect(path, statement)].join('\n')}\n`).join('\n');
}
