import {
  command,
  inBlock,
  integer,
  onOff,
  seconds,
  TIMER_MAX_S,
  UINT_MAX,
  UINT_MAX_MICROS_S,
  word,
} from './entries.js';
import { type Argument, type BlockText, type Keyword } from './types.js';

const forwarding: readonly Argument[] = [
  {
    kind: 'words',
    name: 'method',
    syntax: '{NAT|DR|TUN} [type {ipip|gue port PORT|gre}] [nocsum|csum|remcsum]',
  },
];
const scheduler: readonly Argument[] = [
  {
    kind: 'choice',
    name: 'scheduler',
    of: ['rr', 'wrr', 'lc', 'wlc', 'lblc', 'sh', 'mh', 'dh', 'fo', 'ovf', 'lblcr', 'sed', 'nq', 'twos'],
  },
];
const server: readonly Argument[] = [
  { kind: 'address', name: 'address' },
  { kind: 'integer', name: 'port', min: 0, max: 65535, optional: true, lenient: true },
];
const virtualHost = word('name', { missing: 'report' });

/** When to check; `retry` has its own range in each place. */
const timing = (from: string): BlockText => ({
  delay_loop: {
    arguments: seconds('seconds', 0.000001, TIMER_MAX_S),
    default: from === '' ? '60' : from,
    meaning: 'From one check to the next.',
    example: 'delay_loop 6',
  },
  delay_before_retry: {
    arguments: seconds('seconds', 0, TIMER_MAX_S),
    default: from === '' ? '1; 3 for HTTP_GET and SSL_GET, delay_loop for DNS_CHECK' : from,
    meaning: 'How long after a failed check the next try comes.',
    example: 'delay_before_retry 3',
  },
  retry: {
    arguments: [{ kind: 'integer', name: 'tries', min: 1, max: UINT_MAX }],
    default: from === '' ? '1; 0 for MISC_CHECK, 3 for DNS_CHECK' : from,
    meaning: 'Further tries before a failure counts.',
    example: 'retry 3',
  },
  warmup: {
    arguments: seconds('seconds', 0, TIMER_MAX_S),
    default: from === '' ? 'delay_loop' : from,
    meaning: 'The first check comes at a random moment within this; 0 for at once.',
    example: 'warmup 5',
  },
  connect_timeout: {
    arguments: seconds('seconds', 0.000001, UINT_MAX_MICROS_S),
    default: from === '' ? '5' : from,
    meaning: 'How long a connection may take.',
    example: 'connect_timeout 3',
  },
});

const parent = 'as in the virtual_server';

