import {
  inBlock,
  integer,
  onOff,
  seconds,
  strictInteger,
  TIMER_MAX_S,
  UINT_MAX,
  UINT_MAX_MICROS_S,
  wholeSeconds,
  word,
} from './entries.js';
import { type BlockText, type Keyword } from './types.js';

const parent = 'as in the real_server';

/** What every checker with a schedule of its own takes. */
const timing: BlockText = {
  retry: {
    arguments: integer('tries', 0, UINT_MAX),
    default: parent,
    meaning: 'Further tries before a failure counts.',
    example: 'retry 3',
  },
  delay_before_retry: {
    arguments: seconds('seconds', 0, TIMER_MAX_S),
    default: parent,
    meaning: 'How long after a failed check the next try comes.',
    example: 'delay_before_retry 3',
  },
  warmup: {
    arguments: seconds('seconds', 0, TIMER_MAX_S),
    default: parent,
    meaning: 'The first check comes at a random moment within this; 0 for at once.',
    example: 'warmup 5',
  },
  delay_loop: {
    arguments: seconds('seconds', 0.000001, TIMER_MAX_S),
    default: parent,
    meaning: 'From one check to the next.',
    example: 'delay_loop 6',
  },
  alpha: { arguments: onOff, default: parent, meaning: 'Counts as failed until it has succeeded.' },
  log_all_failures: {
    arguments: onOff,
    default: 'checker_log_all_failures',
    meaning: 'Logs every failed check, not only those that change the state.',
  },
};

/** What every checker takes that connects somewhere. */
const connection: BlockText = {
  connect_ip: {
    arguments: [{ kind: 'address', name: 'address' }],
    default: 'that of the real server',
    meaning: 'The address to connect to.',
    example: 'connect_ip 198.51.100.1',
  },
  connect_port: {
    arguments: integer('port', 1, 65535),
    default: 'that of the real server',
    meaning: 'The port to connect to.',
    example: 'connect_port 80',
  },
  bindto: {
    arguments: [{ kind: 'address', name: 'address' }],
    default: "the kernel's choice",
    meaning: 'The address to connect from.',
    example: 'bindto 198.51.100.254',
  },
  bind_port: {
    arguments: integer('port', 1, 65535),
    default: "the kernel's choice",
    meaning: 'The port to connect from.',
    example: 'bind_port 2000',
  },
  bind_if: {
    arguments: [{ kind: 'interface', name: 'interface' }],
    default: "the kernel's choice",
    meaning: 'The interface to connect through; required for link-local addresses.',
    example: 'bind_if eth1',
  },
  connect_timeout: {
    arguments: seconds('seconds', 0.000001, UINT_MAX_MICROS_S),
    default: parent,
    meaning: 'How long the connection may take.',
    example: 'connect_timeout 3',
  },
  fwmark: {
    arguments: integer('mark', 0, UINT_MAX),
    default: '0',
    meaning: 'Firewall mark of the packets sent.',
    example: 'fwmark 5',
  },
};

const url: BlockText = {
  url: {
    block: 'block',
    repeat: 'each',
    meaning: 'A page to fetch; at least one, checked in turn.',
    example: 'url {\n    path /health\n    status_code 200\n}',
  },
  'url/path': { arguments: word('path'), meaning: 'Path and query; required.', example: 'path /health' },
  'url/digest': {
    arguments: word('md5'),
    repeat: 'first',
    meaning: 'MD5 of the body, as genhash prints it.',
    example: 'digest 9b3a0c85a887a256d6939da88aabd8cd',
  },
  'url/status_code': {
    arguments: [{ kind: 'words', name: 'codes', syntax: 'CODE[-CODE]…, 100 to 599', optional: true }],
    repeat: 'each',
    default: '200-299',
    meaning: 'Status codes that count as success.',
    example: 'status_code 200 301-302',
  },
  'url/virtualhost': {
    arguments: word('name', { missing: 'report' }),
    default: 'that of the checker',
    meaning: 'Host header.',
    example: 'virtualhost www.example.net',
  },
};

