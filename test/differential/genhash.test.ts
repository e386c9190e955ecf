// The same command lines for keepalived's genhash and ours, before the same servers: what they print, and their status.
import { execFile, execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import net, { type AddressInfo, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { fileURLToPath } from 'node:url';
import tls from 'node:tls';
import { requires } from '../requires.js';

const keepalived = process.env['UNDERSTUDY_TEST_KEEPALIVED'] ?? 'keepalived';
const understudy = fileURLToPath(new URL('../../../dist/cli/main.js', import.meta.url));
const withKeepalived = requires({ keepalived: true });

interface Outcome {
  readonly out: string;
  readonly err: string;
  readonly status: number;
}

/** Runs a command to its end; what must differ is taken out. */
function run(file: string, ...args: string[]): Promise<Outcome> {
  const neutral = (text: string) =>
    text.replace(/= \d+ usecs/, '= N usecs').replace(/^Usage: \S+ /m, 'Usage: PROGRAM ');
  return new Promise((resolve) =>
    execFile(file, args, { timeout: 60_000, encoding: 'latin1' }, (error, out, err) =>
      resolve({ out: neutral(out), err: neutral(err), status: error ? Number(error.code) : 0 }),
    ),
  );
}

const theirs = (...args: string[]) => run(keepalived, '--genhash', ...args);
const ours = (...args: string[]) => run(process.execPath, understudy, '--genhash', ...args);

const servers: Server[] = [];

async function listening(server: Server): Promise<string> {
  servers.push(server);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return String((server.address() as AddressInfo).port);
}

/** A server that gives this answer to everybody, and notes what it was asked. */
async function answering(answer: Buffer | string, asked: string[] = []): Promise<string> {
  const server = net.createServer((socket) => {
    socket.on('error', () => undefined);
    socket.once('data', (bytes) => {
      asked.push(bytes.toString('latin1'));
      socket.end(answer);
    });
  });
  return listening(server);
}

afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

const page = 'HTTP/1.0 200 OK\r\nContent-Length: 20\r\nX: y\r\n\r\nhello world\nand more and beyond';

async function same(...args: string[]): Promise<Outcome> {
  const [expected, actual] = [await theirs(...args), await ours(...args)];
  expect([args, actual]).toEqual([args, expected]);
  return actual;
}

describe('genhash', () => {
  withKeepalived(
    'prints what keepalived prints of any page',
    async () => {
      const body = Buffer.from(Array.from({ length: 20_000 }, (_, index) => index & 0xff));
      const pages = [page, 'HTTP/1.1 404 Not Found\r\n\r\ngone', '', 'HTTP/1.0 200 OK\r\n', 'x\r\n\r\n'];
      const large = Buffer.concat([Buffer.from('HTTP/1.0 200 OK\r\n\r\n'), body]);
      for (const answer of [...pages, large]) {
        await same('-s', '127.0.0.1', '-p', await answering(answer), '-u', '/');
      }
      const { out } = await same('-v', '-s', '127.0.0.1', '-p', await answering(page), '-u', '/');
      expect(out).toContain('87f84abcc98edd357dee8a8548f00b62');
      expect((await same('-s', '127.0.0.1', '-p', '1', '-u', '/')).out).toBe('Connection failed\n');
    },
    120_000,
  );

  withKeepalived(
    'asks as keepalived asks',
    async () => {
      const asked: string[] = [];
      const port = await answering(page, asked);
      const at = ['--server', '127.0.0.1', '--port', port, '--url'];
      for (const protocol of ['1.0', '1.0c', '1.1']) await same(...at, '/a?b', '-P', protocol);
      await same(...at, '/first', '--url=/second', '--use-virtualhost', 'www.example.net', '-t5');
      expect(asked).toHaveLength(8);
      expect(asked.filter((_, index) => index % 2 === 1)).toEqual(
        asked.filter((_, index) => index % 2 === 0),
      );
    },
    120_000,
  );

  withKeepalived(
    'refuses what keepalived refuses',
    async () => {
      for (const line of [
        '',
        '-h',
        '-q -h',
        '-s www.example.net -p 80 -u /',
        '-s 192.0.2.1 -p 0 -u /',
        '-s 192.0.2.1 -p 80x -u /',
        '-s 192.0.2.1 -p 80',
        '-s 192.0.2.1 -p 80 -u / extra words',
        '-s 192.0.2.1 -p 80 -u / --foo',
        '-s 192.0.2.1 -p 80 -u',
        '-s 192.0.2.1 -p 80 -u / -m x',
        '-s 192.0.2.1 -p 80 -u / -P 2',
        '-s 192.0.2.1 -p 80 -u / -t x',
        '-s 192.0.2.1 -p 80 -u / -t -1',
      ]) {
        const { status } = await same(...line.split(' ').filter((word) => word !== ''));
        expect([line, status]).toEqual([line, 1]);
      }
    },
    120_000,
  );

  withKeepalived(
    'hashes what comes by TLS',
    async () => {
      const directory = mkdtempSync(`${tmpdir()}/understudy-genhash-`);
      const [key, cert] = [`${directory}/key`, `${directory}/cert`] as const;
      const subject = ['-subj', '/CN=nobody', '-days', '1', '-keyout', key, '-out', cert];
      const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];
      execFileSync('openssl', ['req', '-x509', ...curve, ...subject], { stdio: 'ignore' });
      const names: unknown[] = [];
      const server = tls.createServer({ key: readFileSync(key), cert: readFileSync(cert) }, (socket) => {
        names.push((socket as tls.TLSSocket & { servername?: unknown }).servername);
        socket.on('error', () => undefined);
        socket.once('data', () => socket.end(page));
      });
      rmSync(directory, { recursive: true });
      const port = await listening(server);
      const at = ['-s', '127.0.0.1', '-p', port, '-u', '/'];
      expect((await same('-S', ...at)).out).toBe('87f84abcc98edd357dee8a8548f00b62\n');
      await same('-S', '-I', '-V', 'www.example.net', ...at);
      expect(names).toEqual([false, false, 'www.example.net', 'www.example.net']);
      await same('-S', '-s', '127.0.0.1', '-p', await answering(page), '-u', '/');
    },
    120_000,
  );
});
