import { jest } from '@jest/globals';
import { Network, type Namespace } from '../../namespaces.js';
import { requires } from '../../requires.js';
import { Actor, type Line } from './actor.js';
import type { VrrpActorInput, VrrpActorOrder } from './vrrp-actor.js';

const test = requires({ netns: true });
// Processes are started and links come up: seconds, on a busy machine.
jest.setTimeout(30_000);

type Ip = VrrpActorInput['transport'] extends infer T ? (T extends { source: infer S } ? S : never) : never;
const ip = (text: string): Ip => text as Ip;

/** An advert of VRID 51, as far as these sockets care. */
const advert = (more: number): number[] => [0x21, 51, 100, 0, 0, 1, 0, more];

const multicast4 = (name = 'eth0'): VrrpActorInput => ({
  family: 'inet',
  protocol: 112,
  interface: name,
  transport: { kind: 'multicast', group: ip('224.0.0.18') },
});

const multicast6 = (): VrrpActorInput => ({
  family: 'inet6',
  protocol: 112,
  interface: 'eth0',
  transport: { kind: 'multicast', group: ip('ff02::12') },
});

const unicast = (source: string): VrrpActorInput => ({
  family: source.includes(':') ? 'inet6' : 'inet',
  protocol: 112,
  interface: 'eth0',
  transport: { kind: 'unicast', source: ip(source) },
});

const send = (source: string, destination: string, ttl: number, ...payloads: number[][]): VrrpActorOrder => ({
  send: payloads.map((payload) => ({ source: ip(source), destination: ip(destination), ttl, payload })),
});

