import { plus } from '../base/units.js';
import type { Endpoint } from '../config/index.js';
import {
  beginConnect,
  closeDescriptor,
  KernelError,
  now,
  receiveWithoutWaiting,
  sendWithoutWaiting,
  type ConnectOptions,
} from '../kernel/index.js';
import { type ProbeEnd, type ProbeResult, type UnderWay } from './probe.js';
import { type Readiness, type Turn, type Watched } from './readiness.js';

/** Where an exchange came to grief. */
export type DatagramStage = 'socket' | 'connect' | 'send' | 'receive';

/** One datagram out, and what its answers mean. */
export interface DatagramExchange {
  readonly endpoint: Endpoint;
  readonly protocol: 'udp' | 'ping';
  readonly socket: Pick<ConnectOptions, 'bindPort' | 'allErrors'>;
  readonly request: Uint8Array;
  /** Judges a datagram (a view); undefined for one that is no answer to this request. */
  readonly heard: (reply: Uint8Array) => ProbeResult | undefined;
  /** Nothing was an answer within the endpoint's time. */
  readonly silence: () => ProbeResult;
  readonly failed: (stage: DatagramStage, error: KernelError) => ProbeResult;
}

/** A peer that floods us is left alone after so many datagrams, until the next turn of the loop. */
const MOST_AT_ONCE = 16;

/**
 * Exchanges of datagrams by the thousand, each on a connected socket of its own: the kernel then hands us only what
 * comes from there, and the ICMP errors that answer it. `end` is called once, never from within this call, unless it is
 * closed before.
 */
export function exchangeDatagrams(readiness: Readiness, exchange: DatagramExchange, end: ProbeEnd): UnderWay {
  let stage: DatagramStage = 'connect';
  let fd = -1;
  try {
    ({ fd } = beginConnect(exchange.protocol, { ...exchange.endpoint, ...exchange.socket }));
    stage = 'send';
    sendWithoutWaiting(fd, exchange.request);
  } catch (error) {
    if (fd >= 0) closeDescriptor(fd);
    if (!(error instanceof KernelError)) throw error;
    if (error.call.startsWith('socket(')) stage = 'socket';
    const result = exchange.failed(stage, error);
    const immediate = setImmediate(() => end(result));
    return { close: () => clearImmediate(immediate) };
  }
  return new Waiting(readiness, fd, exchange, end);
}

/** An exchange whose datagram is on its way. */
class Waiting implements UnderWay {
  private readonly watched: Watched;

  constructor(
    readiness: Readiness,
    fd: number,
    private readonly exchange: DatagramExchange,
    private readonly end: ProbeEnd,
  ) {
    const deadline = plus(now(), exchange.endpoint.timeout);
    this.watched = readiness.watch(fd, deadline, (turn) => this.onTurn(turn));
    this.watched.expect('readable');
  }

  close(): void {
    this.watched.close();
  }

  private onTurn(turn: Turn): void {
    const result = turn === 'timeout' ? this.exchange.silence() : this.receive();
    if (result) {
      this.close();
      this.end(result);
    } else {
      this.watched.expect('readable');
    }
  }

  /** Undefined if nothing was an answer. */
  private receive(): ProbeResult | undefined {
    try {
      for (let count = 0; count < MOST_AT_ONCE; count += 1) {
        const reply = receiveWithoutWaiting(this.watched.fd);
        const result = reply && this.exchange.heard(reply);
        if (!reply || result) return result;
      }
      return undefined;
    } catch (error) {
      if (!(error instanceof KernelError)) throw error;
      return this.exchange.failed('receive', error);
    }
  }
}
