// Connects in all the ways that checkers do, to a server of its own on the loopback, and says how each one ended.
import { createServer, Socket, type AddressInfo } from 'node:net';
import { parseIpAddress } from '#base/address.js';
import {
  beginConnect,
  closeDescriptor,
  connectionError,
  Epoll,
  KernelError,
  PollWatch,
  type ConnectOptions,
} from '#kernel/index.js';
import { getIntOption, SO_MARK, SOL_SOCKET } from '#kernel/socket-option.js';
import { tell } from './actor-lines.js';

const loopback = parseIpAddress('127.0.0.1')!;

const pause = (ms = 0): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** Connects and waits; gives the descriptor, or what went wrong. */
async function connect(options: Partial<ConnectOptions> & { port: number }): Promise<number | string> {
  let fd: number;
  try {
    ({ fd } = beginConnect('tcp', { address: loopback, ...options }));
  } catch (error) {
    return error instanceof KernelError ? error.message : String(error);
  }
  await new Promise<void>((resolve) => {
    const watch = new PollWatch(fd, { writable: true }, () => {
      watch.close();
      resolve();
    });
  });
  const error = connectionError(fd);
  if (!error) return fd;
  closeDescriptor(fd);
  return error.message;
}

/** Hands the connection to Node and says what the server answered: the address that it saw. */
async function ask(fd: number | string): Promise<string> {
  if (typeof fd === 'string') return fd;
  await new Promise((resolve) => setImmediate(resolve));
  const socket = new Socket({ fd });
  return new Promise((resolve) => {
    socket.on('data', (data) => {
      resolve(data.toString());
      socket.destroy();
    });
    socket.on('error', (error) => resolve(error.message));
  });
}

async function options(port: number): Promise<void> {
  tell('plain', { saw: await ask(await connect({ port })) });
  tell('bound', { saw: await ask(await connect({ port, bindAddress: parseIpAddress('127.0.0.7')! })) });
  tell('bound-port', { saw: await ask(await connect({ port, bindPort: 40_123 })) });
  tell('device', { saw: await ask(await connect({ port, bindInterface: 'lo' })) });
  const marked = await connect({ port, fwmark: 0xfedcba98 });
  tell('marked', {
    mark: typeof marked === 'number' ? getIntOption(marked, SOL_SOCKET, SO_MARK, 'SO_MARK') >>> 0 : marked,
  });
  tell('refused', { error: await connect({ port: 1 }) });
  tell('unreachable', { error: await connect({ port, address: parseIpAddress('203.0.113.1')! }) });
  tell('foreign-source', { error: await connect({ port, bindAddress: parseIpAddress('203.0.113.1')! }) });
  tell('no-device', { error: await connect({ port, bindInterface: 'nosuch' }) });
  tell('no-zone', {
    error: await connect({ port, address: parseIpAddress('fe80::1')!, bindInterface: 'nosuch' }),
  });
  tell('ipv6', { saw: await ask(await connect({ port, address: parseIpAddress('::1')! })) });
}

/** Many connections behind one epoll descriptor, drained by tick. */
async function crowd(port: number): Promise<void> {
  const open = new Set<number>();
  let batches = 0;
  let good = 0;
  await new Promise<void>((resolve) => {
    const epoll = new Epoll((events) => {
      batches += 1;
      for (const { fd, failed } of events) {
        if (!failed && !connectionError(fd)) good += 1;
        epoll.remove(fd);
        open.delete(fd);
        closeDescriptor(fd);
      }
      if (open.size > 0) return;
      epoll.close();
      resolve();
    }, 20);
    for (let count = 0; count < 300; count += 1) {
      const { fd } = beginConnect('tcp', { address: loopback, port });
      open.add(fd);
      epoll.add(fd, { writable: true });
    }
  });
  tell('crowd', { good, batches });
}

/** Two descriptors are ready together; dealing with the first closes the second, whose number is given away again. */
async function reuse(port: number): Promise<void> {
  const first = await connect({ port });
  const second = await connect({ port });
  if (typeof first === 'string' || typeof second === 'string') throw new Error('no connection');
  const seen: number[] = [];
  const epoll = new Epoll((events) => {
    for (const { fd } of events) {
      seen.push(fd);
      if (seen.length > 1) continue;
      const other = fd === first ? second : first;
      epoll.remove(other);
      closeDescriptor(other);
      const again = beginConnect('tcp', { address: loopback, port });
      epoll.add(again.fd, { readable: true });
      tell('reused', { same: again.fd === other });
    }
  });
  epoll.add(first, { writable: true });
  epoll.add(second, { writable: true });
  await pause(1);
  tell('events', { count: new Set(seen).size });
  epoll.close();
}

/** An exception in a callback must end the process, though koffi swallows it. */
function explode(): void {
  const { fd } = beginConnect('udp', { address: loopback, port: 9 });
  new PollWatch(fd, { writable: true }, () => {
    throw new Error('boom');
  });
}

const server = createServer((socket) => {
  socket.on('error', () => undefined);
  socket.end(`${socket.remoteAddress ?? ''} ${socket.remotePort ?? 0}`);
});
server.listen(0, '::', 1024, () => {
  void (async () => {
    const { port } = server.address() as AddressInfo;
    await options(port);
    await crowd(port);
    await reuse(port);
    tell('done');
    explode();
  })();
});
