import { jest } from '@jest/globals';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { type StatusDocument } from '#observe/index.js';
import { Network, type Namespace, type Segment } from '../../namespaces.js';
import { requires } from '../../requires.js';
import { FrrPeer, KeepalivedPeer } from './bfd-peers.js';
import { captureBfd, type Seen } from './bfd-wire.js';
import { Director, instance, until } from './director.js';

const test = requires({ netns: true });
const withKeepalived = requires({ netns: true, keepalived: true });
const withFrr = requires({ netns: true, frr: true, root: true });
jest.setTimeout(60_000);

const VIP = '192.0.2.100';

let network: Network;
let directory: string;
let segment: Segment;
let seen: Seen[];

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'understudy-bfd-'));
  chmodSync(directory, 0o755);
  network = new Network(directory);
  segment = network.segment();
  seen = [];
  await captureBfd(network.switch, segment.bridge, (packet) => seen.push(packet));
});

afterEach(async () => {
  await network.close();
  rmSync(directory, { recursive: true, force: true });
});

/** A host on the segment: 192.0.2.N and 2001:db8::N. */
function host(label: string, number: number): Namespace {
  const namespace = network.namespace(label);
  network.plug(namespace, 'eth0', segment, [`192.0.2.${number}/24`, `2001:db8::${number}/64`]);
  return namespace;
}

const director = (label: string, number: number): Director => new Director(host(label, number), directory);

const session = (neighbor: string, more = '', name = 'r1'): string => `
bfd_instance ${name} {
  neighbor_ip ${neighbor}
  ${more}
}
`;

/** Intervals at which no stall of a busy machine is taken for silence: detection after a second. */
const CALM = 'min_rx 200\n  min_tx 200\n';

/** What `understudy status` says of sessions; with -p the control socket stands beside the pid file. */
function sessionsOf({ namespace, pidFiles }: Director): StatusDocument['bfdSessions'] {
  const socket = join(dirname(pidFiles.main), 'main.sock');
  const words = [resolve('dist/cli/main.js'), 'status', '--json', '--socket', socket];
  return (JSON.parse(namespace.run(process.execPath, ...words)) as StatusDocument).bfdSessions;
}

const from = (source: string): readonly Seen[] => seen.filter((packet) => packet.source === source);

/** The first packet of a sender that is as wanted: the capture may show it later than the daemons tell of it. */
async function heard(source: string, wanted: (packet: Seen) => boolean): Promise<Seen> {
  await until(() => from(source).some(wanted), `a packet of ${source}`);
  return from(source).find(wanted)!;
}

const isUp = ({ packet }: Seen): boolean => packet.state === 'Up';

describe('beside keepalived, 10 ms x 5', () => {
  describe.each([
    ['IPv4', '192.0.2.1', '192.0.2.2'],
    ['IPv6', '2001:db8::1', '2001:db8::2'],
  ])('on %s', (_, ours, theirs) => {
    withKeepalived('a session comes up, and each notices when the other is killed', async () => {
      const a = director('a', 1);
      const b = new KeepalivedPeer(host('b', 2), join(directory, 'b'));
      a.start(session(theirs, `source_ip ${ours}`));
      b.start(session(ours, `source_ip ${theirs}`));
      await a.says('(r1) Entering Up state');
      await b.says(/Entering Up state/);
      await a.says('Detection time is 50000 us');
      // Both have heard the other's answer: what follows is neither poll nor final.
      const settled = ({ packet }: Seen) => packet.state === 'Up' && !packet.poll && !packet.final;
      await until(() => [ours, theirs].every((end) => from(end).some(settled)), 'plain packets of both');
      expect(from(ours).every(({ ttl, tos }) => ttl === 255 && tos === 0xc0)).toBe(true);
      expect(from(ours).every(({ sourcePort }) => sourcePort >= 49_152)).toBe(true);
      expect(new Set(from(ours).map(({ sourcePort }) => sourcePort)).size).toBe(1);
      b.kill();
      await a.says('(r1) Expired after');
      await a.says('Entering Down state (Local diagnostic - Control Detection Time Expired');
      b.log = '';
      b.start(session(ours, `source_ip ${theirs}`));
      await a.says('(r1) Entering Up state', 2);
      await b.says(/Entering Up state/);
      a.signal('SIGSTOP'); // so that the worker is not started again
      process.kill(a.pid('bfd')!, 'SIGKILL');
      await b.says(/Entering Down state/);
      a.signal('SIGCONT');
    });
  });

  withKeepalived('a passive end waits, and an active one begins, whoever it is', async () => {
    const a = director('a', 1);
    const b = new KeepalivedPeer(host('b', 2), join(directory, 'b'));
    a.start(session('192.0.2.2', 'source_ip 192.0.2.1\npassive'));
    await a.says('Startup complete');
    b.start(session('192.0.2.1', 'source_ip 192.0.2.2'));
    await a.says('(r1) Entering Up state');
    expect((await heard('192.0.2.1', () => true)).packet.state).toBe('Init');
    expect(seen[0]?.source).toBe('192.0.2.2');
  });
});

