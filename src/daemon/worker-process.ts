import { type GlobalSettings } from '../config/index.js';
import { watchRealTimeSignals } from '../kernel/real-time-signals.js';
import { setParentDeathSignal } from '../kernel/process.js';
import { SyslogSocket } from '../kernel/syslog-socket.js';
import { type WorkerQuery } from './control-queries.js';
import { EXIT } from './exit-code.js';
import { type Log } from './log.js';
import { type DaemonFlags } from './flags.js';
import { openLog } from './log-sinks.js';
import { removeOwnPidFile } from './own-pid-file.js';
import { umaskOf } from './umask.js';
import { Scheduling, type Scheduled } from './scheduling.js';
import {
  type FromWorker,
  type ToAlerts,
  type ToWorker,
  type WorkerKind,
  type WorkerShares,
} from './messages.js';

/** What a worker does with what it is told. */
export interface Worker<Share> {
  reconfigure(share: Share): void;
  /** Answers what was asked over the control socket, at once and in little time. */
  answer?(query: WorkerQuery): unknown;
  /** The alerts worker: what happens elsewhere, and what it asked for. */
  hear?(message: ToAlerts): void;
  /** Finish in good order, then call exit. */
  stop(): void;
}

export type StartMessage<Share> = Extract<ToWorker<Share>, { type: 'Start' }>;

/** What a worker process has around it. */
export interface WorkerContext {
  readonly log: Log;
  tell(message: FromWorker): void;
  /** Writes out the log and ends the process. */
  exit(code: number): never;
}

/** Schedules the process as the configuration wants it. */
export function scheduled(who: Scheduled, global: GlobalSettings, log: Log): Scheduling {
  const scheduling = new Scheduling(who, global, log);
  process.on('SIGXCPU', () => scheduling.nearLimit());
  scheduling.apply();
  return scheduling;
}

/** SIGTERM's number, which prctl wants. */
const SIGTERM = 15;

/**
 * The life of a worker process: hears its supervisor, ends when told or when the supervisor is gone, and takes
 * no notice of signals that a terminal sends to everybody.
 */
export function runWorker<Kind extends WorkerKind>(
  kind: Kind,
  begin: (message: StartMessage<WorkerShares[Kind]>, context: WorkerContext) => Worker<WorkerShares[Kind]>,
): void {
  entitle(kind);
  if (!setParentDeathSignal(SIGTERM).ok) process.exit(0);
  for (const signal of ['SIGINT', 'SIGHUP', 'SIGUSR1', 'SIGUSR2'] as const) {
    process.on(signal, () => undefined);
  }
  // keepalived's for JSON and statistics; the supervisor is who answers them.
  watchRealTimeSignals(() => undefined);
  let log: Log | undefined;
  process.on('uncaughtException', (error) => {
    // Node itself would exit with 1, which the supervisor takes for a failure that a new process would meet again.
    log?.say('alert', `Bug: ${error.stack ?? error.message}`);
    log?.close();
    if (!log) process.stderr.write(`${error.stack ?? error.message}\n`);
    process.exit(EXIT.bug);
  });
  let context: WorkerContext | undefined;
  let worker: Worker<WorkerShares[Kind]> | undefined;
  let flags: DaemonFlags | undefined;
  let stopping = false;
  const stop = (): void => {
    if (stopping) return;
    stopping = true;
    if (worker) worker.stop();
    else process.exit(0);
  };
  process.on('SIGTERM', stop);
  process.on('disconnect', stop);
  process.on('message', (message) => {
    const order = message as ToWorker<WorkerShares[Kind]>;
    if (order.type === 'Start') {
      context = contextFor(kind, order);
      log = context.log;
      entitle(kind, order.share.global);
      process.umask(umaskOf(order.setting.flags, order.share.global));
      flags = order.setting.flags;
      worker = begin(order, context);
    } else if (order.type === 'Ping') {
      context?.tell({ type: 'Alive' });
    } else if (order.type === 'Query') {
      context?.tell({ type: 'Answer', id: order.id, answer: worker?.answer?.(order.query) });
    } else if (order.type === 'News' || order.type === 'Answered') {
      worker?.hear?.(order);
    } else if (!stopping) {
      entitle(kind, order.share.global);
      if (flags) process.umask(umaskOf(flags, order.share.global));
      worker?.reconfigure(order.share);
    }
  });
}

/** vrrp_process_name and its like: what ps shows. */
function entitle(kind: WorkerKind, global?: GlobalSettings): void {
  const name = kind === 'alerts' ? undefined : global?.processNames[kind];
  process.title = name ?? `understudy: ${kind}`;
}

function contextFor(kind: WorkerKind, { setting }: StartMessage<unknown>): WorkerContext {
  const log = openLog(kind, setting.flags, setting.programName, process.pid, new SyslogSocket());
  return {
    log,
    tell: (message) => {
      if (process.connected) process.send?.(message);
    },
    exit: (code) => {
      removeOwnPidFile(kind, setting.flags);
      log.close();
      return process.exit(code);
    },
  };
}
