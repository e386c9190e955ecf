import { err, ok } from '../base/result.js';
import type { Endpoint } from '../config/index.js';
import { type ConnectFailure, type Connector } from './connector.js';
import { type ProbeEnd, type ProbeFailure, type UnderWay } from './probe.js';

const SUCCESS = ok({});

/** TCP_CHECK: a server is up if it accepts a connection. Nothing is sent. */
export const probeTcp = (connector: Connector, endpoint: Endpoint, end: ProbeEnd): UnderWay =>
  connector.open(endpoint, (result) => {
    if (result.ok) result.value.close();
    end(result.ok ? SUCCESS : err(failureOf(result.error)));
  });

function failureOf({ kind, code, text }: ConnectFailure): ProbeFailure {
  return kind === 'not-run'
    ? { kind: 'not-run', code: 'not-run', text: 'TCP socket bind failed.', detail: text }
    : { kind: 'failed', code, text: kind === 'timeout' ? 'timeout' : 'failed', detail: text };
}
