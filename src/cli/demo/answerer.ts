/**
 * Runs on a director of the demo: answers every datagram, as any service on the virtual address would. The
 * answer leaves from the director's own address, which tells the client who holds the virtual one.
 */
import { createSocket } from 'node:dgram';

const socket = createSocket('udp4');
socket.on('message', (message, from) => {
  socket.send(message, from.port, from.address);
});
socket.bind(Number(process.argv[2]), () => process.stdout.write('ready\n'));
