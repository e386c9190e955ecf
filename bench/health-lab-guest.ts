// Played inside the lab for bench/health-lab.ts: one daemon after the other on the same file.
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { CHECK_SERVER } from './check-server.js';

const [kind = 'tcp', servers = '1000', seconds = '30', delay = '5', keepalived = 'keepalived'] =
  process.argv.slice(2);
const count = Number(servers);
const directory = mkdtempSync(join(tmpdir(), 'health-lab-'));
const TICKS_PER_SECOND = 100;

/** So many servers on one process: 127.1.H.L, port 80. */
const address = (index: number): string => `127.1.${index >> 8}.${index & 255}`;

const CHECKS: Readonly<Record<string, string>> = {
  tcp: 'TCP_CHECK { }',
  http: 'HTTP_GET {\n      url {\n        path /\n        status_code 200\n      }\n    }',
  https: 'SSL_GET {\n      url {\n        path /\n        status_code 200\n      }\n    }',
};

const configuration = `
global_defs {
  router_id health
  lvs_flush
}
virtual_server 192.0.2.1 80 {
  delay_loop ${delay}
  lb_algo rr
  lb_kind NAT
  protocol TCP
${Array.from({ length: count }, (_, index) => `  real_server ${address(index)} 80 {\n    ${CHECKS[kind] ?? ''}\n  }`).join('\n')}
}
`;

/** What one process has used and holds. */
interface Usage {
  /** CPU seconds, of user and kernel. */
  readonly cpu: number;
  /** MiB, what several processes share being divided among them. */
  readonly pss: number;
}

/** A process and all that descend from it. */
function family(pid: number): readonly number[] {
  const children = readdirSync(`/proc/${pid}/task`).flatMap((task) =>
    readFileSync(`/proc/${pid}/task/${task}/children`, 'utf8').split(' ').filter(Boolean).map(Number),
  );
  return [pid, ...children.flatMap(family)];
}

function usage(pids: readonly number[]): Usage {
  const all = pids.map((pid) => {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
      .replace(/^.*\) /, '')
      .split(' ');
    const pss = /^Pss:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'))?.[1];
    return { cpu: (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND, pss: Number(pss) / 1024 };
  });
  const sum = (of: (each: Usage) => number) => all.reduce((total, each) => total + of(each), 0);
  return { cpu: sum((each) => each.cpu), pss: sum((each) => each.pss) };
}

async function checksOf(server: ChildProcess): Promise<number> {
  server.send('how many?');
  const [checks] = (await once(server, 'message')) as [number];
  return checks;
}

const inTable = (): number =>
  spawnSync('ipvsadm', ['-Sn'], { encoding: 'utf8' })
    .stdout.split('\n')
    .filter((line) => line.startsWith('-a')).length;

async function measure(name: string, command: string, args: readonly string[], server: ChildProcess) {
  const file = join(directory, 'keepalived.conf');
  const pidFiles = ['-p', `${directory}/main.pid`, '-r', `${directory}/v.pid`, '-c', `${directory}/c.pid`];
  const begun = performance.now();
  const daemon = spawn(command, [...args, '-n', '-l', '-C', '-f', file, ...pidFiles], { stdio: 'ignore' });
  const pid = daemon.pid ?? 0;
  while (inTable() < count) await sleep(50);
  const tabled = performance.now() - begun;
  // The first round of checks, and whatever compiles itself while it runs.
  await sleep(3 * Number(delay) * 1000);
  const [before, checksBefore] = [usage(family(pid)), await checksOf(server)];
  await sleep(Number(seconds) * 1000);
  const [after, checks] = [usage(family(pid)), (await checksOf(server)) - checksBefore];
  daemon.kill('SIGHUP');
  await sleep(5000);
  const reloaded = usage(family(pid));
  daemon.kill('SIGTERM');
  await once(daemon, 'exit');
  const rate = (after.cpu - before.cpu) / Number(seconds);
  const perThousand = ((after.cpu - before.cpu) / checks) * 1e6;
  const reload = reloaded.cpu - after.cpu - 5 * rate;
  const cells = [
    `${perThousand.toFixed(0)} ms per 1,000 checks (${checks})`,
    `${after.pss.toFixed(0)} MiB`,
    `all in the table after ${(tabled / 1000).toFixed(1)} s`,
    `a reload ${reload.toFixed(2)} s`,
  ];
  console.log(`  ${name.padEnd(11)} ${cells.join(', ')}`);
  return { perThousand, tabled, reload };
}

spawnSync('modprobe', ['-a', 'ip_vs', 'ip_vs_rr']);
writeFileSync('/proc/sys/net/core/somaxconn', '4096');
writeFileSync(join(directory, 'keepalived.conf'), configuration);
const [key, certificate] = [join(directory, 'key'), join(directory, 'certificate')];
const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-subj', '/CN=nobody'];
spawnSync('openssl', ['req', '-x509', ...curve, '-keyout', key, '-out', certificate]);
const server = spawn(process.execPath, ['-e', CHECK_SERVER, kind, key, certificate], {
  stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
});
if (server.stdout) await once(server.stdout, 'data');
console.log(`${kind}: ${count} real servers, every ${delay} s, for ${seconds} s of the guest's`);
const theirs = await measure('keepalived', keepalived, [], server);
const ours = await measure('Understudy', process.execPath, ['dist/cli/main.js'], server);
const ratio = (of: (each: typeof ours) => number) => (of(ours) / of(theirs)).toFixed(2);
console.log(
  `  ratio       ${ratio((each) => each.perThousand)} CPU, ${ratio((each) => each.tabled)} until all are in the table`,
);
server.kill();
