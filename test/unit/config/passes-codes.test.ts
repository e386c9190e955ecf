import { findProblemCode } from '#config/problem-codes.js';
import { schemaProblemCodes } from '#config/problem-codes-schema.js';
import { type FakeMachine } from './host.js';
import { bare, globals, instance, judge, script, secure, server } from './passes-parts.js';

/** A text that earns a code, and what is special about the machine. */
type Example = string | Special;

interface Special {
  readonly text: string;
  readonly machine?: FakeMachine;
  /** Where the code cannot come without another that counts for more. */
  readonly exit?: number;
}

const addresses = (...lines: readonly string[]): string => `virtual_ipaddress {\n${lines.join('\n')}\n}`;
const routes = (line: string): string => instance('VI_1', 51, `virtual_routes {\n${line}\n}`);
const group = (lines: string): string =>
  `${instance('VI_1', 51)}${instance('VI_2', 52)}vrrp_sync_group G1 {\n${lines}\n}\n`;
const missing = '/no/such/file';
const pass = 'authentication {\nauth_type PASS\nauth_pass 1234\n}';
const link: FakeMachine = { files: { '/usr/bin/true': { mode: 0o755 } }, links: { '/bin': '/usr/bin' } };
const open: FakeMachine = { files: { '/etc/keepalived/check.sh': { mode: 0o757 } } };
const mac = instance('VI_1', 51, 'use_vmac');
const hmac = (lines: string): string => instance('VI_1', 51, `version 3\nauth_hmac {\n${lines}\n}`);
const key = 'k'.repeat(40);

