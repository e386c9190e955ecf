import { type Micros } from '../base/units.js';
import { type FromWorker, type ToWorker, type WorkerKind, type WorkerShares } from './messages.js';

/** How a worker process ended: by itself with a code, or by a signal. */
export interface WorkerExit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** When it last sent an advert, on the monotonic clock; absent if it never did. */
  readonly lastAdvertAt?: Micros;
}

/** What the supervisor wants to hear of a worker. */
export interface WorkerListener {
  message(message: FromWorker): void;
  /** Called once, at the end. */
  exited(exit: WorkerExit): void;
}

/** A running worker process. */
export interface WorkerHandle<Share> {
  /** 0 if the system could not make the process: then `exited` follows. */
  readonly pid: number;
  send(message: ToWorker<Share>): void;
  kill(signal: 'SIGTERM' | 'SIGKILL'): void;
}

/** Starts worker processes; a test's fake starts none. */
export type StartWorker = <Kind extends WorkerKind>(
  kind: Kind,
  listener: WorkerListener,
) => WorkerHandle<WorkerShares[Kind]>;
