import { parseIpAddress, type IpAddress } from '#base/address.js';
import { lint, lintPair, type LintHost, type LintSubject } from '#config/lint/index.js';
import { evaluate } from '#config/passes/index.js';
import { lintProblemCodes } from '#config/problem-codes-lint.js';
import { type Problem } from '#config/problem.js';
import { readTree } from '#config/source.js';
import { fakeHost, type FakeMachine } from './host.js';

const FILE = '/etc/keepalived/keepalived.conf';
const ip = (text: string): IpAddress => parseIpAddress(text)!;

function subject(text: string, world: Partial<LintHost> = {}, machine: FakeMachine = {}): LintSubject {
  const host = fakeHost({ ...machine, files: { ...machine.files, [FILE]: text } });
  const tree = readTree(host, FILE, { instance: 'director1', seed: 0 });
  const { configuration } = evaluate(tree, host);
  expect(configuration).toBeDefined();
  const silent: LintHost = {
    subnets: () => undefined,
    marks: () => undefined,
    permissions: (path) => host.permissions(path),
  };
  return { tree, configuration: configuration!, host: { ...silent, ...world } };
}

const told = (problems: readonly Problem[]): string[] =>
  problems.map(({ code, span }) => `${code} ${span?.line ?? '-'}`);

const instance = (name: string, vrid: number, rest: string): string =>
  `vrrp_instance ${name} {\ninterface eth0\nvirtual_router_id ${vrid}\n${rest}\n}\n`;
const vips = (...addresses: string[]): string => `virtual_ipaddress {\n${addresses.join('\n')}\n}`;

describe('rules over one file', () => {
  test('an ordinary file is left in peace', () => {
    expect(lint(subject(instance('A', 51, vips('192.0.2.1/24'))))).toEqual([]);
  });

  test('vip-in-two-places names both instances, and where the first one has it', () => {
    const text =
      instance('A', 51, vips('192.0.2.1/24')) + instance('B', 52, vips('192.0.2.9', '192.0.2.1/24'));
    const problems = lint(subject(text));
    expect(told(problems)).toEqual(['vip-in-two-places 13']);
    expect(problems[0]?.text).toBe('192.0.2.1 also belongs to vrrp_instance A');
    expect(problems[0]?.notes?.[0]?.span?.line).toBe(5);
  });

  test('vip-in-two-places knows static_ipaddress, and lets link-local addresses repeat per interface', () => {
    const text =
      'static_ipaddress {\n192.0.2.1/24 dev eth0\n}\n' +
      instance('A', 51, vips('192.0.2.1/24')) +
      instance('B', 52, vips('fe80::1', '2001:db8::1')) +
      `vrrp_instance C {\ninterface eth1\nvirtual_router_id 53\n${vips('fe80::1', '2001:db8::2')}\n}\n`;
    expect(told(lint(subject(text)))).toEqual(['vip-in-two-places 8']);
  });

  const near = (...subnets: [string, number][]): Partial<LintHost> => ({
    subnets: () => subnets.map(([address, length]) => ({ interface: 'eth0', address: ip(address), length })),
  });

  test('vip-outside-subnets: no subnet of the interface holds it', () => {
    const text = instance('A', 51, vips('192.0.2.1/24', '203.0.113.1/32'));
    expect(told(lint(subject(text, near(['192.0.2.11', 24]))))).toEqual(['vip-outside-subnets 6']);
  });

  test('vip-outside-subnets: a VIP that is installed now does not vouch for itself', () => {
    const text = instance('A', 51, vips('203.0.113.1/32'));
    const world = near(['192.0.2.11', 24], ['203.0.113.1', 32]);
    expect(told(lint(subject(text, world)))).toEqual(['vip-outside-subnets 5']);
  });

  const pool = (head: string, delayLoop: number, timeout: number): string =>
    `virtual_server ${head} {\ndelay_loop ${delayLoop}\nlb_algo rr\nlb_kind NAT\n` +
    `real_server 192.0.2.21 80 {\nTCP_CHECK {\nconnect_timeout ${timeout}\n}\n}\n}\n`;

  test('checker-slower-than-loop compares one try with the loop', () => {
    expect(told(lint(subject(pool('192.0.2.1 80', 2, 5))))).toEqual(['checker-slower-than-loop 1']);
    expect(told(lint(subject(pool('192.0.2.1 80', 5, 5))))).toEqual([]);
  });

  test('fwmark-never-set asks the firewall, and is silent where there is none to ask', () => {
    const text = pool('fwmark 5', 6, 3);
    expect(told(lint(subject(text, { marks: () => new Set([7]) })))).toEqual(['fwmark-never-set 1']);
    expect(told(lint(subject(text, { marks: () => new Set([5]) })))).toEqual([]);
    expect(told(lint(subject(text)))).toEqual([]);
  });

  test('script-writable-by-others names the component', () => {
    const text =
      'vrrp_script s {\nscript /opt/check.sh\n}\n' +
      instance('A', 51, 'track_script {\ns\n}\n' + vips('192.0.2.1'));
    const files = { '/opt/check.sh': { text: '', mode: 0o775 } };
    const problems = lint(subject(text, {}, { files }));
    expect(told(problems)).toEqual(['script-writable-by-others 2']);
    expect(problems[0]?.text).toContain('it is writable');
    const safe = { '/opt/check.sh': { text: '', mode: 0o755 } };
    expect(told(lint(subject(text, {}, { files: safe })))).toEqual([]);
  });
});

