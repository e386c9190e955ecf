// Web servers that misbehave, one a port, and how each of them is checked.
import { createHash } from 'node:crypto';
import { type Socket } from 'node:net';

export interface WebCase {
  readonly name: string;
  readonly tls?: boolean;
  /** More lines of the url block. */
  readonly url?: string;
  /** More lines of the checker. */
  readonly checker?: string;
  /** Absent: nobody listens. Called once the first bytes (with TLS: of a request) have come. */
  readonly serve?: (socket: Socket, count: number) => void;
  /** With TLS: called with the bare connection, in place of TLS. */
  readonly bare?: (socket: Socket) => void;
  /** What the log has once this case is told in full; the usual is a first verdict. */
  readonly until?: RegExp;
}

const body = 'all is well\n';
const head = (status: string, ...lines: readonly string[]): string =>
  [`HTTP/1.0 ${status}`, ...lines, '', ''].join('\r\n');
const md5 = (text: string): string => createHash('md5').update(text).digest('hex');
const answer =
  (text: string): NonNullable<WebCase['serve']> =>
  (socket) =>
    socket.end(text, 'latin1');
const fine = head('200 OK') + body;

const drip = (socket: Socket, text: string): void => {
  const [first, ...rest] = [text.slice(0, 20), text.slice(20, 60), text.slice(60)];
  socket.write(first);
  rest.forEach((part, index) => {
    const last = index === rest.length - 1;
    setTimeout(() => (last ? socket.end(part) : socket.write(part)), 700 * (index + 1));
  });
};

export const webCases: readonly WebCase[] = [
  { name: 'is well', serve: answer(fine) },
  { name: 'is well with a length', serve: answer(head('200 OK', `Content-Length: ${body.length}`) + body) },
  { name: 'refuses' },
  { name: 'hangs', serve: () => undefined },
  { name: 'resets', serve: (socket) => socket.resetAndDestroy() },
  { name: 'closes without a word', serve: (socket) => socket.end() },
  { name: 'closes in the head', serve: answer('HTTP/1.0 200 OK\r\n') },
  { name: 'hangs in the head', serve: (socket) => socket.write('HTTP/1.0 200 OK\r\n') },
  { name: 'hangs in the body', serve: (socket) => socket.write(fine) },
  { name: 'is slow, but not too slow', serve: (socket) => drip(socket, fine + 'x'.repeat(100)) },
  { name: 'is broken', serve: answer(head('500 Broken')) },
  { name: 'has a code alone, with its space', serve: answer('HTTP/1.1 204 \r\n\r\n') },
  { name: 'redirects', serve: answer(head('302 Found', 'Location: /x')) },
  {
    name: 'redirects, as it may',
    url: 'status_code 200 300-399',
    serve: answer(head('302 Found', 'Location: /x')),
  },
  { name: 'says garbage', serve: answer('\x01\x02\xffgarbage\r\n\r\nmore') },
  { name: 'speaks mail', serve: answer('220 mail ESMTP\r\n\r\n') },
  { name: 'ends too early', serve: answer(head('200 OK', 'Content-Length: 100') + body) },
  { name: 'is right', url: `digest ${md5(body)}`, serve: answer(fine) },
  { name: 'is wrong', url: `digest ${md5('other')}`, serve: answer(fine) },
  {
    name: 'is cut to its length',
    url: `digest ${md5('all')}`,
    serve: answer(head('200 OK', 'Content-Length: 3') + body),
  },
  {
    name: 'is chunked',
    checker: 'http_protocol 1.1',
    url: `digest ${md5('5\r\nhello\r\n0\r\n\r\n')}`,
    serve: answer('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n'),
  },
  { name: 'has the words', url: 'regex "is\\\\s+well"', serve: answer(fine) },
  { name: 'lacks the words', url: 'regex "is\\\\s+ill"', serve: answer(fine) },
  { name: 'has the words in capitals', url: 'regex "WELL"\nregex_options caseless', serve: answer(fine) },
  { name: 'has words that must not be', url: 'regex "well"\nregex_no_match', serve: answer(fine) },
  { name: 'lacks words that must not be', url: 'regex "ill"\nregex_no_match', serve: answer(fine) },
  { name: 'has the words too late', url: 'regex "well"\nregex_max_offset 5', serve: answer(fine) },
  { name: 'has the words late enough', url: 'regex "l"\nregex_min_offset 3', serve: answer(fine) },
  {
    name: 'recovers',
    serve: (socket, count) => socket.end(count < 3 ? head('503 Busy') : fine),
    until: /succeed on service/,
  },
  {
    name: 'recovers at once',
    checker: 'fast_recovery',
    serve: (socket, count) => socket.end(count < 3 ? head('503 Busy') : fine),
    until: /succeed on service/,
  },
  { name: 'is well by TLS', tls: true, serve: answer(fine) },
  { name: 'is right by TLS', tls: true, url: `digest ${md5(body)}`, serve: answer(fine) },
  { name: 'is broken by TLS', tls: true, serve: answer(head('500 Broken')) },
  {
    name: 'has a name by TLS',
    tls: true,
    checker: 'enable_sni\nvirtualhost www.example.net',
    serve: answer(fine),
  },
  { name: 'takes leave', tls: true, checker: 'tls_compliant', serve: answer(fine) },
  {
    name: 'is cut short by TLS',
    tls: true,
    serve: (socket) => socket.write(fine, () => void setTimeout(() => socket.destroy(), 100)),
  },
  { name: 'hangs by TLS', tls: true, serve: () => undefined },
  { name: 'speaks no TLS', tls: true, bare: (socket) => socket.once('data', () => socket.end(fine)) },
  { name: 'refuses TLS', tls: true },
  { name: 'hangs in the handshake', tls: true, bare: () => undefined },
  { name: 'closes in the handshake', tls: true, bare: (socket) => socket.once('data', () => socket.end()) },
];

export const portOf = (index: number): number => 8001 + index;

/** All of them in one file. */
export const webConfiguration = (): string =>
  `global_defs {\n    router_id lab\n}\n${webCases.map(virtualServer).join('')}`;

function virtualServer({ tls, url = '', checker = '' }: WebCase, index: number): string {
  return `virtual_server fwmark ${index + 1} {
    lb_algo rr
    lb_kind NAT
    protocol TCP
    delay_loop 2
    real_server 127.0.0.1 ${portOf(index)} {
        ${tls === true ? 'SSL_GET' : 'HTTP_GET'} {
            warmup 0
            retry 1
            delay_before_retry 1
            connect_timeout 5
            log_all_failures
            ${checker}
            url {
                path /
                ${url}
            }
        }
    }
}
`;
}