describe('beside FRR', () => {
  const config = (peer: string, local: string, more = '') => `
bfd
 peer ${peer} local-address ${local} ${more}
  receive-interval 10
  transmit-interval 10
  detect-multiplier 5
`;

  describe.each([
    ['IPv4', '192.0.2.1', '192.0.2.2'],
    ['IPv6', '2001:db8::1', '2001:db8::2'],
  ])('on %s', (_, ours, theirs) => {
    withFrr('a session comes up, and each notices when the other is killed', async () => {
      const a = director('a', 1);
      const b = new FrrPeer(host('b', 2), join(directory, 'b'));
      await b.start(config(ours, theirs, 'interface eth0'));
      a.start(session(theirs, `source_ip ${ours}`));
      await a.says('(r1) Entering Up state');
      await a.says('Detection time is 50000 us');
      await b.isUp(ours);
      a.signal('SIGSTOP');
      process.kill(a.pid('bfd')!, 'SIGKILL');
      await until(() => b.ask(`show bfd peer ${ours}`).includes('Status: down'), 'bfdd to notice');
      a.signal('SIGCONT');
      await a.says('(r1) Entering Up state', 2);
      b.kill();
      await a.says('(r1) Expired after');
    });
  });

  withFrr('its AdminDown is no failure to an instance that tracks the session', async () => {
    const a = director('a', 1);
    const b = new FrrPeer(host('b', 2), join(directory, 'b'));
    await b.start(config('192.0.2.1', '192.0.2.2', 'interface eth0'));
    a.start(
      session('192.0.2.2', `source_ip 192.0.2.1\n${CALM}`) + instance(150, [VIP], 'track_bfd {\n    r1\n  }'),
    );
    await a.says('(VI_1) Entering MASTER STATE');
    const peer = 'peer 192.0.2.1 local-address 192.0.2.2 interface eth0';
    b.vtysh('configure terminal', 'bfd', peer, 'shutdown');
    await a.says('Entering Down state (Local diagnostic - Neighbor Signaled Session Down');
    b.vtysh('configure terminal', 'bfd', peer, 'no shutdown');
    await a.says('(r1) Entering Up state', 2);
    expect(a.log).not.toContain('Tracked BFD instance r1 is DOWN');
    expect(a.addresses()).toContain(VIP);
  });
});

