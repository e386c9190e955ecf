import { jest } from '@jest/globals';
import { parseIpAddress } from '#base/address.js';
import { type DesiredAddress, planInstall, planRemoval, toInterfaceAddress } from '#net/index.js';
import { type Link } from '#wire/netlink/link.js';
import { type AddressCommand, type InterfaceAddress } from '#wire/netlink/route.js';
import { Network, type Namespace } from '../../namespaces.js';
import { requires } from '../../requires.js';
import { Actor, type Line } from './actor.js';
import type { RouteActorInput, RouteActorOrder } from './route-actor.js';

const test = requires({ netns: true });
// Processes are started and links come up: seconds, on a busy machine.
jest.setTimeout(30_000);

function desired(address: string, more: Partial<DesiredAddress> = {}): DesiredAddress {
  const parsed = parseIpAddress(address);
  if (!parsed) throw new Error(address);
  return {
    address: parsed,
    prefixLength: address.includes(':') ? 128 : 32,
    interface: 'eth0',
    scope: 0,
    noDad: address.includes(':'),
    home: false,
    mngtmpaddr: false,
    noprefixroute: false,
    autojoin: false,
    noTrack: false,
    useVmac: false,
    ...(address.includes(':') ? { preferredLifetimeS: 0 } : {}),
    ...more,
  };
}

/** What `ip -j address` says of one address. */
interface AddrInfo {
  readonly local: string;
  readonly prefixlen: number;
  readonly scope: string;
  readonly label?: string;
  readonly broadcast?: string;
  readonly nodad?: boolean;
  readonly deprecated?: boolean;
  readonly preferred_life_time: number;
  readonly valid_life_time: number;
}

const FOREVER = 4294967295;

