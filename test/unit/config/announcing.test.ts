import { type VrrpSettings } from '#vrrp/index.js';
import { instance, modelOf } from './passes-parts.js';

const vrrpOf = (text: string): VrrpSettings => modelOf(text).vrrp;

describe('garp_extra_if', () => {
  const extraOf = (body: string): string[] => {
    const [settings] = vrrpOf(instance('VI_1', 51, body)).instances;
    const { extraAddresses = [], extraInterval = 0 } = settings?.garp ?? {};
    return [`${extraInterval}`, ...extraAddresses.map((vip) => `${vip.address} ${vip.interface}`)];
  };
  const vips = `virtual_ipaddress_excluded {
    192.0.2.60
    192.0.2.61 dev eth1
    192.0.2.62 dev eth1
  }`;

  test('announces one address of each other interface, if it is for all', () => {
    expect(extraOf(`garp_extra_if all 30\n${vips}`)).toEqual(['30000000', '192.0.2.61 eth1']);
  });

  test('is for virtual MACs otherwise', () => {
    expect(extraOf(`garp_extra_if 30\n${vips}`)).toEqual(['0']);
    const own = 'virtual_ipaddress_excluded {\n192.0.2.62 dev eth1 use_vmac\n192.0.2.63 dev eth1\n}';
    expect(extraOf(`garp_extra_if 30\n${own}`)).toEqual(['30000000', '192.0.2.62 eth1']);
  });

  test('has nothing to do where there is no other interface', () => {
    expect(extraOf('garp_extra_if all 30')).toEqual(['0']);
  });
});

describe('vrrp_garp_interval and vrrp_gna_interval', () => {
  const two = `${instance('VI_1', 51)}\n${instance('VI_2', 52, 'virtual_ipaddress_excluded {\n192.0.2.61 dev eth1\n}')}`;

  test('pace each interface that is used, by itself', () => {
    const text = `global_defs {\nvrrp_garp_interval 0.01\nvrrp_gna_interval 0.02\n}\n${two}`;
    expect(vrrpOf(text).announcementPacing).toEqual([
      { interfaces: ['eth0'], garpInterval: 10_000, gnaInterval: 20_000 },
      { interfaces: ['eth1'], garpInterval: 10_000, gnaInterval: 20_000 },
    ]);
  });

  test('leave those alone that are in a garp_group', () => {
    const group = 'garp_group {\ngna_interval 0.5\ninterfaces {\neth1\n}\n}';
    const text = `global_defs {\nvrrp_garp_interval 0.01\n}\n${group}\n${two}`;
    expect(vrrpOf(text).announcementPacing).toEqual([
      { interfaces: ['eth1'], garpInterval: 0, gnaInterval: 500_000 },
      { interfaces: ['eth0'], garpInterval: 10_000, gnaInterval: 0 },
    ]);
  });
});
