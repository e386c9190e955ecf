// Settings of global_defs that show outside VRRP: sockets, files, scripts, the log.
import { jest } from '@jest/globals';
import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { Network } from '../../namespaces.js';
import { requires } from '../../requires.js';
import { Director, instance, until } from './director.js';

const test = requires({ netns: true });
jest.setTimeout(60_000);

let network: Network;
let directory: string;
let a: Director;

beforeEach(() => {
  network = new Network();
  directory = mkdtempSync(join(tmpdir(), 'understudy-settings-'));
  chmodSync(directory, 0o755);
  const namespace = network.namespace('a');
  network.plug(namespace, 'eth0', network.segment(), ['192.0.2.1/24']);
  a = new Director(namespace, directory);
});

afterEach(async () => {
  await network.close();
  rmSync(directory, { recursive: true });
});

const globals = (lines: string): string => `global_defs {\n${lines}\n}\n`;

/** Receive buffers of all sockets in the namespace that speak rtnetlink, the kernel's left out; smallest first. */
function netlinkBuffers(): readonly number[] {
  const lines = a.namespace.run('ss', '-f', 'netlink', '-m', '-n').matchAll(/\s0:(-?[1-9]\d*)\s.*\brb(\d+)/g);
  // Who listens to groups is listed twice.
  const byPort = new Map([...lines].map(([, port, bytes]) => [port, Number(bytes)]));
  return [...byPort.values()].sort((x, y) => x - y);
}

test('vrrp_netlink_*_rcv_bufs widen the buffers, a reload too, and never make them less than ours', async () => {
  a.start(
    instance(
      100,
      ['192.0.2.100'],
      '',
      globals('vrrp_netlink_cmd_rcv_bufs 3000000\nvrrp_netlink_cmd_rcv_bufs_force'),
    ),
  );
  await a.says('(VI_1) Entering MASTER STATE');
  await a.says('Startup complete');
  expect(netlinkBuffers()).toEqual([4_194_304, 6_000_000]);
  const more =
    'vrrp_netlink_monitor_rcv_bufs 5000000\nvrrp_netlink_monitor_rcv_bufs_force\nvrrp_netlink_cmd_rcv_bufs 4096';
  a.write(instance(100, ['192.0.2.100'], '', globals(more)));
  a.signal('SIGHUP');
  await a.says('Reload completed');
  expect(netlinkBuffers()).toEqual([2_097_152, 10_000_000]);
});

test('debug has the log say of one instance what -D has it say of all', async () => {
  const quiet = `vrrp_instance VI_2 {\ninterface eth0\nvirtual_router_id 52\nvirtual_ipaddress {\n192.0.2.102\n}\n}\n`;
  a.start(instance(100, ['192.0.2.100'], 'debug 1', quiet), [], '-nl');
  await a.says('(VI_1) Sending/queueing gratuitous ARPs on eth0 for 192.0.2.100');
  await a.says('(VI_2) Entering MASTER STATE');
  a.signal('SIGTERM');
  await a.ended();
  expect(a.log).toContain('(VI_1) sent 0 priority');
  expect(a.log).not.toContain('(VI_2) sent 0 priority');
});

test('reload_time_file, reload_file, reload_check_config and config_save_dir around a reload', async () => {
  const [timeFile, hold, checkLog, saved] = ['at', 'hold', 'check.log', 'saved'].map((name) =>
    join(directory, name),
  );
  const lines = [
    `reload_time_file ${timeFile}`,
    `reload_file ${hold}`,
    `reload_check_config ${checkLog}`,
    `config_save_dir ${saved}`,
  ].join('\n');
  a.start(instance(100, ['192.0.2.100'], '', globals(lines)));
  await a.says('(VI_1) Entering MASTER STATE');
  // What would be a warning and a line less is no reload at all.
  a.write(instance(100, ['192.0.2.100'], 'no_such_word', globals(lines)));
  a.signal('SIGHUP');
  await a.says(`New config failed validation, see ${checkLog} for details`);
  expect(readFileSync(checkLog!, 'utf8')).toContain('no_such_word');
  a.write(instance(100, ['192.0.2.101'], '', globals(lines)));
  writeFileSync(timeFile!, `${new Date(Date.now() + 3000).toISOString().slice(0, 19).replace('T', ' ')}Z\n`);
  await a.says('Scheduling reload for ');
  await a.says('Reload completed');
  await until(() => a.addresses().includes('192.0.2.101'), 'the new address');
  expect([timeFile, hold].map((path) => existsSync(path!))).toEqual([false, false]);
  const copies = readdirSync(saved!).sort();
  expect(copies).toEqual([0, 1].map((number) => `keepalived.conf.${a.process.pid}.${number}`));
  expect(copies.map((name) => /192\.0\.2\.10\d/.exec(readFileSync(join(saved!, name), 'utf8'))?.[0])).toEqual(
    ['192.0.2.100', '192.0.2.101'],
  );
});

test('scripts are executed by their real path, with use_symlink_paths by the one given, with their groups', async () => {
  const [script, out] = [join(directory, 'real.sh'), join(directory, 'out')];
  writeFileSync(script, `#!/bin/sh\necho "$0 $(id -G | tr ' ' ,)" >>${out}\n`, { mode: 0o755 });
  writeFileSync(out, '');
  chmodSync(out, 0o666);
  const link = join(dirname(script), 'link.sh');
  a.namespace.run('ln', '-s', script, link);
  const told = (count: number): Promise<void> =>
    until(() => readFileSync(out, 'utf8').split('\n').length > count, 'the script');
  const notify = `notify_master ${link} games`;
  a.start(instance(100, ['192.0.2.100'], notify));
  await told(1);
  a.signal('SIGTERM');
  await a.ended();
  a.start(instance(100, ['192.0.2.100'], notify, globals('use_symlink_paths\nset_supplementary_groups')));
  await told(2);
  const group = a.namespace.run('id', '-g', 'games').trim();
  const all = a.namespace.run('id', '-G', 'games').trim().split(' ').join(',');
  expect(readFileSync(out, 'utf8')).toBe(`${script} ${group}\n${link} ${all}\n`);
});
