import { createHash } from 'node:crypto';
import type { CheckerProbe, HttpUrl } from '#config/index.js';
import { BODY_LIMIT_BYTES } from '#probe/http-exchange.js';
import { Prober } from '#probe/index.js';
import { closedPort, deafPort, endpoint, ip, probed, ScriptedServer } from './scripted-server.js';
import { type Socket } from 'node:net';

type Http = CheckerProbe & { kind: 'http' };

const url = (extra: Partial<HttpUrl> = {}): HttpUrl => ({ path: '/', statusCodes: [], ...extra });

const http = (port: number, extra: Partial<Http> = {}): Http => ({
  kind: 'http',
  endpoint: endpoint(port),
  tls: false,
  httpVersion: '1.0',
  urls: [url()],
  ...extra,
});

const md5 = (text: string): string => createHash('md5').update(text, 'latin1').digest('hex');

const failed = (code: string, text: string) => ({ ok: false, error: { kind: 'failed', code, text } });
const up = (found = 'HTTP status code', path = '/') => ({ ok: true, value: { found, url: path } });

let prober: Prober;
const servers: ScriptedServer[] = [];

beforeEach(() => {
  prober = new Prober();
});
afterEach(async () => {
  prober.close();
  for (const server of servers.splice(0)) await server.stop();
});

async function serve(
  onRequest: (socket: Socket) => void,
  onConnection?: (socket: Socket) => void,
  host?: string,
) {
  const server = await ScriptedServer.start(onRequest, onConnection, host);
  servers.push(server);
  return server;
}

/** A server that answers with these bytes and closes. */
const answering = (text: string) => serve((socket) => socket.end(text, 'latin1'));

/** The verdict on a server that answers so. */
async function verdict(answer: string, of: Partial<HttpUrl> = {}) {
  const { port } = await answering(answer);
  return probed(prober, http(port, { urls: [url(of)] }));
}

describe('the request on the wire (keepalived, request_template)', () => {
  const request = async (extra: Partial<Http>, host?: string) => {
    const server = await serve((socket) => socket.end('HTTP/1.0 200 OK\r\n\r\n'), undefined, host);
    const probe = http(server.port, extra);
    const where = { ...probe.endpoint, address: ip(host ?? '127.0.0.1') };
    expect(await probed(prober, { ...probe, endpoint: where })).toMatchObject({ ok: true });
    return server.received[0]?.replace(String(server.port), 'PORT');
  };

  test('1.0, 1.0C and 1.1', async () => {
    const head = 'User-Agent: KeepAliveClient\r\n';
    const host = 'Host: 127.0.0.1:PORT\r\n\r\n';
    expect(await request({ httpVersion: '1.0' })).toBe(`GET / HTTP/1.0\r\n${head}${host}`);
    expect(await request({ httpVersion: '1.0C' })).toBe(
      `GET / HTTP/1.0\r\n${head}Connection: close\r\n${host}`,
    );
    expect(await request({ httpVersion: '1.1' })).toBe(
      `GET / HTTP/1.1\r\n${head}Connection: close\r\n${host}`,
    );
  });

  test('virtualhost of the url, or of the checker, stands as written', async () => {
    expect(await request({ virtualHost: 'a.example:8080' })).toMatch(/\r\nHost: a\.example:8080\r\n\r\n$/);
    const urls = [url({ virtualHost: 'b.example' })];
    expect(await request({ virtualHost: 'a.example', urls })).toMatch(/\r\nHost: b\.example\r\n\r\n$/);
  });

  test('an IPv6 address is bracketed', async () => {
    expect(await request({}, '::1')).toMatch(/\r\nHost: \[::1\]:PORT\r\n\r\n$/);
  });

  test('the path is not made better', async () => {
    expect(await request({ urls: [url({ path: '/a b?c="ü"' })] })).toMatch(
      /^GET \/a b\?c="Ã¼" HTTP\/1\.0\r\n/, // the octets of the file
    );
  });

  test('each step asks for its own url', async () => {
    const server = await answering('HTTP/1.0 200 OK\r\n\r\n');
    const probe = http(server.port, { urls: [url(), url({ path: '/second' })] });
    expect(await probed(prober, probe, 1)).toEqual(up('HTTP status code', '/second'));
    expect(server.received[0]).toMatch(/^GET \/second /);
    expect(await probed(prober, probe, 2)).toMatchObject({ ok: false, error: { kind: 'not-run' } });
  });
});

