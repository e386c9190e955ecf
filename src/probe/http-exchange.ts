import { err, ok } from '../base/result.js';
import { plus, type Micros } from '../base/units.js';
import type { HttpUrl } from '../config/index.js';
import { now } from '../kernel/index.js';
import { BodyPattern } from './body-pattern.js';
import { HttpResponse } from './http-response.js';
import { requestText, type HttpProbe } from './http-request.js';
import { type ProbeEnd, type ProbeFailure, type ProbeResult, type UnderWay } from './probe.js';
import { type Stream, type StreamUser } from './stream.js';

/** More of a body is not read: a digest then fails, everything else is known by its status. */
export const BODY_LIMIT_BYTES = 8 * 1024 * 1024;
/** A server that trickles may take this many times connect_timeout in all (keepalived waits for it for ever). */
const PATIENCE = 10;

const REGEX_FAILED = 'Regex match failed';
const NO_DATA = 'Read, no data received from ';
const TLS_FAILED = 'SSL handshake/communication error connecting to';

/** One request and its answer on one connection, judged in keepalived's words. */
export class HttpExchange implements StreamUser, UnderWay {
  /** What leads to the stream. */
  connecting: UnderWay | undefined;
  private readonly response: HttpResponse;
  private stream: Stream | undefined;
  private phase: 'connecting' | 'waiting' | 'reading' = 'connecting';
  private giveUpAt: Micros | undefined;
  private readonly pattern: BodyPattern | undefined;
  private paused = false;
  private judged = false;
  private over = false;

  constructor(
    private readonly probe: HttpProbe,
    private readonly url: HttpUrl,
    private readonly end: ProbeEnd,
  ) {
    this.pattern = url.regex && new BodyPattern(url.regex, () => this.goOn());
    this.response = new HttpResponse({
      digest: url.digest !== undefined,
      ...(this.pattern && { onBody: (bytes) => this.pattern?.push(bytes) }),
      isFinal: (status) => status < 100 || status > 199 || status === 101 || isExpected(status, url),
    });
  }

  /** TLS has what connecting has left of its time. */
  begin(stream: Stream): void {
    this.connecting = undefined;
    this.stream = stream;
    if (!this.probe.tls) this.opened();
  }

  opened(): void {
    this.phase = 'waiting';
    this.giveUpAt = plus(now(), (this.probe.endpoint.timeout * PATIENCE) as Micros);
    this.restartClock();
    if (this.stream?.send(requestText(this.probe, this.url)) === false)
      this.fail('send', 'Cannot send get request to');
  }

  received(bytes: Buffer): void {
    // keepalived allows connect_timeout for the first byte, then for each further one; with TLS for all of them.
    if (this.phase === 'waiting' || !this.probe.tls) this.restartClock();
    this.phase = 'reading';
    const { response } = this;
    response.push(bytes);
    if (response.isComplete || response.hasEndlessHead || response.bodyBytes > BODY_LIMIT_BYTES) this.judge();
    else if (this.pattern?.isBusy === true) this.holdOn();
  }

  ended(): void {
    if (this.phase === 'connecting') this.fail('tls', TLS_FAILED, 'closed in the handshake');
    else this.judge();
  }

  broke(reason: string): void {
    if (this.phase === 'connecting') this.fail('tls', TLS_FAILED, reason);
    // As with keepalived, an answer that has come counts whatever becomes of TLS after it.
    else if (this.probe.tls) this.judge();
    else this.fail('read-error', 'Read error with', reason);
  }

  timedOut(): void {
    const text = {
      connecting: 'Timeout connecting',
      // keepalived is woken by the tickets of TLS 1.3, and takes them for the first of an answer.
      waiting: this.probe.tls ? 'Timeout SSL read' : 'Timeout WEB read',
      reading: this.probe.tls ? 'Timeout SSL read' : 'Timeout HTTP read',
    };
    this.fail('timeout', text[this.phase]);
  }

  close(): void {
    this.over = true;
    this.connecting?.close();
    this.pattern?.abandon();
    this.stream?.close();
  }

  private holdOn(): void {
    this.paused = true;
    this.stream?.pause();
  }

  private goOn(): void {
    if (!this.paused) return;
    this.paused = false;
    this.restartClock();
    this.stream?.resume();
  }

  /** A half of a body, or one that breaks the grammar, is judged by what came, for keepalived lets it pass. */
  private judge(): void {
    if (this.judged) return;
    this.judged = true;
    const { response, url } = this;
    if (!response.hasHead) this.fail('no-data', NO_DATA);
    else if (!isExpected(response.statusCode, url)) {
      this.fail('status-code', 'HTTP status code error to', String(response.statusCode));
    } else if (url.digest !== undefined) this.judgeDigest(url.digest);
    else this.judgePattern('HTTP status code');
  }

  private judgeDigest(expected: string): void {
    const { response } = this;
    if (response.bodyBytes > BODY_LIMIT_BYTES) {
      this.failTooLarge();
      return;
    }
    const digest = response.digest();
    if (digest === expected) this.judgePattern('MD5 digest');
    else this.fail('digest', 'MD5 digest error to', digest);
  }

  /** @param found what was right so far. */
  private judgePattern(found: string): void {
    const { pattern, url } = this;
    if (!pattern || !url.regex) {
      this.finish(ok({ found, url: url.path }));
      return;
    }
    // The server has done its part: how long the search takes is no fault of its own.
    this.stream?.close();
    const { noMatch } = url.regex;
    const incomplete = this.response.bodyBytes > BODY_LIMIT_BYTES;
    pattern.end((verdict) => {
      if (typeof verdict === 'object') this.fail('regex-undecided', REGEX_FAILED, verdict.undecided);
      else if (verdict === 'absent' && incomplete) this.failTooLarge();
      else if ((verdict === 'found') === noMatch) this.fail('regex', REGEX_FAILED, verdict);
      else this.finish(ok({ found: 'Regex match', url: url.path }));
    });
  }

  private failTooLarge(): void {
    this.fail('body-too-large', 'Body too large from', `more than ${BODY_LIMIT_BYTES} bytes`);
  }

  private fail(code: string, text: string, detail?: string): void {
    const failure: ProbeFailure = { kind: 'failed', code, text, ...(detail === undefined ? {} : { detail }) };
    this.finish(err(failure));
  }

  private finish(result: ProbeResult): void {
    if (this.over) return;
    this.close();
    this.end(result);
  }

  private restartClock(): void {
    const next = plus(now(), this.probe.endpoint.timeout);
    this.stream?.waitUntil(this.giveUpAt !== undefined && this.giveUpAt < next ? this.giveUpAt : next);
  }
}

function isExpected(status: number, { statusCodes }: HttpUrl): boolean {
  if (statusCodes.length === 0) return status >= 200 && status <= 299;
  return statusCodes.some(({ from, to }) => status >= from && status <= to);
}
