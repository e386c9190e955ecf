import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { CheckerProbe, Endpoint } from '#config/index.js';
import type { ProbeResult } from '#probe/index.js';
import { Network, type Namespace } from '../../namespaces.js';
import { requires } from '../../requires.js';

const actor = fileURLToPath(new URL('probe-actor.js', import.meta.url));

/** Answers every datagram with what it was sent. */
const ECHO = `
  const socket = require('node:dgram').createSocket({ type: 'udp6', ipv6Only: false });
  socket.on('message', (bytes, { port, address }) => socket.send(bytes, port, address));
  socket.bind(7, () => console.log('listening'));`;

type Where = Partial<Record<keyof Endpoint, string | number>>;

const endpoint = (where: Where) =>
  ({ address: '10.9.0.2', port: 7, timeout: 10_000_000, ...where }) as unknown as Endpoint;
const ping = (where: Where = {}): CheckerProbe => ({ kind: 'ping', endpoint: endpoint(where) });
const udp = (where: Where = {}, requireReply = true): CheckerProbe => ({
  kind: 'udp',
  endpoint: endpoint(where),
  requireReply,
  minReplyLength: 0,
  maxReplyLength: 65_535,
});

describe('datagrams over a network', () => {
  const inNamespaces = requires({ netns: true });
  let network: Network;
  let director: Namespace;
  let server: Namespace;

  const probed = (probe: CheckerProbe): ProbeResult =>
    JSON.parse(director.run(process.execPath, actor, JSON.stringify(probe))) as ProbeResult;
  const success = { ok: true, value: {} };

  beforeEach(() => {
    network = new Network();
    director = network.namespace('director');
    server = network.namespace('server');
    const segment = network.segment();
    network.plug(director, 'eth0', segment, ['10.9.0.1/24', '10.9.0.3/24', '2001:db8:9::1/64', 'fe80::1/64']);
    network.plug(server, 'eth0', segment, ['10.9.0.2/24', '2001:db8:9::2/64', 'fe80::2/64']);
    director.sysctl('net.ipv4.ping_group_range', '0 0');
  });
  afterEach(() => network.close());

  inNamespaces(
    'PING_CHECK, of both families, from where and through what it is told to',
    () => {
      expect(probed(ping())).toEqual(success);
      expect(probed(ping({ address: '2001:db8:9::2' }))).toEqual(success);
      expect(probed(ping({ address: 'fe80::2', bindInterface: 'eth0' }))).toEqual(success);
      expect(probed(ping({ bindAddress: '10.9.0.3', fwmark: 7, bindInterface: 'eth0' }))).toEqual(success);
      expect(probed(ping({ bindInterface: 'eth9' }))).toMatchObject({ error: { kind: 'failed' } });

      // Only what is marked finds the way.
      director.ip('route', 'add', 'unreachable', '10.9.0.2/32', 'table', '70');
      director.ip('rule', 'add', 'not', 'fwmark', '7', 'table', '70');
      expect(probed(ping())).toMatchObject({ error: { kind: 'failed', code: 'EHOSTUNREACH' } });
      expect(probed(ping({ fwmark: 7 }))).toEqual(success);
      director.ip('rule', 'del', 'not', 'fwmark', '7', 'table', '70');

      for (const key of ['net.ipv4.icmp_echo_ignore_all', 'net.ipv6.icmp.echo_ignore_all'])
        server.sysctl(key, 1);
      for (const address of ['10.9.0.2', '2001:db8:9::2'])
        expect(probed(ping({ address, timeout: 300_000 }))).toMatchObject({
          error: { kind: 'failed', code: 'timeout' },
        });

      director.sysctl('net.ipv4.ping_group_range', '1 0');
      expect(probed(ping())).toMatchObject({
        error: { kind: 'not-run', text: 'ICMP connect fail to create socket.' },
      });
      expect(probed(ping({ address: '2001:db8:9::2' }))).toMatchObject({
        error: { kind: 'not-run', text: 'ICMPv6 connect fail to create socket.' },
      });
    },
    120_000,
  );

  inNamespaces(
    'UDP_CHECK hears every ICMP error, and what comes back',
    async () => {
      const child = server.spawn(process.execPath, ['-e', ECHO], { stdio: ['ignore', 'pipe', 'inherit'] });
      if (child.stdout) await once(child.stdout, 'data');
      expect(probed(udp())).toEqual(success);
      expect(probed(udp({ address: '2001:db8:9::2' }))).toEqual(success);
      expect(probed(udp({ address: 'fe80::2', bindInterface: 'eth0', fwmark: 7 }))).toEqual(success);
      expect(probed(udp({ bindAddress: '10.9.0.3', bindPort: 5000 }))).toEqual(success);
      for (const address of ['10.9.0.2', '2001:db8:9::2'])
        expect(probed(udp({ address, port: 8 }, false))).toMatchObject({
          error: { kind: 'failed', code: 'ECONNREFUSED' },
        });
      // Nobody answers who has that address: the kernel says so itself, after a while.
      for (const address of ['10.9.0.9', '2001:db8:9::9'])
        expect(probed(udp({ address, timeout: 30_000_000 }, false))).toMatchObject({
          error: { kind: 'failed', code: 'EHOSTUNREACH' },
        });
    },
    120_000,
  );
});
