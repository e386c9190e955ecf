import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PidFile } from '#daemon/pid-file.js';

const free = () => true;
let folder: string;
let path: string;
let process_: ChildProcess | undefined;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'pid-'));
  path = join(folder, 'main.pid');
});
afterEach(() => {
  if (process_?.pid !== undefined) process.kill(-process_.pid, 'SIGKILL');
  process_ = undefined;
  rmSync(folder, { recursive: true });
});

/** A process with that command line, whose number stands in the pid file. */
async function inPidFile(argv0: string, ...shellArguments: string[]): Promise<void> {
  // The shell keeps the arguments that it does not use, and stays because there is more to do after the sleep.
  const child = spawn('/bin/sh', ['-c', 'sleep 30; :', ...shellArguments], {
    argv0,
    stdio: 'ignore',
    detached: true,
  });
  process_ = child;
  const shown = () => readFileSync(`/proc/${child.pid}/cmdline`, 'utf8');
  while (!shown().startsWith(argv0)) await new Promise((resolve) => setTimeout(resolve, 5));
  writeFileSync(path, `${child.pid}\n`);
}

describe('a pid file', () => {
  test('bears our number, and goes when we do', () => {
    const claimed = PidFile.claim(path, free);
    if (!claimed.ok) throw new Error(claimed.error.text);
    claimed.value.write(123_456);
    claimed.value.write(7);
    expect(readFileSync(path, 'utf8')).toBe('7\n');
    claimed.value.remove();
    expect(existsSync(path)).toBe(false);
  });

  test('that somebody else has locked is not ours to have', () => {
    expect(PidFile.claim(path, () => false)).toMatchObject({ ok: false, error: { kind: 'running' } });
  });

  test.each(['/usr/sbin/keepalived', 'keepalived', 'understudy', 'understudy: vrrp'])(
    'with the number of a live %s is not ours to have, locked or not',
    async (argv0) => {
      await inPidFile(argv0);
      expect(PidFile.claim(path, free)).toMatchObject({ ok: false, error: { kind: 'running' } });
    },
  );

  test('with a number that now belongs to a process about keepalived is ours', async () => {
    await inPidFile('/opt/keepalived/bin/tail', '/var/log/keepalived.log');
    expect(PidFile.claim(path, free).ok).toBe(true);
  });
});
