import dgram from 'node:dgram';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import type { CheckerProbe } from '#config/index.js';
import { Prober } from '#probe/index.js';
import { endpoint, ip, probed } from './scripted-server.js';

/** A server that answers each datagram with what the script makes of it. */
class DatagramServer {
  readonly received: Buffer[] = [];

  private constructor(private readonly socket: dgram.Socket) {}

  static async start(
    answers: (request: Buffer) => readonly (Buffer | readonly number[])[],
    address = '127.0.0.1',
  ): Promise<DatagramServer> {
    const socket = dgram.createSocket(address.includes(':') ? 'udp6' : 'udp4');
    const server = new DatagramServer(socket);
    socket.on('message', (request, { port, address: from }) => {
      server.received.push(request);
      for (const answer of answers(request)) socket.send(Buffer.from(answer), port, from);
    });
    socket.bind(0, address);
    await once(socket, 'listening');
    return server;
  }

  get port(): number {
    return this.socket.address().port;
  }

  async stop(): Promise<void> {
    this.socket.close();
    await once(this.socket, 'close');
  }
}

async function closedPort(): Promise<number> {
  const server = await DatagramServer.start(() => []);
  const { port } = server;
  await server.stop();
  return port;
}

type Udp = CheckerProbe & { readonly kind: 'udp' };
type Dns = CheckerProbe & { readonly kind: 'dns' };

const udp = (port: number, extra: Partial<Udp> = {}): Udp => ({
  kind: 'udp',
  endpoint: endpoint(port, 250),
  requireReply: false,
  minReplyLength: 0,
  maxReplyLength: 255,
  ...extra,
});
const dns = (port: number, extra: Partial<Dns> = {}): Dns => ({
  kind: 'dns',
  endpoint: endpoint(port, 250),
  type: 'A',
  name: 'example.net',
  ...extra,
});

