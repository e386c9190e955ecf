import { InstanceLinks } from '#daemon/instance-links.js';
import { InterfaceView } from '#daemon/interface-view.js';
import { type InstanceSettings } from '#vrrp/index.js';
import { type Link } from '#wire/netlink/link.js';
import { modelOf } from '../config/passes-parts.js';
import { eth0, linkNamed } from '../net/fake-link.js';
import { FakeKernel } from './fake-kernel.js';

const eth1 = linkNamed('eth1', 3);

/** What the rest of the worker sees of an instance's interfaces. */
interface Seen {
  readonly port: string;
  readonly source: string;
  readonly carriers: readonly string[];
  /** Address and interface. */
  readonly addresses: readonly string[];
}

const seen = ({ interface: port, sourceInterface, carriers, addresses }: InstanceSettings): Seen => ({
  port,
  source: sourceInterface ?? port,
  carriers: carriers ?? [],
  addresses: addresses.map((vip) => `${vip.address} ${vip.interface}`),
});

/** One vrrp_instance on eth0 with VRID 51. */
const instance = (lines: string, addresses = '192.0.2.9/24', name = 'VI_1'): string =>
  `vrrp_instance ${name} {\n interface eth0\n virtual_router_id 51\n ${lines}\n virtual_ipaddress {\n${addresses}\n }\n}\n`;

function resolve(text: string, links: readonly Link[] = [eth0, eth1]) {
  const kernel = new FakeKernel(links);
  const view = new InterfaceView();
  view.load(kernel.links(), []);
  const made = new InstanceLinks(view, kernel, { info: () => undefined, detail: () => undefined });
  const share = made.resolve(modelOf(text));
  const [first] = share.vrrp.instances;
  if (!first) throw new Error('no instance');
  return { kernel, made, share, first, seen: seen(first) };
}

test('without links nothing changes, but for interfaces that only addresses are on', () => {
  expect(resolve(instance('')).seen).toEqual({
    port: 'eth0',
    source: 'eth0',
    carriers: [],
    addresses: ['192.0.2.9 eth0'],
  });
  const elsewhere = '192.0.2.9/24\n198.51.100.9/24 dev eth1';
  expect(resolve(instance('', elsewhere)).seen.carriers).toEqual(['eth1']);
  expect(resolve(instance('', `${elsewhere} no_track`)).seen.carriers).toEqual([]);
  expect(resolve(instance('dont_track_primary', elsewhere)).seen.carriers).toEqual(['eth1']);
});

describe('use_vmac', () => {
  test('adverts and addresses are on the VMAC, the source is of what it lies on', () => {
    const { seen: of, share } = resolve(instance('use_vmac'));
    expect(of).toEqual({
      port: 'vrrp.51',
      source: 'eth0',
      carriers: ['eth0'],
      addresses: ['192.0.2.9 vrrp.51'],
    });
    expect(share.vrrpAddresses['VI_1']).toMatchObject([{ interface: 'vrrp.51' }]);
  });

  test('vmac_xmit_base: adverts are not', () =>
    expect(resolve(instance('use_vmac\n vmac_xmit_base')).seen).toEqual({
      port: 'eth0',
      source: 'eth0',
      carriers: ['vrrp.51'],
      addresses: ['192.0.2.9 vrrp.51'],
    }));

  test('IPv6 has its source on the VMAC', () => {
    const text = instance('use_vmac', 'fe80::9\n2001:db8::9/64');
    expect(resolve(text).seen).toMatchObject({ port: 'vrrp.51', source: 'vrrp.51', carriers: ['eth0'] });
  });

  test('dont_track_primary: neither counts', () =>
    expect(resolve(instance('use_vmac\n dont_track_primary')).seen.carriers).toEqual([]));

  test('on a macvlan, what that lies on counts as well', () => {
    const lower = linkNamed('phys0', 9);
    const macvlan = { ...eth0, kind: 'macvlan', macvlanMode: 4, lowerIndex: 9, lowerIsElsewhere: false };
    expect(resolve(instance('use_vmac'), [lower, macvlan]).seen.carriers).toEqual(['eth0', 'phys0']);
  });

  test('an address of the other family stays where the file has it, and IPv6 is on for it', () => {
    const text = instance('use_vmac\n virtual_ipaddress_excluded {\n2001:db8::9/64\n}');
    const { seen: of, kernel, made } = resolve(text);
    expect(of.addresses).toEqual(['192.0.2.9 vrrp.51', '2001:db8::9 eth0']);
    made.make();
    expect(kernel.readSysctl('net/ipv6/conf/vrrp.51/disable_ipv6')).toBe(0);
  });
});

