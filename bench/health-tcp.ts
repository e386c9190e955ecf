// What health checks cost: TCP_CHECK or HTTP_GET (--http) on 1,000 and 10,000 real servers in a namespace.
//
//   npm run bench -- health-tcp [--servers 1000,10000] [--seconds 20] [--delay 5] [--http] [--gather MS]
//
// All servers are one process that accepts and closes, on addresses of loopback. Counted is the checking process:
// check policy, deadlines, probes. --gather delays due checks by up to so many milliseconds, so that they share
// wake-ups.
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { Network, type Namespace } from '../test/namespaces.js';

const { values } = parseArgs({
  options: {
    servers: { type: 'string', default: '1000,10000' },
    seconds: { type: 'string', default: '20' },
    delay: { type: 'string', default: '5' },
    gather: { type: 'string', default: '0' },
    http: { type: 'boolean', default: false },
  },
});

const SERVER = `
  const answer = Buffer.from('HTTP/1.0 200 OK\\r\\nContent-Length: 2\\r\\n\\r\\nok');
  const http = process.argv[1] === 'http';
  require('node:net').createServer({ allowHalfOpen: false }, (socket) => {
    socket.on('error', () => undefined);
    if (http) socket.once('data', () => socket.end(answer));
    else socket.resume();
  }).listen({ port: 80, host: '0.0.0.0', backlog: 4096 }, () => console.log('listening'));`;

/** Runs the checker on so many servers; it prints its own line. */
async function measure(namespace: Namespace, servers: string): Promise<void> {
  const { seconds, delay, gather, http } = values;
  const script = fileURLToPath(new URL('health-tcp-checker.js', import.meta.url));
  const checker = namespace.spawn(
    process.execPath,
    [script, servers, seconds, delay, gather, http ? 'http' : 'tcp'],
    { stdio: ['ignore', 'inherit', 'inherit'] },
  );
  await once(checker, 'exit');
}

const network = new Network();
try {
  const namespace = network.namespace('bench');
  namespace.sysctl('net.core.somaxconn', 4096);
  const server = namespace.spawn(process.execPath, ['-e', SERVER, values.http ? 'http' : 'tcp'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  if (server.stdout) await once(server.stdout, 'data');
  console.log(
    `${values.http ? 'HTTP_GET' : 'TCP_CHECK'} every ${values.delay} s, for ${values.seconds} s each:`,
  );
  for (const servers of values.servers.split(',')) await measure(namespace, servers);
} finally {
  await network.close();
}
