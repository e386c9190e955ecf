import { once } from 'node:events';
import { jest } from '@jest/globals';
import { parseIpAddress } from '#base/address.js';
import { encodeGratuitousArp } from '#wire/arp.js';
import { Network, type Namespace } from '../../namespaces.js';
import { requires } from '../../requires.js';
import { Actor, type Line } from './actor.js';
import type { ProcessActorInput } from './process-actor.js';

const test = requires({ netns: true });
jest.setTimeout(30_000);

describe('a worker process and its kernel', () => {
  let network: Network;
  let a: Namespace;
  let b: Namespace;

  beforeAll(() => {
    if (process.geteuid?.() !== 0) return;
    network = new Network();
    const segment = network.segment();
    a = network.namespace('a');
    b = network.namespace('b');
    network.plug(a, 'eth0', segment);
    network.plug(b, 'eth7', segment);
  });

  afterAll(() => network.close());

  async function hear(order: ProcessActorInput, event: string, before?: readonly string[]): Promise<Line> {
    const actor = Actor.start(a, 'process-actor', order, before);
    const [line] = await actor.hear(event);
    await actor.end();
    return line!;
  }

  test('priority, affinity, limits and name hold for every thread; scripts run at normal priority', async () => {
    const limits = ['prlimit', '--nofile=6000'];
    const actor = Actor.start(a, 'process-actor', { do: 'schedule' }, limits);
    const [script] = await actor.hear('script');
    expect(actor.heard('results')[0]).toMatchObject({
      nice: 'ok',
      affinity: 'ok',
      limit: 'ok',
      files: 'ok',
      fewerFiles: 'ok', // both have enough in what there is, and lower nothing
      name: 'ok',
      noCpu: 'sched_setaffinity(1000): EINVAL',
      wrong: 'sched_setscheduler(SCHED_RR, 100): EINVAL',
    });
    const kernel = actor.heard('kernel')[0];
    expect(kernel).toMatchObject({
      nices: [-5],
      realTime: 'ok',
      policies: ['2 30'], // SCHED_RR
      cpus: '0',
      name: 'understudy-vrrp',
      limits: [
        expect.stringMatching(/files +6000 /),
        expect.stringMatching(/realtime timeout +1000000 +2000000/i),
      ],
    });
    expect(script?.['policy']).toBe('0');
    // A script is not kept waiting for a CPU, nor we by it, until it is executed: where it leaves us another one.
    for (const { cpus, policy } of actor.heard('inherited')) expect(policy).toBe(cpus === 1 ? 0 : 2);
    expect(actor.heard('inherited')[0]).toMatchObject({ cpus: 1 });
    expect(actor.heard('afterwards')).toMatchObject([
      { script: 0, ours: 2 },
      { script: 0, ours: 2 },
    ]);
    await actor.end();
  });

  test('clean pages are given back, and held once they are needed again', async () => {
    const line = await hear({ do: 'release' }, 'released');
    expect(line['covered']).toBeGreaterThan(10_000_000);
    expect(line['after']).toBeLessThan((line['before'] as number) - 5_000_000);
    expect(line['held']).toBe('ok');
    expect(line['lockedKb']).toBeGreaterThan(10_000);
  });

  test('memory is locked as it is used', async () => {
    const line = await hear({ do: 'lock' }, 'locked');
    expect(line['result']).toBe('ok');
    expect(parseInt(String(line['locked']))).toBeGreaterThan(0);
  });

  test('without privileges each refusal names the capability', async () => {
    const nobody = ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups'];
    expect(await hear({ do: 'refusals' }, 'refusals', nobody)).toMatchObject({
      missing: ['CAP_NET_ADMIN', 'CAP_NET_RAW'],
      frames: 'socket(AF_PACKET, SOCK_RAW): EPERM (needs CAP_NET_RAW; run as root)',
      nice: 'setpriority(-5): EACCES (needs CAP_SYS_NICE; run as root)',
      realTime: 'sched_setscheduler(SCHED_RR, 10): EPERM (needs CAP_SYS_NICE; run as root)',
      lock: expect.stringMatching(/^mlockall: (EPERM|ENOMEM)/) as string,
      files: 'setrlimit(RLIMIT_NOFILE, 1000000000): EPERM (needs CAP_SYS_RESOURCE; run as root)',
      namespace: expect.stringMatching(/^setns\(\/proc\/1\/ns\/net\): (EACCES|EPERM)/) as string,
      noNamespace: 'setns(/run/netns/no-such-namespace): ENOENT (there is no such network namespace)',
    });
  });

  test('a worker hears of the death of its parent', async () => {
    const actor = Actor.start(a, 'process-actor', { do: 'parent' });
    const [parent] = await actor.hear('parent');
    expect((await actor.hear('child'))[0]?.['result']).toBe('ok');
    process.kill(parent?.['pid'] as number, 'SIGKILL');
    await actor.hear('orphaned');
    await actor.ended;
  });

  test('another network namespace, by name', async () => {
    const line = await hear({ do: 'namespace', namespace: b.name }, 'namespace');
    expect(line).toMatchObject({ result: 'ok', links: expect.arrayContaining(['eth7']) as string[] });
  });

  test('a frame is sent as it is', async () => {
    const dump = b.spawn('tcpdump', ['-lnni', 'eth7', '-c', '1', 'arp'], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const [listening] = (await once(dump.stderr!, 'data')) as [Buffer];
    expect(listening.toString()).toMatch(/tcpdump/);
    await new Promise((resolve) => setTimeout(resolve, 300));
    const index = Number(a.run('cat', '/sys/class/net/eth0/ifindex'));
    const frame = encodeGratuitousArp(Uint8Array.of(2, 0, 0, 0, 9, 9), parseIpAddress('192.0.2.10')!);
    const actor = Actor.start(a, 'process-actor', {
      do: 'frame',
      interfaceIndex: index,
      frame: Array.from(frame),
    });
    expect((await actor.hear('frame'))[0]).toMatchObject({
      sent: 'ok',
      nowhere: 'send frame on interface 9999: ENXIO',
    });
    expect((await actor.hear('closed'))[0]?.['late']).toMatch(/EBADF/);
    const [heard] = (await once(dump.stdout!, 'data')) as [Buffer];
    expect(heard.toString()).toMatch(/who-has 192\.0\.2\.10 .*tell 192\.0\.2\.10/);
    await actor.end();
  });
});
