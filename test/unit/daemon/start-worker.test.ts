import { workersOf } from '#daemon/start-worker.js';
import { type WorkerExit } from '#daemon/worker-handle.js';

test.each([
  ['throws (ENOTDIR)', '/etc/passwd/node'],
  ['reports (ENOENT)', '/nonexistent/node'],
])('a process that the system does not make has ended, whether Node %s', async (_how, program) => {
  const ends: WorkerExit[] = [];
  const worker = workersOf(program)('vrrp', { message: () => undefined, exited: (exit) => ends.push(exit) });
  expect(worker.pid).toBe(0);
  worker.kill('SIGTERM');
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(ends).toEqual([{ code: null, signal: null }]);
});
