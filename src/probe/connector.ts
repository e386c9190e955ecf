import { err, ok, type Result } from '../base/result.js';
import { plus } from '../base/units.js';
import type { Endpoint } from '../config/index.js';
import { beginConnect, connectionError, KernelError, now } from '../kernel/index.js';
import { type Readiness, type Turn, type Watched } from './readiness.js';

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

/** A connected descriptor that the receiver now owns, with what is left of its time, or why there is none. */
export type ConnectEnd = (result: Result<Watched, ConnectFailure>) => void;

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
  readonly end: ConnectEnd;
  /** None where connect(2) itself has failed. */
  watched?: Watched;
}

/** TCP connections by the thousand, without blocking. */
export class Connector {
  private readonly attempts = new Map<string, Attempt>();

  constructor(private readonly readiness: Readiness) {}

  /**
   * Begins to connect; `end` is called once, never from within this call, unless it is cancelled.
   * @param id of the attempt; another one of the same id must have ended.
   */
  open(id: string, endpoint: Endpoint, end: ConnectEnd): void {
    const begun = tryConnect(endpoint);
    const attempt: Attempt = { id, end };
    this.attempts.set(id, attempt);
    if (!begun.ok) {
      this.endSoon(attempt, begun.error);
      return;
    }
    const deadline = plus(now(), endpoint.timeout);
    attempt.watched = this.readiness.watch(begun.value, deadline, (turn) => this.settle(attempt, turn));
    // A connection that stands already (loopback) is writable at once and comes back the same way.
    attempt.watched.expect('writable');
  }

  /** Forgets an attempt: its end is not called. It need not exist. */
  cancel(id: string): void {
    this.attempts.get(id)?.watched?.close();
    this.attempts.delete(id);
  }

  close(): void {
    for (const id of [...this.attempts.keys()]) this.cancel(id);
  }

  private endSoon(attempt: Attempt, failure: ConnectFailure): void {
    setImmediate(() => {
      if (this.attempts.get(attempt.id) !== attempt) return;
      this.attempts.delete(attempt.id);
      attempt.end(err(failure));
    });
  }

  private settle({ id, watched, end }: Attempt, turn: Turn): void {
    if (!watched) return;
    this.attempts.delete(id);
    const failure = failureOf(turn, watched.fd);
    if (failure) watched.close();
    end(failure ? err(failure) : ok(watched));
  }
}

function failureOf(turn: Turn, fd: number): ConnectFailure | undefined {
  if (turn === 'timeout') return { kind: 'timeout', code: 'timeout', text: 'no answer in time' };
  const error = turn === 'failed' ? connectionError(fd) : undefined;
  if (!error) return undefined;
  return {
    kind: error.code === 'ETIMEDOUT' ? 'timeout' : 'refused',
    code: codeOf(error),
    text: error.message,
  };
}

function tryConnect(endpoint: Endpoint): Result<number, ConnectFailure> {
  try {
    return ok(beginConnect('tcp', endpoint).fd);
  } catch (error) {
    if (!(error instanceof KernelError)) throw error;
    const kind = isUnreachable(error) ? 'unreachable' : 'not-run';
    return err({ kind, code: codeOf(error), text: error.message });
  }
}
