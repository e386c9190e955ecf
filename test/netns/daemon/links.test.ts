// VMACs and the state of links, on this machine's kernel.
import { jest } from '@jest/globals';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Network, type Segment } from '../../namespaces.js';
import { requires } from '../../requires.js';
import { Director, instance, until } from './director.js';

const test = requires({ netns: true });
jest.setTimeout(40_000);

const VIP = '192.0.2.100';

let network: Network;
let directory: string;
let segment: Segment;
let port: string;
let director: Director;

beforeEach(() => {
  network = new Network();
  directory = mkdtempSync(join(tmpdir(), 'understudy-links-'));
  chmodSync(directory, 0o755);
  segment = network.segment();
  const namespace = network.namespace('a');
  ({ port } = network.plug(namespace, 'eth0', segment, ['192.0.2.1/24']));
  director = new Director(namespace, directory);
});

afterEach(async () => {
  await network.close();
  rmSync(directory, { recursive: true });
});

interface ShownLink {
  readonly ifname: string;
  readonly ifindex: number;
  readonly link?: string;
  readonly address: string;
  readonly flags: readonly string[];
  readonly linkinfo?: { readonly info_data?: { readonly mode?: string } };
  readonly inet6_addr_gen_mode?: string;
}

const links = (): readonly ShownLink[] =>
  JSON.parse(director.namespace.ip('-d', '-j', 'link', 'show')) as ShownLink[];

const link = (name: string): ShownLink | undefined => links().find(({ ifname }) => ifname === name);

const setting = (name: string, key: string): number =>
  Number(director.namespace.run('cat', `/proc/sys/net/ipv4/conf/${name}/${key}`));

/** Of the interfaces that tell what was changed for a VMAC. */
const settings = (name: string): readonly number[] =>
  ['arp_ignore', 'arp_filter', 'rp_filter', 'accept_local', 'promote_secondaries'].map((key) =>
    setting(name, key),
  );

const holdsVip = (name: string): boolean =>
  link(name) !== undefined && director.addresses(name).includes(VIP);

async function masterWith(more: string, before = '', priority = 150): Promise<void> {
  director.start(instance(priority, [`${VIP}/24`], more, before));
  await director.says('(VI_1) Entering MASTER STATE');
}

describe('a VMAC', () => {
  test('is what keepalived would make, holds the address, and leaves nothing behind', async () => {
    director.namespace.sysctl('net.ipv4.conf.all.rp_filter', 2);
    const before = settings('eth0');
    await masterWith('use_vmac');
    await until(() => holdsVip('vrrp.51'), 'the VIP on the VMAC');
    expect(link('vrrp.51')).toMatchObject({
      link: 'eth0',
      address: '00:00:5e:00:01:33',
      linkinfo: { info_data: { mode: 'private' } },
      inet6_addr_gen_mode: 'none',
    });
    expect(settings('vrrp.51')).toEqual([1, 0, 0, 1, 1]);
    expect(settings('eth0')).toEqual([1, 1, 2, 0, 0]);
    expect([setting('all', 'rp_filter'), setting('lo', 'rp_filter')]).toEqual([0, 2]);
    director.signal('SIGTERM');
    expect(await director.ended()).toBe(0);
    expect(links().map(({ ifname }) => ifname)).toEqual(['lo', 'eth0']);
    expect(settings('eth0')).toEqual(before);
    expect([setting('all', 'rp_filter'), setting('lo', 'rp_filter')]).toEqual([2, 0]);
  });

  test('is adopted when the worker has died, with the address on it', async () => {
    await masterWith('use_vmac');
    await until(() => holdsVip('vrrp.51'), 'the VIP on the VMAC');
    const index = link('vrrp.51')?.ifindex;
    process.kill(director.pid('vrrp')!, 'SIGKILL');
    await director.says('(VI_1) Found matching interface vrrp.51');
    await director.says('(VI_1) Entering MASTER STATE', 2);
    expect(link('vrrp.51')?.ifindex).toBe(index);
    expect(holdsVip('vrrp.51')).toBe(true);
  });

  test('comes back with what it lies on, and the instance with it', async () => {
    await masterWith('use_vmac', 'global_defs {\n dynamic_interfaces\n}\n');
    await until(() => holdsVip('vrrp.51'), 'the VIP on the VMAC');
    const index = link('eth0')?.ifindex;
    director.namespace.ip('link', 'del', 'eth0');
    await director.says('(VI_1) Entering FAULT STATE');
    expect(link('vrrp.51')).toBeUndefined();
    network.plug(director.namespace, 'eth0', segment, ['192.0.2.1/24']);
    await director.says('(VI_1) Entering MASTER STATE', 2);
    await until(() => holdsVip('vrrp.51'), 'the VIP on the new VMAC');
    expect(link('eth0')?.ifindex).not.toBe(index);
    expect(settings('eth0').slice(0, 2)).toEqual([1, 1]);
  });

  test('that somebody deletes is made again', async () => {
    await masterWith('use_vmac');
    director.namespace.ip('link', 'del', 'vrrp.51');
    await director.says('(VI_1) Entering MASTER STATE', 2);
    await until(() => holdsVip('vrrp.51'), 'the VIP on the new VMAC');
  });

  test('comes and goes with a reload', async () => {
    await masterWith('');
    await until(() => holdsVip('eth0'), 'the VIP on eth0');
    const reload = (more: string): void => {
      director.write(instance(150, [`${VIP}/24`], more));
      director.signal('SIGHUP');
    };
    reload('use_vmac');
    await until(() => holdsVip('vrrp.51') && !holdsVip('eth0'), 'the VIP on the VMAC');
    reload('');
    await until(() => holdsVip('eth0') && link('vrrp.51') === undefined, 'the VIP back on eth0');
    expect(settings('eth0').slice(0, 2)).toEqual([0, 0]);
  });
});

describe('a VMAC under another name', () => {
  test('after a reload is up and has the address: the one before it, of the same MAC address, is gone first', async () => {
    await masterWith('use_vmac one');
    await until(() => holdsVip('one'), 'the VIP on the VMAC');
    director.write(instance(150, [`${VIP}/24`], 'use_vmac two'));
    director.signal('SIGHUP');
    await until(() => holdsVip('two') && link('one') === undefined, 'the VIP on the other VMAC');
    expect(link('two')?.flags).toContain('UP');
  });
});

describe('the state of a link', () => {
  test('is asked for, where told: a cable that is pulled is noticed', async () => {
    await masterWith('', 'linkbeat_interfaces {\n eth0 ETHTOOL\n}\n');
    network.switch.ip('link', 'set', port, 'down');
    await director.says('Linkbeat reports eth0 down');
    await director.says('(VI_1) Entering FAULT STATE');
    network.switch.ip('link', 'set', port, 'up');
    await director.says('Linkbeat reports eth0 up');
    await director.says('(VI_1) Entering MASTER STATE', 2);
    expect(director.log).not.toContain('Netlink reports eth0');
  });

  test('counts when it has lasted: a master with a delay stays master through a flicker', async () => {
    // 100 adverts of 0.1 s allow a delay of 9.9 s; the owner of the address does not wait for them.
    await masterWith('down_timer_adverts 100', 'interface_up_down_delays {\n eth0 9 9\n}\n', 255);
    network.switch.ip('link', 'set', port, 'down');
    await director.says('eth0: Adding flags change from');
    network.switch.ip('link', 'set', port, 'up');
    await director.says('Delay timer for eth0 cancelled');
    expect(director.log).not.toContain('FAULT');
    expect(holdsVip('eth0')).toBe(true);
  });
});
