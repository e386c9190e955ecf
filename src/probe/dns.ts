import { randomInt } from 'node:crypto';
import { err, ok } from '../base/result.js';
import type { CheckerProbe } from '../config/index.js';
import { type KernelError } from '../kernel/index.js';
import { decodeDnsHeader, encodeDnsQuery } from '../wire/index.js';
import { type DatagramExchange, type DatagramStage } from './datagram.js';
import { endpointText } from './endpoint-text.js';
import { isUnreachable } from './connector.js';
import { type ProbeFailure, type ProbeResult } from './probe.js';

type DnsProbe = CheckerProbe & { readonly kind: 'dns' };

/** DNS_CHECK: a name server is up that answers a question without an error, whatever the answer is. */
export function dnsExchange({ endpoint, name, type }: DnsProbe): DatagramExchange {
  const id = randomInt(0x1_0000);
  return {
    endpoint,
    protocol: 'udp',
    socket: {},
    request: encodeDnsQuery({ id, name, type }),
    heard: (bytes) => judge(bytes, id),
    silence: () => failure('timeout', 'read timeout from socket'),
    failed: (stage, error) => err(failureAt(stage, error, endpointText(endpoint))),
  };
}

/** Answers to other questions, and what is no answer, are passed over: anybody can send them. */
function judge(bytes: Uint8Array, id: number): ProbeResult | undefined {
  const header = decodeDnsHeader(bytes);
  if (!header.ok || header.value.id !== id || !header.value.isResponse) return undefined;
  const { responseCode } = header.value;
  return responseCode === 0
    ? ok({})
    : failure('rcode', `read error occurred. (rcode = ${responseCode})`, `rcode ${responseCode}`);
}

function failureAt(stage: DatagramStage, error: KernelError, where: string): ProbeFailure {
  const { code, errno, message: detail } = error;
  switch (stage) {
    case 'socket':
      return { kind: 'not-run', code, text: 'failed to create socket.', detail };
    case 'connect':
      return isUnreachable(error)
        ? { kind: 'failed', code: 'unreachable', text: `network unreachable for ${where}`, detail }
        : { kind: 'not-run', code, text: 'UDP socket bind failed.', detail };
    case 'send':
      return { kind: 'failed', code, text: 'failed to write socket.', detail };
    case 'receive':
      return {
        kind: 'failed',
        code,
        text: `failed to read socket; errno ${errno} (${MEANINGS.get(code) ?? code})`,
        detail,
      };
  }
}

/** What the C library says of the errors that ICMP makes; Node's own words are others. */
const MEANINGS: ReadonlyMap<string, string> = new Map([
  ['ECONNREFUSED', 'Connection refused'],
  ['EHOSTUNREACH', 'No route to host'],
  ['ENETUNREACH', 'Network is unreachable'],
  ['ENOPROTOOPT', 'Protocol not available'],
  ['EPROTO', 'Protocol error'],
  ['EACCES', 'Permission denied'],
]);

const failure = (code: string, text: string, detail?: string): ProbeResult =>
  err({ kind: 'failed', code, text, ...(detail === undefined ? {} : { detail }) });
