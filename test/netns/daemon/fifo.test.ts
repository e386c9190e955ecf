import { jest } from '@jest/globals';
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Network } from '../../namespaces.js';
import { requires } from '../../requires.js';
import { Director, instance, until } from './director.js';

const test = requires({ netns: true });
jest.setTimeout(60_000);

let network: Network;
let directory: string;
let a: Director;

beforeEach(() => {
  network = new Network();
  directory = mkdtempSync(join(tmpdir(), 'understudy-fifo-'));
  chmodSync(directory, 0o777);
  const namespace = network.namespace('a');
  network.plug(namespace, 'eth0', network.segment(), ['192.0.2.1/24']);
  a = new Director(namespace, directory);
});

afterEach(async () => {
  await network.close();
  rmSync(directory, { recursive: true });
});

const path = (name: string): string => join(directory, name);

/** Everything that a script in the directory has logged. */
const logged = (name: string): string => (existsSync(path(name)) ? readFileSync(path(name), 'utf8') : '');

function script(name: string, body: string): string {
  writeFileSync(path(name), `#!/bin/sh\n${body}\n`);
  chmodSync(path(name), 0o755);
  return path(name);
}

/** A reader that logs who it is, then every line, then that there are no more. */
const reader = (): string =>
  script('reader.sh', `exec >>${directory}/read.log; echo "$$ $*"; cat "$2"; echo end of $$`);

const global = (...lines: readonly string[]): string => `global_defs {\n${lines.join('\n')}\n}\n`;
const instanceLines = (config: string): string => config + instance(100, ['192.0.2.100']);

describe('notify FIFOs', () => {
  test('are made for their owner, read by their script, kept over reload and crash, and removed', async () => {
    const fifo = path('vrrp.fifo');
    const config = instanceLines(
      global(
        ...['umask 0', 'script_user root', 'fifo_write_vrrp_states_on_reload'],
        ...[`vrrp_notify_fifo ${fifo} nobody`, `vrrp_notify_fifo_script "${reader()} first"`],
      ),
    );
    a.start(config);
    await until(() => logged('read.log').includes('INSTANCE "VI_1" MASTER 100\n'), 'the state');
    const { mode, uid } = statSync(fifo);
    expect([mode & 0o7777, uid]).toEqual([0o644, 65534]);
    expect(logged('read.log')).toMatch(
      new RegExp(String.raw`^\d+ first ${fifo}\nINSTANCE "VI_1" BACKUP 100\nINSTANCE "VI_1" MASTER 100\n$`),
    );

    // The worker dies: its reader does not notice, and hears of its successor.
    process.kill(a.pid('vrrp')!, 'SIGKILL');
    await until(() => logged('read.log').split('MASTER 100').length === 3, `the successor\n${a.log}`);
    expect(logged('read.log')).not.toContain('end of');

    // A reload ends the reader, and tells the next one how things are, though nothing has changed.
    a.signal('SIGHUP');
    await until(() => logged('read.log').split(' first ').length === 3, 'another reader');
    await until(() => logged('read.log').split(' first ')[2]!.includes('MASTER 100'), 'the state again');

    a.signal('SIGTERM');
    expect(await a.ended()).toBe(0);
    expect(logged('read.log')).toMatch(/INSTANCE "VI_1" STOP 100\nend of \d+\n$/);
    expect(existsSync(fifo)).toBe(false);
  });

  test('a file in its place is left alone, and the director serves without the FIFO', async () => {
    writeFileSync(path('file'), 'precious');
    a.start(instanceLines(global(`notify_fifo ${path('file')}`)));
    await a.says('(VI_1) Entering MASTER STATE');
    expect(a.log).toContain(`notify fifo ${path('file')} is not used: it is not a FIFO`);
    a.signal('SIGTERM');
    expect(await a.ended()).toBe(0);
    expect(readFileSync(path('file'), 'utf8')).toBe('precious');
  });

  test('with enable_script_security a reader that others could change is not started', async () => {
    const unsafe = reader();
    a.start(
      instanceLines(
        global('enable_script_security', 'script_user root', `notify_fifo ${path('fifo')}`) +
          global(`notify_fifo_script "${unsafe} x"`),
      ),
    );
    await a.says('(VI_1) Entering MASTER STATE');
    expect(a.log).toContain(`'${directory}' can be written by everybody; the script will not run`);
    expect(logged('read.log')).toBe('');
    expect(existsSync(path('fifo'))).toBe(true);
  });
});

describe('startup_script and shutdown_script', () => {
  test('run before the workers and after them, and are waited for', async () => {
    const startup = script('up.sh', `sleep 1; echo up >>${directory}/order.log`);
    const told = script('told.sh', `echo "$3" >>${directory}/order.log`);
    const shutdown = script('down.sh', `sleep 1; echo down >>${directory}/order.log`);
    const config = global('script_user root', `startup_script "${startup}"`, `shutdown_script "${shutdown}"`);
    a.start(config + instance(100, ['192.0.2.100'], `notify "${told}"`));
    await until(() => logged('order.log').includes('MASTER'), 'a master');
    a.signal('SIGTERM');
    expect(await a.ended()).toBe(0);
    expect(logged('order.log')).toBe('up\nBACKUP\nMASTER\nSTOP\ndown\n');
  });

  test('one that takes too long is ended with all that it started, and the director starts', async () => {
    const startup = script('up.sh', `sleep 300 & echo $! >${directory}/child; wait`);
    a.start(
      instanceLines(global('script_user root', `startup_script "${startup}"`, 'startup_script_timeout 1')),
    );
    await a.says('(VI_1) Entering MASTER STATE');
    expect(a.log).toContain('startup script timed out');
    const child = Number(logged('child'));
    await until(() => !existsSync(`/proc/${child}/cwd`), 'the end of its child');
  });

  test('a stop during startup_script ends it, and starts nothing', async () => {
    const startup = script('up.sh', `echo up >>${directory}/order.log; exec sleep 300`);
    a.start(
      instanceLines(global('script_user root', `startup_script "${startup}"`, 'startup_script_timeout 900')),
    );
    await until(() => logged('order.log') === 'up\n', 'the script');
    a.signal('SIGTERM');
    expect(await a.ended()).toBe(0);
    expect(a.log).not.toContain('Starting VRRP child process');
  });
});
