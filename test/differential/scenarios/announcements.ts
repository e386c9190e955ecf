// How gratuitous ARP is paced, and where it goes besides the instance's own interface.
import { block, file, notifyAll, plain, type Place, type Scenario, type Settings, vip } from '../scenario.js';

const elsewhere = '198.51.100.100';

const apart: Settings = {
  use_vmac: true,
  virtual_ipaddress: [`${vip}/24`],
  virtual_ipaddress_excluded: [`${elsewhere}/24 dev eth1`],
  // The first time comes after both of them.
  garp_master_delay: 1,
  garp_extra_if: 'all 4',
};

const paced = ({ priority }: { readonly priority: number }) =>
  file(block('garp_group', { garp_interval: 2, interfaces: ['eth0'] }), (place: Place) =>
    block('vrrp_instance VI_1', {
      interface: 'eth0',
      virtual_router_id: 51,
      priority,
      advert_int: 1,
      garp_master_repeat: 2,
      virtual_ipaddress: [`${vip}/24`, '192.0.2.101/24'],
      ...notifyAll(place),
    }),
  );

export const announcements: Scenario[] = [
  {
    name: 'garp_extra_if: an address elsewhere is told again there, by whoever is master, until it stops',
    interval: 1,
    vips: [vip, elsewhere],
    segments: 2,
    allGratuitousArp: true,
    directors: { a: plain({ priority: 150, ...apart }), b: plain({ priority: 100, ...apart }) },
    async play(stage) {
      await stage.assemble();
      // Five at once, five after a second, and two of those that come every four seconds.
      await stage.until('a told again', () => stage.announced('a', elsewhere) >= 10 + 2);
      await stage.stop('a');
      await stage.until('b told again', () => stage.announced('b', elsewhere) >= 10 + 1);
      await stage.checkpoint('at the end');
      await stage.stop('b');
    },
    masters: ['a until priority 0', 'b until priority 0'],
  },
  {
    name: 'garp_group: gratuitous ARP of one switch is spread over time',
    interval: 1,
    vips: [vip, '192.0.2.101'],
    allGratuitousArp: true,
    // 2.2.7 sends no more once its queue has been empty.
    since: '2.4',
    directors: { a: paced({ priority: 150 }), b: paced({ priority: 100 }) },
    async play(stage) {
      const all = (name: string) => stage.announced(name, vip) + stage.announced(name, '192.0.2.101');
      await stage.assemble();
      await stage.until('a has told all', () => all('a') >= 4);
      await stage.stop('a');
      await stage.until('b has told all', () => all('b') >= 4);
      await stage.checkpoint('at the end');
    },
    masters: ['a until priority 0', 'b'],
  },
];