describe('Understudy on both sides', () => {
  test('beyond a router: port 4784, and no more routers than max_hops', async () => {
    const far = network.segment();
    const router = host('r', 254);
    network.plug(router, 'eth1', far, ['198.51.100.254/24']);
    router.sysctl('net.ipv4.ip_forward', 1);
    const a = director('a', 1);
    a.namespace.ip('route', 'add', '198.51.100.0/24', 'via', '192.0.2.254');
    const b = new Director(network.namespace('b'), directory);
    network.plug(b.namespace, 'eth0', far, ['198.51.100.2/24']);
    b.namespace.ip('route', 'add', 'default', 'via', '198.51.100.254');
    a.start(session('198.51.100.2', 'multihop\nmax_hops 1'));
    b.start(session('192.0.2.1', 'multihop\nmax_hops 1'));
    await a.says('(r1) Entering Up state');
    await heard('198.51.100.2', isUp);
    expect(from('198.51.100.2').every(({ ttl, port }) => ttl === 254 && port === 4784)).toBe(true);
    a.write(session('198.51.100.2', 'multihop'));
    a.signal('SIGHUP');
    await a.says('(ttl 254 < 255)');
    await a.says('(r1) Expired after');
  });

  test('a stranger who knows the discriminator, but is beyond the link, changes nothing', async () => {
    const [a, b] = [director('a', 1), director('b', 2)];
    a.start(session('192.0.2.2', `source_ip 192.0.2.1\n${CALM}`));
    b.start(session('192.0.2.1', `source_ip 192.0.2.2\n${CALM}`));
    await a.says('Detection time is 1000000 us');
    const { packet } = await heard('192.0.2.1', isUp);
    const down = {
      mine: packet.yourDiscriminator,
      yours: packet.myDiscriminator,
    };
    const attacker = host('x', 66);
    attacker.run(process.execPath, '-e', forge, JSON.stringify(down), '192.0.2.1', '254');
    await a.says('Discarding packet from 192.0.2.66 (ttl 254 < 255)');
    expect(sessionsOf(a)).toMatchObject([
      { name: 'r1', state: 'Up', counters: { dropped: { 'bfd-ttl-too-low': 1 } } },
    ]);
    expect(a.log).not.toContain('Entering Down state');
    // On the link it would have been heard: nothing but the TTL stands in the way.
    attacker.run(process.execPath, '-e', forge, JSON.stringify(down), '192.0.2.1', '255');
    await a.says('Entering Down state (Local diagnostic - Neighbor Signaled Session Down');
  });

  test('a reload polls where an interval changes, and leaves other sessions alone', async () => {
    const [a, b, c] = [director('a', 1), director('b', 2), director('c', 3)];
    const toC = session('192.0.2.3', `source_ip 192.0.2.1\n${CALM}`, 'r2');
    a.start(session('192.0.2.2', `source_ip 192.0.2.1\n${CALM}`) + toC);
    b.start(session('192.0.2.1', `source_ip 192.0.2.2\n${CALM}`));
    c.start(session('192.0.2.1', `source_ip 192.0.2.3\n${CALM}`));
    for (const each of [b, c]) await each.says('Detection time is 1000000 us');
    await a.says('Detection time is 1000000 us', 2);
    const portsSeen = () => new Set(from('192.0.2.1').map(({ sourcePort }) => sourcePort));
    await until(() => portsSeen().size === 2, 'packets of both sessions');
    const ports = portsSeen();
    a.write(session('192.0.2.2', 'source_ip 192.0.2.1\nmin_rx 200\nmin_tx 400') + toC);
    a.signal('SIGHUP');
    await b.says('Detection time is 2000000 us');
    await until(
      () => from('192.0.2.1').some(({ packet }) => packet.poll && packet.desiredMinTx === 400_000),
      'a poll with the new interval',
    );
    await a.says('Reload completed');
    expect(portsSeen()).toEqual(ports);
    expect(a.log).not.toContain('Entering Down state');
    expect(c.log.split('Detection time is')).toHaveLength(3); // 5 s, then 1 s: the poll of its own beginning
  });
});

/** Sends a Down packet of that sender to that address with that TTL. */
const forge = `
  const [down, address, ttl] = process.argv.slice(1);
  const { mine, yours } = JSON.parse(down);
  const packet = Buffer.from('20400518'.padEnd(48, '0'), 'hex');
  packet.writeUInt32BE(mine, 4);
  packet.writeUInt32BE(yours, 8);
  packet.writeUInt32BE(1000000, 12);
  packet.writeUInt32BE(10000, 16);
  const socket = require('node:dgram').createSocket('udp4');
  socket.bind(50000, () => {
    socket.setTTL(Number(ttl));
    socket.send(packet, 3784, address, () => socket.close());
  });`;

