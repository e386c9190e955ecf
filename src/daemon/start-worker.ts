import { fork, type ChildProcess } from 'node:child_process';
import { closeSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { makeMessagePair } from '../kernel/message-pipe.js';
import { makePulse, readPulse } from '../kernel/pulse.js';
import { type FromWorker, type WorkerKind } from './messages.js';
import { FIRST_NEWS_DESCRIPTOR, isEndOf, NEWS_ROUTES } from './state-news.js';
import { type StartWorker } from './worker-handle.js';

/** The file that each kind of worker executes. */
const PROGRAMS: Readonly<Record<WorkerKind, string>> = {
  vrrp: fileURLToPath(new URL('./vrrp-worker.js', import.meta.url)),
  checkers: fileURLToPath(new URL('./health-worker.js', import.meta.url)),
  bfd: fileURLToPath(new URL('./bfd-worker.js', import.meta.url)),
  alerts: fileURLToPath(new URL('./alerts-worker.js', import.meta.url)),
};

/** The worker that rehearses takes its rubbish out before anybody waits for it. */
const V8_OPTIONS: Readonly<Partial<Record<WorkerKind, readonly string[]>>> = {
  // Whenever little is going on V8 would collect everything anew to give back a few pages: a third of what 255 instances
  // cost, beside their adverts.
  vrrp: ['--expose-gc', '--no-memory-reducer', '--single-threaded-gc'],
};

/** What joins workers that tell to those that listen; made once, and held for all lives of either. */
class NewsPairs {
  private pairs: readonly (readonly [listens: number, tells: number])[] | undefined;

  /** The descriptors that such a worker inherits, in order (state-news.ts). */
  endsOf(kind: WorkerKind): readonly number[] {
    this.pairs ??= NEWS_ROUTES.map(() => makeMessagePair());
    return this.pairs.flatMap(([listens, tells], index) => {
      const route = NEWS_ROUTES[index];
      if (!route || !isEndOf(kind, route)) return [];
      return [route.from === kind ? tells : listens];
    });
  }
}

/**
 * Forks worker processes of Node; the model crosses as a structured clone, so byte arrays stay byte arrays.
 * @param execPath the Node that executes them.
 */
export const workersOf =
  (execPath: string, news = new NewsPairs()): StartWorker =>
  (kind, listener) => {
    let child: ChildProcess;
    const ends = news.endsOf(kind);
    const pulse = makePulse();
    try {
      // Behind all others, and named on the command line.
      child = fork(PROGRAMS[kind], [String(FIRST_NEWS_DESCRIPTOR + ends.length)], {
        serialization: 'advanced',
        execPath,
        execArgv: [...process.execArgv, ...(V8_OPTIONS[kind] ?? [])],
        stdio: ['ignore', 'inherit', 'inherit', 'ipc', ...ends, pulse],
      });
    } catch {
      // Which refusals Node throws and which it reports is its own business (no memory: thrown; no pid: reported).
      setImmediate(() => listener.exited({ code: null, signal: null }));
      closeSync(pulse);
      return { pid: 0, send: () => undefined, kill: () => undefined };
    }
    let ended = false;
    const end = (code: number | null, signal: NodeJS.Signals | null): void => {
      if (ended) return;
      ended = true;
      const lastAdvertAt = readPulse(pulse);
      closeSync(pulse);
      listener.exited({ code, signal, ...(lastAdvertAt !== undefined && { lastAdvertAt }) });
    };
    child.on('message', (message) => listener.message(message as FromWorker));
    child.on('exit', end);
    // The process could not be made, or a message could not be delivered: the latter is followed by 'exit'.
    child.on('error', () => {
      if (child.pid === undefined) end(null, null);
    });
    return {
      pid: child.pid ?? 0,
      send: (message) => {
        if (child.connected) child.send(message);
      },
      // A process that was not made has pid 0 to Node until it reports so, and 0 means all of our process group.
      kill: (signal) => {
        if (child.pid !== undefined) child.kill(signal);
      },
    };
  };

/** Workers run on the Node that we run on. */
export const startWorker: StartWorker = workersOf(process.execPath);
