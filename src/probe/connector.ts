import { err, ok, type Result } from '../base/result.js';
import { plus } from '../base/units.js';
import type { Endpoint } from '../config/index.js';
import { beginConnect, connectionError, KernelError, now } from '../kernel/index.js';
import { type UnderWay } from './probe.js';
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

/** TCP connections by the thousand, without blocking. */
export class Connector {
  constructor(private readonly readiness: Readiness) {}

  /** Begins to connect; `end` is called once, never from within this call, unless it is closed before. */
  open(endpoint: Endpoint, end: ConnectEnd): UnderWay {
    const begun = tryConnect(endpoint);
    if (!begun.ok) return new FailedAttempt(begun.error, end);
    return new Attempt(this.readiness, begun.value, endpoint, end);
  }
}

class Attempt implements UnderWay {
  private readonly watched: Watched;

  constructor(
    readiness: Readiness,
    fd: number,
    { timeout }: Endpoint,
    private readonly end: ConnectEnd,
  ) {
    this.watched = readiness.watch(fd, plus(now(), timeout), (turn) => this.settle(turn));
    // A connection that stands already (loopback) is writable at once and comes back the same way.
    this.watched.expect('writable');
  }

  close(): void {
    this.watched.close();
  }

  private settle(turn: Turn): void {
    const { watched } = this;
    const failure = failureOf(turn, watched.fd);
    if (failure) watched.close();
    this.end(failure ? err(failure) : ok(watched));
  }
}

/** One that connect(2) itself refused: it is told of as any other. */
class FailedAttempt implements UnderWay {
  private readonly immediate: NodeJS.Immediate;

  constructor(failure: ConnectFailure, end: ConnectEnd) {
    this.immediate = setImmediate(() => end(err(failure)));
  }

  close(): void {
    clearImmediate(this.immediate);
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
