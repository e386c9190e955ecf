// What operators and addresses do to pools while the daemon runs: without IPVS, which this needs a lab for.
import { jest } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { Network } from '../../namespaces.js';
import { requires } from '../../requires.js';
import { Director, instance, until } from './director.js';

const test = requires({ netns: true });
jest.setTimeout(120_000);

const MAIN = resolve('dist/cli/main.js');
const VIP = '192.0.2.100';
const VS = `[${VIP}]:tcp:80`;
const RS = '[192.0.2.2]:tcp:80';

let network: Network;
let directory: string;
let director: Director;

beforeEach(() => {
  network = new Network();
  directory = mkdtempSync(join(tmpdir(), 'understudy-pools-'));
  const segment = network.segment();
  const namespace = network.namespace('a');
  network.plug(namespace, 'eth0', segment, ['192.0.2.1/24']);
  director = new Director(namespace, directory);
});

afterEach(async () => {
  await network.close();
  rmSync(directory, { recursive: true });
});

/** Nobody listens at the real servers; the first check comes after a second. */
const pool = (more: string): string => `
virtual_server ${VIP} 80 {
  delay_loop 1
  lb_algo rr
  lb_kind DR
  protocol TCP
  ${more}
  real_server 192.0.2.2 80 {
    weight 7
    TCP_CHECK {
      warmup 0
      connect_timeout 1
      retry 0
    }
  }
}
`;

const socket = (): string => join(dirname(director.pidFiles.main), 'main.sock');

function understudy(...words: string[]): { status: number | null; text: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, [MAIN, ...words, '--socket', socket()], {
    encoding: 'utf8',
  });
  return { status, text: stdout + stderr };
}

test('an order stands over a reload and over the death of the worker, until it is taken back', async () => {
  director.start(pool(''));
  await director.says('Startup complete');
  await until(() => existsSync(socket()), 'the control socket');
  expect(understudy('drain', `${VIP}:80`, '192.0.2.2:80')).toEqual({
    status: 0,
    text: `${RS} of ${VS} is drained\n`,
  });
  await director.says(`An operator drains service ${RS} of VS ${VS}`);
  expect(understudy('status').text).toMatch(/drained +0 \(7\)/);
  director.write(pool('quorum 1').replace('weight 7', 'weight 8'));
  director.signal('SIGHUP');
  await director.says('Reload completed');
  expect(understudy('status').text).toMatch(/drained +0 \(8\)/);
  const worker = director.pid('checkers')!;
  process.kill(worker, 'SIGKILL');
  await until(() => (director.pid('checkers') ?? worker) !== worker, 'another worker');
  // It answers when it has started.
  expect(understudy('status').text).toMatch(/drained +0 \(8\)/);
  expect(understudy('drain', VIP, '192.0.2.2', '--wait', '5')).toEqual({
    status: 0,
    text: `${RS} of ${VS} is drained\nNo connection is active\n`,
  });
  expect(understudy('enable', VIP, '192.0.2.2')).toEqual({
    status: 1,
    text: `understudy: ${RS} of ${VS} is drained\n`,
  });
  expect(understudy('undrain', VIP, '192.0.2.2').text).toBe(`${RS} of ${VS} is served as before\n`);
  expect(understudy('status').text).not.toContain('drained');
  expect(understudy('disable', VIP, '192.0.2.3').text).toContain('there is no real_server');
});

test('ha_suspend: checks wait for the address, and stop when it goes', async () => {
  director.start(pool('ha_suspend'));
  await director.says('Startup complete');
  await director.says(`Deactivating healthchecker for service ${RS} for VS ${VS}`);
  await until(() => existsSync(socket()), 'the control socket');
  expect(understudy('status').text).toContain('checks suspended');
  director.namespace.ip('address', 'add', `${VIP}/32`, 'dev', 'eth0');
  await director.says(`Activating healthchecker for service ${RS} for VS ${VS}`);
  await director.says(`Removing service ${RS} from VS ${VS}`);
  director.namespace.ip('address', 'delete', `${VIP}/32`, 'dev', 'eth0');
  await director.says(`Suspending healthchecker for service ${RS} for VS ${VS}`);
  expect(understudy('status').text).toContain('checks suspended');
});