const urlRegex: BlockText = {
  'url/regex': {
    arguments: [{ kind: 'words', name: 'expression', syntax: 'REGEX, quoted', missing: 'report' }],
    needs: 'PCRE syntax',
    meaning: 'Must be found in the body.',
    example: 'regex "OK|ready"',
  },
  'url/regex_no_match': { needs: 'regex', meaning: 'The expression must not be found.' },
  'url/regex_options': {
    arguments: [
      {
        kind: 'choice',
        name: 'option',
        many: true,
        optional: true,
        of: [
          'allow_empty_class',
          'alt_bsux',
          'auto_callout',
          'caseless',
          'dollar_endonly',
          'dotall',
          'dupnames',
          'extended',
          'firstline',
          'match_unset_backref',
          'multiline',
          'never_ucp',
          'never_utf',
          'no_auto_capture',
          'no_auto_possess',
          'no_dotstar_anchor',
          'no_start_optimize',
          'ucp',
          'ungreedy',
          'utf',
          'never_backslash_c',
          'alt_circumflex',
          'alt_verbnames',
          'use_offset_limit',
        ],
      },
    ],
    repeat: 'each',
    needs: 'regex',
    meaning: 'Options of PCRE.',
    example: 'regex_options caseless multiline',
  },
  'url/regex_min_offset': {
    extraWords: 'reject',
    arguments: [{ kind: 'integer', name: 'octet', min: 0, max: Number.MAX_SAFE_INTEGER, missing: 'report' }],
    default: '0',
    needs: 'regex',
    meaning: 'Where in the body the match may begin, at the earliest.',
    example: 'regex_min_offset 100',
  },
  'url/regex_max_offset': {
    extraWords: 'reject',
    arguments: [{ kind: 'integer', name: 'octet', min: 0, max: Number.MAX_SAFE_INTEGER, missing: 'report' }],
    default: 'the end',
    needs: 'regex',
    meaning: 'Where in the body the match may begin, at the latest.',
    example: 'regex_max_offset 200',
  },
  'url/regex_stack': {
    extraWords: 'reject',
    arguments: [
      { kind: 'integer', name: 'start', min: 0, max: Number.MAX_SAFE_INTEGER, missing: 'report' },
      { kind: 'integer', name: 'max', min: 0, max: Number.MAX_SAFE_INTEGER, missing: 'report' },
    ],
    needs: 'regex',
    meaning: 'Stack for PCRE, in bytes.',
    example: 'regex_stack 8192 65536',
  },
};

const http: BlockText = {
  http_protocol: {
    arguments: [{ kind: 'choice', name: 'version', of: ['1.0', '1.1', '1.0C', '1.0c'], missing: 'report' }],
    default: '1.0',
    meaning: 'The version asked with; 1.0C adds "Connection: close".',
    example: 'http_protocol 1.1',
  },
  fast_recovery: {
    arguments: onOff,
    default: 'off',
    meaning: 'After a failure, one success of each url is enough.',
  },
  nb_get_retry: {
    arguments: integer('tries', 0, UINT_MAX),
    deprecated: { use: 'retry', reported: true },
    meaning: 'Other spelling of retry.',
    example: 'nb_get_retry 3',
  },
  virtualhost: {
    arguments: word('name', { missing: 'report' }),
    default: 'that of the real server, then of the virtual server',
    meaning: 'Host header.',
    example: 'virtualhost www.example.net',
  },
};

const tls: BlockText = {
  enable_sni: {
    arguments: onOff,
    default: 'off',
    meaning: 'Sends the Host header also as the TLS server name.',
  },
  tls_compliant: {
    arguments: onOff,
    default: 'off',
    meaning: 'A connection closed without TLS close_notify is a failure.',
  },
  'url/tls_compliant': {
    arguments: onOff,
    default: 'that of the checker',
    meaning: 'A connection closed without TLS close_notify is a failure.',
  },
  sni_name: {
    arguments: word('name'),
    default: 'the Host header',
    meaning: 'The TLS server name.',
    example: 'sni_name www.example.net',
  },
};

const inRealServer = (name: string, ...parts: readonly BlockText[]): readonly Keyword[] =>
  parts.flatMap((part) => inBlock(`virtual_server/real_server/${name}`, part));

const block = (meaning: string, example: string): BlockText[string] => ({
  block: 'block',
  repeat: 'each',
  meaning,
  example,
});

