import { err, ok } from '../base/result.js';
import type { Endpoint } from '../config/index.js';
import { type ConnectFailure, type Connector } from './connector.js';
import { type Readiness } from './readiness.js';
import { type ProbeEnd, type ProbeFailure } from './probe.js';

/** TCP_CHECK: a server is up if it accepts a connection. Nothing is sent. */
export class TcpProber {
  constructor(
    private readonly connector: Connector,
    private readonly readiness: Readiness,
  ) {}

  start(id: string, endpoint: Endpoint, end: ProbeEnd): void {
    this.connector.open(id, endpoint, (result) => {
      if (result.ok) this.readiness.closeDescriptor(result.value.fd);
      end(result.ok ? ok({}) : err(failureOf(result.error)));
    });
  }

  cancel(id: string): void {
    this.connector.cancel(id);
  }
}

function failureOf({ kind, code, text }: ConnectFailure): ProbeFailure {
  return kind === 'not-run'
    ? { kind: 'not-run', code: 'not-run', text: 'TCP socket bind failed.', detail: text }
    : { kind: 'failed', code, text: kind === 'timeout' ? 'timeout' : 'failed', detail: text };
}
