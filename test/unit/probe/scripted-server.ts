import { spawn } from 'node:child_process';
import { once } from 'node:events';
import net, { type AddressInfo } from 'node:net';
import { parseIpAddress, type IpAddress } from '#base/address.js';
import { micros } from '#base/units.js';
import type { Endpoint } from '#config/index.js';
import type { Prober, ProbeResult } from '#probe/index.js';

export const ip = (text: string): IpAddress => {
  const address = parseIpAddress(text);
  if (!address) throw new Error(text);
  return address;
};

export const LOOPBACK = ip('127.0.0.1');

/** Where to check; 500 ms unless told. */
export const endpoint = (port: number, timeoutMs = 500, address = LOOPBACK): Endpoint => ({
  address,
  port,
  timeout: micros(timeoutMs * 1000),
});

/** A server that does with each connection what the script says. */
export class ScriptedServer {
  /** What clients have sent, one string a connection. */
  readonly received: string[] = [];
  closed = 0;
  private readonly sockets = new Set<net.Socket>();

  private constructor(private readonly server: net.Server) {}

  /** @param onRequest called once a connection's first bytes are there; `onConnection` when it begins. */
  static async start(
    onRequest: (socket: net.Socket) => void,
    onConnection: (socket: net.Socket) => void = () => undefined,
    host: string = LOOPBACK,
  ): Promise<ScriptedServer> {
    const server = net.createServer({ allowHalfOpen: true });
    const scripted = new ScriptedServer(server);
    server.on('connection', (socket) => {
      scripted.keep(socket);
      onConnection(socket);
      socket.once('data', () => onRequest(socket));
    });
    server.listen(0, host);
    await once(server, 'listening');
    return scripted;
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  async stop(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    this.server.close();
    await once(this.server, 'close');
  }

  private keep(socket: net.Socket): void {
    const index = this.received.push('') - 1;
    this.sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on(
      'data',
      (bytes) => (this.received[index] = (this.received[index] ?? '') + bytes.toString('latin1')),
    );
    socket.on('end', () => socket.end());
    socket.on('close', () => {
      this.closed += 1;
      this.sockets.delete(socket);
    });
  }
}

/** A port on loopback that nobody listens on. */
export async function closedPort(): Promise<number> {
  const server = net.createServer().listen(0, LOOPBACK);
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

/** A port whose queue of connections is full and never emptied: to whom it does not answer, it seems dead. */
export async function deafPort(): Promise<{ port: number; stop: () => void }> {
  const script = `
    const server = require('node:net').createServer().listen({ port: 0, host: '127.0.0.1', backlog: 1 }, () => {
      process.stdout.write(String(server.address().port));
      setTimeout(() => process.kill(process.pid, 'SIGSTOP'), 20);
    });`;
  const child = spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [text] = (await once(child.stdout, 'data')) as [Buffer];
  const port = Number(text.toString());
  await new Promise((resolve) => setTimeout(resolve, 60));
  const fillers = Array.from({ length: 4 }, () => net.connect(port, LOOPBACK).on('error', () => undefined));
  await new Promise((resolve) => setTimeout(resolve, 60));
  const stop = () => {
    for (const filler of fillers) filler.destroy();
    child.kill('SIGKILL');
  };
  return { port, stop };
}

/** Runs one probe to its end. */
export const probed = (prober: Prober, ...[probe, step]: [Parameters<Prober['start']>[1], number?]) =>
  new Promise<ProbeResult>((resolve) => prober.start(`probe ${Math.random()}`, probe, step ?? 0, resolve));
