/**
 * Runs on the client of the demo: asks ADDRESS PORT every INTERVAL_MS and prints a line
 * `MONOTONIC_MS ANSWERED_BY` for each answer.
 */
import { createSocket } from 'node:dgram';

const [address = '', port = '', intervalMs = ''] = process.argv.slice(2);
const socket = createSocket('udp4');
socket.on('message', (_message, from) => {
  process.stdout.write(`${(Number(process.hrtime.bigint()) / 1e6).toFixed(2)} ${from.address}\n`);
});
// While nobody holds the address there is no route to it: that is what the client is here to see.
socket.on('error', () => undefined);
socket.bind(0, () => {
  setInterval(() => socket.send('who?', Number(port), address), Number(intervalMs));
});