/** virtual_server, virtual_server_group, SSL. */
export const virtualServer: readonly Keyword[] = [
  ...inBlock('', {
    virtual_server: {
      arguments: [{ kind: 'words', name: 'service', syntax: 'ADDRESS [PORT] | fwmark MARK | group NAME' }],
      block: 'block',
      repeat: 'each',
      meaning: 'A service of this director, spread over real servers by IPVS.',
      example:
        'virtual_server 192.0.2.10 80 {\n    lb_algo rr\n    lb_kind NAT\n    protocol TCP\n    real_server 198.51.100.1 80 {\n        TCP_CHECK {\n        }\n    }\n}',
    },
  }),
  ...inBlock('virtual_server', {
    ...timing(''),
    ip_family: {
      arguments: [{ kind: 'choice', name: 'family', of: ['inet', 'inet6'] }],
      default: 'that of its addresses',
      meaning: 'The address family of a fwmark service.',
      example: 'ip_family inet',
    },
    lb_algo: { arguments: scheduler, default: 'wlc', meaning: 'The IPVS scheduler.', example: 'lb_algo wlc' },
    lvs_sched: {
      arguments: scheduler,
      sameAs: 'virtual_server/lb_algo',
      default: 'wlc',
      meaning: 'Other spelling of lb_algo.',
      example: 'lvs_sched wlc',
    },
    lb_kind: {
      arguments: forwarding,
      default: 'NAT',
      meaning: 'How packets reach real servers.',
      example: 'lb_kind DR',
    },
    lvs_method: {
      arguments: forwarding,
      sameAs: 'virtual_server/lb_kind',
      default: 'NAT',
      meaning: 'Other spelling of lb_kind.',
      example: 'lvs_method TUN type gue port 6080',
    },
    protocol: {
      arguments: [{ kind: 'choice', name: 'protocol', of: ['TCP', 'UDP', 'SCTP'], anyCase: true }],
      default: 'UDP',
      meaning: 'The protocol of the service.',
      example: 'protocol TCP',
    },
    persistence_timeout: {
      arguments: [{ kind: 'integer', name: 'seconds', min: 1, max: 2_678_400, unit: 's', optional: true }],
      default: 'no persistence; without a number, 360',
      meaning: 'Sends a client to the same real server for this long.',
      example: 'persistence_timeout 50',
    },
    persistence_engine: {
      arguments: word('name', { maxBytes: 16, truncate: true }),
      meaning: 'What persistence goes by instead of the client address; sip is the only one.',
      example: 'persistence_engine sip',
    },
    persistence_granularity: {
      arguments: [{ kind: 'words', name: 'mask', syntax: 'NETMASK (IPv4) | PREFIX_LENGTH (IPv6)' }],
      default: 'single hosts',
      meaning: 'Which clients count as one.',
      example: 'persistence_granularity 255.255.255.0',
    },
    alpha: { meaning: 'Takes real servers for down until a check has succeeded.' },
    ha_suspend: {
      meaning:
        'Checks nothing while no address of the service is on this host; what was known of the servers stays as it is.',
    },
    omega: { meaning: 'Runs notify_down and quorum_down when the daemon stops.' },
    quorum: {
      arguments: integer('weight', 1, UINT_MAX, { fallback: 1 }),
      default: '1',
      meaning: 'Total weight of live real servers that the service needs.',
      example: 'quorum 2',
    },
    hysteresis: {
      arguments: integer('weight', 0, UINT_MAX),
      default: '0',
      meaning: 'Quorum is gained at quorum + hysteresis and lost below quorum - hysteresis.',
      example: 'hysteresis 1',
    },
    quorum_up: {
      arguments: command,
      repeat: 'first',
      meaning: 'Runs when quorum is gained.',
      example: 'quorum_up "/etc/keepalived/up.sh"',
    },
    quorum_down: {
      arguments: command,
      repeat: 'first',
      meaning: 'Runs when quorum is lost.',
      example: 'quorum_down "/etc/keepalived/down.sh"',
    },
    weight: {
      arguments: integer('weight', 1, 65535),
      default: '1',
      meaning: 'Default weight of the real servers.',
      example: 'weight 1',
    },
    inhibit_on_failure: { meaning: 'Sets the weight of a failed real server to 0 instead of removing it.' },
    virtualhost: {
      arguments: virtualHost,
      meaning: 'Host header for HTTP_GET and SSL_GET that name none.',
      example: 'virtualhost www.example.net',
    },
    sorry_server: {
      arguments: server,
      meaning: 'Takes the traffic while quorum is lost.',
      example: 'sorry_server 198.51.100.9 80',
    },
    sorry_server_inhibit: {
      needs: 'sorry_server above it',
      meaning: 'inhibit_on_failure for the sorry server.',
    },
    sorry_server_lvs_method: {
      arguments: forwarding,
      default: 'lb_kind',
      needs: 'sorry_server above it',
      meaning: 'How packets reach the sorry server.',
      example: 'sorry_server_lvs_method NAT',
    },
    hashed: { meaning: 'Keeps the service in the hash table; the kernel always does.' },
    ops: { needs: 'protocol UDP', meaning: 'One-packet scheduling.' },
    'flag-1': { meaning: 'Scheduler flag 1.' },
    'flag-2': { meaning: 'Scheduler flag 2.' },
    'flag-3': { meaning: 'Scheduler flag 3.' },
    'sh-port': { needs: 'lb_algo sh above it', meaning: 'Hashes the port of the client too.' },
    'sh-fallback': {
      needs: 'lb_algo sh above it',
      meaning: 'Goes on to the next real server if the hashed one is not available.',
    },
    'mh-port': { needs: 'lb_algo mh above it', meaning: 'Hashes the port of the client too.' },
    'mh-fallback': {
      needs: 'lb_algo mh above it',
      meaning: 'Goes on to the next real server if the hashed one is not available.',
    },
    real_server: {
      arguments: server,
      block: 'block',
      repeat: 'each',
      meaning: 'A server behind the service; port 0 or none means that of the service.',
      example: 'real_server 198.51.100.1 80 {\n    weight 1\n}',
    },
    'real_server/weight': {
      arguments: integer('weight', 0, 65535),
      default: parent,
      meaning: 'Its share of the traffic; 0 takes no new connections.',
      example: 'weight 2',
    },
    'real_server/lvs_method': {
      arguments: forwarding,
      default: 'lb_kind',
      meaning: 'How packets reach this one.',
      example: 'lvs_method NAT',
    },
    'real_server/uthreshold': {
      arguments: integer('connections', 0, UINT_MAX),
      default: '0 (no limit)',
      meaning: 'No new connections above this number.',
      example: 'uthreshold 1000',
    },
    'real_server/lthreshold': {
      arguments: integer('connections', 0, UINT_MAX),
      default: '0 (three quarters of uthreshold)',
      meaning: 'New connections again below this number.',
      example: 'lthreshold 500',
    },
    'real_server/inhibit_on_failure': {
      arguments: onOff,
      default: parent,
      meaning: 'Sets the weight to 0 on failure instead of removing the server.',
    },
    'real_server/notify_up': {
      arguments: command,
      repeat: 'first',
      meaning: 'Runs when the server comes up.',
      example: 'notify_up "/etc/keepalived/rs-up.sh"',
    },
    'real_server/notify_down': {
      arguments: command,
      repeat: 'first',
      meaning: 'Runs when the server goes down.',
      example: 'notify_down "/etc/keepalived/rs-down.sh"',
    },
    'real_server/alpha': {
      arguments: onOff,
      default: parent,
      meaning: 'Takes the server for down until a check has succeeded.',
    },
    'real_server/virtualhost': {
      arguments: virtualHost,
      default: parent,
      meaning: 'Host header for HTTP_GET and SSL_GET that name none.',
      example: 'virtualhost www.example.net',
    },
  }),
  ...inBlock('virtual_server/real_server', timing(parent)),
  ...inBlock('virtual_server', {
    smtp_alert: { arguments: onOff, default: 'smtp_alert_checker', meaning: 'Sends mails about quorum.' },
    'real_server/smtp_alert': {
      arguments: onOff,
      default: 'smtp_alert_checker, otherwise on',
      meaning: 'Sends mails about this server.',
    },
  }),
  ...inBlock('virtual_server', {
    snmp_name: {
      extraWords: 'reject',
      arguments: word('name', { missing: 'report' }),
      needs: 'SNMP',
      meaning: 'Its name in SNMP.',
      example: 'snmp_name web',
    },
    'real_server/snmp_name': {
      extraWords: 'reject',
      arguments: word('name', { missing: 'report' }),
      needs: 'SNMP',
      meaning: 'Its name in SNMP.',
      example: 'snmp_name web1',
    },
  }),
  ...inBlock('', {
    virtual_server_group: {
      arguments: blockName(),
      block: 'freeform',
      lines: 'ADDRESS[-END|/PREFIX] [PORT] | fwmark MARK [inet|inet6]',
      repeat: 'each',
      meaning: 'Addresses and marks that share one virtual_server.',
      example: 'virtual_server_group web {\n    192.0.2.10-15 80\n    fwmark 5 inet\n}',
    },
  }),
  ...inBlock('', {
    SSL: {
      block: 'block',
      repeat: 'each',
      meaning: 'Certificates for SSL_GET.',
      example: 'SSL {\n    ca /etc/keepalived/ca.pem\n}',
    },
    'SSL/password': {
      arguments: word('password', { missing: 'report' }),
      meaning: 'The password of the key.',
      example: 'password secret',
    },
    'SSL/ca': {
      arguments: [{ kind: 'path', name: 'file', missing: 'report' }],
      meaning: 'Certificates of authorities, PEM.',
      example: 'ca /etc/keepalived/ca.pem',
    },
    'SSL/certificate': {
      arguments: [{ kind: 'path', name: 'file', missing: 'report' }],
      meaning: 'Our certificate, PEM.',
      example: 'certificate /etc/keepalived/cert.pem',
    },
    'SSL/key': {
      arguments: [{ kind: 'path', name: 'file', missing: 'report' }],
      meaning: 'Our key, PEM.',
      example: 'key /etc/keepalived/key.pem',
    },
  }),
];

function blockName(): readonly Argument[] {
  return word('name');
}