/** One for every code, each with no other problem that counts for more. */
const examples: Readonly<Record<string, Example>> = {
  'unknown-keyword': instance('VI_1', 51, 'virual_router_id 51'),
  'unknown-setting': '#understudy no_such_setting\n',
  'mail-file-missing': 'global_defs {\n#understudy smtp_auth /no/such/file\n}\n',
  'login-file-open': {
    text: 'global_defs {\n#understudy smtp_auth /etc/keepalived/login\n}\n',
    machine: { files: { '/etc/keepalived/login': { mode: 0o644 } } },
  },
  'missing-parameter': instance('VI_1', 51, 'interface'),
  'missing-argument': globals('router_id'),
  'extra-words': bare('VI_1', 51, 'virtual_ipaddress extra {\n192.0.2.51\n}'),
  'ignored-words': instance('VI_1', 51, 'nopreempt true'),
  'missing-block': `${instance('VI_1', 51)}vrrp_sync_group G1\n`,
  'unexpected-block': globals('router_id LVS {\n}'),
  'unmatched-quote': globals('router_id "LVS'),
  deprecated: instance('VI_1', 51, 'linkbeat_use_polling'),
  'deprecated-quietly': globals('lvs_process_name lvs'),
  'already-given': secure + instance('VI_1', 51, 'notify "/etc/keepalived/notify.sh"\n'.repeat(2)),
  replaced: instance('VI_1', 51, 'priority 100\npriority 200'),
  conflict: instance('VI_1', 51, 'state MASTER\nnopreempt'),
  'invalid-number': instance('VI_1', 51, 'priority high'),
  'out-of-range': instance('VI_1', 51, 'priority 256'),
  'impossible-range': instance('VI_1', 51, 'unicast_peer {\n192.0.2.2 min_ttl 255 max_ttl 254\n}'),
  'too-many-decimals': instance('VI_1', 51, 'version 3\nadvert_int 0.1234567'),
  'invalid-switch': globals('vrrp_strict maybe'),
  'unknown-choice': server('lb_kind nat'),
  'unknown-option': bare('VI_1', 51, addresses('192.0.2.51/24 device eth0')),
  'invalid-address': instance('VI_1', 51, 'unicast_peer {\n192.0.2.300\n}'),
  'invalid-prefix': bare('VI_1', 51, addresses('192.0.2.51/33')),
  'wrong-family': bare('VI_1', 51, addresses('192.0.2.51', '2001:db8::1')),
  'not-multicast': globals('vrrp_mcast_group4 192.0.2.1'),
  'invalid-hex': server('', 'UDP_CHECK {\npayload 0g\n}'),
  'too-long': instance('VI_1', 51, 'authentication {\nauth_type PASS\nauth_pass 123456789\n}'),
  'unknown-interface': bare('VI_1', 51, `interface eth9\n${addresses('192.0.2.51')}`),
  'unknown-user': globals('script_user nosuchuser'),
  'unknown-script-user': secure + instance('VI_1', 51, 'notify "/etc/keepalived/notify.sh" nosuchuser'),
  'no-script-user': {
    text:
      globals('enable_script_security\nscript_user nosuchuser') +
      instance('VI_1', 51, 'notify "/etc/keepalived/notify.sh"'),
    exit: 5,
  },
  'empty-command': secure + instance('VI_1', 51, 'notify ""'),
  'script-missing': `${secure}vrrp_script chk {\ninterval 2\n}\n`,
  'script-not-found': secure + instance('VI_1', 51, `notify "${missing}"`),
  'tracked-script-not-found': `${secure}vrrp_script chk {\nscript "${missing}"\n}\n${instance('VI_1', 51, 'track_script {\nchk\n}')}`,
  'script-not-executable': {
    text: secure + script('chk') + instance('VI_1', 51, 'track_script {\nchk\n}'),
    machine: { files: { '/etc/keepalived/check.sh': { mode: 0o644 } } },
  },
  'default-user-missing': {
    text: secure + script('chk') + instance('VI_1', 51, 'track_script {\nchk\n}'),
    machine: { users: [] },
  },
  'script-through-link': {
    text: `${globals('enable_script_security\nscript_user root')}vrrp_script chk {\nscript "/bin/true"\n}\n${instance('VI_1', 51, 'track_script {\nchk\n}')}`,
    machine: link,
  },
  'notify-through-link': {
    text:
      globals('enable_script_security\nscript_user root') + instance('VI_1', 51, 'notify "/bin/true" root'),
    machine: link,
  },
  'insecure-script': {
    text: `${globals('enable_script_security\nscript_user root')}${script('chk')}${instance('VI_1', 51, 'track_script {\nchk\n}')}`,
    machine: open,
  },
  'insecure-notify': {
    text:
      globals('enable_script_security\nscript_user root') +
      instance('VI_1', 51, 'notify "/etc/keepalived/check.sh" root'),
    machine: open,
  },
  'script-security': instance('VI_1', 51, 'notify "/etc/keepalived/notify.sh"'),
  'unused-script': secure + script('chk'),

  'vrid-missing': `vrrp_instance VI_1 {\ninterface eth0\n${addresses('192.0.2.51')}\n}\n`,
  'vrid-conflict': instance('VI_1', 51) + instance('VI_2', 51),
  'interface-missing': `vrrp_instance VI_1 {\nvirtual_router_id 51\n${addresses('192.0.2.51')}\n}\n`,
  loopback: {
    text: instance('VI_1', 51, 'interface lo\ninterface eth0'),
    machine: { interfaces: ['eth0', { name: 'lo', loopback: true }] },
  },
  'own-interface': instance('VI_1', 51, 'track_interface {\neth0\n}'),
  'no-multicast': {
    text: instance('VI_1', 51),
    machine: { interfaces: [{ name: 'eth0', multicast: false }] },
  },
  'no-addresses': bare('VI_1', 51, 'version 3'),
  'no-addresses-v2': bare('VI_1', 51),
  'duplicate-address': bare('VI_1', 51, addresses('192.0.2.51', '192.0.2.51')),
  'too-many-addresses': bare(
    'VI_1',
    51,
    addresses(...Array.from({ length: 256 }, (_, index) => `198.51.100.${index}`)),
  ),
  'not-link-local': globals('vrrp_strict') + bare('VI_1', 51, addresses('2001:db8::1')),
  'should-be-link-local': bare('VI_1', 51, addresses('2001:db8::1')),
  'peer-with-prefix': bare('VI_1', 51, addresses('192.0.2.51/24 peer 192.0.2.52')),
  'peer-with-broadcast': bare('VI_1', 51, addresses('192.0.2.51 peer 192.0.2.52 brd 192.0.2.255')),
  'version-conflict': bare('VI_1', 51, `${addresses('fe80::1')}\nversion 2`),
  'version-2-over-ipv6': bare('VI_1', 51, `version 2\n${addresses('fe80::1')}`),
  'advert-interval': instance('VI_1', 51, 'advert_int 0.5'),
  'authentication-ignored': instance('VI_1', 51, `version 3\n${pass}`),
  'ah-starts-as-backup': instance(
    'VI_1',
    51,
    'state MASTER\npriority 150\nauthentication {\nauth_type AH\nauth_pass 1234\n}',
  ),
  'strict-mode': instance('VI_1', 51, 'strict_mode\ndown_timer_adverts 5'),
  'unicast-without-peer': instance('VI_1', 51, 'unicast_src_ip 192.0.2.1'),
  'no-unicast-peer': instance('VI_1', 51, 'unicast_fault_no_peer'),
  'unknown-script': instance('VI_1', 51, 'track_script {\nchk_nothing\n}'),
  'unknown-instance': group('group {\nVI_1\nVI_2\nVI_9\n}'),
  'empty-group': `${instance('VI_1', 51)}vrrp_sync_group G1 {\n}\n`,
  'single-member-group': `${instance('VI_1', 51)}vrrp_sync_group G1 {\ngroup {\nVI_1\n}\n}\n`,
  'mixed-group': `${instance('VI_1', 51, 'state MASTER\npriority 255')}${instance('VI_2', 52, 'state BACKUP')}vrrp_sync_group G1 {\ngroup {\nVI_1\nVI_2\n}\n}\n`,
  'weight-in-group': `${secure}${script('chk', 'weight 5')}${instance('VI_1', 51, 'track_script {\nchk\n}')}${instance('VI_2', 52)}vrrp_sync_group G1 {\ngroup {\nVI_1\nVI_2\n}\n}\n`,

  'weight-of-owner': `${secure}${script('chk', 'weight 5')}${instance('VI_1', 51, 'state MASTER\npriority 255')}${instance('VI_2', 52, 'state MASTER\npriority 255')}vrrp_sync_group G1 {\ngroup {\nVI_1\nVI_2\n}\nsync_group_tracking_weight\ntrack_script {\nchk\n}\n}\n`,

  'no-real-servers': 'virtual_server 192.0.2.60 80 {\nlb_algo rr\nlb_kind NAT\nprotocol TCP\n}\n',
  'duplicate-real-server': server('real_server 192.0.2.61 80 {\n}'),
  'duplicate-service': server('') + server(''),
  'protocol-missing':
    'virtual_server 192.0.2.60 80 {\nlb_algo rr\nlb_kind NAT\nreal_server 192.0.2.61 80 {\n}\n}\n',
  'scheduler-missing':
    'virtual_server 192.0.2.60 80 {\nlb_kind NAT\nprotocol TCP\nreal_server 192.0.2.61 80 {\n}\n}\n',
  'forwarding-missing':
    'virtual_server 192.0.2.60 80 {\nlb_algo rr\nprotocol TCP\nreal_server 192.0.2.61 80 {\n}\n}\n',
  'persistence-missing':
    'virtual_server 192.0.2.60 0 {\nlb_algo rr\nlb_kind NAT\nprotocol TCP\nreal_server 192.0.2.61 0 {\n}\n}\n',
  'port-mismatch':
    'virtual_server 192.0.2.60 80 {\nlb_algo rr\nlb_kind DR\nprotocol TCP\nreal_server 192.0.2.61 8080 {\n}\n}\n',
  'quorum-too-high': server('quorum 10'),
  'hysteresis-too-high': server('quorum 1\nhysteresis 1'),
  'hashed-is-usual': server('hashed'),
  'flag-needs-scheduler': server('sh-port'),
  'ignored-flag': server('lb_algo sh\nflag-2\nmh-port'),
  'sorry-server-missing': server('sorry_server_inhibit'),
  'url-missing': server('', 'HTTP_GET {\n}'),
  'path-missing': server('', 'HTTP_GET {\nurl {\nstatus_code 200\n}\nurl {\npath /\n}\n}'),
  'invalid-digest': server('', 'HTTP_GET {\nurl {\npath /\ndigest 1234\n}\n}'),
  'bind-if-missing': server('', 'TCP_CHECK {\nconnect_ip fe80::1\n}'),

  'family-skips-word': routes('inet 198.51.100.0/24 via 192.0.2.254 dev eth0'),
  'destination-missing': routes('via 192.0.2.254 dev eth0'),
  'action-missing': instance('VI_1', 51, 'virtual_rules {\nfrom 192.0.2.0/24 priority 5\n}'),
  'priority-missing': instance('VI_1', 51, 'virtual_rules {\nfrom 192.0.2.0/24 table 100\n}'),
  'protocol-of-tracked': routes('198.51.100.0/24 via 192.0.2.254 dev eth0 protocol static'),
  'unknown-vrf': routes('default via 192.0.2.254 vrf blue'),
  'unknown-track-group': 'static_ipaddress {\n192.0.2.5/24 dev eth0 track_group G9\n}\n',
  'track-group-needs-interface': `track_group G1 {\ngroup {\nVI_1\n}\n}\n${instance('VI_1', 51)}static_routes {\n198.51.100.0/24 via 192.0.2.254 track_group G1\n}\n`,
  'no-default-interface': {
    text: 'static_ipaddress {\n192.0.2.5/24\n}\n',
    machine: { interfaces: ['ens1'] },
  },
  'unknown-beat-interface': 'linkbeat_interfaces {\neth9\n}\n',
  'delays-missing': 'interface_up_down_delays {\neth0\n}\n',
  'no-delays': 'garp_group {\ninterface eth0\n}\n',
  'empty-list': globals('notification_email {\n}'),
  'unknown-tracked': instance('VI_1', 51, 'track_file {\nno_such_file\n}'),
  'file-missing': 'track_file maintenance {\n}\n',
  'no-directory': 'track_file maintenance {\nfile /no/such/directory/file\n}\n',
  'not-a-file': {
    text: 'track_file maintenance {\nfile /run/things\ninit_file 0 overwrite\n}\n',
    machine: { files: { '/run/things/inside': '' } },
  },
  'cannot-be-watched': {
    text: 'track_file maintenance {\nfile /proc/things/number\n}\n',
    machine: { files: { '/proc/things/number': '' }, silent: ['/proc/things'] },
  },
  'process-missing': 'vrrp_track_process haproxy {\n}\n',
  'no-process-events': {
    text: 'vrrp_track_process haproxy {\nprocess haproxy\n}\n',
    machine: { lacks: { hasProcessEvents: false } },
  },
  'neighbor-missing': 'bfd_instance router1 {\n}\n',
  'long-interval': 'bfd_instance router1 {\nneighbor_ip 192.0.2.250\nmin_rx 20000\n}\n',
  'invalid-mac': instance('VI_1', 51, 'use_vmac 01:00:5e:00:00:01'),
  'not-ethernet': { text: mac, machine: { interfaces: [{ name: 'eth0', ethernet: false }] } },
  'address-missing': instance('VI_1', 51, 'use_ipvlan'),
  'invalid-key': hmac(`key 1 ${key}\nkey 2 short\nactive_key 1`),
  'open-key-file': {
    text: hmac('key 1 file:/etc/keepalived/key\nactive_key 1'),
    machine: { files: { '/etc/keepalived/key': { text: key, mode: 0o644 } } },
  },
  'active-key-missing': hmac(`key 1 ${key}\nactive_key 9`),
  'iptables-not-used': globals('vrrp_iptables'),
  'no-igmp-setting': {
    text: globals('disable_local_igmp'),
    machine: { lacks: { hasIgmpLinkLocalReports: false } },
  },
  'invalid-umask': globals('umask 0999'),
  'unknown-mail-server': globals('smtp_server no.such.host'),
  'invalid-regex': server('', 'HTTP_GET {\nurl {\npath /\nregex one two\n}\n}'),
  'unusable-regex': server('', 'HTTP_GET {\nurl {\npath /\nregex "("\n}\n}'),
  'unusable-tls-files': 'SSL {\nkey /no/such/file\n}\n',
  'regex-missing': server('', 'HTTP_GET {\nurl {\npath /\nregex_no_match\n}\n}'),
  'invalid-domain': server('', 'DNS_CHECK {\nname a..example\n}'),
  'tls-replaced': 'SSL {\n}\nSSL {\n}\n',
  'duplicate-group': 'virtual_server_group web {\n192.0.2.1 80\n}\n'.repeat(2),
  'unknown-server-group':
    'virtual_server group web {\nlb_algo rr\nlb_kind NAT\nprotocol TCP\nreal_server 192.0.2.61 80 {\n}\n}\n',
  'overlapping-range': `global_defs {\nnftables_ipvs\n}\nvirtual_server_group web {\n192.0.2.1-9 80\n192.0.2.9 80\n}\n${server('').replace('192.0.2.60 80', 'group web')}`,
  'unknown-master': server('').replace('lb_algo', '#understudy serve_when_master VI_X\nlb_algo'),
  'range-too-large': `virtual_server_group web {\n10.0.0.0/15 80\n}\n${server('').replace('192.0.2.60 80', 'group web')}`,
};

describe('problem codes', () => {
  test.each(schemaProblemCodes.map(({ code }) => code))('%s', (name) => {
    const example = examples[name];
    if (example === undefined) throw new Error(`no example for ${name}`);
    const special: Special = typeof example === 'string' ? { text: example } : example;
    const { text, machine, exit = findProblemCode(name)?.exit } = special;
    const { problems, exitCode } = judge(text, machine);
    expect(problems.map(({ code }) => code)).toContain(name);
    expect(exitCode).toBe(exit);
  });
});
