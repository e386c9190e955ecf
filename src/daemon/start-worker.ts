import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { type FromWorker, type WorkerKind } from './messages.js';
import { type StartWorker } from './worker-handle.js';

/** The file that each kind of worker executes. */
const PROGRAMS: Readonly<Record<WorkerKind, string>> = {
  vrrp: fileURLToPath(new URL('./vrrp-worker.js', import.meta.url)),
  checkers: fileURLToPath(new URL('./health-worker.js', import.meta.url)),
};

/** Forks worker processes of Node; the model crosses as a structured clone, so byte arrays stay byte arrays. */
export const startWorker: StartWorker = (kind, listener) => {
  const child = fork(PROGRAMS[kind], [], {
    serialization: 'advanced',
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  let ended = false;
  const end = (code: number | null, signal: NodeJS.Signals | null): void => {
    if (ended) return;
    ended = true;
    listener.exited({ code, signal });
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
    kill: (signal) => void child.kill(signal),
  };
};
