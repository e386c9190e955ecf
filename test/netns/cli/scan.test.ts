import { jest } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { type Namespace, Network, type Segment } from '../../namespaces.js';
import { requires } from '../../requires.js';

jest.setTimeout(40_000);

const MAIN = resolve('dist/cli/main.js');

let network: Network;
let directory: string;
let here: Namespace;

beforeEach(() => {
  network = new Network();
  directory = mkdtempSync(join(tmpdir(), 'understudy-scan-'));
});

afterEach(async () => {
  await network.close();
  rmSync(directory, { recursive: true });
});

function scan(...args: readonly string[]): { status: number | null; stdout: string; stderr: string } {
  const words = ['netns', 'exec', here.name, process.execPath, MAIN, 'scan', ...args];
  return spawnSync('ip', words, { encoding: 'utf8' });
}

/** keepalived, master at once, as somebody else configured it. */
function speak(label: string, address: string, segment: Segment, body: string, globals = ''): string {
  const namespace = network.namespace(label);
  const { mac } = network.plug(namespace, 'eth0', segment, [`${address}/24`]);
  const file = (name: string) => join(directory, `${label}.${name}`);
  const text = `${globals}\nvrrp_instance VI_1 {\nstate MASTER\ninterface eth0\npriority 255\n${body}\n}\n`;
  writeFileSync(file('conf'), text);
  const pids = ['-p', file('pid'), '-r', file('vrrp')];
  namespace.spawn('keepalived', ['-n', '-f', file('conf'), ...pids], { stdio: 'ignore' });
  return mac;
}

describe('understudy scan', () => {
  requires({ netns: true, keepalived: true })('lists keepalived’s adverts and marks what conflicts', () => {
    const segment = network.segment();
    here = network.namespace('here');
    network.plug(here, 'eth0', segment, ['192.0.2.9/24']);
    const vip = 'virtual_ipaddress {\n192.0.2.100\n}';
    const password = 'authentication {\nauth_type PASS\nauth_pass secret\n}';
    const macs = [
      speak('a', '192.0.2.1', segment, `virtual_router_id 51\n${password}\n${vip}`),
      // In a group of its own, or one would silence the other: keepalived waits when it hears what it cannot believe.
      speak(
        'b',
        '192.0.2.2',
        segment,
        `virtual_router_id 51\nversion 3\nadvert_int 0.5\n${vip}`,
        'global_defs {\nvrrp_mcast_group4 224.0.0.20\n}',
      ),
      speak('c', '192.0.2.3', segment, `virtual_router_id 52\n${vip}`),
    ];
    const { status, stdout } = scan('eth0', '--seconds', '4', '--json');
    const { speakers, conflicts } = JSON.parse(stdout) as {
      speakers: readonly Record<string, unknown>[];
      conflicts: unknown;
    };
    const common = { family: 'ipv4', priority: 255, addresses: ['192.0.2.100'], ttl: 255, local: false };
    expect(speakers).toMatchObject([
      { ...common, vrid: 51, version: 2, authentication: 'PASS', source: '192.0.2.1', mac: macs[0] },
      { ...common, vrid: 51, version: 3, advertIntervalS: 0.5, source: '192.0.2.2', mac: macs[1] },
      { ...common, vrid: 52, version: 2, authentication: 'none', source: '192.0.2.3', mac: macs[2] },
    ]);
    expect(conflicts).toEqual([
      {
        vrid: 51,
        family: 'ipv4',
        sources: ['192.0.2.1', '192.0.2.2'],
        reason: 'VRRP version 2 and 3',
        freeVrid: 53,
      },
    ]);
    expect(status).toBe(1);
  });

  requires({ netns: true })('hears nobody, and says what it cannot do', () => {
    here = network.namespace('here');
    network.plug(here, 'eth0', network.segment(), ['192.0.2.9/24']);
    expect(scan('eth0', '--seconds', '0.2')).toMatchObject({
      status: 0,
      stdout: 'Nobody spoke VRRP on eth0 within 0.2 s.\n',
    });
    expect(scan('eth9')).toMatchObject({
      status: 2,
      stderr: 'understudy: there is no interface eth9; is it eth0?\n',
    });
    here.ip('link', 'set', 'eth0', 'down');
    expect(scan('eth0')).toMatchObject({ status: 2, stderr: 'understudy: eth0 is down\n' });
    here.ip('link', 'set', 'eth0', 'up');
    for (const wrong of [[], ['eth0', '--seconds', 'x'], ['eth0', '--no-such-option']]) {
      expect(scan(...wrong)).toMatchObject({ status: 2, stdout: '' });
    }
    const powerless = ['setpriv', '--bounding-set', '-net_raw', '--inh-caps', '-net_raw'];
    const words = ['netns', 'exec', here.name, ...powerless, process.execPath, MAIN, 'scan', 'eth0'];
    const { status, stderr } = spawnSync('ip', words, { encoding: 'utf8' });
    expect([status, stderr]).toEqual([2, expect.stringContaining('needs CAP_NET_RAW')]);
  });
});
