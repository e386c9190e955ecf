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
