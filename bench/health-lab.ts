// What whole daemons spend on health checks, Understudy's and keepalived's, in one guest of the lab (which has ip_vs).
//
//   npm run bench -- health-lab [--servers 1000] [--kinds tcp,http,https] [--seconds 30] [--delay 5]
//
// The guest is emulated and takes two nanoseconds for each instruction, so that CPU seconds are instructions, whatever
// else this machine does: the ratio counts, and what caches and system calls cost natively is not in it (bench health).
// Beside CPU per 1,000 checks: memory of all processes, until all servers are in the table, and a reload without a change.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { parseArgs } from 'node:util';

const { values } = parseArgs({
  options: {
    servers: { type: 'string', default: '1000' },
    kinds: { type: 'string', default: 'tcp,http,https' },
    seconds: { type: 'string', default: '30' },
    delay: { type: 'string', default: '5' },
  },
});
const keepalived = process.env['UNDERSTUDY_TEST_KEEPALIVED'] ?? 'keepalived';
const { servers, seconds, delay } = values;
for (const kind of values.kinds.split(',')) {
  const command = [
    process.execPath,
    'build/bench/health-lab-guest.js',
    ...[kind, servers, seconds, delay, keepalived],
  ];
  const lab = spawn('scripts/lab.sh', [command.join(' ')], {
    stdio: ['ignore', 'inherit', 'inherit'],
    env: { ...process.env, LAB_TIMEOUT_S: '3600', LAB_MEMORY_MB: '3072', LAB_CLOCK: 'instructions' },
  });
  const [status] = (await once(lab, 'exit')) as [number | null];
  if (status !== 0) process.exitCode = 1;
}
