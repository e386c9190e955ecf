import { err, ok } from '../base/result.js';
import type { CheckerProbe } from '../config/index.js';
import { type DatagramExchange } from './datagram.js';
import { hexPattern, matchesPattern } from './hex-pattern.js';
import { keepalivedFiller } from './keepalived-filler.js';
import { type ProbeResult } from './probe.js';

type UdpProbe = CheckerProbe & { readonly kind: 'udp' };

/** What is sent where no payload is configured, as keepalived does. */
const USUAL_PAYLOAD = keepalivedFiller(32);

/**
 * UDP_CHECK: a server is up that does not refuse a datagram, by an ICMP error; with require_reply, one that answers
 * it as asked.
 */
export function udpExchange(probe: UdpProbe): DatagramExchange {
  const { endpoint, payload, requireReply, reply } = probe;
  const pattern = reply === undefined ? undefined : hexPattern(reply);
  const fits = (bytes: Uint8Array): boolean =>
    bytes.length >= probe.minReplyLength &&
    bytes.length <= probe.maxReplyLength &&
    (!pattern || matchesPattern(pattern, bytes));
  return {
    endpoint,
    protocol: 'udp',
    socket: { allErrors: true },
    request:
      payload === undefined ? USUAL_PAYLOAD : Uint8Array.from(hexPattern(payload), ({ value }) => value),
    heard: (bytes) => (!requireReply || fits(bytes) ? ok({}) : mismatch(bytes)),
    silence: () =>
      requireReply
        ? err({ kind: 'failed', code: 'timeout', text: 'no reply', detail: 'no reply in time' })
        : ok({}),
    failed: (stage, { code, message }) => {
      if (stage === 'socket')
        return err({ kind: 'not-run', code, text: 'UDP connect fail to create socket.', detail: message });
      // As keepalived has it: whatever keeps us from sending counts against the server, and is not told as a try.
      const label = stage === 'receive' ? code : 'not-sent';
      return err({ kind: 'failed', code: label, text: 'failed', detail: message });
    },
  };
}

const mismatch = ({ length }: Uint8Array): ProbeResult =>
  err({
    kind: 'failed',
    code: 'mismatch',
    text: 'reply data mismatch',
    detail: `a reply of ${length} bytes`,
  });