/** Checkers inside a real_server. */
export const checkers: readonly Keyword[] = [
  ...inBlock('virtual_server/real_server', {
    TCP_CHECK: block('Succeeds if a TCP connection can be made.', 'TCP_CHECK {\n    connect_timeout 3\n}'),
    SSL_GET: block('Fetches pages by HTTPS.', 'SSL_GET {\n    url {\n        path /\n    }\n}'),
    HTTP_GET: block('Fetches pages by HTTP.', 'HTTP_GET {\n    url {\n        path /\n    }\n}'),
  }),
  ...inRealServer('TCP_CHECK', connection, timing),
  ...inRealServer('HTTP_GET', connection, timing, http, url, urlRegex),
  ...inBlock('virtual_server/real_server', {
    BFD_CHECK: block('Follows a BFD session.', 'BFD_CHECK {\n    name router1\n}'),
  }),
  ...inBlock('virtual_server/real_server', {
    SMTP_CHECK: block('Greets a mail server and leaves.', 'SMTP_CHECK {\n    helo_name lvs1\n}'),
    DNS_CHECK: block('Asks a name server, by UDP.', 'DNS_CHECK {\n    type A\n    name example.net\n}'),
    UDP_CHECK: block(
      'Sends a datagram; fails on an ICMP error or a missing reply.',
      'UDP_CHECK {\n    require_reply\n}',
    ),
    PING_CHECK: block('Sends an ICMP echo request.', 'PING_CHECK {\n}'),
    MISC_CHECK: block('Runs a script.', 'MISC_CHECK {\n    misc_path "/etc/keepalived/check.sh"\n}'),
    FILE_CHECK: block('Takes the weight from a track_file.', 'FILE_CHECK {\n    track_file maintenance\n}'),
  }),
  ...inRealServer('SSL_GET', connection, timing, http, url, tls, urlRegex),
  ...inRealServer('SMTP_CHECK', connection, timing),
  ...inRealServer('SMTP_CHECK', {
    helo_name: {
      arguments: word('name', { missing: 'report' }),
      default: 'smtpchecker.keepalived.org',
      meaning: 'What to say HELO with.',
      example: 'helo_name lvs1.example.net',
    },
    host: {
      block: 'block',
      repeat: 'each',
      deprecated: { use: 'several SMTP_CHECK', reported: false },
      meaning: 'A further mail server to ask.',
      example: 'host {\n    connect_ip 198.51.100.2\n}',
    },
  }),
  ...inRealServer('SMTP_CHECK/host', connection, timing),
  ...inRealServer('DNS_CHECK', connection, timing),
  ...inRealServer('DNS_CHECK', {
    type: {
      arguments: [
        {
          kind: 'choice',
          name: 'type',
          of: ['A', 'NS', 'CNAME', 'SOA', 'MX', 'TXT', 'AAAA', 'RRSIG', 'DNSKEY'],
          anyCase: true,
        },
      ],
      default: 'SOA',
      meaning: 'The record type asked for.',
      example: 'type A',
    },
    name: {
      arguments: word('name'),
      repeat: 'first',
      default: 'the root',
      meaning: 'The domain asked for.',
      example: 'name example.net',
    },
  }),
  ...inRealServer('UDP_CHECK', connection, timing),
  ...inRealServer('UDP_CHECK', {
    payload: {
      arguments: [{ kind: 'hex', name: 'octets', many: true, missing: 'report' }],
      default: 'nothing',
      meaning: 'What to send.',
      example: 'payload 01 02 ff',
    },
    require_reply: {
      arguments: [{ kind: 'hex', name: 'octets', many: true, optional: true, wildcard: true }],
      default: 'no reply is needed',
      meaning: 'Fails without a reply, or with one that does not begin like this.',
      example: 'require_reply 01 xx f',
    },
    min_reply_length: {
      arguments: strictInteger('octets', 0, 65535),
      default: '0',
      meaning: 'Shorter replies are failures.',
      example: 'min_reply_length 4',
    },
    max_reply_length: {
      arguments: strictInteger('octets', 0, 65535),
      default: '255; without octets to compare, any',
      meaning: 'Longer replies are failures.',
      example: 'max_reply_length 512',
    },
  }),
  ...inRealServer('PING_CHECK', connection, timing),
  ...inRealServer('MISC_CHECK', timing),
  ...inRealServer('MISC_CHECK', {
    misc_path: {
      arguments: [{ kind: 'command', name: 'command', missing: 'report' }],
      meaning: 'The script and its arguments; required.',
      example: 'misc_path "/etc/keepalived/check.sh 192.0.2.1"',
    },
    misc_timeout: {
      arguments: wholeSeconds('seconds', 0, UINT_MAX_MICROS_S),
      default: 'delay_loop of the virtual_server',
      meaning: 'How long it may take until it is sent TERM, and KILL two seconds later.',
      example: 'misc_timeout 5',
    },
    misc_dynamic: { meaning: 'Exit status 2 to 255 sets the weight to status - 2.' },
    user: {
      arguments: [{ kind: 'user', name: 'user [group]', missing: 'report' }],
      default: 'script_user',
      meaning: 'Who runs it.',
      example: 'user nobody',
    },
  }),
  ...inRealServer('FILE_CHECK', {
    track_file: {
      arguments: word('name'),
      needs: 'a track_file block above',
      meaning: 'The track_file; required.',
      example: 'track_file maintenance',
    },
    weight: {
      arguments: [
        {
          kind: 'integer',
          name: 'weight',
          min: -0x7fff_ffff,
          max: 0x7fff_ffff,
          lenient: true,
          missing: 'report',
        },
        { kind: 'choice', name: 'reverse', of: ['reverse', 'noreverse'], optional: true },
      ],
      default: 'that of the track_file',
      meaning: 'The number in the file is multiplied with it.',
      example: 'weight 1',
    },
  }),
  ...inRealServer('BFD_CHECK', {
    name: {
      arguments: word('name', { missing: 'report' }),
      meaning: 'The bfd_instance; required.',
      needs: 'a bfd_instance block above',
      example: 'name router1',
    },
    alpha: { arguments: onOff, default: parent, meaning: 'Counts as failed until the session is up.' },
  }),
];
