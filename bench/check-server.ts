// The server of the health benches: every address of loopback, port 80, and as little work as may be.

/**
 * For `node -e`, with the kind of check (tcp, http or https) and the files of a key and a certificate behind it. Says
 * `listening` on its output; answers any message of its parent with how many checks have come.
 */
export const CHECK_SERVER = `
  const { readFileSync } = require('node:fs');
  const [, kind, key, cert] = process.argv;
  const answer = Buffer.from('HTTP/1.0 200 OK\\r\\nContent-Length: 2\\r\\n\\r\\nok');
  let checks = 0;
  const serve = (socket) => {
    checks += 1;
    socket.on('error', () => undefined);
    if (kind === 'tcp') socket.resume();
    else socket.once('data', () => socket.end(answer));
  };
  const server = kind === 'https'
    ? require('node:tls').createServer({ key: readFileSync(key), cert: readFileSync(cert) }, serve)
    : require('node:net').createServer(serve);
  server.on('tlsClientError', () => undefined);
  process.on('message', () => process.send(checks));
  server.listen({ port: 80, host: '0.0.0.0', backlog: 4096 }, () => console.log('listening'));`;