describe('status codes', () => {
  test.each([
    ['HTTP/1.0 200 OK\r\n\r\n', true],
    ['HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n', true],
    ['HTTP/1.0 299 Fine\r\n\r\nbody', true],
    ['HTTP/1.0 302 Found\r\nLocation: /x\r\n\r\n', false],
    ['HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n', false],
  ])('%j', async (answer, good) => {
    expect(await verdict(answer)).toMatchObject(
      good ? up() : failed('status-code', 'HTTP status code error to'),
    );
  });

  test('lists and ranges', async () => {
    const statusCodes = [
      { from: 200, to: 200 },
      { from: 400, to: 404 },
    ];
    expect(await verdict('HTTP/1.0 404 Not Found\r\n\r\n', { statusCodes })).toEqual(up());
    expect(await verdict('HTTP/1.0 204 Empty\r\n\r\n', { statusCodes })).toMatchObject({
      error: { detail: '204' },
    });
  });
});

describe('digests (genhash: MD5 of the raw body)', () => {
  test.each([
    ['until the connection ends', 'HTTP/1.0 200 OK\r\n\r\nhello', 'hello'],
    ['of a given length', 'HTTP/1.0 200 OK\r\nContent-Length: 5\r\n\r\nhello', 'hello'],
    ['no more than that length', 'HTTP/1.0 200 OK\r\nContent-Length: 5\r\n\r\nhello world', 'hello'],
    ['of an empty body', 'HTTP/1.0 200 OK\r\n\r\n', ''],
    [
      'of a chunked body with its sizes, as it came',
      'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n5\r\nhello\r\n0\r\n\r\n',
      '5\r\nhello\r\n0\r\n\r\n',
    ],
  ])('%s', async (_what, answer, body) => {
    expect(await verdict(answer, { digest: md5(body) })).toEqual(up('MD5 digest'));
    expect(await verdict(answer, { digest: md5(`${body}!`) })).toMatchObject({
      ...failed('digest', 'MD5 digest error to'),
      error: { detail: md5(body) },
    });
  });

  test('however the bytes are cut', async () => {
    const answer = 'HTTP/1.0 200 OK\r\nContent-Length: 11\r\n\r\nhello world';
    const server = await serve((socket) => {
      socket.setNoDelay(true);
      void (async () => {
        for (const byte of answer) {
          socket.write(byte);
          await new Promise((resolve) => setImmediate(resolve));
        }
        socket.end();
      })();
    });
    const probe = http(server.port, { urls: [url({ digest: md5('hello world') })] });
    expect(await probed(prober, probe)).toEqual(up('MD5 digest'));
  });
});