describe('rules over a pair', () => {
  const pair = (a: string, b: string): readonly Problem[] => lintPair(subject(a), subject(b), 'b.conf');
  const one = (rest: string, vrid = 51): string => instance('VI', vrid, `${rest}\n${vips('192.0.2.1')}`);

  test('a pair that differs in priority only is left in peace', () => {
    expect(pair(one('priority 150'), one('priority 100'))).toEqual([]);
  });

  test.each([
    ['advert_int 1', 'advert_int 2', 'pair-differs 4'],
    ['version 2', 'version 3', 'pair-differs 4'],
    [
      'authentication {\nauth_type PASS\nauth_pass one\n}',
      'authentication {\nauth_type PASS\nauth_pass two\n}',
      'pair-differs 4',
    ],
  ])('what must agree: %j against %j', (mine, other, expected) => {
    expect(told(pair(one(`${mine}\npriority 150`), one(`${other}\npriority 100`)))).toContain(expected);
  });

  test('version 3 learns the interval of the master, so it may differ', () => {
    const text = (interval: number, priority: number): string =>
      one(`version 3\nadvert_int ${interval}\npriority ${priority}`);
    expect(pair(text(1, 150), text(2, 100))).toEqual([]);
  });

  test('another virtual_router_id under the same name', () => {
    expect(told(pair(one('priority 150', 51), one('priority 100', 52)))).toEqual(['pair-differs 3']);
  });

  test('an instance without a partner, on either side', () => {
    const both = one('priority 150') + instance('OTHER', 60, vips('192.0.2.7'));
    expect(told(pair(both, one('priority 100')))).toEqual(['pair-instance-alone 9']);
    expect(told(pair(one('priority 100'), both))).toEqual(['pair-instance-alone 9']);
  });

  test('addresses that only one of them holds', () => {
    const a = instance('VI', 51, `priority 150\n${vips('192.0.2.1', '192.0.2.2')}`);
    const problems = pair(a, one('priority 100'));
    expect(problems.map(({ text }) => text)).toEqual([
      'virtual_ipaddress of VI differs: 192.0.2.2 only here',
    ]);
  });

  test('equal priorities are noted', () => {
    expect(told(pair(one('priority 100'), one('priority 100')))).toEqual(['pair-same-priority 4']);
  });

  test('tracking that cannot reach the other priority', () => {
    const tracked = (weight: number): string =>
      one(`priority 150\ntrack_interface {\neth1 weight ${weight}\n}`);
    expect(told(pair(tracked(-20), one('priority 100')))).toEqual(['pair-tracking-too-weak 4']);
    expect(told(pair(tracked(-60), one('priority 100')))).toEqual([]);
    // Without a weight the failure is a fault, which always moves the VIP.
    expect(told(pair(one('priority 150\ntrack_interface {\neth1\n}'), one('priority 100')))).toEqual([]);
    // A file may hold any number.
    const file = 'track_file load {\nfile /etc/keepalived/load\n}\n';
    const filed = one('priority 150\ntrack_interface {\neth1 weight -20\n}\ntrack_file {\nload\n}');
    expect(told(pair(file + filed, one('priority 100'))).filter((code) => code.startsWith('pair'))).toEqual(
      [],
    );
  });

  test('a unicast partner that is no peer', () => {
    const unicast = (source: string, peer: string, priority: number): string =>
      one(`unicast_src_ip ${source}\nunicast_peer {\n${peer}\n}\npriority ${priority}`);
    const a = unicast('192.0.2.11', '192.0.2.13', 150);
    expect(told(pair(a, unicast('192.0.2.12', '192.0.2.11', 100)))).toEqual(['pair-peer-missing 5']);
  });

  test('sync groups that hold different instances', () => {
    const two = instance('A', 51, vips('192.0.2.1')) + instance('B', 52, vips('192.0.2.2'));
    const grouped = (...names: string[]): string =>
      `${two}vrrp_sync_group G {\ngroup {\n${names.join('\n')}\n}\n}\n`;
    expect(told(pair(grouped('A', 'B'), two)).filter((line) => line.startsWith('pair-groups'))).toEqual([
      'pair-groups-differ 15',
    ]);
  });

  test('pools with other real servers', () => {
    const withServer = (address: string): string =>
      `virtual_server 192.0.2.1 80 {\nlb_algo rr\nlb_kind NAT\nreal_server ${address} 80 {\n}\n}\n`;
    expect(told(pair(withServer('192.0.2.21'), withServer('192.0.2.22')))).toEqual(['pair-pools-differ -']);
  });
});

test('every code of lint has an explanation', () => {
  expect(new Set(lintProblemCodes.map(({ code }) => code)).size).toBe(lintProblemCodes.length);
  for (const { explanation, example } of lintProblemCodes) expect([explanation, example]).not.toContain('');
});
