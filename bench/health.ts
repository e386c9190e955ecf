// What health checks cost: TCP_CHECK, HTTP_GET and SSL_GET on 100 to 10,000 real servers, in a namespace.
//
//   npm run bench -- health [--servers 100,1000,5000,10000] [--kinds tcp,http,https] [--seconds 10] [--delay 5]
//
// All servers are one process that accepts, answers and closes, on addresses of loopback. Counted is the checking
// process: daemon/health-driver, check policy, probes; without IPVS. At the end the servers are killed: "seen" is how
// long it took from each check's being due to its verdict. keepalived's checker does not start without ip_vs; the
// figures beside ours are those that keepalived 2.4.3 had on the machine where this was written.
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { Network, type Namespace } from '../test/namespaces.js';
import { CHECK_SERVER } from './check-server.js';

const { values } = parseArgs({
  options: {
    servers: { type: 'string', default: '100,1000,5000,10000' },
    kinds: { type: 'string', default: 'tcp,http,https' },
    seconds: { type: 'string', default: '10' },
    delay: { type: 'string', default: '5' },
  },
});

/** keepalived 2.4.3, natively: checks spread over time, and in clusters. */
const KEEPALIVED: Readonly<Record<string, string>> = {
  tcp: '46-48 ms spread over time, 21 ms in clusters',
  http: '76-85 ms spread over time, 35 ms in clusters',
  https: 'not measured',
};

/** Runs the checker on so many servers; it prints its own lines, and asks for the servers' end. */
async function measure(namespace: Namespace, kind: string, servers: string, files: string): Promise<void> {
  const arguments_ = ['-e', CHECK_SERVER, kind, `${files}/key`, `${files}/certificate`];
  const server = namespace.spawn(process.execPath, arguments_, { stdio: ['ignore', 'pipe', 'inherit'] });
  if (server.stdout) await once(server.stdout, 'data');
  const script = fileURLToPath(new URL('health-checker.js', import.meta.url));
  const checker = namespace.spawn(process.execPath, [script, servers, values.seconds, values.delay, kind], {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  checker.once('message', () => server.kill('SIGKILL'));
  await once(checker, 'exit');
  server.kill('SIGKILL');
}

const files = mkdtempSync(`${tmpdir()}/understudy-bench-`);
const network = new Network();
try {
  const subject = [
    '-subj',
    '/CN=nobody',
    '-days',
    '1',
    '-keyout',
    `${files}/key`,
    '-out',
    `${files}/certificate`,
  ];
  const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];
  execFileSync('openssl', ['req', '-x509', ...curve, ...subject], { stdio: 'ignore' });
  const namespace = network.namespace('bench');
  namespace.sysctl('net.core.somaxconn', 4096);
  for (const kind of values.kinds.split(',')) {
    const load = loadavg()[0]?.toFixed(1) ?? '';
    console.log(`${kind}, every ${values.delay} s, for ${values.seconds} s each (load ${load}).`);
    console.log(`  keepalived 2.4.3, CPU per 1,000: ${KEEPALIVED[kind] ?? ''}`);
    for (const servers of values.servers.split(',')) await measure(namespace, kind, servers, files);
  }
} finally {
  await network.close();
  rmSync(files, { recursive: true });
}
