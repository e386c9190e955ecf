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
import { type ProbeEnd, type ProbeResult } from './probe.js';
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

interface Waiting {
  readonly id: string;
  readonly exchange: DatagramExchange;
  readonly end: ProbeEnd;
  /** None where not even sending went well. */
  watched?: Watched;
}

/**
 * Exchanges of datagrams by the thousand, each on a connected socket of its own: the kernel then hands us only what
 * comes from there, and the ICMP errors that answer it.
 */
export class Datagrams {
  private readonly waiting = new Map<string, Waiting>();

  constructor(private readonly readiness: Readiness) {}

  /** `end` is called once, never from within this call, unless it is cancelled. */
  start(id: string, exchange: DatagramExchange, end: ProbeEnd): void {
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
      this.endSoon({ id, exchange, end }, exchange.failed(stage, error));
      return;
    }
    const waiting: Waiting = { id, exchange, end };
    this.waiting.set(id, waiting);
    const deadline = plus(now(), exchange.endpoint.timeout);
    waiting.watched = this.readiness.watch(fd, deadline, (turn) => this.onTurn(waiting, turn));
    waiting.watched.expect('readable');
  }

  /** Forgets an exchange: its end is not called. It need not exist. */
  cancel(id: string): void {
    const waiting = this.waiting.get(id);
    if (waiting) this.release(waiting);
  }

  close(): void {
    for (const waiting of [...this.waiting.values()]) this.release(waiting);
  }

  private endSoon(waiting: Waiting, result: ProbeResult): void {
    this.waiting.set(waiting.id, waiting);
    setImmediate(() => {
      if (this.waiting.get(waiting.id) === waiting) this.finish(waiting, result);
    });
  }

  private onTurn(waiting: Waiting, turn: Turn): void {
    const { watched, exchange } = waiting;
    if (!watched) return;
    if (turn === 'timeout') {
      this.finish(waiting, exchange.silence());
      return;
    }
    try {
      for (let count = 0; count < MOST_AT_ONCE; count += 1) {
        const reply = receiveWithoutWaiting(watched.fd);
        const result = reply && exchange.heard(reply);
        if (result) {
          this.finish(waiting, result);
          return;
        }
        if (!reply) break;
      }
      watched.expect('readable');
    } catch (error) {
      if (!(error instanceof KernelError)) throw error;
      this.finish(waiting, exchange.failed('receive', error));
    }
  }

  private finish(waiting: Waiting, result: ProbeResult): void {
    this.release(waiting);
    waiting.end(result);
  }

  private release({ id, watched }: Waiting): void {
    this.waiting.delete(id);
    watched?.close();
  }
}