describe('VRRP sockets between two namespaces', () => {
  let network: Network;
  let a: Namespace;
  let b: Namespace;
  const actors: Actor[] = [];

  beforeAll(() => {
    if (process.geteuid?.() !== 0) return;
    network = new Network();
    const segment = network.segment();
    a = network.namespace('a');
    b = network.namespace('b');
    network.plug(a, 'eth0', segment, ['192.0.2.1/24', 'fd00::1/64', 'fe80::1/64']);
    network.plug(b, 'eth0', segment, ['192.0.2.2/24', 'fd00::2/64', 'fe80::2/64']);
  });

  afterEach(async () => {
    await Promise.all(actors.splice(0).map((actor) => actor.end()));
  });

  afterAll(() => network.close());

  async function open(namespace: Namespace, options: VrrpActorInput): Promise<Actor> {
    const actor = Actor.start(namespace, 'vrrp-actor', options);
    actors.push(actor);
    await actor.hear('open');
    return actor;
  }

  /** Sends one advert from A and says how it arrived at B. */
  async function exchange(from: VrrpActorInput, to: VrrpActorInput, order: VrrpActorOrder): Promise<Line> {
    const receiver = await open(b, to);
    const sender = await open(a, from);
    sender.say(order);
    expect((await sender.hear('sent'))[0]?.['results']).toEqual(['ok']);
    const [packet] = await receiver.hear('received');
    expect(packet).toBeDefined();
    expect(sender.heard('received')).toEqual([]); // IP_MULTICAST_LOOP is off
    return packet!;
  }

  test('IPv4 multicast: source, TTL, TOS and payload are exactly what was asked for', async () => {
    const packet = await exchange(
      multicast4(),
      multicast4(),
      send('192.0.2.1', '224.0.0.18', 255, advert(1)),
    );
    expect(packet).toMatchObject({
      source: '192.0.2.1',
      destination: '224.0.0.18',
      ttl: 255,
      payload: advert(1),
    });
    const header = packet['ipHeader'] as number[];
    expect([header[0], header[1], header[9]]).toEqual([0x45, 0xc0, 112]);
  });

  test('IPv4: a TTL that was lowered on the way is seen as it is', async () => {
    const packet = await exchange(
      multicast4(),
      multicast4(),
      send('192.0.2.1', '224.0.0.18', 254, advert(1)),
    );
    expect(packet['ttl']).toBe(254);
  });

  test('IPv4: a source that the host does not own (mcast_src_ip)', async () => {
    const order = send('198.51.100.7', '224.0.0.18', 255, advert(1));
    expect((await exchange(multicast4(), multicast4(), order))['source']).toBe('198.51.100.7');
  });

  test('IPv4 unicast, with any TTL', async () => {
    const order = send('192.0.2.1', '192.0.2.2', 64, advert(1));
    expect(await exchange(unicast('192.0.2.1'), unicast('192.0.2.2'), order)).toMatchObject({
      source: '192.0.2.1',
      destination: '192.0.2.2',
      ttl: 64,
    });
  });

  test('IPv6 multicast from the link-local address, hop limit as asked', async () => {
    const order = send('fe80::1', 'ff02::12', 255, advert(1));
    expect(await exchange(multicast6(), multicast6(), order)).toMatchObject({
      source: 'fe80::1',
      destination: 'ff02::12',
      ttl: 255,
      payload: advert(1),
      ipHeader: null,
    });
  });

  test('IPv6 unicast, global and link-local', async () => {
    const global = send('fd00::1', 'fd00::2', 7, advert(1));
    expect(await exchange(unicast('fd00::1'), unicast('fd00::2'), global)).toMatchObject({
      source: 'fd00::1',
      ttl: 7,
    });
    const local = send('fe80::1', 'fe80::2', 255, advert(1));
    expect(await exchange(unicast('fe80::1'), unicast('fe80::2'), local)).toMatchObject({
      source: 'fe80::1',
      ttl: 255,
    });
  });

  test('IPv6 unicast without a hop limit leaves with that of the host', async () => {
    const hopLimit = a.run('sysctl', '-n', 'net.ipv6.conf.eth0.hop_limit').trim();
    const order: VrrpActorOrder = {
      send: [{ source: ip('fd00::1'), destination: ip('fd00::2'), ttl: undefined, payload: advert(1) }],
    };
    const packet = await exchange(unicast('fd00::1'), unicast('fd00::2'), order);
    expect(packet['ttl']).toBe(Number(hopLimit));
  });

  test('IPv4 packets have the identification that was asked for', async () => {
    const order: VrrpActorOrder = {
      send: [
        {
          source: ip('192.0.2.1'),
          destination: ip('224.0.0.18'),
          ttl: 255,
          identification: 0x1234,
          payload: advert(1),
        },
      ],
    };
    const header = (await exchange(multicast4(), multicast4(), order))['ipHeader'] as number[];
    expect(header.slice(4, 8)).toEqual([0x12, 0x34, 0, 0]);
  });

  test('IPv6: a source that the host does not own', async () => {
    const order = send('fd00::99', 'ff02::12', 255, advert(1));
    expect((await exchange(multicast6(), multicast6(), order))['source']).toBe('fd00::99');
  });

  test('adverts sent together arrive in order; more than fit one system call too', async () => {
    const receiver = await open(b, multicast4());
    const sender = await open(a, multicast4());
    const adverts = Array.from({ length: 70 }, (_, index) => advert(index));
    sender.say(send('192.0.2.1', '224.0.0.18', 255, ...adverts));
    const packets = await receiver.hear('received', 70);
    expect(packets.map((packet) => packet['payload'])).toEqual(adverts);
  });

  test('multicast sockets hear no unicast, unicast sockets hear no multicast', async () => {
    const group = await open(b, multicast4());
    const own = await open(b, unicast('192.0.2.2'));
    const sender = await open(a, multicast4());
    sender.say(send('192.0.2.1', '192.0.2.2', 255, advert(1)));
    sender.say(send('192.0.2.1', '224.0.0.18', 255, advert(2)));
    await group.hear('received');
    await own.hear('received');
    expect(group.heard('received').map((packet) => packet['payload'])).toEqual([advert(2)]);
    expect(own.heard('received').map((packet) => packet['payload'])).toEqual([advert(1)]);
  });

  test('what came while this process stalled is drained at once, and known to be old', async () => {
    const receiver = await open(b, multicast4());
    const sender = await open(a, multicast4());
    receiver.say({ stallMs: 400 });
    await receiver.hear('stalling');
    sender.say(send('192.0.2.1', '224.0.0.18', 255, advert(1)));
    const [sent] = await sender.hear('sent');
    await receiver.hear('stalled');
    const drained = receiver.heard('drained');
    expect(drained).toHaveLength(1);
    // Both ends read one clock; the kernel's stamp is of another, moved to it.
    const slackUs = 5_000;
    expect(drained[0]?.['receivedAt']).toBeGreaterThan(Number(sent?.['from']) - slackUs);
    expect(drained[0]?.['receivedAt']).toBeLessThan(Number(sent?.['to']) + slackUs);
    expect(receiver.heard('received')).toEqual([]);
  });

  test('an exact copy of what we sent is counted, not received; another with our address is received', async () => {
    const receiver = await open(b, multicast4());
    const other = await open(a, multicast4());
    // The kernel itself drops packets that claim to come from an address of this host: so from another (mcast_src_ip).
    receiver.say(send('198.51.100.7', '224.0.0.18', 255, advert(1)));
    await receiver.hear('sent');
    other.say(send('198.51.100.7', '224.0.0.18', 255, advert(1), advert(9)));
    const packets = await receiver.hear('received');
    expect(packets.map((packet) => packet['payload'])).toEqual([advert(9)]);
    await receiver.end();
    expect(receiver.heard('counters')).toEqual([{ event: 'counters', malformed: 0, looped: 1 }]);
  });

  test('packets larger than any advert are counted as malformed', async () => {
    const big = 'from socket import *; s=socket(AF_INET,SOCK_RAW,112); s.sendto(bytes(6000),("192.0.2.2",0))';
    const own = await open(b, unicast('192.0.2.2'));
    a.run('python3', '-c', big);
    a.run('python3', '-c', big.replace('6000', '8'));
    await own.hear('received');
    await own.end();
    expect(own.heard('counters')).toEqual([{ event: 'counters', malformed: 1, looped: 0 }]);
  });

  test('sending on an interface that is down is an error, not a crash', async () => {
    const sender = await open(a, multicast4());
    a.ip('link', 'set', 'eth0', 'down');
    sender.say(send('192.0.2.1', '224.0.0.18', 255, advert(1)));
    const [sent] = await sender.hear('sent');
    a.ip('link', 'set', 'eth0', 'up');
    expect(sent?.['results']).toEqual([
      expect.stringMatching(/^send to 224\.0\.0\.18: (ENETUNREACH|ENETDOWN)/),
    ]);
    expect(await sender.end()).toBe(0);
  });

  test('a closed socket sends nothing', async () => {
    const sender = await open(a, multicast4());
    await sender.end();
    expect(sender.heard('closed')).toEqual([{ event: 'closed', late: 'EBADF' }]);
  });

  test('without privileges: one message that names what is missing', async () => {
    const nobody = ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups'];
    const actor = Actor.start(a, 'vrrp-actor', multicast4(), nobody);
    const [refused] = await actor.hear('refused');
    expect(refused?.['message']).toBe(
      'socket(AF_INET, SOCK_RAW, 112): EPERM (needs CAP_NET_RAW; run as root)',
    );
    expect(await actor.end()).toBe(0);
  });
});
