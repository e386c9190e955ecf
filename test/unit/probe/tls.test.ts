import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import net, { type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import tls from 'node:tls';
import type { CheckerProbe, HttpUrl } from '#config/index.js';
import { Prober, tlsTrouble } from '#probe/index.js';
import { endpoint, probed, ScriptedServer } from './scripted-server.js';

type Http = CheckerProbe & { kind: 'http' };

const url = (extra: Partial<HttpUrl> = {}): HttpUrl => ({ path: '/', statusCodes: [], ...extra });
const https = (port: number, extra: Partial<Http> = {}): Http => ({
  kind: 'http',
  endpoint: endpoint(port, 20_000),
  tls: true,
  httpVersion: '1.0',
  urls: [url()],
  ...extra,
});

const md5 = (text: string): string => createHash('md5').update(text).digest('hex');
const up = (found = 'HTTP status code') => ({ ok: true, value: { found, url: '/' } });
const failed = (code: string, text: string) => ({ ok: false, error: { kind: 'failed', code, text } });
const TLS_FAILED = 'SSL handshake/communication error connecting to';

const directory = mkdtempSync(`${tmpdir()}/understudy-tls-`);
const [key, lockedKey, certificate] = ['key', 'locked', 'certificate'].map(
  (name) => `${directory}/${name}`,
) as [string, string, string];

let prober: Prober;
const servers: ScriptedServer[] = [];

beforeAll(() => {
  const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256'];
  // Expired for years, and nobody's name.
  const cert = ['-nodes', '-subj', '/CN=nobody', '-days', '1', '-keyout', key, '-out', certificate];
  execFileSync('openssl', ['req', '-x509', ...curve, ...cert], { stdio: 'ignore' });
  const lock = ['-aes128', '-passout', 'pass:secret', '-in', key, '-out', lockedKey];
  execFileSync('openssl', ['ec', ...lock], { stdio: 'ignore' });
});
afterAll(() => rmSync(directory, { recursive: true }));
beforeEach(() => {
  prober = new Prober();
});
afterEach(async () => {
  prober.close();
  for (const server of servers.splice(0)) await server.stop();
});

const OK = 'HTTP/1.0 200 OK\r\n\r\nhello';

/** A server that does this with each request, or `onRaw` with each connection. */
async function serve(onRequest: (socket: tls.TLSSocket) => void, options: tls.TLSSocketOptions = {}) {
  const secureContext = tls.createSecureContext({
    key: readFileSync(key),
    cert: readFileSync(certificate),
    maxVersion: 'TLSv1.2',
  });
  const server = await ScriptedServer.start(
    () => undefined,
    (socket) => {
      const secure = new tls.TLSSocket(socket, { isServer: true, secureContext, ...options });
      secure.on('error', () => undefined);
      secure.once('data', () => onRequest(secure));
    },
  );
  servers.push(server);
  return server;
}

/** A server of bare TCP. */
async function plain(onRequest: (socket: Socket) => void, onConnection?: (socket: Socket) => void) {
  const server = await ScriptedServer.start(onRequest, onConnection);
  servers.push(server);
  return server;
}

/** Another way to that server, which notes what goes through it. */
const spied = (port: number) =>
  plain(
    () => undefined,
    (socket) => {
      const behind = net.connect(port, '127.0.0.1').on('error', () => undefined);
      socket.pipe(behind).pipe(socket);
    },
  );

describe('SSL_GET', () => {
  test('takes any certificate, and digests what was encrypted', async () => {
    const { port } = await serve((socket) => socket.end(OK));
    expect(await probed(prober, https(port, { urls: [url({ digest: md5('hello') })] }))).toEqual(
      up('MD5 digest'),
    );
  });

  test.each<[string, (socket: Socket) => void]>([
    ['no TLS is spoken', (socket) => socket.end('HTTP/1.0 200 OK\r\n\r\n')],
    ['the connection ends in the handshake', (socket) => socket.end()],
    ['it is reset in the handshake', (socket) => socket.resetAndDestroy()],
  ])('fails where %s', async (_what, script) => {
    const { port } = await plain(script);
    expect(await probed(prober, https(port))).toMatchObject(failed('tls', TLS_FAILED));
  });

  test('gives connecting and handshake one connect_timeout, and all of an answer another', async () => {
    const silent = await plain(() => undefined);
    const patience = { endpoint: endpoint(silent.port, 300) };
    expect(await probed(prober, https(silent.port, patience))).toMatchObject(
      failed('timeout', 'Timeout connecting'),
    );
    const dripping = await serve((socket) => {
      socket.write('HTTP/1.0 200 OK\r\n\r\n');
      const drip = setInterval(() => socket.write('.'), 10);
      socket.on('close', () => clearInterval(drip));
    });
    const before = Date.now();
    expect(
      await probed(prober, https(dripping.port, { endpoint: endpoint(dripping.port, 300) })),
    ).toMatchObject(failed('timeout', 'Timeout SSL read'));
    expect(Date.now() - before).toBeGreaterThan(299);
  });

  test('is content with an answer whose TLS is cut short', async () => {
    const half = await serve((socket) => socket.write(OK, () => void setTimeout(() => socket.destroy(), 20)));
    expect(await probed(prober, https(half.port))).toEqual(up());
    const nothing = await serve((socket) => socket.destroy());
    expect(await probed(prober, https(nothing.port))).toMatchObject({ error: { code: 'no-data' } });
  });

  test('names the server only if it is told to, by sni_name or the virtualhost without port', async () => {
    const names: unknown[] = [];
    const { port } = await serve((socket) => {
      names.push((socket as tls.TLSSocket & { servername?: unknown }).servername);
      socket.end(OK);
    });
    const virtualHost = 'www.example.net:8443';
    await probed(prober, https(port, { virtualHost }));
    await probed(prober, https(port, { virtualHost, enableSni: true }));
    await probed(
      prober,
      https(port, { virtualHost, enableSni: true, urls: [url({ virtualHost: 'a.example' })] }),
    );
    await probed(prober, https(port, { virtualHost, sniName: 'b.example' }));
    await probed(prober, https(port, { virtualHost: '192.0.2.1', enableSni: true }));
    await probed(prober, https(port, { enableSni: true }));
    expect(names).toEqual([false, 'www.example.net', 'a.example', 'b.example', false, false]);
  });

  test('takes leave with close_notify only if it is tls_compliant, in the checker or the url', async () => {
    const { port } = await serve((socket) => socket.write('HTTP/1.0 200 OK\r\nContent-Length: 0\r\n\r\n'));
    const lastRecord = async (extra: Partial<Http>) => {
      const spy = await spied(port);
      expect(await probed(prober, https(spy.port, extra))).toEqual(up());
      while (spy.closed === 0) await new Promise((resolve) => setTimeout(resolve, 5));
      const records = Buffer.from(spy.received[0] ?? '', 'latin1');
      let type = 0;
      for (let at = 0; at < records.length; at += 5 + records.readUInt16BE(at + 3)) type = records[at] ?? 0;
      return type;
    };
    const [ALERT, DATA] = [21, 23];
    expect(await lastRecord({})).toBe(DATA);
    expect(await lastRecord({ tlsCompliant: true })).toBe(ALERT);
    expect(await lastRecord({ urls: [url({ tlsCompliant: true })] })).toBe(ALERT);
    expect(await lastRecord({ tlsCompliant: true, urls: [url({ tlsCompliant: false })] })).toBe(ALERT);
  });

  test('shows the certificate of the SSL block, with a key that has a password', async () => {
    const shown: string[] = [];
    const { port } = await serve(
      (socket) => {
        shown.push(
          (socket.getPeerCertificate() as { subject?: { CN: string } } | undefined)?.subject?.CN ?? '',
        );
        socket.end(OK);
      },
      { requestCert: true, rejectUnauthorized: false },
    );
    await probed(prober, https(port));
    prober.useTls({ ca: certificate, certificate, key: lockedKey, password: 'secret' });
    await probed(prober, https(port));
    expect(() => prober.useTls({ certificate, key: '/no/such/file' })).toThrow();
    await probed(prober, https(port));
    prober.useTls(undefined);
    await probed(prober, https(port));
    expect(shown).toEqual(['', 'nobody', 'nobody', '']);
  });

  test('says what is wrong with the files', () => {
    expect(tlsTrouble({ ca: certificate, certificate, key })).toBeUndefined();
    expect(tlsTrouble({ certificate: '/no/such/file' })).toMatch(/no such file/);
    expect(tlsTrouble({ certificate: key, key })).toBeDefined();
    expect(tlsTrouble({ certificate, key: lockedKey })).toBeDefined();
    expect(tlsTrouble({ certificate, key: lockedKey, password: 'wrong' })).toBeDefined();
    expect(tlsTrouble({ certificate, key: lockedKey, password: 'secret' })).toBeUndefined();
  });
});
