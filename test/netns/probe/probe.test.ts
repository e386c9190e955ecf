import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { CheckerProbe, Endpoint } from '#config/index.js';
import type { ProbeResult } from '#probe/index.js';
import { Network, type Namespace } from '../../namespaces.js';
import { requires } from '../../requires.js';

const actor = fileURLToPath(new URL('probe-actor.js', import.meta.url));

const SERVER = `
  require('node:net').createServer((socket) => {
    socket.on('error', () => undefined);
    socket.on('data', () => socket.write('HTTP/1.0 200 OK\\r\\n\\r\\n'));
  }).listen(80, '::', () => console.log('listening'));`;

/** An endpoint in the words of JSON. */
type Where = Partial<Record<keyof Endpoint, string | number>>;

const endpoint = (where: Where) =>
  ({ address: '10.9.0.2', port: 80, timeout: 700_000, ...where }) as unknown as Endpoint;
const tcp = (where: Where = {}): CheckerProbe => ({ kind: 'tcp', endpoint: endpoint(where) });
const http = (where: Where = {}): CheckerProbe => ({
  kind: 'http',
  endpoint: endpoint(where),
  tls: false,
  httpVersion: '1.0',
  urls: [{ path: '/', statusCodes: [] }],
});

describe('probes over a network', () => {
  const inNamespaces = requires({ netns: true });
  let network: Network;
  let director: Namespace;
  let server: Namespace;

  const probed = (probe: CheckerProbe): ProbeResult =>
    JSON.parse(director.run(process.execPath, actor, JSON.stringify(probe))) as ProbeResult;

  const set = async () => {
    network = new Network();
    director = network.namespace('director');
    server = network.namespace('server');
    const segment = network.segment();
    network.plug(director, 'eth0', segment, ['10.9.0.1/24', '2001:db8:9::1/64']);
    network.plug(server, 'eth0', segment, ['10.9.0.2/24', '2001:db8:9::2/64']);
    const child = server.spawn(process.execPath, ['-e', SERVER], { stdio: ['ignore', 'pipe', 'inherit'] });
    if (child.stdout) await once(child.stdout, 'data');
  };

  inNamespaces(
    'say what happened: accepted, refused, silent, without route, not ours to try',
    async () => {
      await set();
      try {
        expect(probed(tcp())).toEqual({ ok: true, value: {} });
        expect(probed(tcp({ address: '2001:db8:9::2' }))).toEqual({ ok: true, value: {} });
        expect(probed(tcp({ bindInterface: 'eth0', fwmark: 7 }))).toEqual({ ok: true, value: {} });
        expect(probed(tcp({ port: 81 }))).toMatchObject({ error: { kind: 'failed', code: 'refused' } });
        expect(probed(tcp({ address: '198.51.100.1' }))).toMatchObject({
          error: { kind: 'failed', code: 'unreachable' },
        });
        expect(probed(http({ address: '198.51.100.1' }))).toMatchObject({
          error: { text: 'HTTP/SSL_CHECK - network unreachable' },
        });
        expect(probed(tcp({ bindInterface: 'eth9' }))).toMatchObject({ error: { kind: 'not-run' } });

        // Only what is marked finds the way.
        director.ip('route', 'add', 'unreachable', '10.9.0.2/32', 'table', '70');
        director.ip('rule', 'add', 'not', 'fwmark', '7', 'table', '70');
        expect(probed(tcp())).toMatchObject({ error: { code: 'unreachable' } });
        expect(probed(tcp({ fwmark: 7 }))).toEqual({ ok: true, value: {} });
        director.ip('rule', 'del', 'not', 'fwmark', '7', 'table', '70');

        // A server that answers and never closes keeps a 1.0 client without length waiting.
        expect(probed(http())).toMatchObject({ error: { code: 'timeout', text: 'Timeout HTTP read' } });

        server.run(
          'nft',
          'add table inet wall; add chain inet wall in { type filter hook input priority 0; policy drop; }',
        );
        expect(probed(tcp())).toMatchObject({ error: { kind: 'failed', code: 'timeout', text: 'timeout' } });
        expect(probed(http())).toMatchObject({ error: { code: 'timeout', text: 'Timeout connecting' } });
      } finally {
        await network.close();
      }
    },
    90_000,
  );
});