describe('misbehaving servers', () => {
  test('refuse', async () => {
    expect(await probed(prober, http(await closedPort()))).toMatchObject({
      ok: false,
      error: { code: 'refused' },
    });
  });

  test('do not answer at all', async () => {
    const deaf = await deafPort();
    expect(await probed(prober, http(deaf.port, { endpoint: endpoint(deaf.port, 120) }))).toMatchObject(
      failed('timeout', 'Timeout connecting'),
    );
    deaf.stop();
  });

  test.each<[string, (socket: Socket) => void, string, string]>([
    ['accept and hang', () => undefined, 'timeout', 'Timeout WEB read'],
    ['stop in the head', (socket) => socket.write('HTTP/1.0 200'), 'timeout', 'Timeout HTTP read'],
    [
      'stop in the body',
      (socket) => socket.write('HTTP/1.0 200 OK\r\n\r\nx'),
      'timeout',
      'Timeout HTTP read',
    ],
    ['close without a word', (socket) => socket.end(), 'no-data', 'Read, no data received from '],
    [
      'close in the head',
      (socket) => socket.end('HTTP/1.0 200 OK\r\n'),
      'no-data',
      'Read, no data received from ',
    ],
    ['reset', (socket) => socket.resetAndDestroy(), 'read-error', 'Read error with'],
    [
      'send garbage',
      (socket) => socket.end('\x00\xff\x01garbage', 'latin1'),
      'no-data',
      'Read, no data received from ',
    ],
    [
      'speak another protocol',
      (socket) => socket.end('220 mail\r\n\r\n'),
      'status-code',
      'HTTP status code error to',
    ],
    [
      'send an endless head',
      (socket) => socket.end(`HTTP/1.0 200 OK\r\n${'x: y\r\n'.repeat(9000)}`),
      'no-data',
      'Read, no data received from ',
    ],
  ])('%s', async (_what, script, code, text) => {
    const { port } = await serve(script);
    expect(await probed(prober, http(port, { endpoint: endpoint(port, 120) }))).toMatchObject(
      failed(code, text),
    );
  });

  test('trickle, until patience ends', async () => {
    const server = await serve((socket) => {
      socket.write('HTTP/1.0 200 OK\r\n\r\n');
      const drip = setInterval(() => socket.write('.'), 10);
      socket.on('close', () => clearInterval(drip));
    });
    // The server never ends and never falls silent: that the probe ends is the proof.
    const probe = http(server.port, { endpoint: endpoint(server.port, 100) });
    expect(await probed(prober, probe)).toMatchObject(failed('timeout', 'Timeout HTTP read'));
  });

  test('end in the middle of a body: the status tells, as for keepalived', async () => {
    expect(await verdict('HTTP/1.0 200 OK\r\nContent-Length: 10\r\n\r\nabc')).toEqual(up());
  });

  test('send more than is read: the status tells, a digest cannot', async () => {
    const flood = () =>
      serve((socket) => {
        socket.write('HTTP/1.0 200 OK\r\n\r\n');
        const piece = Buffer.alloc(1024 * 1024);
        const pour = () => {
          while (!socket.destroyed && socket.write(piece));
        };
        socket.on('drain', pour);
        pour();
      });
    expect(BODY_LIMIT_BYTES).toBe(8 * 1024 * 1024);
    expect(await probed(prober, http((await flood()).port))).toEqual(up());
    const urls = [url({ digest: md5('') })];
    expect(await probed(prober, http((await flood()).port, { urls }))).toMatchObject(
      failed('body-too-large', 'Body too large from'),
    );
  });
});

describe('what keepalived does not know', () => {
  test('an interim response is none yet, unless its status is what is wanted', async () => {
    const answer =
      'HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok';
    expect(await verdict(answer, { digest: md5('ok') })).toEqual(up('MD5 digest'));
    const statusCodes = [{ from: 103, to: 103 }];
    expect(await verdict(answer, { statusCodes })).toEqual(up());
    expect(await verdict('HTTP/1.1 101 Switching\r\n\r\n')).toMatchObject({ error: { detail: '101' } });
  });

  test('a status line may end with its code', async () => {
    expect(await verdict('HTTP/1.0 200\r\n\r\n')).toEqual(up());
  });

  test('a response without body is complete, whether or not the connection ends', async () => {
    const server = await serve((socket) => socket.write('HTTP/1.1 204 No Content\r\n\r\n'));
    expect(await probed(prober, http(server.port, { endpoint: endpoint(server.port, 60_000) }))).toEqual(
      up(),
    );
  });

  test('a server that speaks before it is asked is heard', async () => {
    const server = await serve(
      () => undefined,
      (socket) => socket.end('HTTP/1.0 200 OK\r\nContent-Length: 0\r\n\r\n'),
    );
    expect(await probed(prober, http(server.port, { endpoint: endpoint(server.port, 60_000) }))).toEqual(
      up(),
    );
  });
});

describe('ends', () => {
  test('a cancelled check has none, and leaves the server', async () => {
    const server = await serve(() => undefined);
    const ends: unknown[] = [];
    prober.start('one', http(server.port), 0, (result) => ends.push(result));
    while (server.received[0] === undefined || server.received[0] === '') await new Promise(setImmediate);
    prober.cancel('one');
    while (server.closed === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    expect(ends).toEqual([]);
  });

  test('a hundred at once each have their own', async () => {
    const server = await serve((socket) => socket.end('HTTP/1.0 200 OK\r\n\r\n'));
    const bad = await answering('HTTP/1.0 500 Bad\r\n\r\n');
    const patient = (port: number) => http(port, { endpoint: endpoint(port, 4000) });
    const checks = Array.from({ length: 100 }, (_, index) =>
      probed(prober, patient(index % 2 ? bad.port : server.port)),
    );
    expect((await Promise.all(checks)).map(({ ok }) => ok)).toEqual(
      checks.map((_, index) => index % 2 === 0),
    );
  });
});
