// `understudy drain --wait` against a control socket that answers as it is told.
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { jest } from '@jest/globals';
import { operation } from '#cli/commands/operate.js';

describe('drain --wait', () => {
  let folder: string;
  let server: Server | undefined;
  let said: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'understudy-drain-'));
    said = '';
    const hear = (text: unknown): boolean => (said += String(text)) !== '';
    jest.spyOn(process.stdout, 'write').mockImplementation(hear);
    jest.spyOn(process.stderr, 'write').mockImplementation(hear);
  });
  afterEach(() => {
    jest.restoreAllMocks();
    server?.close();
    rmSync(folder, { recursive: true });
  });

  /** Drains while each question for connections gets the next of the answers, and the last one for ever. */
  async function drain(waitS: number, ...answers: readonly (readonly [status: number, body: object])[]) {
    const left = [...answers];
    server = createServer((request, response) => {
      const next = left.length > 1 ? left.shift() : left[0];
      const taken = { pool: 'V', realServer: 'R', mark: 'drained', inForce: true };
      const [status, body] = request.method === 'POST' ? [200, taken] : (next ?? [404, {}]);
      response.writeHead(status).end(JSON.stringify(body));
    });
    const socket = join(folder, 'socket');
    await new Promise<void>((resolve) => server?.listen(socket, resolve));
    return operation('drain')(['V', 'R', '--wait', String(waitS), '--socket', socket]);
  }
  const silent = [503, { error: 'the worker did not answer in 2000 ms' }] as const;

  test('ends when no connection is active', async () => {
    expect(await drain(60, [200, { active: 1 }], [200, { active: 0 }])).toBe(0);
    expect(said).toContain('No connection is active');
  });

  test('waits for a worker that is being started again', async () => {
    expect(await drain(60, silent, silent, [200, { active: 0 }])).toBe(0);
  });

  test('says, when the time is up, what is left', async () => {
    expect(await drain(0, [200, { active: 2 }])).toBe(2);
    expect(said).toContain('2 connections are still active');
  });

  test('says, when the time is up, that it does not know', async () => {
    expect(await drain(0, silent)).toBe(1);
    expect(said).toContain('did not answer');
  });

  test('does not wait for what there is not', async () => {
    expect(await drain(60, [404, { error: 'no such real server' }])).toBe(1);
    expect(said).toContain('no such real server');
  });
});