describe('use_vmac_addr, and use_vmac of an address', () => {
  const others = '192.0.2.9/24\n198.51.100.9/24 dev eth1';

  test('addresses on other interfaces have VMACs there, which count', () =>
    expect(resolve(instance('use_vmac\n use_vmac_addr', others)).seen).toEqual({
      port: 'vrrp.51',
      source: 'eth0',
      carriers: ['eth0', 'eth1', 'vrrp1.51'],
      addresses: ['192.0.2.9 vrrp.51', '198.51.100.9 vrrp1.51'],
    }));

  test('and so have those of the other family', () => {
    const text = instance('use_vmac\n use_vmac_addr\n virtual_ipaddress_excluded {\n2001:db8::9/64\n}');
    expect(resolve(text).seen.addresses).toEqual(['192.0.2.9 vrrp.51', '2001:db8::9 vrrp6.51']);
  });

  test('one address alone, and the instance stays where it is', () =>
    expect(resolve(instance('', `${others} use_vmac`)).seen).toMatchObject({
      port: 'eth0',
      carriers: ['eth1', 'vrrp.51'],
      addresses: ['192.0.2.9 eth0', '198.51.100.9 vrrp.51'],
    }));

  test('vmac_prefix and vmac_addr_prefix name them', () => {
    const globals = 'global_defs {\n vmac_prefix vm\n vmac_addr_prefix va\n}\n';
    const text = `${globals}${instance('use_vmac\n use_vmac_addr', others)}`;
    expect(resolve(text).seen.addresses).toEqual(['192.0.2.9 vm.51', '198.51.100.9 va.51']);
  });
});

test('use_ipvlan: adverts by the ipvlan, addresses where the file has them', () => {
  const text = instance('use_ipvlan ipv0 192.0.2.1/24');
  const { seen: of, kernel, made } = resolve(text);
  expect(of).toEqual({ port: 'ipv0', source: 'ipv0', carriers: ['eth0'], addresses: ['192.0.2.9 eth0'] });
  made.make();
  expect(kernel.link('ipv0')).toMatchObject({ kind: 'ipvlan', ipvlan: { mode: 0, flags: 0 }, adminUp: true });
});

test('what is announced on a VMAC keeps the pace of what it lies on, and extra announcements follow the address', () => {
  const globals = 'global_defs {\n vrrp_garp_interval 0.1\n}\n';
  const text = instance(
    'use_vmac\n use_vmac_addr\n garp_extra_if 5',
    '192.0.2.9/24\n198.51.100.9/24 dev eth1',
  );
  const { share, first } = resolve(`${globals}${text}`);
  const lanes = share.vrrp.announcementPacing.map(({ interfaces }) => interfaces);
  expect(lanes).toContainEqual(['eth0', 'vrrp.51']);
  expect(first.garp.extraAddresses).toMatchObject([{ address: '198.51.100.9', interface: 'vrrp1.51' }]);
});

test('promote_secondaries is set where it is not, and only there put back', () => {
  const text = instance('promote_secondaries');
  const { kernel, made } = resolve(text);
  made.make();
  expect(kernel.link('eth0')?.ipv4Settings?.promoteSecondaries).toBe(1);
  made.removeAll();
  expect(kernel.link('eth0')?.ipv4Settings?.promoteSecondaries).toBe(0);
});

test('a reload takes a VMAC away, and its settings with it', () => {
  const { kernel, made } = resolve(instance('use_vmac'));
  made.make();
  made.resolve(modelOf(instance('')));
  made.make();
  expect(kernel.link('vrrp.51')).toBeDefined();
  made.removeUnwanted();
  expect(kernel.link('vrrp.51')).toBeUndefined();
  expect(kernel.link('eth0')?.ipv4Settings?.arpIgnore).toBe(0);
});
