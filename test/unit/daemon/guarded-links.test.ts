import { guardedLinks } from '#daemon/kernel-firewall.js';
import { type MadeLink } from '#daemon/link-keeper.js';
import { instance, modelOf } from '../config/passes-parts.js';

const made = (changes: Partial<MadeLink>): MadeLink => ({
  instance: 'VI_1',
  kind: 'vmac',
  purpose: 'adverts',
  family: 'inet',
  name: 'vrrp.51',
  index: 9,
  base: 'eth0',
  ...changes,
});
const share = (more = '', globals = '') =>
  modelOf(`global_defs {\n${globals}\n}\n${instance('VI_1', 51, more)}`);
const both = 'virtual_ipaddress_excluded {\n2001:db8::1\n}';

describe('virtual MACs that the firewall guards', () => {
  test('their own family, and the other one if the instance has addresses of it', () => {
    const guarded = { name: 'vrrp.51', baseInterface: 'eth0' };
    expect(guardedLinks([made({})], share())).toEqual([{ ...guarded, families: ['inet'] }]);
    expect(guardedLinks([made({})], share(both))).toEqual([{ ...guarded, families: ['inet', 'inet6'] }]);
    const forAddresses = made({ purpose: 'addresses', family: 'inet6' });
    expect(guardedLinks([forAddresses], share(both))).toEqual([{ ...guarded, families: ['inet6'] }]);
  });

  test('no ipvlan, and nothing of IPv4 without local IGMP', () => {
    expect(guardedLinks([made({ kind: 'ipvlan' })], share())).toEqual([]);
    const silent = share('', 'disable_local_igmp');
    expect(guardedLinks([made({})], silent)).toEqual([]);
    expect(guardedLinks([made({ family: 'inet6' })], silent)).toHaveLength(1);
  });
});
