// What one check of each kind costs: CPU of the process that probes, and of nothing else.
//
//   npm run bench -- health-kinds [--checks 2000] [--rate 1000] [--kinds udp,dns]
//
// So many checks a second are begun, ten milliseconds' worth at a time, against a server that answers at once, in a
// namespace of their own. `dgram` is the exchange of UDP_CHECK by Node's own sockets, for docs/dependencies.md.
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { Network } from '../test/namespaces.js';

const { values } = parseArgs({
  options: {
    checks: { type: 'string', default: '2000' },
    rate: { type: 'string', default: '1000' },
    kinds: { type: 'string', default: 'tcp,udp,dgram,dns,ping,smtp,misc' },
  },
});

const SERVER = `
  const socket = require('node:dgram').createSocket('udp4');
  socket.on('message', (bytes, { port, address }) => {
    bytes.writeUInt16BE(0x8180, 2);
    socket.send(bytes, port, address);
  });
  socket.bind(53);
  const mail = require('node:net').createServer((client) => {
    client.on('error', () => undefined);
    client.write('220 hello\\r\\n');
    client.on('data', (bytes) => bytes.includes('HELO') ? client.write('250 you\\r\\n') : client.end('221 bye\\r\\n'));
  });
  mail.listen({ port: 25, backlog: 4096 }, () => console.log('listening'));`;

const network = new Network();
try {
  const namespace = network.namespace('bench');
  namespace.sysctl('net.core.somaxconn', 4096);
  namespace.sysctl('net.ipv4.ping_group_range', '0 0');
  const server = namespace.spawn(process.execPath, ['-e', SERVER], { stdio: ['ignore', 'pipe', 'inherit'] });
  if (server.stdout) await once(server.stdout, 'data');
  const script = fileURLToPath(new URL('health-kinds-checker.js', import.meta.url));
  for (const kind of values.kinds.split(',')) {
    // A script takes a thousand times as long as a datagram.
    const [checks, rate] =
      kind === 'misc' ? ['200', '100'] : ([values.checks, values.rate] as [string, string]);
    const checker: ChildProcess = namespace.spawn(process.execPath, [script, kind, checks, rate], {
      stdio: ['ignore', 'inherit', 'inherit'],
    });
    await once(checker, 'exit');
  }
} finally {
  await network.close();
}
