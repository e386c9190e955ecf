import { err } from '../base/result.js';
import type { HttpUrl, TlsFiles } from '../config/index.js';
import { type ConnectFailure, type Connector } from './connector.js';
import { HttpExchange } from './http-exchange.js';
import { serverNameOf, type HttpProbe } from './http-request.js';
import { PlainStream } from './plain-stream.js';
import { type ProbeEnd, type ProbeFailure, type UnderWay } from './probe.js';
import { type Watched } from './readiness.js';
import { type Stream } from './stream.js';
import { TlsIdentity } from './tls-identity.js';
import { TlsStream } from './tls-stream.js';

/** HTTP_GET and SSL_GET: one url, one connection. */
export class HttpProber {
  private readonly identity = new TlsIdentity();

  constructor(private readonly connector: Connector) {}

  /** What TLS shows of us from now on. @throws Error if the files cannot be used. */
  useTls(files: TlsFiles | undefined): void {
    this.identity.use(files);
  }

  /** @param url one of the probe's; `end` is called once, never from within this call, unless it is closed before. */
  start(probe: HttpProbe, url: HttpUrl, end: ProbeEnd): UnderWay {
    const exchange = new HttpExchange(probe, url, end);
    exchange.connecting = this.connector.open(probe.endpoint, (connection) => {
      if (connection.ok) exchange.begin(this.streamFor(connection.value, exchange, probe, url));
      else end(err(connectFailure(connection.error)));
    });
    return exchange;
  }

  private streamFor(connection: Watched, exchange: HttpExchange, probe: HttpProbe, url: HttpUrl): Stream {
    if (!probe.tls) return new PlainStream(connection, exchange);
    const wishes = {
      client: this.identity.client,
      serverName: serverNameOf(probe, url),
      sayGoodbye: probe.tlsCompliant === true || url.tlsCompliant === true,
    };
    return new TlsStream(connection, wishes, exchange);
  }
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
