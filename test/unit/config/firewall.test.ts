import { instance, modelOf } from './passes-parts.js';

const firewallOf = (text: string) => modelOf(text).vrrpFirewall;

describe('the firewall that a file needs', () => {
  test('none, unless somebody does not accept', () => {
    expect(firewallOf(instance('VI_1', 51))).toBeUndefined();
    expect(firewallOf(instance('VI_1', 51, 'no_accept\npriority 255'))).toBeUndefined();
  });

  test('no_accept: every address of the instance, in a table that nobody had to name', () => {
    const text = instance('VI_1', 51, 'no_accept\nvirtual_ipaddress_excluded {\n192.0.2.60 dev eth1\n}');
    expect(firewallOf(text)).toEqual({
      table: { name: 'keepalived', priority: -1, counters: false, byIndex: false },
      assumed: true,
      blocked: {
        VI_1: [
          { address: '192.0.2.51', interface: 'eth0', byName: false },
          { address: '192.0.2.60', interface: 'eth1', byName: false },
        ],
      },
    });
  });

  test('dont_track_primary: the interface may go and come, so its name counts', () => {
    const excluded = 'virtual_ipaddress_excluded {\n192.0.2.60 dev eth1\n192.0.2.61 dev eth1 no_track\n}';
    const text = instance('VI_1', 51, `no_accept\ndont_track_primary\n${excluded}`);
    expect(firewallOf(text)?.blocked['VI_1']?.map(({ byName }) => byName)).toEqual([true, false, true]);
  });

  test('strict mode does not accept; accept does', () => {
    const strict = 'global_defs {\nvrrp_strict\nvrrp_version 3\n}\n';
    expect(Object.keys(firewallOf(strict + instance('VI_1', 51))?.blocked ?? {})).toEqual(['VI_1']);
    expect(firewallOf(strict + instance('VI_1', 51, 'accept'))).toBeUndefined();
  });

  test('the table is what global_defs makes of it', () => {
    const text = `global_defs {\nnftables wall\nnftables_priority 7\nnftables_counters\nnftables_ifindex\n}\n`;
    expect(firewallOf(text + instance('VI_1', 51))).toEqual({
      table: { name: 'wall', priority: 7, counters: true, byIndex: true },
      assumed: false,
      blocked: {},
    });
    const iptables = 'global_defs {\nvrrp_iptables in out\nvrrp_ipsets a b\n}\n';
    expect(firewallOf(iptables + instance('VI_1', 51))?.table.name).toBe('keepalived');
  });
});

describe('vrrp_iptables', () => {
  const iptablesOf = (lines: string) =>
    firewallOf(`global_defs {\n${lines}\n}\n${instance('VI_1', 51)}`)?.iptables;
  const sets = {
    ...{ inet: 'keepalived', inet6: 'keepalived6', linkLocal: 'keepalived_if6' },
    ...{ igmp: 'keepalived_igmp', mld: 'keepalived_mld', advertisements: 'keepalived_nd' },
  };

  test('without names they are keepalived’s', () =>
    expect(iptablesOf('vrrp_iptables')).toEqual({ inChain: 'INPUT', outChain: 'OUTPUT', sets }));

  test('one chain is for what comes in', () =>
    expect(iptablesOf('vrrp_iptables in')).toEqual({ inChain: 'in', sets }));

  test('names of sets follow from those that are given', () => {
    expect(iptablesOf('vrrp_iptables in out\nvrrp_ipsets a b6')?.sets).toEqual({
      ...{ inet: 'a', inet6: 'b6', linkLocal: 'b_if6', igmp: 'a_igmp', mld: 'a_mld', advertisements: 'a_nd' },
    });
    const long = 'x'.repeat(30);
    expect(iptablesOf(`vrrp_iptables in\nvrrp_ipsets ${long}`)?.sets?.igmp).toBe(`${'x'.repeat(26)}_igmp`);
  });

  test('vrrp_ipsets alone turns sets off', () =>
    expect(iptablesOf('vrrp_iptables\nvrrp_ipsets')).toEqual({ inChain: 'INPUT', outChain: 'OUTPUT' }));

  test('nftables is preferred, and two chains of one name are none', () => {
    expect(iptablesOf('vrrp_iptables\nnftables')).toBe(undefined);
    expect(iptablesOf('vrrp_iptables a a')).toBe(undefined);
  });
});