describe('rtnetlink in a namespace', () => {
  let network: Network;
  let namespace: Namespace;
  let index: number;
  let port: string;
  const actors: Actor[] = [];

  beforeAll(() => {
    if (process.geteuid?.() !== 0) return;
    network = new Network();
    namespace = network.namespace('a');
    port = network.plug(namespace, 'eth0', network.segment(), ['192.0.2.1/24']).port;
    index = Number(namespace.run('cat', '/sys/class/net/eth0/ifindex'));
  });

  afterEach(async () => {
    await Promise.all(actors.splice(0).map((actor) => actor.end()));
    for (const info of addrInfo()) {
      if (info.local !== '192.0.2.1' && info.scope !== 'link') {
        namespace.ip('address', 'del', `${info.local}/${info.prefixlen}`, 'dev', 'eth0');
      }
    }
  });

  afterAll(() => network.close());

  const addrInfo = (): readonly AddrInfo[] =>
    (JSON.parse(namespace.ip('-j', 'address', 'show', 'dev', 'eth0')) as { addr_info: AddrInfo[] }[]).flatMap(
      (link) => link.addr_info,
    );

  const find = (address: string): AddrInfo | undefined => addrInfo().find((info) => info.local === address);

  async function open(options: RouteActorInput = {}): Promise<Actor> {
    const actor = Actor.start(namespace, 'route-actor', options);
    actors.push(actor);
    await actor.hear('open');
    return actor;
  }

  /** Tells the actor one thing and waits for its answer. */
  async function ask(actor: Actor, order: RouteActorOrder, answer: string): Promise<Line> {
    const before = actor.heard(answer).length;
    actor.say(order);
    const lines = await actor.hear(answer, before + 1);
    return lines[before]!;
  }

  const addressesOf = async (actor: Actor): Promise<readonly InterfaceAddress[]> =>
    (await ask(actor, { dump: 'addresses' }, 'addresses'))['list'] as InterfaceAddress[];

  const kernel = async (actor: Actor) => ({
    interfaces: new Map([['eth0', index]]),
    addresses: await addressesOf(actor),
  });

  const apply = async (actor: Actor, commands: readonly AddressCommand[]): Promise<string[]> =>
    (await ask(actor, { apply: commands }, 'applied'))['results'] as string[];

  test('links with name, index, MAC, MTU, kind and state, as iproute2 shows them', async () => {
    const links = (await ask(await open(), { dump: 'links' }, 'links'))['list'] as (Omit<
      Link,
      'hardwareAddress'
    > & { hardwareAddress: string })[];
    const shown = JSON.parse(namespace.ip('-j', '-d', 'link', 'show', 'dev', 'eth0')) as {
      ifindex: number;
      address: string;
      mtu: number;
      flags: string[];
      operstate: string;
    }[];
    expect(links.find((link) => link.name === 'eth0')).toMatchObject({
      index: shown[0]?.ifindex,
      hardwareAddress: shown[0]?.address,
      mtu: shown[0]?.mtu,
      adminUp: shown[0]?.flags.includes('UP'),
      running: shown[0]?.operstate === 'UP',
      kind: 'veth',
      carrier: true,
    });
  });

  test('a VIP of each family is installed as keepalived has it, adopted, and removed', async () => {
    const actor = await open();
    const wanted = [
      desired('192.0.2.10', {
        prefixLength: 24,
        label: 'eth0:vip',
        broadcast: parseIpAddress('192.0.2.255')!,
      }),
      desired('198.51.100.1', { scope: 253 }),
      desired('fd00::10'),
      desired('fd00:1::10', { prefixLength: 64, noprefixroute: true }),
    ];
    const first = planInstall(wanted, await kernel(actor));
    expect(await apply(actor, first.commands)).toEqual(['ok', 'ok', 'ok', 'ok']);
    expect(find('192.0.2.10')).toMatchObject({
      prefixlen: 24,
      label: 'eth0:vip',
      broadcast: '192.0.2.255',
      scope: 'global',
    });
    expect(find('198.51.100.1')).toMatchObject({ prefixlen: 32, label: 'eth0', scope: 'link' });
    expect(find('fd00::10')).toMatchObject({
      prefixlen: 128,
      nodad: true,
      deprecated: true,
      preferred_life_time: 0,
      valid_life_time: FOREVER,
    });
    // What a respawned worker would plan: nothing.
    expect(planInstall(wanted, await kernel(actor)).commands).toEqual([]);
    const removal = planRemoval(wanted, await kernel(actor));
    expect(await apply(actor, removal.commands)).toEqual(['ok', 'ok', 'ok', 'ok']);
    expect(addrInfo().map((info) => info.local)).toEqual(expect.arrayContaining(['192.0.2.1']));
    expect(addrInfo().some((info) => wanted.some((one) => one.address === info.local))).toBe(false);
  });

  test('adding what is there and removing what is not are as wanted; other refusals are explained', async () => {
    const actor = await open();
    const address = toInterfaceAddress(desired('192.0.2.20'), index);
    expect(
      await apply(actor, [
        { kind: 'add', address },
        { kind: 'add', address },
        { kind: 'add', address: { ...address, prefixLength: 33 } },
        { kind: 'remove', address },
        { kind: 'remove', address },
        { kind: 'remove', address: { ...address, interfaceIndex: 9999 } },
        { kind: 'add', address: { ...address, interfaceIndex: 9999 } },
      ]),
    ).toEqual([
      'ok',
      'ok',
      expect.stringMatching(/^RTM_NEWADDR 192\.0\.2\.20\/33 on interface \d+: EINVAL/),
      'ok',
      'ok',
      'ok',
      expect.stringMatching(/on interface 9999: ENODEV/),
    ]);
  });

  test('the facts of our own commands wait already when they are acknowledged', async () => {
    const actor = await open();
    const address = toInterfaceAddress(desired('192.0.2.21'), index);
    const applied = await ask(actor, { apply: [{ kind: 'add', address }] }, 'applied');
    expect(applied['factsAtOnce']).toBe(1);
    const [fact] = await actor.hear('address');
    expect(fact).toMatchObject({ interfaceIndex: index, address: '192.0.2.21', prefixLength: 32 });
  });

  test('a thousand addresses in batches', async () => {
    const actor = await open();
    const commands = Array.from({ length: 1000 }, (_, n): AddressCommand => {
      const text = `10.9.${Math.floor(n / 250)}.${(n % 250) + 1}`;
      return { kind: 'add', address: toInterfaceAddress(desired(text), index) };
    });
    expect((await apply(actor, commands)).every((result) => result === 'ok')).toBe(true);
    expect(await addressesOf(actor)).toHaveLength(1000 + addrInfo().length - 1000 + 2); // lo has two
    const gone = commands.map((command) => ({ ...command, kind: 'remove' as const })).reverse();
    expect((await apply(actor, gone)).every((result) => result === 'ok')).toBe(true);
    expect(find('10.9.0.1')).toBeUndefined();
  });

  test('what others change is heard: addresses and links', async () => {
    const actor = await open();
    namespace.ip('address', 'add', '192.0.2.30/32', 'dev', 'eth0');
    namespace.ip('address', 'del', '192.0.2.30/32', 'dev', 'eth0');
    expect((await actor.hear('address-gone'))[0]).toMatchObject({ address: '192.0.2.30' });
    namespace.ip('link', 'add', 'x0', 'type', 'veth', 'peer', 'name', 'x1');
    namespace.ip('link', 'del', 'x0');
    const gone = await actor.hear('link-gone', 2);
    expect(gone.map((line) => line['name'])).toEqual(expect.arrayContaining(['x0', 'x1']));
  });

  test('a cable that is pulled and plugged in again: no longer running, though still up', async () => {
    const actor = await open();
    network.switch.ip('link', 'set', port, 'down');
    await actor.hear('link');
    await until(() => actor.heard('link').at(-1)?.['running'] === false);
    expect(actor.heard('link').at(-1)).toMatchObject({ name: 'eth0', adminUp: true, running: false });
    network.switch.ip('link', 'set', port, 'up');
    await until(() => actor.heard('link').at(-1)?.['running'] === true);
  });

  test('a flood while we do not read: overrun is said, and the state is dumped again', async () => {
    const actor = await open({ monitorBufferBytes: 4096 });
    actor.say({ stallMs: 1500 });
    await actor.hear('stalling');
    const batch = Array.from(
      { length: 200 },
      (_, n) => `address add 10.8.0.${n + 1}/32 dev eth0\naddress del 10.8.0.${n + 1}/32 dev eth0`,
    );
    namespace.run('sh', '-c', `printf '%s\\n' "$1" | ip -batch -`, 'sh', batch.join('\n'));
    namespace.ip('address', 'add', '192.0.2.40/32', 'dev', 'eth0');
    await actor.hear('stalled');
    await actor.hear('overrun');
    expect(actor.heard('address').length).toBeLessThan(200);
    const addresses = await addressesOf(actor);
    expect(addresses.some((one) => one.address === '192.0.2.40')).toBe(true);
    // And it goes on hearing.
    namespace.ip('address', 'add', '192.0.2.41/32', 'dev', 'eth0');
    await until(() => actor.heard('address').some((line) => line['address'] === '192.0.2.41'));
  });

  test('without privileges the kernel refuses to change, and says what is missing', async () => {
    const nobody = ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups'];
    const actor = Actor.start(namespace, 'route-actor', {}, nobody);
    actors.push(actor);
    await actor.hear('open');
    const address = toInterfaceAddress(desired('192.0.2.50'), index);
    expect(await apply(actor, [{ kind: 'add', address }])).toEqual([
      expect.stringMatching(/^RTM_NEWADDR 192\.0\.2\.50\/32 on interface \d+: EPERM \(needs CAP_NET_ADMIN/),
    ]);
    expect(find('192.0.2.50')).toBeUndefined();
  });
});

/** Waits until `condition` holds, at most five seconds. */
async function until(condition: () => boolean): Promise<void> {
  for (let turn = 0; turn < 250 && !condition(); turn += 1) {
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  expect(condition()).toBe(true);
}
