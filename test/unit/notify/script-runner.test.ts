import { spawn } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ScriptRunner, type Script, type ScriptEnd, type ScriptOptions } from '#notify/index.js';
import { launchOf } from '#notify/script-launch.js';
import { requires } from '../../requires.js';

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

  test('a path of its own is what is executed', async () => {
    const [file, script] = [join(folder, 'names'), join(folder, 'script')];
    writeFileSync(script, `#!/bin/sh\necho "$0 $1" >>${file}\n`, { mode: 0o755 });
    await ended({ argv: ['/some/link', 'one'], path: script });
    expect(readFileSync(file, 'utf8')).toBe(`${script} one\n`);
  });

  test('a first word that is a redirection asks whether a file can be opened', async () => {
    const file = join(folder, 'there is one');
    writeFileSync(file, '');
    const escaped = file.replaceAll(' ', String.raw`\ `);
    expect(await ended({ argv: [`<${escaped}`] })).toEqual({ kind: 'exited', status: 0 });
    expect(await ended({ argv: ['</nonexistent'] })).toMatchObject({ kind: 'exited' });
    expect(await ended({ argv: ['</nonexistent'] })).not.toMatchObject({ status: 0 });
  });

  test('each is being executed before the next one starts', async () => {
    const file = join(folder, 'turns');
    writeFileSync(file, '');
    const fresh = new ScriptRunner();
    for (let turn = 0; turn < 20; turn++) fresh.run(shell(`echo ${turn} $$ >>${file}`));
    await fresh.idle(60_000);
    const pids = readFileSync(file, 'utf8')
      .trimEnd()
      .split('\n')
      .map((line) => line.split(' ').map(Number) as [number, number])
      .sort(([a], [b]) => a - b)
      .map(([, pid]) => pid);
    // Process ids count up, but begin again from the bottom.
    const drops = pids.filter((pid, index) => index > 0 && pid < pids[index - 1]!).length;
    expect(pids).toHaveLength(20);
    expect(drops).toBeLessThanOrEqual(1);
  });

  test('a script is sent TERM when the process that runs it is killed', async () => {
    const file = join(folder, 'orphan');
    const url = new URL('../../../../dist/notify/index.js', import.meta.url).href;
    const text = `trap "echo TERM >>${file}; exit" TERM; echo up >>${file}; while :; do sleep 0.05; done`;
    const program = `import { ScriptRunner } from '${url}';
      new ScriptRunner().run({ argv: ['/bin/sh', '-c', process.argv[1]] });
      setInterval(() => undefined, 1000);`;
    writeFileSync(file, '');
    const parent = spawn(process.execPath, ['--input-type=module', '-e', program, text], { stdio: 'ignore' });
    const until = async (line: string): Promise<void> => {
      while (!readFileSync(file, 'utf8').includes(line)) await new Promise((wake) => setTimeout(wake, 20));
    };
    await until('up');
    parent.kill('SIGKILL');
    await until('TERM');
  }, 60_000);

  requires({ root: true })(
    'a script is in its user’s group alone, or in all of them where asked',
    async () => {
      const file = join(folder, 'groups');
      const identity = { uid: 13, gid: 13 };
      chmodSync(folder, 0o777);
      await ended({ ...shell(`id -u >${file}; id -G >>${file}`), identity });
      expect(readFileSync(file, 'utf8')).toBe('13\n13\n');
      await ended({ ...shell(`id -G >${file}`), identity: { ...identity, groups: [13, 4, 27] } });
      expect(readFileSync(file, 'utf8')).toBe('13 4 27\n');
    },
  );

  test('without setpriv it is Node that starts the script', () => {
    const script = { argv: ['/bin/true', 'x'], identity: { uid: 13, gid: 13 } };
    expect(launchOf(script, null)).not.toHaveProperty('via');
    expect(launchOf(script, '/bin/setpriv').argv).toEqual([
      ...['/bin/setpriv', '--pdeathsig', 'TERM', '--reuid', '13', '--regid', '13', '--groups', '13'],
      ...['--', '/bin/true', 'x'],
    ]);
    const identity = { ...script.identity, groups: [13, 4] };
    expect(launchOf({ ...script, identity }, '/bin/setpriv').argv).toContain('13,4');
  });

  test('idle gives up waiting when its time is over', async () => {
    const endless = ended(shell('sleep 30'));
    await runner.idle(100);
    expect(runner.pending).toBe(1);
    runner.signalAll('SIGKILL');
    expect(await endless).toEqual({ kind: 'signalled', signal: 9 });
  });
});
