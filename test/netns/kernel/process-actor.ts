// Changes how this process is run, as a worker does at its start, and says what the kernel makes of it.
import { spawn } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { readdirSync, readFileSync } from 'node:fs';
import { micros } from '#base/units.js';
import {
  enterNetworkNamespace,
  holdCleanPages,
  KernelError,
  lockMemory,
  missingCapabilities,
  PacketSocket,
  releaseCleanPages,
  RouteSocket,
  setCpuAffinity,
  setNice,
  setOpenFilesLimit,
  setParentDeathSignal,
  setProcessName,
  setRealTimeLimit,
  setRealTimePriority,
  startUndelayed,
} from '#kernel/index.js';
import { type Result } from '#base/result.js';
import { input, tell } from './actor-lines.js';

export interface ProcessActorInput {
  readonly do: 'schedule' | 'release' | 'lock' | 'refusals' | 'parent' | 'child' | 'namespace' | 'frame';
  readonly namespace?: string;
  readonly interfaceIndex?: number;
  readonly frame?: readonly number[];
}

const shown = (result: Result<unknown, KernelError>): string => (result.ok ? 'ok' : result.error.message);

/** Value of a line of /proc/self/status. */
const status = (name: string): string =>
  new RegExp(`^${name}:\\s*(.*)$`, 'm').exec(readFileSync('/proc/self/status', 'utf8'))?.[1] ?? '';

/** Fields of /proc/PID/task/TID/stat after the name: number 1 is field 3 of proc(5). */
const stat = (path: string): string[] =>
  readFileSync(path, 'utf8')
    .replace(/^.*\) /, '')
    .split(' ');

const threads = (): { nice: number; priority: number; policy: number }[] =>
  readdirSync('/proc/self/task').map((thread) => {
    const fields = stat(`/proc/self/task/${thread}/stat`);
    return { nice: Number(fields[16]), priority: Number(fields[37]), policy: Number(fields[38]) };
  });

function schedule(): void {
  tell('results', {
    nice: shown(setNice(-5)),
    affinity: shown(setCpuAffinity([0])),
    limit: shown(setRealTimeLimit(micros(1_000_000), micros(2_000_000))),
    files: shown(setOpenFilesLimit(5432)),
    fewerFiles: shown(setOpenFilesLimit(100)),
    name: shown(setProcessName('understudy-vrrp-long')),
    noCpu: shown(setCpuAffinity([1000])),
    wrong: shown(setRealTimePriority(100)),
  });
  const nices = threads().map((thread) => thread.nice);
  const realTime = shown(setRealTimePriority(30));
  tell('kernel', {
    nices: [...new Set(nices)],
    realTime,
    policies: [...new Set(threads().map(({ policy, priority }) => `${policy} ${priority}`))],
    cpus: status('Cpus_allowed_list'),
    name: readFileSync('/proc/self/comm', 'utf8').trim(),
    limits: readFileSync('/proc/self/limits', 'utf8')
      .split('\n')
      .filter((line) => /open files|realtime timeout/i.test(line)),
  });
  const policy = (path = '/proc/thread-self/stat') => Number(stat(path)[38]);
  for (const cpu of [[0], [0, 1]]) {
    setCpuAffinity(cpu);
    const sleeper = startUndelayed(() => {
      const inherited = spawn('sleep', ['60'], { stdio: 'ignore' });
      tell('inherited', { cpus: availableParallelism(), policy: policy(`/proc/${inherited.pid}/stat`) });
      return inherited;
    });
    tell('afterwards', { script: policy(`/proc/${sleeper.pid}/stat`), ours: policy() });
    sleeper.kill();
  }
  const script = spawn('cat', ['/proc/self/stat'], { stdio: ['ignore', 'pipe', 'inherit'] });
  script.stdout.on('data', (data: Buffer) =>
    tell('script', {
      policy: data
        .toString()
        .replace(/^.*\) /, '')
        .split(' ')[38],
    }),
  );
}

function release(): void {
  const before = process.memoryUsage.rss();
  const covered = releaseCleanPages();
  const after = process.memoryUsage.rss();
  const held = shown(holdCleanPages());
  tell('released', { covered, before, after, held, lockedKb: Number.parseInt(status('VmLck')) });
}

function refusals(): void {
  let frames = 'ok';
  try {
    new PacketSocket();
  } catch (error) {
    frames = error instanceof KernelError ? error.message : String(error);
  }
  tell('refusals', {
    missing: missingCapabilities(['CAP_NET_ADMIN', 'CAP_NET_RAW']),
    frames,
    nice: shown(setNice(-5)),
    realTime: shown(setRealTimePriority(10)),
    lock: shown(lockMemory()),
    files: shown(setOpenFilesLimit(1_000_000_000)),
    namespace: shown(enterNetworkNamespace('/proc/1/ns/net')),
    noNamespace: shown(enterNetworkNamespace('no-such-namespace')),
  });
}

/** Starts a child that wants SIGTERM when this process dies, and is then killed by the test. */
function parent(): void {
  const [node, script = ''] = process.argv;
  const child = spawn(node ?? '', [script, JSON.stringify({ do: 'child' })], {
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  setInterval(() => undefined, 1000);
  tell('parent', { pid: process.pid, child: child.pid });
}

function child(): void {
  process.on('SIGTERM', () => {
    tell('orphaned');
    process.exit(0);
  });
  tell('child', { result: shown(setParentDeathSignal(15)) });
  setInterval(() => undefined, 1000);
}

function namespace(name: string): void {
  const result = shown(enterNetworkNamespace(name));
  const route = new RouteSocket();
  tell('namespace', { result, links: route.links().map((link) => link.name) });
  route.close();
}

function frame(interfaceIndex: number, bytes: readonly number[]): void {
  const socket = new PacketSocket();
  tell('frame', {
    sent: shown(socket.send(interfaceIndex, Uint8Array.from(bytes))),
    nowhere: shown(socket.send(9999, Uint8Array.from(bytes))),
  });
  socket.close();
  tell('closed', { late: shown(socket.send(interfaceIndex, Uint8Array.from(bytes))) });
}

const order = input() as ProcessActorInput;
if (order.do === 'schedule') schedule();
else if (order.do === 'release') release();
else if (order.do === 'refusals') refusals();
else if (order.do === 'parent') parent();
else if (order.do === 'child') child();
else if (order.do === 'namespace') namespace(order.namespace ?? '');
else if (order.do === 'frame') frame(order.interfaceIndex ?? 0, order.frame ?? []);
else tell('locked', { result: shown(lockMemory()), locked: status('VmLck') });
