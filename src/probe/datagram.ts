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
import { DeadlineTimer } from './deadline-timer.js';
import { type ProbeEnd, type ProbeResult } from './probe.js';
import { type Readiness } from './readiness.js';

/** Where an exchange came to grief. */
export type DatagramStage = 'socket' | 'connect' | 'send' | 'receive';

/** One datagram out, and what its answers mean. */
export interface DatagramExchange {
  readonly endpoint: Endpoint;
  readonly socket: Pick<ConnectOptions, 'protocol' | 'bindPort' | 'allErrors'>;
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
  readonly fd: number;
  readonly exchange: DatagramExchange;
  readonly end: ProbeEnd;
}

/**
 * Exchanges of datagrams by the thousand, each on a connected socket of its own: the kernel then hands us only what
 * comes from there, and the ICMP errors that answer it.
 */
export class Datagrams {
  private readonly waiting = new Map<string, Waiting>();
  private readonly deadlines = new DeadlineTimer((id) => this.onSilence(id));

  constructor(private readonly readiness: Readiness) {}

  /** `end` is called once, never from within this call, unless it is cancelled. */
  start(id: string, exchange: DatagramExchange, end: ProbeEnd): void {
    let stage: DatagramStage = 'connect';
    let fd = -1;
    try {
      ({ fd } = beginConnect({ ...exchange.endpoint, ...exchange.socket }));
      stage = 'send';
      sendWithoutWaiting(fd, exchange.request);
    } catch (error) {
      if (fd >= 0) closeDescriptor(fd);
      if (!(error instanceof KernelError)) throw error;
      if (error.call.startsWith('socket(')) stage = 'socket';
      this.endSoon({ id, fd: -1, exchange, end }, exchange.failed(stage, error));
      return;
    }
    const waiting = { id, fd, exchange, end };
    this.waiting.set(id, waiting);
    this.readiness.add(fd, { readable: true }, () => this.onReady(waiting));
    this.deadlines.set(id, plus(now(), exchange.endpoint.timeout));
  }

  /** Forgets an exchange: its end is not called. It need not exist. */
  cancel(id: string): void {
    const waiting = this.waiting.get(id);
    if (waiting) this.release(waiting);
  }

  close(): void {
    for (const waiting of [...this.waiting.values()]) this.release(waiting);
    this.deadlines.close();
  }

  private endSoon(waiting: Waiting, result: ProbeResult): void {
    this.waiting.set(waiting.id, waiting);
    setImmediate(() => {
      if (this.waiting.get(waiting.id) === waiting) this.finish(waiting, result);
    });
  }

  private onReady(waiting: Waiting): void {
    const { fd, exchange } = waiting;
    try {
      for (let count = 0; count < MOST_AT_ONCE; count += 1) {
        const reply = receiveWithoutWaiting(fd);
        const result = reply && exchange.heard(reply);
        if (result) this.finish(waiting, result);
        if (!reply || result) return;
      }
    } catch (error) {
      if (!(error instanceof KernelError)) throw error;
      this.finish(waiting, exchange.failed('receive', error));
    }
  }

  private onSilence(id: string): void {
    const waiting = this.waiting.get(id);
    if (waiting) this.finish(waiting, waiting.exchange.silence());
  }

  private finish(waiting: Waiting, result: ProbeResult): void {
    this.release(waiting);
    waiting.end(result);
  }

  private release({ id, fd }: Waiting): void {
    this.waiting.delete(id);
    if (fd < 0) return;
    this.deadlines.clear(id);
    this.readiness.remove(fd);
    closeDescriptor(fd);
  }
}
