import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ScriptRunner, type Script, type ScriptEnd, type ScriptOptions } from '#notify/index.js';

const runner = new ScriptRunner();
const ended = async (script: Script, options: ScriptOptions = {}): Promise<ScriptEnd> =>
  new Promise((onEnd) => runner.run(script, { ...options, onEnd }));
const shell = (text: string): Script => ({ argv: ['/bin/sh', '-c', text] });

/** A zombie that nobody has reaped yet is dead, too. */
function isAlive(pid: number): boolean {
  if (!existsSync(`/proc/${pid}/stat`)) return false;
  return !/\) [ZX] /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
}

let folder: string;
beforeAll(() => (folder = mkdtempSync(join(tmpdir(), 'scripts-'))));
afterAll(() => rmSync(folder, { recursive: true }));

describe('running scripts', () => {
  test('tells how they ended', async () => {
    expect(await ended({ argv: ['/bin/true'] })).toEqual({ kind: 'exited', status: 0 });
    expect(await ended(shell('exit 7'))).toEqual({ kind: 'exited', status: 7 });
    expect(await ended(shell('kill -9 $$'))).toEqual({ kind: 'signalled', signal: 9 });
    expect(await ended({ argv: ['/nonexistent'] })).toMatchObject({ kind: 'not-started' });
  });

  test.each([
    ['a path through a file (ENOTDIR)', ['/etc/passwd/script']],
    ['an argument longer than any may be (E2BIG)', ['/bin/true', 'x'.repeat(300_000)]],
    ['an argument that C cannot hold', ['/bin/true', 'a\0b']],
  ])('%s is an end like any other, and the next script is run', async (_name, argv) => {
    const fresh = new ScriptRunner();
    const ends: ScriptEnd[] = [];
    fresh.run({ argv }, { onEnd: (end) => ends.push(end) });
    fresh.run({ argv: ['/bin/true'] }, { onEnd: (end) => ends.push(end) });
    await fresh.idle(5000);
    expect(ends).toEqual([
      { kind: 'not-started', error: expect.any(String) as string },
      { kind: 'exited', status: 0 },
    ]);
  });

  test('start in the order asked for, and never from within run()', async () => {
    const file = join(folder, 'order');
    writeFileSync(file, '');
    const ends: ScriptEnd[] = [];
    for (const name of ['a', 'b', 'c'])
      runner.run(shell(`echo ${name} >>${file}; sleep 0.05`), { onEnd: (end) => ends.push(end) });
    expect(readFileSync(file, 'utf8')).toBe('');
    await runner.idle(5000);
    expect(ends).toHaveLength(3);
    expect(readFileSync(file, 'utf8').split('\n').sort()).toEqual(['', 'a', 'b', 'c']);
  });

  test('a script has a process group of its own, and no terminal, pipe or file of ours', async () => {
    const file = join(folder, 'group');
    await ended(shell(`ps -o pgid= -p $$ >${file}; echo $$ >>${file}; readlink /proc/$$/fd/0 >>${file}`));
    const [group, pid, stdin] = readFileSync(file, 'utf8')
      .split('\n')
      .map((line) => line.trim());
    expect(group).toBe(pid);
    expect(stdin).toBe('/dev/null');
  });

  test('an overdue script is killed with everything that it started', async () => {
    const file = join(folder, 'child');
    expect(await ended(shell(`sleep 60 & echo $! >${file}; wait`), { timeoutMs: 200 })).toEqual({
      kind: 'timed-out',
    });
    const child = Number(readFileSync(file, 'utf8'));
    // Killed is not yet gone. Were it alive, this would wait for as long as a test may.
    while (isAlive(child)) await new Promise((resolve) => setTimeout(resolve, 10));
  });

  test('one that ignores TERM is killed two seconds later', async () => {
    const started = Date.now();
    expect(await ended(shell(`trap '' TERM; while :; do sleep 0.1; done`), { timeoutMs: 100 })).toEqual({
      kind: 'timed-out',
    });
    expect(Date.now() - started).toBeGreaterThan(2000);
  });

  test('LD_PRELOAD, LD_LIBRARY_PATH and IFS are not handed on', async () => {
    process.env['LD_LIBRARY_PATH'] = '/x';
    const file = join(folder, 'environment');
    const fresh = new ScriptRunner();
    await new Promise((onEnd) => fresh.run(shell(`env >${file}`), { onEnd }));
    delete process.env['LD_LIBRARY_PATH'];
    expect(readFileSync(file, 'utf8')).not.toMatch(/^(LD_|IFS)/m);
    expect(readFileSync(file, 'utf8')).toMatch(/^PATH=/m);
  });

  test('a path of its own is what is executed; a program still learns its first word', async () => {
    const [file, script] = [join(folder, 'names'), join(folder, 'script')];
    writeFileSync(script, `#!/bin/sh\necho "$0 $1" >>${file}\n`, { mode: 0o755 });
    await ended({ argv: ['/some/link', 'one'], path: script });
    await ended({ argv: ['busy', '-c', `echo $0 >>${file}`], path: '/bin/sh' });
    expect(readFileSync(file, 'utf8')).toBe(`${script} one\nbusy\n`);
  });

  test('a first word that is a redirection asks whether a file can be opened', async () => {
    const file = join(folder, 'there is one');
    writeFileSync(file, '');
    const escaped = file.replaceAll(' ', String.raw`\ `);
    expect(await ended({ argv: [`<${escaped}`] })).toEqual({ kind: 'exited', status: 0 });
    expect(await ended({ argv: ['</nonexistent'] })).toMatchObject({ kind: 'exited' });
    expect(await ended({ argv: ['</nonexistent'] })).not.toMatchObject({ status: 0 });
  });

  test('idle gives up waiting when its time is over', async () => {
    const endless = ended(shell('sleep 30'));
    await runner.idle(100);
    expect(runner.pending).toBe(1);
    runner.signalAll('SIGKILL');
    expect(await endless).toEqual({ kind: 'signalled', signal: 9 });
  });
});
