import { type IpAddress } from '#base/address.js';
import { InterfaceView } from '#daemon/interface-view.js';
import { LinkKeeper } from '#daemon/link-keeper.js';
import { type DesiredLink } from '#net/index.js';
import { vmacAddress } from '#net/vmac.js';
import { type Link } from '#wire/netlink/link.js';
import { desired51, eth0, linkNamed, vmacNamed } from '../net/fake-link.js';
import { FakeKernel } from './fake-kernel.js';

const desired6: DesiredLink = {
  ...desired51,
  instance: 'VI_6',
  family: 'inet6',
  name: 'vrrp6.51',
  type: { kind: 'vmac', mac: vmacAddress('inet6', 51) },
  ipv6: true,
  linkLocal: 'found',
};

/** A keeper, the kernel that it works on, and what it says. */
class Bench {
  readonly kernel: FakeKernel;
  readonly view = new InterfaceView();
  readonly log: string[] = [];
  readonly keeper: LinkKeeper;

  constructor(...links: readonly Link[]) {
    this.kernel = new FakeKernel(links.length > 0 ? links : [eth0]);
    const say = (text: string): void => void this.log.push(text);
    this.keeper = new LinkKeeper(this.view, this.kernel, { info: say, detail: say });
    this.view.load(this.kernel.links(), this.kernel.addresses());
  }

  want(...links: readonly DesiredLink[]): this {
    this.keeper.want(links);
    return this.hear();
  }

  /** What the kernel has told arrives, until nothing new comes of it. */
  hear(): this {
    while (this.kernel.facts.length > 0) {
      this.view.apply(this.kernel.facts.splice(0), () => false);
      this.keeper.reconcile();
    }
    return this;
  }

  settings(name: string): Link['ipv4Settings'] {
    return this.kernel.link(name)?.ipv4Settings;
  }

  addressesOf(name: string): string[] {
    const index = this.kernel.link(name)?.index;
    return this.kernel
      .addresses()
      .filter(({ interfaceIndex }) => interfaceIndex === index)
      .map(({ address, prefixLength }) => `${address}/${prefixLength}`);
  }
}

describe('an IPv4 VMAC', () => {
  test('is made, set up and told of', () => {
    const bench = new Bench().want(desired51);
    expect(bench.kernel.link('vrrp.51')).toMatchObject({
      kind: 'macvlan',
      macvlanMode: 1,
      lowerIndex: eth0.index,
      adminUp: true,
      addrGenMode: 1,
      ipv4Settings: { arpIgnore: 1, acceptLocal: 1, rpFilter: 0, promoteSecondaries: 1, arpFilter: 0 },
    });
    expect(bench.settings('eth0')).toMatchObject({ arpIgnore: 1, arpFilter: 1, promoteSecondaries: 0 });
    expect(bench.kernel.readSysctl('net/ipv6/conf/vrrp.51/disable_ipv6')).toBe(1);
    expect(bench.keeper.made).toEqual([
      {
        instance: 'VI_1',
        kind: 'vmac',
        purpose: 'adverts',
        family: 'inet',
        name: 'vrrp.51',
        index: 10,
        base: 'eth0',
      },
    ]);
    expect(bench.log).toEqual(['(VI_1): Success creating VMAC interface vrrp.51']);
  });

  test('goes at the end, and its base is as it was', () => {
    const bench = new Bench().want(desired51);
    bench.keeper.removeAll();
    expect(bench.kernel.link('vrrp.51')).toBeUndefined();
    expect(bench.settings('eth0')).toEqual(eth0.ipv4Settings);
    expect(bench.log.at(-1)).toBe('(VI_1) Success removing VMAC interface vrrp.51');
  });

  test('what its base had before stays: only what we changed is put back', () => {
    const base = { ...eth0, ipv4Settings: { ...eth0.ipv4Settings!, arpIgnore: 1, arpFilter: 0 } };
    const bench = new Bench(base).want(desired51);
    bench.keeper.removeAll();
    expect(bench.settings('eth0')).toMatchObject({ arpIgnore: 1, arpFilter: 0 });
  });

  test('what somebody else sets meanwhile is theirs', () => {
    const bench = new Bench().want(desired51);
    bench.kernel.changeLink(eth0.index, { ipv4Settings: { arpIgnore: 2 } });
    bench.hear().keeper.removeAll();
    expect(bench.settings('eth0')).toMatchObject({ arpIgnore: 2, arpFilter: 0 });
  });

  test('two on one base: its settings come back after the last', () => {
    const second = {
      ...desired51,
      name: 'vrrp.52',
      type: { kind: 'vmac', mac: vmacAddress('inet', 52) } as const,
    };
    const bench = new Bench().want(desired51, second).want(second);
    bench.keeper.removeUnwanted();
    expect(bench.kernel.link('vrrp.51')).toBeUndefined();
    expect(bench.settings('eth0')).toMatchObject({ arpIgnore: 1 });
    bench.keeper.removeAll();
    expect(bench.settings('eth0')).toMatchObject({ arpIgnore: 0 });
  });

  test('one that a crash has left is adopted as it is, and set up if it was not', () => {
    const left = vmacNamed('vrrp.51', 9, 51, { ipv4Settings: { ...eth0.ipv4Settings!, arpIgnore: 1 } });
    const bench = new Bench(eth0, left).want(desired51);
    expect(bench.kernel.links()).toHaveLength(2);
    expect(bench.kernel.link('vrrp.51')).toMatchObject({ index: 9, adminUp: true });
    expect(bench.settings('vrrp.51')).toMatchObject({ acceptLocal: 1 });
    bench.keeper.removeAll();
    expect(bench.kernel.link('vrrp.51')).toBeUndefined();
  });

  test('a network card of its name is neither used nor removed', () => {
    const bench = new Bench(eth0, linkNamed('vrrp.51', 9)).want(desired51);
    expect(bench.log).toEqual(['VMAC vrrp.51 conflicts with existing interface']);
    bench.keeper.removeAll();
    expect(bench.kernel.link('vrrp.51')).toBeDefined();
  });

  test('a refusal is said once, and tried again on another base of that name', () => {
    const bench = new Bench();
    bench.kernel.refuses = true;
    bench.want(desired51).hear();
    bench.kernel.put(eth0);
    bench.hear();
    expect(bench.log).toEqual([expect.stringContaining('(VI_1): Unable to create VMAC interface vrrp.51')]);
    bench.kernel.refuses = false;
    bench.kernel.deleteLink(eth0.index);
    bench.kernel.put({ ...eth0, index: 7 });
    expect(bench.hear().keeper.made).toMatchObject([{ name: 'vrrp.51' }]);
  });

  test('netlink_notify_msg: the base is told of again', () => {
    const bench = new Bench({ ...eth0, kind: 'bridge' });
    bench.keeper.want([{ ...desired51, netlinkNotify: true }]);
    expect(bench.kernel.facts.at(-1)).toMatchObject({ type: 'link', link: { name: 'eth0', group: 0 } });
  });
});

