import { DuplicateVrids } from '#daemon/duplicate-vrids.js';
import { withoutVmacConflicts } from '#daemon/vmac-conflicts.js';
import { type Link } from '#wire/netlink/link.js';
import { ip, groupOf, settingsOf, vi1, vi1v6 } from '../vrrp/play.js';

interface FakeLink {
  readonly index: number;
  readonly kind?: string;
  readonly lower?: number;
  readonly elsewhere?: boolean;
}

/** Interfaces by name, as a view has them. */
function viewOf(links: Readonly<Record<string, FakeLink>>) {
  return {
    link: (name: string) => {
      const found = links[name];
      if (!found) return undefined;
      const { index, kind, lower, elsewhere } = found;
      return { name, index, kind, lowerIndex: lower, lowerIsElsewhere: elsewhere } as unknown as Link;
    },
    nameOf: (index: number) => Object.keys(links).find((name) => links[name]?.index === index),
  };
}

const on = (name: string, port: string) => ({ ...vi1, name, interface: port });
const macvlan = (index: number, lower: number): FakeLink => ({ index, kind: 'macvlan', lower });

describe('VRIDs that become duplicates', () => {
  const links: Record<string, FakeLink> = {};
  const watch = new DuplicateVrids(viewOf(links));
  const instances = [on('A', 'mv0'), on('B', 'eth0'), on('C', 'eth1')];
  const look = () => watch.look(instances);

  test('none while the interfaces are not there; whoever was there first stays', () => {
    links['eth0'] = { index: 2 };
    links['eth1'] = { index: 3 };
    expect(look()).toBe(undefined);
    links['mv0'] = macvlan(4, 2);
    expect(look()).toEqual({ A: 'VRID conflict with B for IPv4 vrid 51' });
    expect(look()).toBe(undefined);
  });

  test('one that comes back on another interface is none any more', () => {
    delete links['mv0'];
    expect(look()).toEqual({});
    links['mv0'] = macvlan(5, 3);
    expect(look()).toEqual({ A: 'VRID conflict with C for IPv4 vrid 51' });
  });

  test('the other one takes over the VRID when the first is gone', () => {
    delete links['eth1'];
    links['mv0'] = macvlan(5, 99); // what it lies on is not known
    expect(look()).toEqual({});
  });

  test('at the start a real interface goes before what lies on it, and the first in the file before others', () => {
    const fresh = new DuplicateVrids(viewOf({ eth0: { index: 2 }, mv0: macvlan(3, 2), mv1: macvlan(4, 3) }));
    expect(fresh.look([on('A', 'mv0'), on('B', 'mv1'), on('C', 'eth0')])).toEqual({
      A: 'VRID conflict with C for IPv4 vrid 51',
      B: 'VRID conflict with C for IPv4 vrid 51',
    });
    const beside = new DuplicateVrids(viewOf({ mv0: macvlan(3, 2), mv1: macvlan(4, 2), eth0: { index: 2 } }));
    expect(beside.look([on('A', 'mv1'), on('B', 'mv0')])).toEqual({
      B: 'VRID conflict with A for IPv4 vrid 51',
    });
  });

  test('other families, VRIDs, groups and namespaces do not conflict, nor does unicast', () => {
    const apart = new DuplicateVrids(
      viewOf({ eth0: { index: 2 }, mv0: macvlan(3, 2), away: { ...macvlan(4, 2), elsewhere: true } }),
    );
    const group = { kind: 'multicast', group: ip('224.0.0.99') } as const;
    const unicast = { kind: 'unicast', peers: [], checkSource: false } as const;
    expect(
      apart.look([
        ...[on('A', 'eth0'), on('B', 'away'), { ...on('C', 'mv0'), vrid: 52 }],
        ...[
          { ...on('D', 'mv0'), transport: group },
          { ...on('E', 'mv0'), transport: unicast },
        ],
        { ...vi1v6, name: 'F', interface: 'mv0' },
      ]),
    ).toBe(undefined);
  });
});

describe('VMACs that two instances would share', () => {
  const vip = (port: string, text = '192.0.2.100') => ({
    address: ip(text),
    interface: port,
    advertised: true,
  });
  const a = { ...on('A', 'vrrp.51'), addresses: [vip('vrrp4.51')] };
  const b = { ...on('B', 'vrrp.52'), addresses: [vip('vrrp4.51', '192.0.2.101')] };
  const links = new Set(['vrrp.51', 'vrrp.52', 'vrrp4.51']);
  const faultsOf = (vrrp: ReturnType<typeof settingsOf>) => {
    const lines: string[] = [];
    const share = withoutVmacConflicts({ vrrp }, links, (text) => void lines.push(text));
    return [share.vrrp.instances.map(({ configFaults }) => configFaults), lines];
  };

  test('the later one is disabled', () =>
    expect(faultsOf(settingsOf([a, b]))).toEqual([
      [[], ['uses VMAC vrrp4.51 of VRRP instance A']],
      ['(B) uses VMAC vrrp4.51 of VRRP instance A, disabling B'],
    ]));

  test('an address on the VMAC of another instance', () => {
    const guest = { ...on('G', 'eth0'), addresses: [vip('vrrp.52')] };
    expect(faultsOf(settingsOf([guest, { ...b, addresses: [] }]))[0]).toEqual([
      [],
      ['uses VMAC vrrp.52 of VRRP instance G'],
    ]);
  });

  test('members of one sync group move together', () =>
    expect(faultsOf(settingsOf([a, b], { syncGroups: [groupOf('A', 'B')] }))).toEqual([[[], []], []]));

  test('other VRIDs, other families and links that are not ours are no conflict', () => {
    const sixth = { ...vi1v6, name: 'S', interface: 'vrrp.51', addresses: [vip('vrrp.51', '2001:db8::1')] };
    expect(faultsOf(settingsOf([a, { ...b, vrid: 52 }, sixth]))[1]).toEqual([]);
    const plain = { ...on('P', 'eth0'), addresses: [vip('eth0')] };
    expect(faultsOf(settingsOf([plain, { ...plain, name: 'Q' }]))[1]).toEqual([]);
  });
});
