// How long it takes from the bytes of a configuration to its syntax tree, in a process of its own for each, because a
// command reads a configuration once. Usage: node build/bench/config-parse.js
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { ok } from '#base/result.js';
import { readTree } from '#config/source.js';
import { type SourceHost } from '#config/source-host.js';
import { type Statement } from '#config/tree.js';
import { instances, realServers } from './config-files.js';

const COURSES: Readonly<Record<string, () => string>> = {
  '100 real servers': () => realServers(100, 'in tens'),
  '1,000 real servers': () => realServers(1000, 'in tens'),
  '10,000 real servers': () => realServers(10_000, 'in tens'),
  '50,000 real servers': () => realServers(50_000, 'in tens'),
  '50,000 in one pool': () => realServers(50_000, 'in one pool'),
  '255 instances': () => instances(255),
  '65,024 instances': () => instances(65_024),
};

const host = (bytes: Uint8Array): SourceHost => ({
  workingDirectory: '/',
  readFile: () => ok(bytes),
  status: () => ({ kind: 'file', executable: false }),
  exists: () => true,
  list: () => undefined,
  canonical: (path) => path,
  environment: () => undefined,
});

function countWords(statements: readonly Statement[]): number {
  let count = 0;
  for (const { words, body } of statements) count += words.length + (body ? countWords(body) : 0);
  return count;
}

function runCourse(name: string): void {
  const bytes = new TextEncoder().encode(COURSES[name]?.() ?? '');
  const before = process.cpuUsage();
  const started = performance.now();
  const tree = readTree(host(bytes), '/keepalived.conf', { instance: 'bench', seed: 1 });
  const elapsed = performance.now() - started;
  const cpu = process.cpuUsage(before);
  const words = countWords(tree.statements);
  const peak = Number(/VmHWM:\s+(\d+)/.exec(readFileSync('/proc/self/status', 'utf8'))?.[1] ?? 0) / 1024;
  const columns = [
    name.padEnd(20),
    `${(bytes.length / 1e6).toFixed(2)} MB`.padStart(9),
    `${words} words`.padStart(15),
    `${elapsed.toFixed(0)} ms`.padStart(8),
    `${((cpu.user + cpu.system) / 1000).toFixed(0)} ms CPU`.padStart(12),
    `${((elapsed * 1000) / words).toFixed(2)} us a word`.padStart(16),
    `${peak.toFixed(0)} MB peak`.padStart(12),
  ];
  console.log(columns.join(''));
}

const [, , chosen] = process.argv;
if (chosen !== undefined) runCourse(chosen);
else {
  for (const name of Object.keys(COURSES)) {
    spawnSync(process.execPath, [fileURLToPath(import.meta.url), name], { stdio: 'inherit' });
  }
}