describe('links come and go', () => {
  test('a base that is absent at start: the link is made when it appears', () => {
    const bench = new Bench(linkNamed('lo', 1)).want(desired51);
    expect(bench.keeper.made).toEqual([]);
    bench.kernel.put(eth0);
    expect(bench.hear().keeper.made).toMatchObject([{ name: 'vrrp.51' }]);
  });

  test('a base that vanishes and returns with another index: so does the link, settings and all', () => {
    const bench = new Bench().want(desired51);
    bench.kernel.deleteLink(eth0.index);
    expect(bench.hear().keeper.made).toEqual([]);
    bench.kernel.put({ ...eth0, index: 7 });
    bench.hear();
    expect(bench.kernel.link('vrrp.51')).toMatchObject({ lowerIndex: 7, adminUp: true });
    expect(bench.settings('eth0')).toMatchObject({ arpIgnore: 1, arpFilter: 1 });
    bench.keeper.removeAll();
    expect(bench.settings('eth0')).toMatchObject({ arpIgnore: 0, arpFilter: 0 });
  });

  test('somebody deletes a VMAC: it is made again', () => {
    const bench = new Bench().want(desired51);
    bench.kernel.deleteLink(10);
    expect(bench.hear().keeper.made).toMatchObject([{ name: 'vrrp.51', index: 11 }]);
  });

  test('somebody renames a VMAC: it is replaced, because its MAC address is in use', () => {
    const bench = new Bench().want(desired51);
    bench.kernel.put({ ...bench.kernel.link('vrrp.51')!, name: 'mine' });
    bench.hear();
    expect(bench.kernel.links().map(({ name }) => name)).toEqual(['eth0', 'vrrp.51']);
  });

  test('a VMAC that is set down stays down', () => {
    const bench = new Bench().want(desired51);
    bench.kernel.put({ ...bench.kernel.link('vrrp.51')!, adminUp: false });
    expect(bench.hear().kernel.link('vrrp.51')?.adminUp).toBe(false);
  });

  test('the base moves into a VRF and out: the VMAC follows', () => {
    const red = linkNamed('red', 4, { kind: 'vrf' });
    const bench = new Bench(eth0, red).want(desired51);
    bench.kernel.changeLink(eth0.index, { masterIndex: red.index });
    expect(bench.hear().kernel.link('vrrp.51')?.masterIndex).toBe(red.index);
    bench.kernel.changeLink(eth0.index, { masterIndex: 0 });
    expect(bench.hear().kernel.link('vrrp.51')?.masterIndex).toBe(0);
    expect(bench.log.filter((line) => line.startsWith('vmac: Success changing VRF'))).toHaveLength(2);
  });

  test('a bridge that the base is a port of is no VRF', () => {
    const bench = new Bench({ ...eth0, masterIndex: 4 }, linkNamed('br0', 4, { kind: 'bridge' })).want(
      desired51,
    );
    expect(bench.kernel.link('vrrp.51')).not.toHaveProperty('masterIndex');
  });
});

