import { parseIpAddress } from '#base/address.js';
import { ok } from '#base/result.js';
import { micros } from '#base/units.js';
import { VrrpSockets } from '#daemon/vrrp-sockets.js';
import { KernelError } from '#kernel/kernel-error.js';
import { PreparedPacket, type OutgoingPacket } from '#kernel/prepared-packet.js';
import { type VrrpPacket, type VrrpSocketOptions } from '#kernel/vrrp-socket.js';
import { type InstanceSettings, type InterfaceState, type SendAdvert } from '#vrrp/index.js';

const ip = (text: string) => parseIpAddress(text)!;
const instance = (name: string, change: Partial<InstanceSettings> = {}): InstanceSettings =>
  ({
    name,
    family: 'inet',
    interface: 'eth0',
    transport: { kind: 'multicast', group: ip('224.0.0.18') },
    authentication: { type: 'none' },
    ...change,
  }) as InstanceSettings;
const farewell = (name: string): SendAdvert => ({
  type: 'SendAdvert',
  instance: name,
  interface: 'eth0',
  source: ip('192.0.2.1'),
  destinations: [ip('224.0.0.18')],
  ttl: 255,
  priority: 0,
  payloads: [Uint8Array.of(1)],
});

function rig() {
  const open: VrrpSocketOptions[] = [];
  const sent: string[] = [];
  const prepared: OutgoingPacket[] = [];
  const datagrams: Uint8Array[] = [];
  /** The interface of each packet's socket, and its family. */
  const by: string[] = [];
  const families: string[] = [];
  /** How many packets each call was given. */
  const calls: number[] = [];
  const waiting: VrrpPacket[] = [];
  const failures: string[] = [];
  const resized: number[] = [];
  const mtus = new Map([['eth0', 1500]]);
  const interfaces = new Map<string, InterfaceState>([
    ['eth0', { name: 'eth0', index: 2, up: true, addresses: [ip('192.0.2.1'), ip('fe80::1')] }],
  ]);
  let refusal: KernelError | undefined;
  const sockets = new VrrpSockets({
    open: (options) => {
      if (refusal) throw refusal;
      open.push(options);
      return {
        prepare: (packet) => (prepared.push(packet), new PreparedPacket(packet, options)),
        sendAll: (packets) => {
          calls.push(packets.length);
          sent.push(...packets.map(({ packet }) => packet.destination));
          datagrams.push(...packets.map(({ data }) => data.slice()));
          families.push(...packets.map(() => options.family));
          by.push(...packets.map(() => options.interface?.name ?? ''));
          return packets.map(() => ok(undefined));
        },
        drain: () => waiting.splice(0),
        resizeReceiveBuffer: (bytes) => void resized.push(bytes),
        close: () => void open.splice(open.indexOf(options), 1),
      };
    },
    interface: (name) => interfaces.get(name),
    mtu: (name) => mtus.get(name),
    received: () => undefined,
    failed: (name, error) => void failures.push(`${name} ${error.code}`),
  });
  return {
    sockets,
    open,
    sent,
    prepared,
    datagrams,
    by,
    families,
    calls,
    waiting,
    failures,
    resized,
    mtus,
    interfaces,
    refuse: (error?: KernelError) => (refusal = error),
  };
}

