import { jest } from '@jest/globals';
import { execFile } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { type StatusDocument, type WhyDocument } from '#observe/index.js';
import { readRecording, replay } from '../../conformance/replay.js';
import { Network, run } from '../../namespaces.js';
import { requires } from '../../requires.js';
import { Director, instance, until } from './director.js';

const test = requires({ netns: true });
jest.setTimeout(60_000);

const MAIN = resolve('dist/cli/main.js');
const VIP = '192.0.2.100';

let network: Network;
let directory: string;
let a: Director;
let b: Director;

beforeEach(() => {
  network = new Network();
  directory = mkdtempSync(join(tmpdir(), 'understudy-observe-'));
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

/** With -p the control socket stands beside the pid file. */
const socketOf = (director: Director): string => join(dirname(director.pidFiles.main), 'main.sock');

/** `understudy WORDS`, asking that director. */
async function understudy(director: Director, ...words: string[]): Promise<string> {
  const all = [MAIN, ...words, '--socket', socketOf(director)];
  return (await promisify(execFile)(process.execPath, all)).stdout;
}

const statusOf = async (director: Director): Promise<StatusDocument> =>
  JSON.parse(await understudy(director, 'status', '--json')) as StatusDocument;

async function startPair(more = ''): Promise<void> {
  a.start(instance(150, [VIP], more));
  b.start(instance(100, [VIP], more));
  await a.says('(VI_1) Entering MASTER STATE');
  await b.says('Startup complete');
  await until(() => [a, b].every((each) => existsSync(socketOf(each))), 'control sockets');
}

test('a takeover is shown, explained, recorded, played again, and captured', async () => {
  await startPair();
  const reloaded = a.log.split('Reload completed').length;
  a.write(instance(160, [VIP]));
  a.signal('SIGHUP');
  await a.says('Reload completed', reloaded);
  // On a busy machine it may have been master for a moment already.
  const before = b.log.split('(VI_1) Entering MASTER STATE').length;
  a.namespace.ip('link', 'set', 'eth0', 'down');
  await a.says('(VI_1) Entering FAULT STATE');
  await b.says('(VI_1) Entering MASTER STATE', before);

  const { instances, workers } = await statusOf(b);
  expect(instances).toMatchObject([
    { name: 'VI_1', state: 'MASTER', effectivePriority: 100, interface: 'eth0', vrid: 51, addresses: [VIP] },
  ]);
  expect(instances[0]?.counters.advertsReceived).toBeGreaterThan(0);
  expect(workers).toMatchObject([{ kind: 'vrrp', pid: b.pid('vrrp'), respawns: 0 }]);
  expect(await understudy(b, 'status')).toMatch(/^VI_1 +MASTER +.* itself +eth0 +51 /m);

  const why = await understudy(b, 'why', 'VI_1');
  expect(why).toMatch(
    /VI_1 became MASTER, from BACKUP: .*192\.0\.2\.1 at .* with priority 160; our deadline was met/,
  );
  expect(await understudy(a, 'why')).toMatch(/VI_1 became FAULT, from MASTER: .*eth0/);
  const { instances: told } = JSON.parse(await understudy(a, 'why', '--json')) as WhyDocument;
  expect(told[0]?.transitions.map(({ to }) => to)).toEqual(['BACKUP', 'MASTER', 'FAULT']);

  for (const director of [a, b]) {
    const [out, pcap] = [join(directory, 'recording.jsonl'), join(directory, 'adverts.pcap')];
    await understudy(director, 'record', '--seconds', '0.3', '--out', out, '--pcap', pcap);
    expect(statSync(out).mode & 0o777).toBe(0o600);
    const recording = readRecording(readFileSync(out, 'utf8'));
    expect(recording.settings).toHaveLength(director === a ? 2 : 1);
    expect(replay(recording)).toEqual([]);
    const read = run('tcpdump', '-nvr', pcap);
    expect(read).toMatch(
      /192\.0\.2\.1 > 224\.0\.0\.18: VRRPv3, Advertisement, vrid 51, prio 1[56]0,.* addrs: 192\.0\.2\.100/,
    );
    expect(read).not.toMatch(/bad/);
    for (const file of [out, pcap]) rmSync(file);
  }
});

test("the socket is root's alone, goes with the daemon, and a dead daemon's is replaced", async () => {
  await startPair();
  const path = socketOf(b);
  expect([statSync(path).mode & 0o777, statSync(path).uid]).toEqual([0o600, 0]);
  process.kill(b.pid('main')!, 'SIGKILL');
  await b.ended();
  expect(existsSync(path)).toBe(true);
  await expect(statusOf(b)).rejects.toThrow(/no daemon answers at/);
  const [worker] = [b.pid('vrrp')!];
  await until(() => !existsSync(`/proc/${worker}`), 'the worker of the dead supervisor to end');
  b.start();
  await b.says('Startup complete', 2);
  expect((await statusOf(b)).pid).toBe(b.pid('main'));
  b.signal('SIGTERM');
  await b.ended();
  expect(existsSync(path)).toBe(false);
});

test('what cannot be a socket is left alone, and service goes on without one', async () => {
  a.write('');
  writeFileSync(socketOf(a), 'precious');
  a.start(instance(150, [VIP]));
  await a.says('(VI_1) Entering MASTER STATE');
  await a.says('No control socket:');
  expect(readFileSync(socketOf(a), 'utf8')).toBe('precious');
});

test('nobody at the socket disturbs the adverts', async () => {
  // A master that fell silent for three seconds would lose its office.
  await startPair('advert_int 1');
  const before = await statusOf(b);
  const crowd = [
    ...Array.from({ length: 300 }, () => visitor(socketOf(a), '')),
    ...Array.from({ length: 20 }, () => visitor(socketOf(a), 'GET /status HTTP/1.1\r\nX')),
    ...Array.from({ length: 20 }, () => visitor(socketOf(a), 'x'.repeat(1_000_000))),
  ];
  const slow = Array.from({ length: 4 }, () => {
    const socket = visitor(socketOf(b), 'GET /record?seconds=60 HTTP/1.1\r\nHost: x\r\n\r\n');
    socket.pause();
    return socket;
  });
  const heard = async (): Promise<number> => (await statusOf(b)).instances[0]?.counters.advertsReceived ?? 0;
  const start = await heard();
  let asked = 0;
  while ((await heard()) < start + 5) asked += (await askAll(socketOf(b), 50)).length;
  expect(asked).toBeGreaterThan(0);
  const after = await statusOf(b);
  expect(after.instances[0]).toMatchObject({ state: 'BACKUP', since: expect.any(String) as string });
  expect(after.instances[0]?.counters.becameMaster).toBe(before.instances[0]?.counters.becameMaster);
  for (const socket of [...crowd, ...slow]) socket.destroy();
});

/** Somebody who connects, says something, and then waits. */
function visitor(path: string, says: string): Socket {
  const socket = connect(path);
  socket.on('error', () => undefined);
  socket.write(says);
  return socket;
}

/** So many questions at once; the statuses of those that were answered. */
async function askAll(path: string, count: number): Promise<readonly number[]> {
  const one = (): Promise<number | undefined> =>
    new Promise((done) => {
      const asked = request({ socketPath: path, path: '/why', agent: false }, (response) => {
        response.resume();
        response.on('end', () => done(response.statusCode));
      });
      asked.on('error', () => done(undefined));
      asked.end();
    });
  const answers = await Promise.all(Array.from({ length: count }, one));
  return answers.filter((status) => status !== undefined);
}
