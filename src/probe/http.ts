import net from 'node:net';
import tls from 'node:tls';
import { Client } from 'undici';
import { err, ok } from '../base/result.js';
import { plus, type Micros } from '../base/units.js';
import type { HttpUrl } from '../config/index.js';
import { now } from '../kernel/index.js';
import { type ConnectFailure, type Connector } from './connector.js';
import { DeadlineTimer } from './deadline-timer.js';
import { HttpResponse } from './http-response.js';
import { requestText, type HttpProbe } from './http-request.js';
import { type ProbeEnd, type ProbeFailure, type ProbeResult } from './probe.js';

/** More of a body is not read: a digest then fails, everything else is known by its status. */
export const BODY_LIMIT_BYTES = 8 * 1024 * 1024;
/** A server that trickles may take this many times connect_timeout in all (keepalived waits for it for ever). */
const PATIENCE = 10;

/**
 * HTTP_GET and SSL_GET: one url, one connection. undici frames and parses the answer on a socket of ours. It can
 * only ask in HTTP/1.1 and orders headers its own way, so the request is put in keepalived's form as it is written
 * to the socket, and what comes back is noted before undici sees it, because digests are made of raw bytes.
 */
export class HttpProber {
  private readonly exchanges = new Map<string, Exchange>();
  private readonly deadlines = new DeadlineTimer((id) => this.exchanges.get(id)?.timedOut());

  constructor(private readonly connector: Connector) {}

  /** @param url one of the probe's; `end` is called once, never from within this call, unless it is cancelled. */
  start(id: string, probe: HttpProbe, url: HttpUrl, end: ProbeEnd): void {
    this.connector.start(id, probe.endpoint, (connection) => {
      if (!connection.ok) {
        end(err(connectFailure(connection.error)));
        return;
      }
      const extend = (at: Micros) => this.deadlines.set(id, at);
      const exchange = new Exchange(probe, url, extend, (result) => {
        this.forget(id);
        end(result);
      });
      this.exchanges.set(id, exchange);
      exchange.begin(connection.value);
    });
  }

  /** Forgets the probe under way, if there is one. */
  cancel(id: string): void {
    this.connector.cancel(id);
    const exchange = this.exchanges.get(id);
    this.forget(id);
    exchange?.abandon();
  }

  close(): void {
    for (const id of [...this.exchanges.keys()]) this.cancel(id);
    this.deadlines.close();
  }

  private forget(id: string): void {
    this.exchanges.delete(id);
    this.deadlines.clear(id);
  }
}

/** One request and its answer on one connection. */
class Exchange {
  private readonly response: HttpResponse;
  private readonly giveUpAt: Micros;
  private socket: net.Socket | undefined;
  private client: Client | undefined;
  private phase: 'handshake' | 'waiting' | 'reading' = 'handshake';
  private over = false;

  constructor(
    private readonly probe: HttpProbe,
    private readonly url: HttpUrl,
    private readonly extend: (at: Micros) => void,
    private readonly end: ProbeEnd,
  ) {
    this.response = new HttpResponse(url.digest !== undefined);
    this.giveUpAt = plus(now(), (probe.endpoint.timeout * PATIENCE) as Micros);
  }

  /** @param fd a connected descriptor, ours from here on. */
  begin(fd: number): void {
    this.restartClock();
    const plain = new net.Socket({ fd });
    plain.on('error', ignore); // whoever uses it hears of it too; a late one must not end the worker
    this.socket = plain;
    if (!this.probe.tls) {
      this.request(plain);
      return;
    }
    // As keepalived: no verification, because checks go to addresses; and no server name unless enable_sni.
    const secure = tls.connect({ socket: plain, rejectUnauthorized: false });
    this.socket = secure;
    const onError = (error: Error) => this.fail('tls', TLS_FAILED, error.message);
    secure.on('error', ignore);
    secure.once('error', onError);
    secure.once('secureConnect', () => {
      secure.off('error', onError);
      this.request(secure);
    });
  }

  timedOut(): void {
    const text = {
      handshake: 'Timeout connecting',
      waiting: 'Timeout WEB read',
      reading: 'Timeout HTTP read',
    };
    this.fail('timeout', text[this.phase]);
  }

  /** Ends without a word to anybody. */
  abandon(): void {
    this.over = true;
    this.client?.destroy(ENDED).catch(ignore);
    this.socket?.destroy(ENDED);
  }