describe('sockets for instances', () => {
  test('one pair serves all instances that agree in interface, family and transport', () => {
    const { sockets, open } = rig();
    sockets.open([instance('A'), instance('B'), instance('C', { family: 'inet6' })]);
    expect(open).toHaveLength(2);
    expect(open[0]).toEqual({
      family: 'inet',
      protocol: 112,
      interface: { name: 'eth0', index: 2 },
      transport: { kind: 'multicast', group: '224.0.0.18' },
    });
  });

  test('an advert is handed on with its interface, and with the time at which it came in', () => {
    const { sockets, waiting } = rig();
    sockets.open([instance('A')]);
    const packet = { source: ip('192.0.2.2'), destination: ip('224.0.0.18'), ttl: 255 };
    waiting.push({ ...packet, payload: Uint8Array.of(0x21, 51), receivedAt: micros(123_456) });
    expect(sockets.drain()).toMatchObject([{ interface: 'eth0', ...packet, receivedAt: 123_456 }]);
  });

  test('instances that share a pair add up what they ask for as its receive buffer', () => {
    const { sockets, open, resized, mtus } = rig();
    const vip = { address: ip('192.0.2.100'), interface: 'eth0', advertised: true };
    const buffered = (name: string, receiveBuffer: InstanceSettings['receiveBuffer'] & object) =>
      instance(name, { version: 2, addresses: [vip], receiveBuffer });
    const all = [
      buffered('A', { by: 'bytes', bytes: 10_000 }),
      buffered('B', { by: 'mtu', times: 3 }),
      // 20 of IP, 8 of header, 4 for one address, 8 of Authentication Data.
      buffered('C', { by: 'advert', times: 5 }),
      instance('D'),
    ];
    sockets.open(all);
    expect(open[0]).toMatchObject({ receiveBufferBytes: 10_000 + 3 * 1500 + 5 * 40 });
    sockets.open(all);
    expect(resized).toEqual([]);
    mtus.set('eth0', 9000);
    sockets.open(all);
    expect([resized, open.length]).toEqual([[10_000 + 3 * 9000 + 5 * 40], 1]);
  });

  test('who asks for nothing leaves the receive buffer to the system', () => {
    const { sockets, open } = rig();
    sockets.open([instance('A')]);
    expect(open[0]).not.toHaveProperty('receiveBufferBytes');
  });

  test('AH has its own protocol', () => {
    const { sockets, open } = rig();
    sockets.open([instance('A', { authentication: { type: 'ah', password: 'x' } })]);
    expect(open[0]).toMatchObject({ protocol: 51 });
  });

  test('unicast is bound to its source and to the interface, so that no route leads it elsewhere', () => {
    const { sockets, open } = rig();
    const unicast = { kind: 'unicast', peers: [], checkSource: false, ttl: 255 } as const;
    const eth0 = { interface: { name: 'eth0', index: 2 } };
    sockets.open([
      instance('A', { transport: { ...unicast, source: ip('192.0.2.9') } }),
      instance('B', { transport: unicast }),
      instance('C', { transport: unicast, family: 'inet6' }),
    ]);
    expect(open).toEqual([
      { family: 'inet', protocol: 112, ...eth0, transport: { kind: 'unicast', source: '192.0.2.9' } },
      { family: 'inet', protocol: 112, ...eth0, transport: { kind: 'unicast', source: '192.0.2.1' } },
      { family: 'inet6', protocol: 112, ...eth0, transport: { kind: 'unicast', source: 'fe80::1' } },
    ]);
  });

  test('unicast in a VRF is bound to that, and waits for it', () => {
    const { sockets, open, interfaces } = rig();
    const transport = {
      kind: 'unicast',
      peers: [],
      source: ip('192.0.2.1'),
      checkSource: false,
      vrf: 'red',
    } as const;
    const inVrf = instance('A', { interface: '', transport });
    sockets.open([inVrf]);
    expect(open).toEqual([]);
    interfaces.set('red', { name: 'red', index: 5, up: true, addresses: [] });
    sockets.open([inVrf]);
    expect(open).toMatchObject([{ interface: { name: 'red', index: 5 } }]);
  });

  test('unicast waits for its interface, and without one is bound to its source alone', () => {
    const { sockets, open, interfaces } = rig();
    interfaces.clear();
    const transport = {
      kind: 'unicast',
      peers: [],
      checkSource: false,
      ttl: 255,
      source: ip('192.0.2.9'),
    } as const;
    sockets.open([instance('A', { transport }), instance('B', { transport, interface: '' })]);
    expect(open).toEqual([
      { family: 'inet', protocol: 112, transport: { kind: 'unicast', source: '192.0.2.9' } },
    ]);
  });

  test('come with the interface, and go with it', () => {
    const { sockets, open, interfaces } = rig();
    const state = interfaces.get('eth0')!;
    interfaces.clear();
    sockets.open([instance('A')]);
    expect(open).toEqual([]);
    expect(sockets.send([farewell('A')])).toEqual(['no socket on eth0']);
    interfaces.set('eth0', { ...state, index: 9 });
    sockets.open([instance('A')]);
    sockets.closeUnused([instance('A')]);
    expect(open).toMatchObject([{ interface: { index: 9 } }]);
    interfaces.clear();
    sockets.open([instance('A')]);
    sockets.closeUnused([instance('A')]);
    expect(open).toEqual([]);
  });

  test('adverts in a row that share a socket go out together, and each hears of its own refusal', () => {
    const { sockets, calls } = rig();
    const to = ['192.0.2.8', '192.0.2.9'].map(ip);
    const advert = (name: string, count: number): SendAdvert => ({
      ...farewell(name),
      destinations: to.slice(0, count),
      payloads: to.slice(0, count).map(() => new Uint8Array(8)),
    });
    sockets.open([instance('A'), instance('B'), instance('C', { family: 'inet6' })]);
    const errors = sockets.send([
      advert('A', 2),
      advert('X', 1),
      advert('B', 1),
      advert('A', 1),
      advert('C', 1),
    ]);
    expect(errors).toEqual([undefined, 'no socket on eth0', undefined, undefined, undefined]);
    expect(calls).toEqual([2, 2, 1]);
  });

  test('an advert is put together once, however often it is sent; only its Identification is new', () => {
    const { sockets, prepared, datagrams, sent } = rig();
    sockets.open([instance('A')]);
    const advert = { ...farewell('A'), priority: 100 };
    for (const identification of [7, 0x1234]) sockets.send([{ ...advert, identification }]);
    expect(prepared).toHaveLength(1);
    expect(datagrams.map((packet) => [...packet.subarray(4, 6)])).toEqual([
      [0, 7],
      [0x12, 0x34],
    ]);
    sockets.send([farewell('A')]);
    expect(prepared).toHaveLength(2);
    // The interface may have come back as another one.
    sockets.open([instance('A')]);
    sockets.send([advert]);
    expect(prepared).toHaveLength(3);
    expect(sent).toHaveLength(4);
  });

  test('an instance that a reload removes can say farewell before its socket is closed', () => {
    const { sockets, open, sent } = rig();
    sockets.open([instance('A')]);
    sockets.open([]);
    expect(sockets.send([farewell('A')])).toEqual([undefined]);
    expect(sent).toEqual(['224.0.0.18']);
    sockets.closeUnused([]);
    expect(open).toEqual([]);
  });

  test('an instance that a reload moves to another interface resigns on the one it leaves', () => {
    const { sockets, open, by, interfaces } = rig();
    interfaces.set('eth1', { name: 'eth1', index: 3, up: true, addresses: [ip('198.51.100.1')] });
    sockets.open([instance('A')]);
    const moved = instance('A', { interface: 'eth1' });
    sockets.open([moved]);
    sockets.send([farewell('A'), { ...farewell('A'), interface: 'eth1', priority: 100 }]);
    expect(by).toEqual(['eth0', 'eth1']);
    sockets.closeUnused([moved]);
    expect(open).toMatchObject([{ interface: { name: 'eth1' } }]);
  });

  test('and so does one that a reload gives addresses of the other family', () => {
    const { sockets, families } = rig();
    const group = { kind: 'multicast', group: ip('ff02::12') } as const;
    sockets.open([instance('A')]);
    sockets.open([instance('A', { family: 'inet6', transport: group })]);
    sockets.send([farewell('A'), { ...farewell('A'), source: ip('fe80::1'), destinations: [group.group] }]);
    expect(families).toEqual(['inet', 'inet6']);
  });

  test('a refusal is told once, and again when it is another one', () => {
    const { sockets, failures, refuse, open } = rig();
    refuse(new KernelError('socket', 1));
    sockets.open([instance('A')]);
    sockets.open([instance('A')]);
    expect(failures).toEqual(['A EPERM']);
    refuse(new KernelError('socket', 19));
    sockets.open([instance('A')]);
    expect(failures).toEqual(['A EPERM', 'A ENODEV']);
    refuse();
    sockets.open([instance('A')]);
    expect(open).toHaveLength(1);
  });
});
