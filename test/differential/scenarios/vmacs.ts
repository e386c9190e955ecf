// Virtual MAC interfaces: what they are made of, who speaks by them, and what becomes of them.
import { block, notifyAll, plain, type Place, type Scenario, type Settings, vip } from '../scenario.js';

const vmac = (priority: number, more: Settings = {}) => plain({ priority, use_vmac: true, ...more });

const overIpv6: Settings = { version: 3, virtual_ipaddress: ['fe80::100/64', '2001:db8::100/64'] };

/** Starts both, lets the master stop, and looks. */
const handOver: Scenario['play'] = async (stage) => {
  await stage.assemble();
  await stage.checkpoint('a is master');
  await stage.stop('a');
  await stage.master('b');
  await stage.pass(2);
  await stage.checkpoint('b is master');
};

const twoInstances = (place: Place): string =>
  ['eth0', 'mv0']
    .map((name, index) =>
      block(`vrrp_instance VI_${index + 1}`, {
        interface: name,
        virtual_router_id: 51,
        priority: 100,
        advert_int: 1,
        virtual_ipaddress: [`192.0.2.${100 + index}/24 dev eth0`],
        ...notifyAll(place),
      }),
    )
    .join('');

export const vmacs: Scenario[] = [
  {
    name: 'use_vmac: adverts and announcements come from the virtual MAC address',
    interval: 1,
    vips: [vip],
    directors: { a: vmac(150), b: vmac(100) },
    play: handOver,
    masters: ['a until priority 0', 'b'],
  },
  {
    name: 'use_vmac over IPv6: adverts and advertisements come from the virtual MAC address',
    interval: 1,
    vips: ['2001:db8::100'],
    // 2.2.7 leaves arp_ignore alone where there is no IPv4.
    since: '2.4',
    directors: { a: vmac(150, overIpv6), b: vmac(100, overIpv6) },
    play: handOver,
    masters: ['a until priority 0', 'b'],
  },
  {
    name: 'use_vmac with vmac_xmit_base: adverts come from the interface below',
    interval: 1,
    vips: [vip],
    directors: { a: vmac(150, { vmac_xmit_base: true }), b: vmac(100, { vmac_xmit_base: true }) },
    play: handOver,
    masters: ['a until priority 0', 'b'],
  },
  {
    name: 'use_vmac: the link is set down, set up and deleted by somebody',
    interval: 1,
    vips: [vip],
    directors: { a: vmac(100) },
    async play(stage) {
      stage.start('a');
      await stage.master('a');
      await stage.pass(2);
      stage.ip('a', 'link', 'set', 'vrrp.51', 'down');
      await stage.until('it has let go', () => stage.mastersOf(vip).length === 0);
      await stage.pass(2);
      stage.ip('a', 'link', 'set', 'vrrp.51', 'up');
      await stage.master('a');
      await stage.pass(2);
      stage.ip('a', 'link', 'delete', 'vrrp.51');
      await stage.until('it is without', () => stage.mastersOf(vip).length === 0);
      await stage.master('a');
      await stage.pass(2);
      await stage.checkpoint('back');
    },
    since: '2.4',
  },
  {
    name: 'use_vmac_addr: addresses of two interfaces have virtual MAC interfaces, adverts do not',
    interval: 1,
    vips: [vip, '198.51.100.100'],
    segments: 2,
    since: '2.4',
    directors: { a: plain(ofAddresses(150)), b: plain(ofAddresses(100)) },
    play: handOver,
    masters: ['a until priority 0', 'b'],
  },
  {
    name: 'no_accept: the master of the address does not answer to it, but tells its neighbours where it is',
    interval: 1,
    vips: [vip],
    directors: {
      a: vmac(150, { version: 3, no_accept: true }),
      b: vmac(100, { version: 3, no_accept: true }),
    },
    play: handOver,
    masters: ['a until priority 0', 'b'],
  },
  {
    name: 'use_vmac under names of our own, and both masters see the cable go',
    since: '2.4',
    interval: 1,
    vips: [vip],
    directors: {
      a: plain({ priority: 150, use_vmac: 'vmac51' }),
      b: plain({ priority: 100, use_vmac: 'vmac51' }),
    },
    async play(stage) {
      await stage.assemble();
      await stage.checkpoint('a is master');
      stage.cable('a', 0, 'out');
      await stage.master('b');
      await stage.pass(2);
      await stage.checkpoint('a has no cable');
      stage.cable('a', 0, 'in');
      await stage.master('a');
      await stage.pass(2);
      await stage.checkpoint('a is back');
    },
    masters: ['a until silence', 'b until silence', 'a'],
    // Whether b still answers the announcements of a, and so in a's name, is a matter of milliseconds.
    compare: ['masters', 'checkpoints', 'adverts', 'resignations', 'notify', 'exits'],
  },
  {
    name: 'an interface that comes, and lies on the one of another instance, does not share its VRID',
    interval: 1,
    vips: ['192.0.2.100', '192.0.2.101'],
    directors: {
      a: (place) => `global_defs {\n    dynamic_interfaces allow_if_changes\n}\n${twoInstances(place)}`,
    },
    async play(stage) {
      stage.start('a');
      await stage.until('VI_1 is master', () => stage.mastersOf('192.0.2.100').length > 0);
      stage.ip('a', 'link', 'add', 'mv0', 'link', 'eth0', 'type', 'macvlan', 'mode', 'bridge');
      stage.ip('a', 'address', 'add', '192.0.2.61/24', 'dev', 'mv0');
      stage.ip('a', 'link', 'set', 'mv0', 'up');
      await stage.pass(6);
      await stage.checkpoint('mv0 lies on eth0');
    },
    compare: ['notify', 'exits', 'resignations'],
    since: '2.4',
  },
];

function ofAddresses(priority: number): Settings {
  const virtual_ipaddress = [`${vip}/24`, '198.51.100.100/24 dev eth1 use_vmac'];
  return { priority, use_vmac_addr: true, virtual_ipaddress };
}
