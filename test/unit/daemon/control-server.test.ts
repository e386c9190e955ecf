import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { type Server } from 'node:http';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { listenAt } from '#daemon/control-socket.js';
import { controlServer, type ControlVerb } from '#daemon/control-server.js';

async function* count(): AsyncIterable<string> {
  await Promise.resolve();
  for (let number = 0; number < 3; number += 1) yield String(number);
}

/** How many pieces of a long answer were made. */
let made: number;

/** A hundred megabytes, if somebody reads them. */
function* longText(): Iterable<string> {
  for (; made < 10_000; made += 1) yield 'x'.repeat(10_000);
}

async function* longLines(): AsyncIterable<string> {
  await Promise.resolve();
  yield* longText();
}

const verbs: readonly ControlVerb[] = [
  {
    ...{ method: 'GET', path: '/pieces' },
    answer: () => ({ status: 200, pieces: longText(), contentType: 'text/plain' }),
  },
  { method: 'GET', path: '/lines', answer: () => ({ status: 200, lines: longLines() }) },
  { method: 'GET', path: '/status', answer: () => ({ status: 200, json: { fine: true } }) },
  { method: 'GET', path: '/record', answer: () => ({ status: 200, lines: count() }) },
  { method: 'GET', path: '/bug', answer: () => Promise.reject(new Error('oops')) },
  { method: 'POST', path: '/echo', answer: (_, body) => ({ status: 200, json: body }) },
];

let directory: string;
let path: string;
let server: Server;
const sockets: Socket[] = [];

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'control-'));
  path = join(directory, 'control.sock');
  made = 0;
  server = controlServer(verbs);
  expect(await listenAt(server, path)).toEqual({ ok: true, value: undefined });
});

afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  rmSync(directory, { recursive: true });
});

/** Sends these bytes and collects what comes until the other side ends the connection. */
function exchange(bytes: string): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect(path);
    sockets.push(socket);
    let text = '';
    socket.on('data', (data: Buffer) => (text += data.toString('latin1')));
    socket.on('error', () => undefined);
    socket.on('close', () => resolve(text));
    socket.write(bytes);
  });
}

const get = (what: string): Promise<string> =>
  exchange(`GET ${what} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`);

test('only its owner may use the socket', () => {
  expect(statSync(path).mode & 0o777).toBe(0o600);
});

test('a verb answers with a document, or with lines', async () => {
  expect(await get('/status')).toMatch(/^HTTP\/1\.1 200 [^]*{"fine":true}\n$/);
  expect(await get('/record')).toMatch(/^HTTP\/1\.1 200 [^]*application\/jsonl[^]*0\n[^]*1\n[^]*2\n/);
});

test('what is not there is refused with what is; reading and ordering are kept apart', async () => {
  expect(await get('/nothing')).toMatch(/^HTTP\/1\.1 404 [^]*GET \/status[^]*POST \/echo/);
  expect(await get('/echo')).toMatch(/^HTTP\/1\.1 405 [^]*takes POST/);
  expect(await exchange('POST /status HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n')).toMatch(
    /^HTTP\/1\.1 405 /,
  );
});

test('a bug of a verb is told, and the next one is answered', async () => {
  expect(await get('/bug')).toMatch(/^HTTP\/1\.1 500 [^]*oops/);
  expect(await get('/status')).toMatch(/^HTTP\/1\.1 200 /);
});

test.each([
  ['noise', '\x00\x01\x02\x03\r\n\r\n', 400],
  ['no path', 'GET\r\n\r\n', 400],
  ['a path that is none', 'GET http://[ HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n', 400],
  ['two lengths', 'POST /echo HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n', 400],
  ['too much of a header', `GET /status HTTP/1.1\r\nX: ${'x'.repeat(20_000)}\r\n\r\n`, 431],
  ['too much of a path', `GET /${'x'.repeat(20_000)} HTTP/1.1\r\n\r\n`, 431],
  [
    'too much of a body',
    `POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\n\r\n${'x'.repeat(100_000)}`,
    413,
  ],
])('%s is refused plainly', async (_, request, status) => {
  expect(await exchange(request)).toMatch(new RegExp(`^HTTP/1\\.1 ${status} [^]*"error"`));
});

test('more connections than it takes are closed, and those that it has still work', async () => {
  const kept = Array.from({ length: 32 }, () => connect(path));
  sockets.push(...kept);
  await Promise.all(kept.map((socket) => new Promise((resolve) => socket.once('connect', resolve))));
  const more = await Promise.all(Array.from({ length: 200 }, () => exchange('')));
  expect(new Set(more)).toEqual(new Set(['']));
  const first = kept[0];
  const answered = new Promise<string>((resolve) =>
    first?.once('data', (data: Buffer) => resolve(data.toString())),
  );
  first?.write('GET /status HTTP/1.1\r\nHost: x\r\n\r\n');
  expect(await answered).toMatch(/^HTTP\/1\.1 200 /);
});

test.each(['/pieces', '/lines'])(
  'of %s no more is made than a peer reads: one that reads nothing holds little, and goes on when it likes',
  async (what) => {
    const socket = connect(path);
    sockets.push(socket);
    socket.pause();
    socket.write(`GET ${what} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`);
    let before = -1;
    // Until no more is made, which is when the socket is full.
    while (made === 0 || made !== before) {
      before = made;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    expect(made).toBeLessThan(1000);
    expect(await get('/status')).toMatch(/^HTTP\/1\.1 200 /);
    const ended = new Promise((resolve) => socket.once('end', resolve));
    socket.resume();
    await ended;
    expect(made).toBe(10_000);
  },
);

describe('a socket that is there already', () => {
  test('is left alone if a daemon answers', async () => {
    const second = controlServer(verbs);
    expect(await listenAt(second, path)).toEqual({ ok: false, error: `another daemon answers at ${path}` });
    expect(await get('/status')).toMatch(/^HTTP\/1\.1 200 /);
  });

  test('is replaced if its daemon is dead', async () => {
    const stale = join(directory, 'stale.sock');
    const { pid } = await leaveSocketBehind(stale);
    expect(pid).toBeGreaterThan(0);
    const second = controlServer(verbs);
    expect(await listenAt(second, stale)).toMatchObject({ ok: true });
    await new Promise((resolve) => second.close(resolve));
  });

  test('is never a file of another kind', async () => {
    const file = join(directory, 'notes.txt');
    writeFileSync(file, 'precious');
    expect(await listenAt(controlServer(verbs), file)).toEqual({
      ok: false,
      error: `${file} is there, and is no socket`,
    });
    expect(statSync(file).size).toBe(8);
  });

  test('a directory that is not there is said', async () => {
    const nowhere = join(directory, 'no', 'where.sock');
    expect(await listenAt(controlServer(verbs), nowhere)).toEqual({
      ok: false,
      error: `cannot listen at ${nowhere}: EACCES`,
    });
  });
});

/** A process that dies without closing its socket, as a killed daemon does. */
async function leaveSocketBehind(at: string): Promise<{ pid: number }> {
  const { spawn } = await import('node:child_process');
  const program = `require('net').createServer().listen(${JSON.stringify(at)}, () => process.kill(process.pid, 'SIGKILL'))`;
  const child = spawn(process.execPath, ['-e', program]);
  await new Promise((resolve) => child.once('exit', resolve));
  return { pid: child.pid ?? 0 };
}
