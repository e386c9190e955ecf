import { err, ok, type Result } from '../base/result.js';
import { plus } from '../base/units.js';
import type { HttpUrl } from '../config/index.js';
import { now } from '../kernel/index.js';
import { Connector } from './connector.js';
import { requestText, serverNameOf, type HttpProbe } from './http-request.js';
import { HttpResponse } from './http-response.js';
import { PlainStream } from './plain-stream.js';
import { Readiness } from './readiness.js';
import { type Stream, type StreamUser } from './stream.js';
import { TlsIdentity } from './tls-identity.js';
import { TlsStream } from './tls-stream.js';

/** Sees a page as genhash reads it, in pieces as large as its buffer. */
export interface PageWatcher {
  /** Before each piece until the head is complete. */
  reading(): void;
  head(bytes: Buffer): void;
  /** What the piece that completed the head has of the body, then each further piece. */
  body(bytes: Buffer, withHead: boolean): void;
}

/** How much keepalived reads at a time. */
const PIECE_BYTES = 4095;

/** Why there is no hash: in keepalived's words, or because there was no answer. */
export type HashFailure = { readonly text: string } | 'no-data';

/** Fetches one page and hashes its body, whatever its status. `end` is called once. */
export function hashPage(
  probe: HttpProbe,
  url: HttpUrl,
  watcher: PageWatcher | undefined,
  end: (result: Result<string, HashFailure>) => void,
): void {
  const readiness = new Readiness();
  const connector = new Connector(readiness);
  const finish = (result: Result<string, HashFailure>): void => {
    readiness.close();
    end(result);
  };
  connector.open(probe.endpoint, (connection) => {
    if (!connection.ok) {
      const { kind, text } = connection.error;
      finish(err({ text: kind === 'not-run' ? text : FAILURES[kind] }));
      return;
    }
    const page = new Page(probe, url, watcher, finish);
    if (!probe.tls) page.begin(new PlainStream(connection.value, page));
    else {
      const { client } = new TlsIdentity();
      const wishes = { client, serverName: serverNameOf(probe, url), sayGoodbye: false };
      page.begin(new TlsStream(connection.value, wishes, page));
    }
  });
}

const FAILURES = {
  refused: 'Connection failed',
  unreachable: 'HTTP/SSL_CHECK - network unreachable',
  timeout: 'Timeout connecting',
} as const;

/** One page on one connection. */
class Page implements StreamUser {
  private readonly response: HttpResponse;
  private pieces: Buffer[] = [];
  private stream: Stream | undefined;
  private phase: 'connecting' | 'waiting' | 'reading' = 'connecting';
  private over = false;

  constructor(
    private readonly probe: HttpProbe,
    private readonly url: HttpUrl,
    private readonly watcher: PageWatcher | undefined,
    private readonly end: (result: Result<string, HashFailure>) => void,
  ) {
    this.response = new HttpResponse({
      digest: true,
      isFinal: () => true,
      ...(watcher && { onBody: (bytes: Buffer) => void this.pieces.push(bytes) }),
    });
  }

  begin(stream: Stream): void {
    this.stream = stream;
    this.restartClock();
    if (!this.probe.tls) this.opened();
  }

  opened(): void {
    this.phase = 'waiting';
    this.restartClock();
    if (this.stream?.send(requestText(this.probe, this.url)) === false)
      this.finish(err({ text: 'Cannot send get request to' }));
  }

  received(bytes: Buffer): void {
    this.phase = 'reading';
    this.restartClock();
    for (let at = 0; at < bytes.length; at += PIECE_BYTES) this.take(bytes.subarray(at, at + PIECE_BYTES));
    if (this.response.isComplete || this.response.hasEndlessHead) this.ended();
  }

  ended(): void {
    if (this.phase === 'connecting') this.broke();
    else if (this.response.hasHead) this.finish(ok(this.response.digest() ?? ''));
    else this.finish(err('no-data'));
  }

  broke(): void {
    const handshake = 'SSL handshake/communication error connecting to';
    if (this.phase === 'connecting') this.finish(err({ text: handshake }));
    else if (this.probe.tls) this.ended();
    else this.finish(err({ text: 'Read error with' }));
  }

  private take(piece: Buffer): void {
    const { response, watcher } = this;
    const began: boolean = response.hasHead;
    if (!began) watcher?.reading();
    response.push(piece);
    if (!began && response.hasHead) watcher?.head(response.headBytes);
    for (const body of this.pieces.splice(0)) watcher?.body(body, !began);
  }

  timedOut(): void {
    const reading = this.probe.tls ? 'Timeout SSL read' : 'Timeout HTTP read';
    const text = { connecting: 'Timeout connecting', waiting: 'Timeout WEB read', reading };
    this.finish(err({ text: text[this.phase] }));
  }

  private restartClock(): void {
    this.stream?.waitUntil(plus(now(), this.probe.endpoint.timeout));
  }

  private finish(result: Result<string, HashFailure>): void {
    if (this.over) return;
    this.over = true;
    this.stream?.close();
    this.end(result);
  }
}
