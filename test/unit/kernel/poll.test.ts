import { spawnSync } from 'node:child_process';
import { pathToFileURL } from 'node:url';
import { resolve } from 'node:path';

const door = (file: string): string => pathToFileURL(resolve(`dist/kernel/${file}.js`)).href;

/** Leaves one descriptor free, which is one too few, and then asks whether it is free again. */
const program = (file: string, make: string): string => `
import { closeSync, openSync } from 'node:fs';
import * as door from '${door(file)}';
const taken = [];
try { for (;;) taken.push(openSync('/dev/null')); } catch {}
closeSync(taken.pop());
let refusal = 'none';
try { ${make} } catch (error) { refusal = error.code; }
closeSync(openSync('/dev/null'));
process.stdout.write(refusal);
`;

test.each([
  ['timer', 'new door.DeadlineTimer(() => {})'],
  ['epoll', 'new door.Epoll(() => {})'],
  ['rtnetlink', 'new door.RouteMonitor(() => {})'],
])('%s.ts gives its descriptor back when there is none left to watch it with', (file, make) => {
  const node = [process.execPath, '--input-type=module', '--eval', program(file, make)];
  const run = spawnSync('prlimit', ['--nofile=128', ...node], { encoding: 'utf8' });
  expect(run).toMatchObject({ status: 0, stdout: 'EMFILE' });
});
