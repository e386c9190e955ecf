import { err, ok, type Result } from '../base/result.js';
import { plus, type Micros } from '../base/units.js';
import type { Endpoint } from '../config/index.js';
import { beginConnect, connectionError, KernelError, now, type EpollEvent } from '../kernel/index.js';
import { DeadlineTimer } from './deadline-timer.js';
import { type Readiness } from './readiness.js';

/** Why there is no connection. */
export interface ConnectFailure {
  /**
   * 'refused': the other side or the network said no. 'unreachable': connect(2) itself said so. 'timeout': nobody
   * answered within the endpoint's time. 'not-run': no connection could be tried from here.
   */
  readonly kind: 'refused' | 'unreachable' | 'timeout' | 'not-run';
  /** For counters and the recorder: 'refused', 'unreachable', 'timeout', or the errno's name. */
  readonly code: string;
  readonly text: string;
}

const CODES: ReadonlyMap<string, string> = new Map([
  ['ECONNREFUSED', 'refused'],
  ['EHOSTUNREACH', 'unreachable'],
  ['ENETUNREACH', 'unreachable'],
  ['ETIMEDOUT', 'timeout'],
]);

const codeOf = ({ code }: KernelError): string => CODES.get(code) ?? code;

/** A connected, non-blocking descriptor that the receiver now owns, or why not. */
export type ConnectEnd = (result: Result<number, ConnectFailure>) => void;

/** A connection that the set of descriptors still tells of, for who goes on there: Readiness.retell(). */
export interface Connection {
  /** Connected, non-blocking, and the receiver's now. */
  readonly fd: number;
  /** Something has come already, and will not be told again. */
  readonly readable: boolean;
  /** When the time that was given for connecting ends. */
  readonly deadline: Micros;
}

type OpenEnd = (result: Result<Connection, ConnectFailure>) => void;

const UNREACHABLE = new Set([
  'ENETUNREACH',
  'EHOSTUNREACH',
  'ECONNREFUSED',
  'EHOSTDOWN',
  'ENETDOWN',
  'ECONNRESET',
  'ECONNABORTED',
  'ETIMEDOUT',
]);

/** Errors of connect(2) itself that are a verdict on the server (keepalived, socket_bind_connect). */
export const isUnreachable = ({ code }: KernelError): boolean => UNREACHABLE.has(code);

const EVERYTHING = { readable: true, writable: true, onChange: true };

interface Attempt {
  readonly id: string;
  readonly fd: number;
  readonly deadline: Micros;
  readonly end: OpenEnd;
}

/** TCP connections by the thousand: non-blocking connects whose timeouts share one timer. */
export class Connector {
  private readonly attempts = new Map<string, Attempt>();
  private readonly deadlines = new DeadlineTimer((id) => this.onTimeout(id));

  constructor(private readonly readiness: Readiness) {}

  /**
   * Begins to connect; `end` is called once, never from within this call, unless it is cancelled.
   * @param id of the attempt; another one of the same id must have ended.
   */
  start(id: string, endpoint: Endpoint, end: ConnectEnd): void {
    this.open(id, endpoint, (result) => {
      if (result.ok) this.readiness.remove(result.value.fd);
      end(result.ok ? ok(result.value.fd) : result);
    });
  }

  /** As start(), for who goes on within the set of descriptors: told of each change, also of what can be read. */
  open(id: string, endpoint: Endpoint, end: OpenEnd): void {
    const begun = tryConnect(endpoint);
    const deadline = plus(now(), endpoint.timeout);
    if (!begun.ok) {
      this.endSoon({ id, fd: -1, deadline, end }, begun.error);
      return;
    }
    const attempt = { id, fd: begun.value, deadline, end };
    this.attempts.set(id, attempt);
    // A connection that stands already (loopback) is writable at once and comes back the same way.
    this.readiness.add(attempt.fd, EVERYTHING, (event) => this.settle(attempt, event));
    this.deadlines.set(id, deadline);
  }

  /** Forgets an attempt: its end is not called. It need not exist. */
  cancel(id: string): void {
    const attempt = this.attempts.get(id);
    if (attempt) this.drop(attempt);
  }

  close(): void {
    for (const attempt of [...this.attempts.values()]) this.drop(attempt);
    this.deadlines.close();
  }

  /** @param attempt without a descriptor, so that cancel() works on it as on any other. */
  private endSoon(attempt: Attempt, failure: ConnectFailure): void {
    this.attempts.set(attempt.id, attempt);
    setImmediate(() => {
      if (this.attempts.get(attempt.id) !== attempt) return;
      this.attempts.delete(attempt.id);
      attempt.end(err(failure));
    });
  }

  private settle(attempt: Attempt, { failed, readable }: EpollEvent): void {
    const error = failed ? connectionError(attempt.fd) : undefined;
    if (error) {
      this.drop(attempt);
      const kind = error.code === 'ETIMEDOUT' ? 'timeout' : 'refused';
      attempt.end(err({ kind, code: codeOf(error), text: error.message }));
    } else {
      this.forget(attempt);
      const { fd, deadline } = attempt;
      attempt.end(ok({ fd, deadline, readable: readable || failed }));
    }
  }

  private drop(attempt: Attempt): void {
    this.forget(attempt);
    if (attempt.fd >= 0) this.readiness.closeDescriptor(attempt.fd);
  }

  private forget({ id }: Attempt): void {
    this.attempts.delete(id);
    this.deadlines.clear(id);
  }

  private onTimeout(id: string): void {
    const attempt = this.attempts.get(id);
    if (!attempt) return;
    this.drop(attempt);
    attempt.end(err({ kind: 'timeout', code: 'timeout', text: 'no answer in time' }));
  }
}

function tryConnect(endpoint: Endpoint): Result<number, ConnectFailure> {
  try {
    return ok(beginConnect({ protocol: 'tcp', ...endpoint }).fd);
  } catch (error) {
    if (!(error instanceof KernelError)) throw error;
    const kind = isUnreachable(error) ? 'unreachable' : 'not-run';
    return err({ kind, code: codeOf(error), text: error.message });
  }
}