test('ha_suspend of a group waits for any of its addresses', async () => {
  const group = 'virtual_server_group web {\n  192.0.2.101 80\n  192.0.2.110-112 80\n}\n';
  director.start(group + pool('ha_suspend').replace(`${VIP} 80`, 'group web'));
  await director.says(`Deactivating healthchecker for service ${RS} for VS [web]:0`);
  await director.says('Startup complete');
  director.namespace.ip('address', 'add', '192.0.2.111/32', 'dev', 'eth0');
  await director.says(`Activating healthchecker for service ${RS} for VS [web]:0`);
});

test('serve_when_master hears of the instance past the supervisor, and again when either worker is new', async () => {
  const config = instance(100, [VIP]) + pool('#understudy serve_when_master VI_1');
  director.start(config);
  await director.says('(VI_1) Entering MASTER STATE');
  await director.says(`(VI_1) is MASTER: serving VS ${VS}`);
  const before = director.log.split('is not MASTER: not serving').length;
  director.namespace.ip('link', 'set', 'eth0', 'down');
  await director.says('is not MASTER: not serving', before);
  await until(() => existsSync(socket()), 'the control socket');
  expect(understudy('status').text).toContain('no: VI_1 is not MASTER');
  const told = director.log.split('is not MASTER: not serving').length;
  process.kill(director.pid('checkers')!, 'SIGKILL');
  await director.says('is not MASTER: not serving', told);
  director.namespace.ip('link', 'set', 'eth0', 'up');
  await director.says(`(VI_1) is MASTER: serving VS ${VS}`, 2);
});

test('serve_when_master: a takeover has the services stand before it tells the neighbours, if they come in time', async () => {
  const cable = (state: string) => director.namespace.ip('link', 'set', 'eth0', state);
  const saidOf = (text: string) => director.log.split(text).length;
  /** What is said from the election on until neighbours are told. */
  const takeover = async (): Promise<string> => {
    const before = director.log.length;
    cable('up');
    const [begin, end] = ['Entering MASTER STATE', `Sending gratuitous ARP on eth0 for ${VIP}`];
    const story = () => director.log.slice(before).split(begin)[1]?.split(end);
    await until(() => (story()?.length ?? 0) > 1, `a takeover\n${director.log}`);
    return story()?.[0] ?? '';
  };
  director.start(instance(100, [VIP]) + pool('#understudy serve_when_master VI_1'));
  await director.says(`(VI_1) is MASTER: serving VS ${VS}`);
  const faults = saidOf('Entering FAULT STATE');
  cable('down');
  await director.says('Entering FAULT STATE', faults);
  // What served may stand for a second more, so that nothing has to be put up again.
  expect(await takeover()).not.toContain('serving');

  const ends = saidOf('is not MASTER: not serving');
  cable('down');
  await director.says('is not MASTER: not serving', ends);
  // The two workers write to the log each in its own time: that nobody went on without the other is what can be seen.
  const begins = saidOf('is MASTER: serving');
  expect(await takeover()).not.toContain('not waiting');
  await director.says('is MASTER: serving', begins);

  const later = saidOf('is not MASTER: not serving');
  cable('down');
  await director.says('is not MASTER: not serving', later);
  process.kill(director.pid('checkers')!, 'SIGSTOP');
  expect(await takeover()).toContain('(VI_1) The services are not up after 100 ms: not waiting for them');
  process.kill(director.pid('checkers')!, 'SIGCONT');
});

test('serve_when_master of an instance that is not there is an error, and a reload with it is refused', async () => {
  director.start(instance(100, [VIP]) + pool('#understudy serve_when_master VI_1'));
  await director.says(`(VI_1) is MASTER: serving VS ${VS}`);
  director.write(instance(100, [VIP]) + pool('#understudy serve_when_master VI_2'));
  director.signal('SIGHUP');
  await director.says("there is no vrrp_instance 'VI_2'");
  await director.says('Reload refused');
});
