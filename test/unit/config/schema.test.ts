import { readFileSync } from 'node:fs';
import { type Argument, findKeyword, type Keyword, keywords, type Problem, syntaxOf } from '#config/index.js';
import { readInPlace } from './keyword-context.js';

const listed = readFileSync(new URL('../../../../test/fixtures/keywords.txt', import.meta.url), 'utf8')
  .split('\n')
  .filter((line) => line !== '' && !line.startsWith('#'));

describe('the schema', () => {
  test('has an entry for every keyword that keepalived 2.4.3 accepts, and for no other', () => {
    const theirs = keywords.filter(({ ours }) => ours !== true);
    expect(theirs.map(({ path }) => path).sort()).toEqual([...listed].sort());
  });

  test('names each path once', () => {
    expect(new Set(keywords.map(({ path }) => path)).size).toBe(keywords.length);
  });

  test('is plain data', () => {
    expect(JSON.parse(JSON.stringify(keywords))).toEqual(keywords);
  });

  test('says of every other spelling what it is the same as', () => {
    for (const { sameAs } of keywords) if (sameAs !== undefined) expect(findKeyword(sameAs)).toBeDefined();
  });

  test('gives a one-line meaning to each, and an example to each that takes words', () => {
    for (const keyword of keywords) {
      expect(keyword.meaning).toMatch(/^\S.*\.$/);
      const takesWords = keyword.arguments.some((argument) => argument.kind !== 'switch');
      if (takesWords || keyword.block) expect(`${keyword.path}: ${keyword.example ?? ''}`).toMatch(/: ./);
      expect(syntaxOf(keyword)).toContain(keyword.path.slice(keyword.path.lastIndexOf('/') + 1));
    }
  });
});

/** A statement with a value that is fine: its example, or the keyword alone. */
const validOf = (keyword: Keyword): string =>
  keyword.example ?? keyword.path.slice(keyword.path.lastIndexOf('/') + 1);

describe.each(keywords.map((keyword) => [keyword.path, keyword] as const))('%s', (path, keyword) => {
  test('takes a valid value', () => {
    const { problems } = readInPlace(path, validOf(keyword));
    expect(errors(problems)).toEqual([]);
  });

  test('names what is wrong with an invalid one', () => {
    const { problems, line, end } = readInPlace(path, invalidOf(keyword));
    const there = problems.filter(
      ({ span, severity }) => severity !== 'note' && span && span.line >= line && span.line <= end,
    );
    expect(there.map(({ text }) => text)).not.toEqual([]);
  });
});

/** Errors of a statement, without those of its own deprecation. */
const errors = (problems: readonly Problem[]): readonly string[] =>
  problems
    .filter(({ severity }) => severity === 'error')
    .map(({ code, text, span }) => `${code} in line ${span?.line ?? 0}: ${text}`);

/** Statements with a syntax of their own, each with a mistake. */
const mistakes: Readonly<Record<string, string>> = {
  umask: 'umask IRWXQ',
  include_check: 'include_check nothing',
  lvs_timeouts: 'lvs_timeouts tcp never',
  lvs_sync_daemon: 'lvs_sync_daemon eth0 inst VI_1 id 256',
  vrrp_garp_extra_if: 'vrrp_garp_extra_if all',
  vrrp_vmac_garp_intvl: 'vrrp_vmac_garp_intvl never',
  vrrp_iptables: 'vrrp_iptables one one',
  vrrp_ipsets: 'vrrp_ipsets {\n}',
  vrrp_rx_bufs_policy: 'vrrp_rx_bufs_policy most',
  use_vmac: 'use_vmac 01:00:00:00:00:00',
  use_ipvlan: 'use_ipvlan name-that-is-too-long',
  garp_extra_if: 'garp_extra_if all',
  vmac_garp_intvl: 'vmac_garp_intvl never',
  init_file: 'init_file nothing',
  virtual_server: 'virtual_server nowhere 80 {\n}',
  lb_kind: 'lb_kind nat',
  lvs_method: 'lvs_method TUN type gue',
  sorry_server_lvs_method: 'sorry_server_lvs_method tun',
  persistence_granularity: 'persistence_granularity 24',
  status_code: 'status_code 99',
  regex: 'regex one two',
  virtual_ipaddress: 'virtual_ipaddress {\n192.0.2.300\n}',
  virtual_ipaddress_excluded: 'virtual_ipaddress_excluded {\n192.0.2.1 brd nowhere\n}',
  unicast_peer: 'unicast_peer {\n192.0.2.300\n}',
  track_interface: 'track_interface {\neth1 weight 300\n}',
  track_script: 'track_script {\nchk_nothing\n}',
  track_file: 'track_file {\nnothing\n}',
  track_process: 'track_process {\nnothing\n}',
  track_bfd: 'track_bfd {\nnothing\n}',
  virtual_routes: 'virtual_routes {\n198.51.100.0/24 via nowhere\n}',
  virtual_rules: 'virtual_rules {\nfrom 192.0.2.0/24 priority 5\n}',
  static_ipaddress: 'static_ipaddress {\n192.0.2.300 dev eth0\n}',
  static_routes: 'static_routes {\nvia 192.0.2.254\n}',
  static_rules: 'static_rules {\nfrom nowhere table 100 priority 5\n}',
  linkbeat_interfaces: 'linkbeat_interfaces {\neth0 NOTHING\n}',
  interface_up_down_delays: 'interface_up_down_delays {\neth0 256\n}',
  interfaces: 'interfaces {\neth9\n}',
  group: 'group {\n}',
  notification_email: 'notification_email {\n}',
  virtual_server_group: 'virtual_server_group web {\nnowhere 80\n}',
  'auth_hmac/key': 'key 1 short',
  smtp_server: 'smtp_server no.such.host',
};

/** A statement that breaks the keyword's own rules. */
function invalidOf(keyword: Keyword): string {
  const name = keyword.path.slice(keyword.path.lastIndexOf('/') + 1);
  const isChecker = /(FILE|BFD)_CHECK\/(track_file|name)$/.test(keyword.path);
  const isTop = keyword.path === 'track_file';
  const own = Object.entries(mistakes).find(
    ([path]) => keyword.path === path || keyword.path.endsWith(`/${path}`),
  );
  if (own && !isChecker && !isTop) return own[1];
  if (isChecker) return `${name} nothing`;
  if (keyword.block === 'block') return name;
  const words = keyword.arguments.map(wrongWord);
  const wrong = words.find((word) => word !== undefined);
  if (wrong !== undefined) return `${keyword.ours ? '#understudy ' : ''}${name} ${wrong}`;
  // Anything goes as its value: then it lacks one, or has a block that it cannot have.
  return keyword.arguments.some((argument) => !argument.optional) ? name : `${name} {\n}`;
}

function wrongWord(argument: Argument): string | undefined {
  switch (argument.kind) {
    case 'integer':
      return argument.max < Number.MAX_SAFE_INTEGER ? String(argument.max + 1) : 'many';
    case 'duration':
      return 'never';
    case 'switch':
      return 'maybe';
    case 'choice':
      return 'nonsense';
    case 'address':
      return '192.0.2.300';
    case 'interface':
      return 'name-that-is-too-long';
    case 'hex':
      return 'zz';
    case 'user':
      return argument.optional ? undefined : 'nosuchuser';
    case 'word':
      return argument.maxBytes === undefined ? undefined : 'x'.repeat(argument.maxBytes + 1);
    default:
      return undefined;
  }
}