describe('those who follow', () => {
  const tracking = (priority: number, neighbor: string, ours: string, more = '') =>
    session(neighbor, `source_ip ${ours}\n${CALM}`) +
    instance(priority, [VIP], `track_bfd {\n    r1 ${more}\n  }`);

  describe.each(['understudy', 'keepalived'] as const)('a master that is %s', (master) => {
    withKeepalived('gives way when its neighbour falls silent to it', async () => {
      const router = director('r', 254);
      const both = session('192.0.2.1', CALM, 'r1') + session('192.0.2.2', CALM, 'r2');
      router.start(both);
      const config = tracking(150, '192.0.2.254', '192.0.2.1');
      const a = director('a', 1);
      const peer = new KeepalivedPeer(host('p', 9), join(directory, 'p'));
      peer.namespace.ip('address', 'flush', 'dev', 'eth0');
      if (master === 'understudy') a.start(config);
      else {
        a.namespace.ip('address', 'flush', 'dev', 'eth0');
        peer.namespace.ip('address', 'add', '192.0.2.1/24', 'dev', 'eth0');
        peer.start(config);
      }
      const holder = master === 'understudy' ? a.namespace : peer.namespace;
      const holds = (namespace: Namespace) =>
        namespace.ip('-o', 'address', 'show', 'dev', 'eth0').includes(` ${VIP}/`);
      await until(() => holds(holder), 'the master');
      const b = director('b', 2);
      b.start(tracking(100, '192.0.2.254', '192.0.2.2'));
      await b.says('VRRP_Instance(VI_1) Tracked BFD instance r1 is UP');
      await b.says('(VI_1) Entering BACKUP STATE');
      router.write(session('192.0.2.2', CALM, 'r2'));
      router.signal('SIGHUP');
      await b.says('(VI_1) Entering MASTER STATE');
      await until(() => holds(b.namespace) && !holds(holder), 'the VIP with b alone');
      router.write(both);
      router.signal('SIGHUP');
      await until(() => holds(holder) && !holds(b.namespace), 'the VIP back');
    });
  });

  test('a VRRP worker that is killed as master resumes: it asks for the session before it acts', async () => {
    const [a, b] = [director('a', 1), director('b', 2)];
    a.start(tracking(150, '192.0.2.2', '192.0.2.1'));
    b.start(session('192.0.2.1', `source_ip 192.0.2.2\n${CALM}`));
    await a.says('(VI_1) Entering MASTER STATE');
    const before = a.pid('vrrp')!;
    process.kill(before, 'SIGKILL');
    await a.says('Received BFD event: instance r1 is in state Up', 2);
    await until(() => a.pid('vrrp') !== before, 'another worker');
    await a.says('(VI_1) Entering MASTER STATE', 2);
    expect(a.log).not.toMatch(/FAULT STATE/);
  });

  test('a weight moves the priority; a BFD worker that dies is replaced', async () => {
    const [a, b] = [director('a', 1), director('b', 2)];
    a.start(tracking(150, '192.0.2.2', '192.0.2.1', 'weight -20'));
    b.start(session('192.0.2.1', `source_ip 192.0.2.2\n${CALM}`));
    await a.says('(VI_1) Changing effective priority from 130 to 150');
    b.signal('SIGSTOP');
    process.kill(b.pid('bfd')!, 'SIGKILL');
    await a.says('(VI_1) Changing effective priority from 150 to 130');
    b.signal('SIGCONT');
    await b.says('BFD child process');
    await a.says('(VI_1) Changing effective priority from 130 to 150', 2);
  });

  test('BFD_CHECK follows the session', async () => {
    const [a, b] = [director('a', 1), director('b', 2)];
    a.start(`${session('192.0.2.2', 'source_ip 192.0.2.1')}
virtual_server 192.0.2.100 80 {
  protocol TCP
  real_server 192.0.2.2 80 {
    BFD_CHECK {
      name r1
    }
  }
}`);
    await a.says('BFD check of [r1] RS([192.0.2.2]:tcp:80) is DOWN');
    b.start(session('192.0.2.1', `source_ip 192.0.2.2\n${CALM}`));
    await a.says('BFD check of [r1] RS([192.0.2.2]:tcp:80) is UP');
    await a.says('Adding service [192.0.2.2]:tcp:80 to VS [192.0.2.100]:tcp:80');
  });

  test('a stop leaves no pid file', async () => {
    const a = director('a', 1);
    a.start(session('192.0.2.2'));
    await a.says('Startup complete');
    expect(a.pid('bfd')).toEqual(expect.any(Number));
    a.signal('SIGTERM');
    expect(await a.ended()).toBe(0);
    expect(a.pid('bfd')).toBeUndefined();
  });
});
