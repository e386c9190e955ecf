// What being watched costs adverts: scrapes, status, dumps, slow clients and walks through a real snmpd on 10,000 real
// servers, beside adverts every 10 ms.
//
//   npm run bench -- observe [--servers N] [--seconds S]
//
// Prints how far the gaps between adverts on the wire were from 10 ms, with nobody watching, with snmpd walking, and with
// everybody; and how many answers were given meanwhile. The real servers are out of reach and checked once a minute: what counts is their number.
import { once, setMaxListeners } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import http from 'node:http';
import net from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { capture } from '../test/differential/capture.js';
import { Daemon } from '../test/differential/daemon.js';
import { SnmpAgent } from '../test/differential/snmp-agent.js';
import { Network, type Namespace } from '../test/namespaces.js';

const { values } = parseArgs({ options: { servers: { type: 'string' }, seconds: { type: 'string' } } });
const servers = Number(values.servers ?? 10_000);
const seconds = Number(values.seconds ?? 20);
const INTERVAL_MS = 10;
const SLOW_CLIENTS = 16;
const NEWLINE = 10;

const pools = (): string =>
  Array.from({ length: Math.ceil(servers / 100) }, (_, pool) => {
    const real = Array.from(
      { length: 100 },
      (_unused, at) => `real_server 10.${pool >> 8}.${pool & 255}.${at + 1} 80 {\nTCP_CHECK {\n}\n}`,
    ).join('\n');
    return `virtual_server 192.0.2.${(pool % 250) + 1} ${8000 + pool} {\nprotocol TCP\nlb_algo rr\nlb_kind NAT\ndelay_loop 60\n${real}\n}`;
  }).join('\n');

const configuration = (agentSocket: string): string => `global_defs {
  router_id bench
  vrrp_version 3
  enable_snmp_vrrp
  enable_snmp_checker
  enable_snmp_rfc
  snmp_socket unix:${agentSocket}
}
vrrp_instance V {
  interface eth0
  virtual_router_id 1
  priority 100
  advert_int 0.01
  virtual_ipaddress {
    198.51.100.1/32
  }
}
${pools()}
`;

const directory = mkdtempSync(join(tmpdir(), 'understudy-observe-'));
const network = new Network(directory);
try {
  await run();
} finally {
  await network.close();
  rmSync(directory, { recursive: true, force: true });
}

async function run(): Promise<void> {
  const director = network.namespace('a');
  const segment = network.segment();
  network.plug(director, 'eth0', segment, ['192.0.2.254/24']);
  const times: bigint[] = [];
  await capture(network.switch, segment.bridge, (frame) => {
    if (frame.kind === 'advert') times.push(frame.at);
  });
  const home = join(directory, 'home');
  mkdirSync(home);
  process.env['TMPDIR'] = home;
  const daemon = new Daemon('understudy', director, home, false);
  const agentHome = join(directory, 'agent');
  mkdirSync(agentHome);
  const agent = new SnmpAgent(director, agentHome);
  await agent.start();
  daemon.start(configuration(agent.socket));
  while (times.length === 0) await sleep(50);
  await sleep(15_000); // the first checks, and what a start leaves behind
  const socketPath = join(home, 'main.sock');

  const gapsOver = async (): Promise<readonly number[]> => {
    times.splice(0);
    await sleep(seconds * 1000);
    return times.slice(1).map((at, index) => Math.abs(Number(at - times[index]!) / 1e6 - INTERVAL_MS));
  };
  print('nobody watches', await gapsOver());
  const answers = new Map<string, number>();
  const manager = new AbortController();
  const walking = walk(director, manager.signal, answers);
  const walked = await gapsOver();
  manager.abort();
  await walking;
  print('snmpd walks', walked);

  const crowd = new AbortController();
  setMaxListeners(2 * SLOW_CLIENTS, crowd.signal);
  const busy = [
    walk(director, crowd.signal, answers),
    watch(socketPath, '/metrics', crowd.signal, answers),
    watch(socketPath, '/status', crowd.signal, answers),
    dump(daemon, crowd.signal, answers),
    ...Array.from({ length: SLOW_CLIENTS }, () => dawdle(socketPath, crowd.signal)),
  ];
  const gaps = await gapsOver();
  crowd.abort();
  await Promise.all(busy);
  print('everybody watches', gaps);
  console.log([...answers].map(([what, count]) => `${what} ${count}`).join(', '), `in ${seconds} s`);
  await daemon.stop();
  await agent.stop();
}

function print(name: string, gaps: readonly number[]): void {
  const sorted = gaps.toSorted((a, b) => a - b);
  const at = (share: number) => (sorted[Math.floor(sorted.length * share)] ?? NaN).toFixed(2);
  const figures = `p50 ${at(0.5)}, p99 ${at(0.99)}, p99.9 ${at(0.999)}, worst ${(sorted.at(-1) ?? NaN).toFixed(2)} ms`;
  console.log(`${name.padEnd(18)} ${gaps.length} adverts, off their interval by ${figures}`);
}

/** Asks again as soon as it was answered. */
async function watch(
  socketPath: string,
  path: string,
  signal: AbortSignal,
  answers: Map<string, number>,
): Promise<void> {
  while (!signal.aborted) {
    await new Promise<void>((resolve) => {
      const request = http.get({ socketPath, path }, (response) => {
        if (response.statusCode === 200) answers.set(path, (answers.get(path) ?? 0) + 1);
        response.resume().on('close', resolve);
      });
      request.on('error', () => setTimeout(resolve, 100));
    });
  }
}

/** Walks KEEPALIVED-MIB from its begin over and over, as a management station does. */
async function walk(director: Namespace, signal: AbortSignal, answers: Map<string, number>): Promise<void> {
  const words = ['-On', '-v2c', '-c', 'public', '-t', '10', '-r', '0', '-Cr50', '127.0.0.1:1161'];
  while (!signal.aborted) {
    const walker = director.spawn('snmpbulkwalk', [...words, '.1.3.6.1.4.1.9586.100.5'], {
      stdio: ['ignore', 'pipe', 'ignore'],
      env: { ...process.env, MIBS: '' },
    });
    const stop = () => void walker.kill('SIGKILL');
    signal.addEventListener('abort', stop, { once: true });
    walker.stdout?.on('data', (bytes: Buffer) => {
      const objects = bytes.reduce((count, byte) => count + (byte === NEWLINE ? 1 : 0), 0);
      answers.set('objects walked', (answers.get('objects walked') ?? 0) + objects);
    });
    await once(walker, 'close');
    signal.removeEventListener('abort', stop);
    await sleep(100);
  }
}

/** Has the daemon write all of its state, twice a second. */
async function dump(daemon: Daemon, signal: AbortSignal, answers: Map<string, number>): Promise<void> {
  while (!signal.aborted) {
    const [pid] = daemon.pids();
    if (pid !== undefined) process.kill(pid, 'SIGUSR1');
    answers.set('dumps asked for', (answers.get('dumps asked for') ?? 0) + 1);
    await sleep(500);
  }
}

/** Asks for everything, and reads nothing of it. */
async function dawdle(socketPath: string, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    const socket = net.connect(socketPath);
    socket.on('error', () => undefined);
    socket.write('GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n');
    const stop = () => socket.destroy();
    signal.addEventListener('abort', stop, { once: true });
    await once(socket, 'close').catch(() => undefined);
    signal.removeEventListener('abort', stop);
    await sleep(200);
  }
}
