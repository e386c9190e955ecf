import { parseIpAddress, type IpAddress } from '#base/address.js';
import { InterfaceView } from '#daemon/interface-view.js';
import { type RouteFact } from '#kernel/rtnetlink.js';
import { type Link } from '#wire/netlink/link.js';
import { type InterfaceAddress } from '#wire/netlink/route.js';

const ip = (text: string): IpAddress => parseIpAddress(text)!;
const link = (index: number, name: string, up = true): Link => ({
  index,
  name,
  flags: 0,
  adminUp: true,
  running: up,
  hardwareType: 1,
  hardwareAddress: new Uint8Array(6),
  mtu: 1500,
  operState: 6,
});
const address = (interfaceIndex: number, text: string, flags = 0): InterfaceAddress => ({
  interfaceIndex,
  family: text.includes(':') ? 'inet6' : 'inet',
  address: ip(text),
  prefixLength: 24,
  scope: 0,
  flags,
});
const changed = (name: string, index: number, up: boolean, ...addresses: string[]) => ({
  type: 'InterfaceChanged',
  state: { name, index, up, addresses },
});
const notOurs = () => false;

function eth0(...addresses: InterfaceAddress[]): InterfaceView {
  const view = new InterfaceView();
  view.setVips([{ interface: 'eth0', address: ip('192.0.2.100'), owner: false, tracked: true }]);
  view.load([link(2, 'eth0')], addresses);
  return view;
}

describe('what the protocol hears of interfaces', () => {
  test('a dump at start tells of every interface, VIPs left out', () => {
    const view = new InterfaceView();
    view.setVips([{ interface: 'eth0', address: ip('192.0.2.100'), owner: false, tracked: true }]);
    expect(
      view.load(
        [link(1, 'lo'), link(2, 'eth0', false)],
        [address(1, '127.0.0.1'), address(2, '192.0.2.100'), address(2, '192.0.2.1')],
      ),
    ).toEqual([changed('lo', 1, true, '127.0.0.1'), changed('eth0', 2, false, '192.0.2.1')]);
  });

  test('the VIPs of an address owner count, but after its other addresses', () => {
    const view = new InterfaceView();
    view.setVips([{ interface: 'eth0', address: ip('192.0.2.100'), owner: true, tracked: true }]);
    view.load([link(2, 'eth0')], [address(2, '192.0.2.100')]);
    expect(view.state('eth0')?.addresses).toEqual(['192.0.2.100']);
    view.apply([{ type: 'address', address: address(2, '192.0.2.1') }], notOurs);
    expect(view.state('eth0')?.addresses).toEqual(['192.0.2.1', '192.0.2.100']);
  });

  test('secondary addresses come after primary ones, tentative ones not at all', () => {
    const view = eth0(address(2, '192.0.2.2', 1), address(2, '192.0.2.1'), address(2, 'fe80::1', 0x40));
    expect(view.state('eth0')?.addresses).toEqual(['192.0.2.1', '192.0.2.2']);
    expect(view.apply([{ type: 'address', address: address(2, 'fe80::1') }], notOurs)).toEqual([
      changed('eth0', 2, true, '192.0.2.1', 'fe80::1', '192.0.2.2'),
    ]);
  });

  test('changes that arrive together are told one by one, as the kernel made them', () => {
    const view = eth0(address(2, '192.0.2.1'));
    const facts: RouteFact[] = [
      { type: 'link', link: link(2, 'eth0', false) },
      { type: 'link', link: link(2, 'eth0', true) },
      { type: 'address', address: address(2, '192.0.2.2') },
    ];
    expect(view.apply(facts as never, notOurs)).toEqual([
      changed('eth0', 2, false, '192.0.2.1'),
      changed('eth0', 2, true, '192.0.2.1'),
      changed('eth0', 2, true, '192.0.2.1', '192.0.2.2'),
    ]);
  });

  test('a VIP that goes with its primary address is lost before the interface has no address', () => {
    const view = eth0(address(2, '192.0.2.1'), address(2, '192.0.2.100', 1));
    const facts = ['192.0.2.100', '192.0.2.1'].map((gone) => ({
      type: 'address-gone',
      address: address(2, gone),
    }));
    expect(view.apply(facts as never, notOurs)).toEqual([
      { type: 'AddressLost', interface: 'eth0', address: '192.0.2.100' },
      changed('eth0', 2, true),
    ]);
  });

  test('what changes nothing that matters is not told', () => {
    const view = eth0(address(2, '192.0.2.1'));
    expect(view.apply([{ type: 'link', link: { ...link(2, 'eth0'), mtu: 9000 } }], notOurs)).toEqual([]);
    expect(view.apply([{ type: 'address', address: address(2, '192.0.2.100') }], notOurs)).toEqual([]);
  });

  test('an interface that goes, and one that takes its name with another index', () => {
    const view = eth0();
    expect(view.apply([{ type: 'link-gone', link: link(2, 'eth0') }], notOurs)).toEqual([
      { type: 'InterfaceVanished', interface: 'eth0' },
    ]);
    expect(view.apply([{ type: 'link', link: link(7, 'eth0') }], notOurs)).toEqual([
      changed('eth0', 7, true),
    ]);
  });

  test('a renamed interface is one that went and one that came', () => {
    const view = eth0();
    expect(view.apply([{ type: 'link', link: link(2, 'lan0') }], notOurs)).toEqual([
      { type: 'InterfaceVanished', interface: 'eth0' },
      changed('lan0', 2, true),
    ]);
  });

  test('a VIP that somebody else removes is lost; one that we removed is not', () => {
    const gone = [{ type: 'address-gone' as const, address: address(2, '192.0.2.100') }];
    expect(eth0(address(2, '192.0.2.100')).apply(gone, notOurs)).toEqual([
      { type: 'AddressLost', interface: 'eth0', address: '192.0.2.100' },
    ]);
    expect(eth0(address(2, '192.0.2.100')).apply(gone, () => true)).toEqual([]);
  });

  test('a dump after lost messages tells the difference, lost VIPs included', () => {
    const view = eth0(address(2, '192.0.2.1'), address(2, '192.0.2.100'));
    expect(view.load([link(2, 'eth0', false)], [address(2, '192.0.2.1')])).toEqual([
      changed('eth0', 2, false, '192.0.2.1'),
      { type: 'AddressLost', interface: 'eth0', address: '192.0.2.100' },
    ]);
  });

  test('a reload that makes a VIP of an address takes it out of the list', () => {
    const view = eth0(address(2, '192.0.2.1'), address(2, '192.0.2.7'));
    expect(
      view.setVips([{ interface: 'eth0', address: ip('192.0.2.7'), owner: false, tracked: true }]),
    ).toEqual([changed('eth0', 2, true, '192.0.2.1')]);
  });
});
