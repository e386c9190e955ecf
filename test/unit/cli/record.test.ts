import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

/** `understudy record`, asking a daemon whose memory does or does not reach back to its start. */
async function record(complete: boolean): Promise<{ readonly status: number; readonly stderr: string }> {
  const directory = mkdtempSync(join(tmpdir(), 'understudy-record-'));
  const socket = join(directory, 'control.sock');
  const header = { recording: 1, program: 'understudy', host: 'h', worker: 'vrrp', pid: 1 };
  const lines = [
    { ...header, clock: { monotonic: 0, wall: 0 }, complete },
    { end: true, missed: 0 },
  ];
  const server = createServer((_request, response) => {
    response.setHeader('content-type', 'application/jsonl');
    response.end(lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
  }).listen(socket);
  await once(server, 'listening');
  try {
    return await new Promise((done) => {
      const words = [resolve('dist/cli/main.js'), 'record', '--socket', socket];
      execFile(process.execPath, words, (error, _stdout, stderr) =>
        done({ status: error === null ? 0 : Number(error.code), stderr }),
      );
    });
  } finally {
    server.close();
    rmSync(directory, { recursive: true });
  }
}

describe('understudy record', () => {
  test('says it if the start of the worker is forgotten: such a recording cannot be played again', async () => {
    expect(await record(true)).toEqual({ status: 0, stderr: '' });
    const { status, stderr } = await record(false);
    expect(status).toBe(0);
    expect(stderr).toContain('the start of the worker is no longer remembered');
  });
});
