// A director whose processes stand still: stopped, hung or killed. No test here depends on how fast the machine is.
import { jest } from '@jest/globals';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Network } from '../../namespaces.js';
import { requires } from '../../requires.js';
import { Director, instance, until } from './director.js';

const test = requires({ netns: true });
jest.setTimeout(90_000);

const VIP = '192.0.2.100';

let network: Network;
let directory: string;
let a: Director;
let b: Director;

beforeEach(() => {
  network = new Network();
  directory = mkdtempSync(join(tmpdir(), 'understudy-stall-'));
  chmodSync(directory, 0o755);
  const segment = network.segment();
  const [first, second] = ['a', 'b'].map((label, index) => {
    const namespace = network.namespace(label);
    network.plug(namespace, 'eth0', segment, [`192.0.2.${index + 1}/24`]);
    return new Director(namespace, directory);
  });
  a = first!;
  b = second!;
});

afterEach(async () => {
  await network.close();
  rmSync(directory, { recursive: true });
});

const holdsVip = (director: Director) => director.addresses().includes(VIP);

test('a VRRP worker that is stopped is killed, and its successor lets go of what is another’s by now', async () => {
  a.start(instance(150, [VIP], 'nopreempt'));
  await a.says('(VI_1) Entering MASTER STATE');
  b.start(instance(100, [VIP]));
  await b.says('Startup complete');
  const worker = a.pid('vrrp')!;
  process.kill(worker, 'SIGSTOP');
  await b.says('(VI_1) Entering MASTER STATE');
  await until(() => a.log.includes(`VRRP child process(${worker}) hangs: it is stopped`), a.log, 60_000);
  await until(() => a.pid('vrrp') !== worker && !holdsVip(a), 'the successor to let go');
  expect(holdsVip(b)).toBe(true);
});

describe('#understudy vip_lease', () => {
  const more = '#understudy vip_lease\nvirtual_ipaddress_excluded {\n2001:db8::100/64\n}';
  const leased = (priority: number) => instance(priority, [VIP], more).replace(/advert_int .*/, '');

  for (const signal of ['SIGSTOP', 'SIGKILL'] as const) {
    test(`all of a master gets ${signal}: the kernel lets go of its addresses before the backup takes them`, async () => {
      a.start(leased(150));
      b.start(leased(100));
      await a.says('(VI_1) Entering MASTER STATE');
      await b.says('Startup complete');
      const pids = [a.process.pid!, a.pid('vrrp')!];
      for (const pid of pids) process.kill(pid, signal);
      await until(() => holdsVip(b), 'the VIP on b');
      expect(a.addresses()).not.toContain(VIP);
      expect(a.addresses()).not.toContain('2001:db8::100');
      if (signal === 'SIGKILL') return;
      for (const pid of pids) process.kill(pid, 'SIGCONT');
      await until(() => holdsVip(a) && !holdsVip(b), 'the VIP back on a');
    });
  }

  test('a master that lives keeps its addresses for much longer than the lease', async () => {
    a.start(leased(150));
    await a.says('(VI_1) Entering MASTER STATE');
    const seen = { gone: false };
    const watch = setInterval(() => (seen.gone ||= !holdsVip(a)), 100);
    await until(() => a.namespace.ip('address', 'show', 'dev', 'eth0').includes('valid_lft'), 'a lease');
    await new Promise((resolve) => setTimeout(resolve, 8000));
    clearInterval(watch);
    expect(seen.gone).toBe(false);
    a.signal('SIGTERM');
    await a.ended();
    expect(holdsVip(a)).toBe(false);
  });
});
