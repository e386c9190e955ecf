import { err, ok, type Result } from '../base/result.js';
import { plus } from '../base/units.js';
import type { Endpoint } from '../config/index.js';
import { beginConnect, closeDescriptor, connectionError, KernelError, now } from '../kernel/index.js';
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

interface Attempt {
  readonly id: string;
  readonly fd: number;
  readonly end: ConnectEnd;
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
    const begun = tryConnect(endpoint);
    if (!begun.ok) {
      this.endSoon(id, end, begun.error);
      return;
    }
    const attempt = { id, fd: begun.value, end };
    this.attempts.set(id, attempt);
    // A connection that stands already (loopback) is writable at once and comes back the same way.
    this.readiness.add(attempt.fd, { writable: true }, ({ fd, failed }) =>
      this.settle(attempt, failed ? connectionError(fd) : undefined),
    );
    this.deadlines.set(id, plus(now(), endpoint.timeout));
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

  private endSoon(id: string, end: ConnectEnd, failure: ConnectFailure): void {
    // A marker without a descriptor, so that cancel() works on it as on any other.
    const attempt = { id, fd: -1, end };
    this.attempts.set(id, attempt);
    setImmediate(() => {
      if (this.attempts.get(id) !== attempt) return;
      this.attempts.delete(id);
      end(err(failure));
    });
  }

  private settle(attempt: Attempt, error: KernelError | undefined): void {
    if (error) {
      this.drop(attempt);
      const kind = error.code === 'ETIMEDOUT' ? 'timeout' : 'refused';
      attempt.end(err({ kind, code: codeOf(error), text: error.message }));
    } else {
      this.release(attempt);
      attempt.end(ok(attempt.fd));
    }
  }

  private drop(attempt: Attempt): void {
    this.release(attempt);
    if (attempt.fd >= 0) closeDescriptor(attempt.fd);
  }

  /** Lets go of the attempt; its descriptor stays open. */
  private release({ id, fd }: Attempt): void {
    this.attempts.delete(id);
    if (fd < 0) return;
    this.deadlines.clear(id);
    this.readiness.remove(fd);
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
