import { spawnSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, readSync, rmSync } from 'node:fs';
import { createServer, connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ConsoleOutlet } from '#daemon/console-outlet.js';

const line = (index: number): Uint8Array => Buffer.from(`${String(index).padStart(99, '0')}\n`);

/** Sends lines until one is not taken; how many were. */
function fill(outlet: ConsoleOutlet): number {
  for (let index = 0; index < 20_000; index += 1) if (outlet.send(line(index)) !== 'sent') return index;
  return Infinity;
}

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'console-'))));
afterEach(() => rmSync(folder, { recursive: true }));

/** A pipe whose write end waits, as that of a shell does. */
function pipe(): { readonly reader: number; readonly writer: number } {
  const name = join(folder, 'pipe');
  spawnSync('mkfifo', [name]);
  const both = openSync(name, 'r+');
  const writer = openSync(name, 'w');
  const reader = openSync(name, 'r');
  closeSync(both);
  return { reader, writer };
}

describe('an output that nobody reads', () => {
  test('a pipe: is busy when it is full, and takes what follows once somebody reads, nothing lost or cut', () => {
    const { reader, writer } = pipe();
    const outlet = new ConsoleOutlet(writer);
    const taken = fill(outlet);
    expect(taken).toBeGreaterThan(100);
    expect(taken).toBeLessThan(1000);
    expect(outlet.send(line(taken))).toBe('busy');
    const seen = Buffer.alloc(1_000_000);
    let length = readSync(reader, seen);
    expect(outlet.send(line(taken))).toBe('sent');
    length += readSync(reader, seen, length, 1000, null);
    const lines = seen.subarray(0, length).toString().trim().split('\n').map(Number);
    expect(lines).toEqual(Array.from({ length: taken + 1 }, (_, index) => index));
    closeSync(reader);
    expect(outlet.send(line(0))).toBe('absent');
    closeSync(writer);
  });

  test('a socket: as service managers give it', async () => {
    const server = createServer({ pauseOnConnect: true });
    await new Promise<void>((resolve) => server.listen(join(folder, 'socket'), resolve));
    const accepted = new Promise<Socket>((resolve) => server.once('connection', resolve));
    const socket = connect(join(folder, 'socket'));
    const peer = await accepted;
    const { fd } = (socket as unknown as { _handle: { fd: number } })._handle;
    const outlet = new ConsoleOutlet(fd);
    expect(fill(outlet)).toBeLessThan(20_000);
    peer.destroy();
    socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  });

  test('a file takes everything', () => {
    const fd = openSync(join(folder, 'file'), 'w');
    expect(new ConsoleOutlet(fd).send(line(1))).toBe('sent');
    closeSync(fd);
    expect(new ConsoleOutlet(fd).send(line(1))).toBe('absent');
  });
});
