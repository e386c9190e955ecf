import { jest } from '@jest/globals';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { Log } from '#daemon/log.js';
import { type ProcessPattern } from '#daemon/process-census.js';
import { ProcessWatcher } from '#daemon/process-watcher.js';
import { type ProcessesCounted } from '#vrrp/index.js';
import { requires } from '../../requires.js';
import { until } from '../daemon/director.js';

const test = requires({ root: true });
jest.setTimeout(40_000);

/** A parameter that no other process of this machine has, and no other test. */
let mark: string;
let sleeper: ProcessPattern;
let tests = 0;

let heard: ProcessesCounted[];
let lines: string[];
let watcher: ProcessWatcher;
const children: ChildProcess[] = [];

beforeEach(() => {
  [heard, lines] = [[], []];
  mark = `${process.pid}${(tests += 1)}`;
  sleeper = { process: 'sleep', parameters: [mark], match: 'exact', fullCommand: true };
  const sink = { write: (_at: Date, _level: unknown, text: string) => void lines.push(text) };
  const log = new Log([sink], 2, false);
  watcher = new ProcessWatcher((events) => void heard.push(...events), log, { force: false });
});

afterEach(() => {
  watcher.close();
  // With whatever they have started.
  for (const { pid = 0 } of children.splice(0)) {
    try {
      process.kill(-pid, 'SIGKILL');
    } catch {
      // gone already
    }
  }
});

async function start(command: string, ...words: string[]): Promise<ChildProcess> {
  const child = spawn(command, words, { stdio: 'ignore', detached: true });
  children.push(child);
  await once(child, 'spawn');
  return child;
}

const numbers = (): string[] => heard.map(({ name, count, by }) => `${name} ${count} ${by}`);

test('processes that are there are counted at once, and then as they come and go', async () => {
  const first = await start('sleep', mark);
  expect(watcher.follow({ sleeper })).toEqual({ sleeper: 1 });
  await start('sleep', mark);
  await until(() => heard.length === 1, 'a second process');
  first.kill();
  await until(() => heard.length === 2, 'the end of the first');
  expect(numbers()).toEqual(['sleeper 2 exec', 'sleeper 1 exit']);
  expect(lines).toContain('proc_events has confirmed it is configured');
});

test('a process that forks counts twice until the child becomes something else', async () => {
  const shell: ProcessPattern = {
    process: 'sh',
    parameters: ['-c'],
    match: 'partial',
    fullCommand: true,
  };
  // Of all shells of this machine only those are looked at whose number we know.
  const pattern: ProcessPattern = { ...shell, parameters: ['-c', `(exec sleep ${mark}) & wait`] };
  expect(watcher.follow({ shell: pattern, sleeper })).toEqual({ shell: 0, sleeper: 0 });
  await start('sh', '-c', `(exec sleep ${mark}) & wait`);
  await until(() => heard.length >= 4, 'shell, its child, and what became of it');
  expect(numbers().slice(0, 2)).toEqual(['shell 1 exec', 'shell 2 fork']);
  expect(numbers().slice(2).sort()).toEqual(['shell 1 exec', 'sleeper 1 exec']);
});

test('a process that gives itself another name', async () => {
  const name = `p${mark}`;
  watcher.follow({ named: { process: name, parameters: [], match: 'none', fullCommand: false } });
  await start('sh', '-c', `printf ${name} > /proc/$$/comm; sleep 60 & wait`);
  await until(() => heard.some(({ count }) => count === 1), 'the name');
  expect(numbers()[0]).toBe('named 1 exec');
});

test('nobody is asked for processes that are not followed any more', async () => {
  watcher.follow({ sleeper });
  watcher.follow({});
  await start('sleep', mark);
  expect(watcher.follow({ sleeper })).toEqual({ sleeper: 1 });
  expect(heard).toEqual([]);
});