describe('checks by datagrams', () => {
  let prober: Prober;
  let server: DatagramServer | undefined;
  beforeEach(() => (prober = new Prober()));
  afterEach(async () => {
    prober.close();
    await server?.stop();
    server = undefined;
  });

  const success = { ok: true, value: {} };
  const serve = async (...[answers, address]: Parameters<typeof DatagramServer.start>): Promise<number> => {
    server = await DatagramServer.start(answers, address);
    return server.port;
  };

  describe('UDP_CHECK', () => {
    test('silence is fine, and any answer; a refusal is not', async () => {
      expect(await probed(prober, udp(await serve(() => [])))).toEqual(success);
      expect(server?.received.map(String)).toEqual(['keepalived check - keepalived ch']);
      await server?.stop();
      expect(await probed(prober, udp(await serve(() => [[1]])))).toEqual(success);
      expect(await probed(prober, udp(await closedPort()))).toMatchObject({
        error: { kind: 'failed', code: 'ECONNREFUSED' },
      });
    });

    test('IPv6', async () => {
      const port = await serve(() => [[1]], '::1');
      const where = endpoint(port, 5000, ip('::1'));
      expect(await probed(prober, udp(port, { endpoint: where, requireReply: true }))).toEqual(success);
    });

    test('the payload goes out as it is written', async () => {
      const port = await serve(() => [[1]]);
      await probed(prober, udp(port, { payload: '01 02 f' }));
      expect(server?.received).toEqual([Buffer.from([1, 2, 15])]);
    });

    test.each([
      ['as asked', '01 x2', 0, 255, [1, 0xf2, 9], 'success'],
      ['another', '01 x2', 0, 255, [1, 3], 'mismatch'],
      ['too short', '01', 2, 255, [1], 'mismatch'],
      ['too long', '01', 0, 2, [1, 2, 3], 'mismatch'],
      ['nothing in it, where anything will do', undefined, 0, 255, [], 'success'],
      ['too short, where anything will do', undefined, 2, 255, [1], 'mismatch'],
    ])('a required reply: %s', async (_name, reply, minReplyLength, maxReplyLength, answer, outcome) => {
      const port = await serve(() => [answer]);
      const wanted = { requireReply: true, minReplyLength, maxReplyLength, ...(reply && { reply }) };
      const result = await probed(prober, udp(port, wanted));
      expect(result.ok ? 'success' : result.error.code).toBe(outcome);
    });

    test('the longest reply that there can be', async () => {
      const port = await serve(() => [Buffer.alloc(65_507, 7)]);
      const wanted = { requireReply: true, reply: '07', maxReplyLength: 65_507 };
      expect(await probed(prober, udp(port, wanted))).toEqual(success);
    });

    test('a required reply that does not come', async () => {
      const port = await serve(() => []);
      expect(await probed(prober, udp(port, { requireReply: true }))).toMatchObject({
        error: { kind: 'failed', code: 'timeout' },
      });
    });

    test('what keeps us from sending counts against the server, as in keepalived', async () => {
      const where = { ...endpoint(9), bindAddress: ip('192.0.2.77') };
      expect(await probed(prober, udp(9, { endpoint: where }))).toMatchObject({
        error: { kind: 'failed', code: 'not-sent' },
      });
    });
  });

  describe('DNS_CHECK', () => {
    /** The question as an answer, with its header changed. */
    const answer = (request: Buffer, { flags = 0x8180, id = request.readUInt16BE(0) } = {}): Buffer => {
      const copy = Buffer.from(request);
      copy.writeUInt16BE(id, 0);
      copy.writeUInt16BE(flags, 2);
      return copy;
    };

    test('an answer without an error, whatever it says', async () => {
      expect(await probed(prober, dns(await serve((request) => [answer(request)])))).toEqual(success);
      expect(server?.received[0]?.subarray(2).toString('hex')).toBe(
        '01000001000000000000076578616d706c65036e65740000010001',
      );
    });

    test('a truncated one is an answer', async () => {
      const port = await serve((request) => [answer(request, { flags: 0x8380 })]);
      expect(await probed(prober, dns(port))).toEqual(success);
    });

    test.each([1, 2, 3, 5])('rcode %i is a failure', async (rcode) => {
      const port = await serve((request) => [answer(request, { flags: 0x8180 | rcode })]);
      expect(await probed(prober, dns(port))).toMatchObject({
        error: { kind: 'failed', code: 'rcode', text: `read error occurred. (rcode = ${rcode})` },
      });
    });

    test('what is no answer to this question is passed over, however much of it comes', async () => {
      const strays = (request: Buffer) => [
        answer(request, { id: request.readUInt16BE(0) ^ 1, flags: 0x8182 }),
        answer(request, { flags: 0x0100 }),
        Buffer.alloc(11, 0xff),
        Buffer.alloc(0),
      ];
      const port = await serve((request) => [
        ...Array.from({ length: 20 }, () => strays(request)).flat(),
        answer(request),
      ]);
      expect(await probed(prober, dns(port, { endpoint: endpoint(port, 10_000) }))).toEqual(success);
      await server?.stop();
      expect(await probed(prober, dns(await serve(strays)))).toMatchObject({
        error: { code: 'timeout', text: 'read timeout from socket' },
      });
    });

    test('refused, not ours to ask from', async () => {
      expect(await probed(prober, dns(await closedPort()))).toMatchObject({
        error: { text: 'failed to read socket; errno 111 (Connection refused)' },
      });
      const where = { ...endpoint(53), bindAddress: ip('192.0.2.77') };
      expect(await probed(prober, dns(53, { endpoint: where }))).toMatchObject({
        error: { kind: 'not-run', text: 'UDP socket bind failed.' },
      });
    });
  });

  test('many at once, half of them cancelled: each of the others ends once, and no descriptor is left', async () => {
    const port = await serve(() => [[1]]);
    await probed(prober, udp(port));
    const before = readdirSync('/proc/self/fd').length;
    const ends = new Map<string, number>();
    const started = Array.from({ length: 200 }, (_, index) => `check ${index}`);
    for (const id of started)
      prober.start(id, udp(port, { endpoint: endpoint(port, 20_000), requireReply: true }), 0, () =>
        ends.set(id, (ends.get(id) ?? 0) + 1),
      );
    for (const id of started.slice(0, 100)) prober.cancel(id);
    while (ends.size < 100) await new Promise((resolve) => setTimeout(resolve, 5));
    expect([...ends.keys()].sort()).toEqual(started.slice(100).sort());
    expect(new Set(ends.values())).toEqual(new Set([1]));
    expect(readdirSync('/proc/self/fd').length).toBe(before);
  });
});
