// Does anything grow? Pools that flap for minutes (or --hours N), and what the health worker holds at first and at last.
//
//   npm run bench -- soak [--minutes 3] [--hours 0] [--servers 200]
//
// A daemon in a namespace checks so many real servers every second; all of them refuse connections and accept them in
// turn, a quarter at a time, with a notify script for some, a reload every half minute and an order of an operator in
// between. Memory, descriptors and timers are read each tenth of the time: the first, when caches are full, is compared
// with the last. Exits with 1 if descriptors or timers have grown, or memory by more than a fifth.
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { Network } from '../test/namespaces.js';

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '3' },
    hours: { type: 'string', default: '0' },
    servers: { type: 'string', default: '200' },
  },
});
const servers = Number(values.servers);
const seconds = Number(values.hours) * 3600 || Number(values.minutes) * 60;
const QUARTERS = 4;
const MAIN = resolve('dist/cli/main.js');
const PORTS = 2000;

/** Listens on those ports whose quarter is not the one that fails now; which that is comes over its input. */
const SERVER = `
  const net = require('node:net');
  const servers = new Map();
  require('node:readline').createInterface({ input: process.stdin }).on('line', (line) => {
    const failing = Number(line);
    for (let index = 0; index < ${servers}; index += 1) {
      const port = ${PORTS} + index;
      const up = index % ${QUARTERS} !== failing;
      if (up && !servers.has(port)) {
        const server = net.createServer((socket) => socket.on('error', () => undefined).resume());
        server.on('error', () => undefined).listen(port);
        servers.set(port, server);
      } else if (!up && servers.has(port)) {
        servers.get(port).close();
        servers.delete(port);
      }
    }
  });`;

const config = (weight: number): string => `
virtual_server 192.0.2.100 80 {
  delay_loop 1
  lb_algo rr
  lb_kind DR
  protocol TCP
  quorum ${Math.ceil(servers * 0.6)}
  quorum_up /bin/true root
  quorum_down /bin/true root
${Array.from(
  { length: servers },
  (_, index) => `  real_server 127.0.0.1 ${PORTS + index} {
    weight ${index === 0 ? weight : 1}
    ${index % 20 === 0 ? 'notify_down /bin/true root' : ''}
    TCP_CHECK {
      connect_timeout 2
      retry 0
      warmup 1
    }
  }`,
).join('\n')}
}
`;

interface Reading {
  readonly process: string;
  readonly rssMb: number;
  readonly descriptors: number;
  readonly timers: number;
}

/** What a process holds: timers of the kernel are descriptors too. */
function read(process: string, pid: number): Reading {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  const descriptors = readdirSync(`/proc/${pid}/fd`);
  const timers = descriptors.filter((fd) => {
    try {
      return readFileSync(`/proc/${pid}/fdinfo/${fd}`, 'utf8').includes('clockid');
    } catch {
      return false;
    }
  });
  const rssMb = Number(/^VmRSS:\s+(\d+)/m.exec(status)?.[1]) / 1024;
  return { process, rssMb, descriptors: descriptors.length, timers: timers.length };
}

const network = new Network();
const directory = mkdtempSync(join(tmpdir(), 'understudy-soak-'));
try {
  const namespace = network.namespace('soak');
  namespace.ip('link', 'set', 'lo', 'up');
  const file = join(directory, 'keepalived.conf');
  writeFileSync(file, config(1));
  const server = namespace.spawn(process.execPath, ['-e', SERVER], { stdio: ['pipe', 'ignore', 'inherit'] });
  const [main, check] = [join(directory, 'main.pid'), join(directory, 'check.pid')];
  const daemon = namespace.spawn(
    process.execPath,
    [MAIN, '-n', '-G', '-C', '-f', file, '-p', main, '-c', check],
    { stdio: 'ignore' },
  );
  while (!existsSync(check) || readFileSync(check, 'utf8') === '') await sleep(200);
  const pids = { supervisor: daemon.pid ?? 0, checkers: Number(readFileSync(check, 'utf8')) };
  const readAll = (): Reading[] => Object.entries(pids).map(([name, pid]) => read(name, pid));
  const startedAt = Date.now();
  const readings: Reading[][] = [];
  for (let turn = 0; Date.now() - startedAt < seconds * 1000; turn += 1) {
    server.stdin?.write(`${turn % (QUARTERS + 1)}\n`);
    if (turn % 10 === 9) {
      writeFileSync(file, config(turn));
      daemon.kill('SIGHUP');
    }
    const order = turn % 2 === 0 ? 'drain' : 'undrain';
    const words = [order, '192.0.2.100', `127.0.0.1:${PORTS}`, '--socket', join(directory, 'main.sock')];
    if (turn % 5 < 2) spawn(process.execPath, [MAIN, ...words], { stdio: 'ignore' });
    await sleep(3000);
    if (Date.now() - startedAt > (readings.length + 1) * seconds * 100) readings.push(readAll());
  }
  await sleep(3000);
  readings.push(readAll());
  console.log(`${servers} real servers flapped for ${seconds} s:`);
  for (const [index, then] of readings[0]?.entries() ?? []) {
    const course = readings.map((each) => each[index] ?? then);
    const now = course.at(-1) ?? then;
    const line = (['rssMb', 'descriptors', 'timers'] as const)
      .map((what) => `${what} ${course.map((each) => each[what].toFixed(0)).join(' ')}`)
      .join(', ');
    console.log(`  ${now.process}: ${line}`);
    // Checks under way are descriptors; how many there are at one moment is chance.
    const more = now.descriptors > then.descriptors + servers / QUARTERS;
    if (more || now.timers > then.timers || now.rssMb > then.rssMb * 1.2 + 5) process.exitCode = 1;
  }
  daemon.kill('SIGTERM');
  server.kill();
} finally {
  await network.close();
  rmSync(directory, { recursive: true, force: true });
}