describe('the link-local address of an IPv6 VMAC', () => {
  const give = (bench: Bench, kind: 'add' | 'remove', address: string): Bench => {
    bench.kernel.apply([
      {
        kind,
        address: {
          interfaceIndex: eth0.index,
          family: 'inet6',
          address: address as IpAddress,
          prefixLength: 64,
          scope: 253,
          flags: 0x80,
        },
      },
    ]);
    return bench.hear();
  };

  test("is its base's; without one, made of the base's MAC address", () => {
    expect(new Bench().want(desired6).addressesOf('vrrp6.51')).toEqual(['fe80::ff:fe00:2/64']);
    const bench = give(new Bench(), 'add', 'fe80::7').want(desired6);
    expect(bench.addressesOf('vrrp6.51')).toEqual(['fe80::7/64']);
  });

  test('is a configured source', () => {
    const bench = new Bench().want({ ...desired6, linkLocal: 'fe80::99' as IpAddress });
    expect(bench.addressesOf('vrrp6.51')).toEqual(['fe80::99/64']);
  });

  test("follows when the base's goes, and stays when another comes", () => {
    const bench = give(new Bench(), 'add', 'fe80::7').want(desired6);
    expect(give(bench, 'add', 'fe80::8').addressesOf('vrrp6.51')).toEqual(['fe80::7/64']);
    expect(give(bench, 'remove', 'fe80::7').addressesOf('vrrp6.51')).toEqual(['fe80::8/64']);
  });

  test('there is none where adverts leave by the base, and none with IPv4', () => {
    const onBase: DesiredLink = { ...desired51, name: 'vrrp6.51', family: 'inet6' };
    const bench = new Bench().want(onBase, desired51);
    expect(bench.kernel.addresses()).toEqual([]);
  });
});

describe('the reverse path filter', () => {
  const ALL = 'net/ipv4/conf/all/rp_filter';
  const DEFAULT = 'net/ipv4/conf/default/rp_filter';

  test('of all is given to each, so that a VMAC can do without; and comes back', () => {
    const strict = linkNamed('eth1', 3, { ipv4Settings: { ...eth0.ipv4Settings!, rpFilter: 2 } });
    const bench = new Bench(eth0, strict);
    bench.kernel.writeSysctl(ALL, 1);
    bench.want(desired51);
    expect([bench.kernel.readSysctl(ALL), bench.kernel.readSysctl(DEFAULT)]).toEqual([0, 1]);
    expect(bench.settings('eth0')).toMatchObject({ rpFilter: 1 });
    expect(bench.settings('eth1')).toMatchObject({ rpFilter: 2 });
    expect(bench.settings('vrrp.51')).toMatchObject({ rpFilter: 0 });
    expect(bench.log.slice(1)).toEqual([
      'NOTICE: setting sysctl net.ipv4.conf.default.rp_filter from 0 to 1',
      'NOTICE: setting sysctl net.ipv4.conf.all.rp_filter from 1 to 0',
    ]);
    bench.keeper.removeAll();
    expect([bench.kernel.readSysctl(ALL), bench.kernel.readSysctl(DEFAULT)]).toEqual([1, 0]);
    expect(bench.settings('eth0')).toMatchObject({ rpFilter: 0 });
    expect(bench.settings('eth1')).toMatchObject({ rpFilter: 2 });
  });

  test('without one nothing is touched or said', () => {
    const bench = new Bench().want(desired51);
    bench.keeper.removeAll();
    expect(bench.log.join()).not.toContain('rp_filter');
  });

  test('what somebody has changed meanwhile is left', () => {
    const bench = new Bench();
    bench.kernel.writeSysctl(ALL, 1);
    bench.want(desired51);
    bench.kernel.writeSysctl(ALL, 2);
    bench.kernel.writeSysctl(DEFAULT, 2);
    bench.keeper.removeAll();
    expect([bench.kernel.readSysctl(ALL), bench.kernel.readSysctl(DEFAULT)]).toEqual([2, 2]);
  });
});

test('an ipvlan has the address that was named', () => {
  const address = { address: '192.0.2.9' as IpAddress, prefixLength: 24 };
  const bench = new Bench().want({ ...desired51, type: { kind: 'ipvlan', mode: 'bridge', address } });
  expect(bench.addressesOf('vrrp.51')).toEqual(['192.0.2.9/24']);
  expect(bench.settings('eth0')).toEqual(eth0.ipv4Settings);
  expect(bench.log).toEqual(['(VI_1): Success creating ipvlan interface vrrp.51']);
});
