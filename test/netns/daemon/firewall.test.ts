import { jest } from '@jest/globals';
import { type ChildProcess } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Namespace, Network } from '../../namespaces.js';
import { requires } from '../../requires.js';
import { Director, instance, until } from './director.js';

jest.setTimeout(40_000);

const VIP = '192.0.2.100';
const VIPS = [VIP, '192.0.2.101 dev eth1'];
const OTHERS = 'virtual_ipaddress_excluded {\n2001:db8::100\nfe80::99 dev eth1\n}';
/** Without what 2.4.3 has and Debian's 2.2.7 has not: one rule with its set, and the reports of MLD version 1. */
const sinceDebians = (rules: string): string =>
  rules
    .replace(/\tset (parent_link_local|mld-report) \{.*?\n\t\}\n\n/gs, '')
    .replace('@mld-report', 'mld2-listener-report')
    .replace(/.*@parent_link_local.*\n/, '');
const ruleset = (namespace: Namespace): string => namespace.run('nft', 'list', 'ruleset');

let network: Network;
let directory: string;
let a: Director;
let neighbour: Namespace;

beforeEach(() => {
  network = new Network();
  directory = mkdtempSync(join(tmpdir(), 'understudy-firewall-'));
  chmodSync(directory, 0o755);
  const segments = [network.segment(), network.segment()] as const;
  const namespace = network.namespace('a');
  network.plug(namespace, 'eth0', segments[0], ['192.0.2.1/24', '2001:db8::1/64']);
  network.plug(namespace, 'eth1', segments[1], ['198.51.100.1/24']);
  neighbour = network.namespace('n');
  network.plug(neighbour, 'eth0', segments[0], ['192.0.2.9/24', '2001:db8::9/64']);
  a = new Director(namespace, directory);
});

afterEach(async () => {
  await network.close();
  rmSync(directory, { recursive: true });
});

/** True if the address answers a ping. */
function answers(address: string): boolean {
  try {
    neighbour.run('ping', '-c1', '-W1', address);
    return true;
  } catch {
    return false;
  }
}

const isMaster = (): boolean => a.namespace.ip('address').includes(` ${VIP}/`);

/** keepalived's tables for the same file, on a machine of its own. */
async function keepalivedsRuleset(): Promise<string> {
  const segments = [network.segment(), network.segment()] as const;
  const namespace = network.namespace('k');
  network.plug(namespace, 'eth0', segments[0], ['192.0.2.1/24', '2001:db8::1/64']);
  network.plug(namespace, 'eth1', segments[1], ['198.51.100.1/24']);
  const keepalived: ChildProcess = namespace.spawn('keepalived', ['-n', ...a.args.slice(0, -1)], {
    stdio: 'ignore',
  });
  await until(() => ruleset(namespace).includes(VIP), 'keepalived to block the address');
  const rules = ruleset(namespace);
  keepalived.kill('SIGTERM');
  await until(() => keepalived.exitCode !== null, 'keepalived to stop');
  return rules;
}

describe('no_accept', () => {
  const named = 'nftables wall\nnftables_priority 5\nnftables_ifindex';
  for (const [name, body, globals] of [
    ['by default', 'no_accept', ''],
    ['with a table, a priority and indices', 'no_accept', named],
    ['on virtual MACs, whose reports leave by other interfaces', 'use_vmac\nno_accept', ''],
  ] as const) {
    requires({ netns: true, keepalived: true })(
      `${name}: the tables are those of keepalived, line by line`,
      async () => {
        const file = instance(150, VIPS, `${body}\n${OTHERS}`, `global_defs {\n${globals}\n}`);
        a.write(file);
        const expected = await keepalivedsRuleset();
        a.start();
        await until(isMaster, 'the VIP');
        expect(sinceDebians(ruleset(a.namespace))).toBe(sinceDebians(expected));
      },
    );
  }

  requires({ netns: true })(
    'the VIP answers nobody while it is held, and the tables go with it',
    async () => {
      a.start(instance(150, VIPS, `no_accept\n${OTHERS}`));
      await until(isMaster, 'the VIP');
      expect([answers('192.0.2.1'), answers(VIP), answers('2001:db8::100')]).toEqual([true, false, false]);
      a.write(instance(150, VIPS, `accept\n${OTHERS}`));
      a.signal('SIGHUP');
      await until(() => answers(VIP) && answers('2001:db8::100'), 'answers after a reload that accepts');
      expect(isMaster()).toBe(true);
      a.write(instance(150, VIPS, `no_accept\n${OTHERS}`));
      a.signal('SIGHUP');
      await until(() => ruleset(a.namespace).includes(VIP), 'rules after a reload that does not');
      expect(answers(VIP)).toBe(false);
      a.signal('SIGTERM');
      await a.ended();
      expect(ruleset(a.namespace)).toBe('');
    },
  );

  requires({ netns: true })('rules that somebody flushes come back', async () => {
    a.start(instance(150, VIPS, 'no_accept'));
    await until(isMaster, 'the VIP');
    const rules = ruleset(a.namespace);
    a.namespace.run('nft', 'flush', 'ruleset');
    await a.says('nftables table ip keepalived was deleted by somebody else: putting it back');
    expect(ruleset(a.namespace)).toBe(rules);
  });

  requires({ netns: true })('what a killed daemon left behind blocks nobody', async () => {
    a.start(instance(150, VIPS, 'no_accept'));
    await until(isMaster, 'the VIP');
    process.kill(a.pid('vrrp')!, 'SIGKILL');
    a.signal('SIGKILL');
    await a.ended();
    a.start(instance(150, VIPS, '', 'global_defs {\nnftables\n}'));
    await a.says('Deleting old ip keepalived table');
    await until(isMaster, 'the VIP');
    expect(answers(VIP)).toBe(true);
  });
});

requires({ netns: true })('nobody on the host hears the rehearsal at start', async () => {
  const counter = ['add', 'rule', 'ip', 'listen', 'in', 'ip', 'protocol'];
  a.namespace.run('nft', 'add', 'table', 'ip', 'listen');
  a.namespace.run('nft', 'add chain ip listen in { type filter hook input priority 0; }');
  for (const protocol of ['112', '253']) a.namespace.run('nft', ...counter, protocol, 'counter');
  a.start(instance(150, VIPS));
  await until(isMaster, 'the VIP');
  const counts = [...ruleset(a.namespace).matchAll(/protocol (\S+) counter packets (\d+)/g)].map(
    ([, protocol, packets]) => [protocol, Number(packets) > 0],
  );
  expect(counts).toEqual([
    ['vrrp', false],
    ['253', true],
  ]);
});
