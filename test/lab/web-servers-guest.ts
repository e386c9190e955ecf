// The servers of web-cases.ts: says "ready" when all of them listen. Its arguments are a key and a certificate.
import { readFileSync } from 'node:fs';
import net from 'node:net';
import tls from 'node:tls';
import { portOf, webCases } from './web-cases.js';

const [, , key = '', certificate = ''] = process.argv;
const identity = { key: readFileSync(key), cert: readFileSync(certificate) };

let awaited = 0;
const ready = (): void => {
  awaited -= 1;
  if (awaited === 0) console.log('ready');
};

webCases.forEach(({ serve, bare, tls: secure = false }, index) => {
  if (!serve && !bare) return;
  let count = 0;
  const onConnection = (socket: net.Socket): void => {
    socket.on('error', () => undefined);
    if (bare) bare(socket);
    else
      socket.once('data', () => {
        count += 1;
        serve?.(socket, count);
      });
  };
  awaited += 1;
  const server = secure && !bare ? tls.createServer(identity, onConnection) : net.createServer(onConnection);
  server.on('tlsClientError', () => undefined);
  server.listen(portOf(index), '127.0.0.1', ready);
});
