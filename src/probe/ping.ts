import { randomBytes } from 'node:crypto';
import { familyOf } from '../base/address.js';
import { err, ok } from '../base/result.js';
import type { CheckerProbe } from '../config/index.js';
import { decodeEchoReply, encodeEcho } from '../wire/index.js';
import { type DatagramExchange } from './datagram.js';
import { keepalivedFiller } from './keepalived-filler.js';

type PingProbe = CheckerProbe & { readonly kind: 'ping' };

const FILLER = keepalivedFiller(120);
const COOKIE_LENGTH = 8;

/**
 * PING_CHECK: a server is up that answers an ICMP echo.
 * @param sequence of the echo. A reply counts only with this number and the random bytes that were sent: the kernel
 *   sees to the identifier, but not to where a reply comes from.
 */
export function pingExchange({ endpoint }: PingProbe, sequence: number): DatagramExchange {
  const family = familyOf(endpoint.address);
  const data = Buffer.concat([randomBytes(COOKIE_LENGTH), FILLER]);
  return {
    endpoint: { ...endpoint, port: 0 },
    protocol: 'ping',
    socket: {},
    request: encodeEcho(family, sequence, data),
    heard: (bytes) => {
      const reply = decodeEchoReply(family, bytes);
      return reply.ok && reply.value.sequence === sequence && data.equals(reply.value.data)
        ? ok({})
        : undefined;
    },
    silence: () => err({ kind: 'failed', code: 'timeout', text: 'timeout', detail: 'no reply in time' }),
    failed: (stage, { code, message }) =>
      stage === 'socket'
        ? err({
            kind: 'not-run',
            code,
            text: `ICMP${family === 'inet' ? '' : 'v6'} connect fail to create socket.`,
            detail: message,
          })
        : err({ kind: 'failed', code, text: 'failed', detail: message }),
  };
}