  private request(socket: net.Socket): void {
    this.phase = 'waiting';
    this.restartClock();
    speakAsKeepalived(socket, requestText(this.probe, this.url), (bytes) => this.onBytes(bytes));
    this.client = new Client('http://checked', {
      // Not at once: undici would overlook its own request while it is still asking for a connection.
      connect: (_options, callback) => queueMicrotask(() => callback(null, socket)),
      headersTimeout: 0,
      bodyTimeout: 0,
    });
    this.client.dispatch(
      { path: '/', method: 'GET', reset: true },
      {
        // Without this one undici takes the handler for one of its old interface.
        onRequestStart: ignore,
        onResponseData: () => undefined,
        onResponseEnd: () => this.judge(),
        onResponseError: (_controller, error) => this.onError(error),
      },
    );
  }

  private onBytes(bytes: Buffer): void {
    this.phase = 'reading';
    this.restartClock();
    this.response.push(bytes);
    if (this.response.bodyBytes > BODY_LIMIT_BYTES) this.judge();
  }

  /**
   * undici gave up on the answer. A half of a body, or one that breaks the grammar, is still judged by what came:
   * keepalived does not parse more than the status, and a server must not go down for what it let pass.
   */
  private onError(error: Error & { code?: string }): void {
    if (error.code === 'ECONNRESET' || error.code === 'EPIPE') {
      this.fail('read-error', this.phase === 'waiting' ? NO_DATA : 'Read error with', error.code);
    } else {
      this.judge();
    }
  }

  private judge(): void {
    if (this.over) return; // the answers of a destroyed exchange
    const { response, url } = this;
    if (!response.hasHead) this.fail('no-data', NO_DATA);
    else if (!isExpected(response.statusCode, url)) {
      this.fail('status-code', 'HTTP status code error to', String(response.statusCode));
    } else if (url.digest !== undefined) this.judgeDigest(url.digest);
    else this.finish(ok({ found: 'HTTP status code', url: url.path }));
  }

  private judgeDigest(expected: string): void {
    const { response, url } = this;
    if (response.bodyBytes > BODY_LIMIT_BYTES) {
      this.fail('body-too-large', 'Body too large from', `more than ${BODY_LIMIT_BYTES} bytes`);
      return;
    }
    const digest = response.digest();
    if (digest === expected) this.finish(ok({ found: 'MD5 digest', url: url.path }));
    else this.fail('digest', 'MD5 digest error to', digest);
  }

  private fail(code: string, text: string, detail?: string): void {
    const failure: ProbeFailure = { kind: 'failed', code, text, ...(detail === undefined ? {} : { detail }) };
    this.finish(err(failure));
  }

  private finish(result: ProbeResult): void {
    if (this.over) return;
    this.abandon();
    this.end(result);
  }

  /** keepalived allows connect_timeout for each step: the handshake, the first byte, and every further one. */
  private restartClock(): void {
    const next = plus(now(), this.probe.endpoint.timeout);
    this.extend(next < this.giveUpAt ? next : this.giveUpAt);
  }
}

/** One for all, because undici and Node would make and format one for each connection, at half the cost of a check. */
const ENDED = new Error('this exchange has ended');
const NO_DATA = 'Read, no data received from';
const TLS_FAILED = 'SSL handshake/communication error connecting to';

const ignore = (): undefined => undefined;

function isExpected(status: number, { statusCodes }: HttpUrl): boolean {
  if (statusCodes.length === 0) return status >= 200 && status <= 299;
  return statusCodes.some(({ from, to }) => status >= from && status <= to);
}

/** Replaces the first write, which is undici's request, and shows every chunk to `tap` before anybody reads it. */
function speakAsKeepalived(socket: net.Socket, request: string, tap: (bytes: Buffer) => void): void {
  const write = socket.write.bind(socket);
  socket.write = () => {
    socket.write = write;
    return write(request, 'latin1');
  };
  const push = socket.push.bind(socket);
  socket.push = (chunk: unknown, ...rest) => {
    if (Buffer.isBuffer(chunk)) tap(chunk);
    return push(chunk, ...rest);
  };
}

function connectFailure({ kind, code, text }: ConnectFailure): ProbeFailure {
  switch (kind) {
    case 'not-run':
      return { kind: 'not-run', code: 'not-run', text: 'WEB socket bind failed.', detail: text };
    case 'unreachable':
      return { kind: 'failed', code, text: 'HTTP/SSL_CHECK - network unreachable', detail: text };
    case 'refused':
      return { kind: 'failed', code, text: 'Connection failed', detail: text };
    case 'timeout':
      return { kind: 'failed', code, text: 'Timeout connecting', detail: text };
  }
}
