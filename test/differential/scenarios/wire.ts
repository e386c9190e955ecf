// What adverts carry, and to whom.
import { block, type Config, notifyAll, plain, type Scenario, type Settings, vip } from '../scenario.js';

const password = (auth_pass: string): Settings => ({
  authentication: ['auth_type PASS', `auth_pass ${auth_pass}`],
});
const ipv6Vip = '2001:db8::100';

const grouped: Settings = {
  native_ipv6: true,
  mcast_dst_ip: 'ff02::99',
  virtual_ipaddress: ['fe80::100/64', `${ipv6Vip}/64`],
};

/** Starts both, lets the master stop, and looks. */
const handOver: Scenario['play'] = async (stage) => {
  await stage.assemble();
  await stage.checkpoint('a is master');
  await stage.stop('a');
  await stage.master('b');
  await stage.pass(2);
  await stage.checkpoint('b is master');
};

export const wire: Scenario[] = [
  {
    name: 'with one password both agree on a master',
    interval: 1,
    vips: [vip],
    directors: {
      a: plain({ priority: 150, ...password('secret12') }),
      b: plain({ priority: 100, ...password('secret12') }),
    },
    play: handOver,
    masters: ['a until priority 0', 'b'],
  },
  {
    // To keepalived an advert with a wrong password is a sign to wait another interval with its own, so which of two
    // falls silent depends on who came first; Understudy's are never delayed.
    name: 'with different passwords neither hears the other and both are masters',
    interval: 1,
    vips: [vip],
    directors: {
      a: plain({ priority: 150, ...password('secret12') }),
      b: plain({ priority: 100, ...password('another1') }),
    },
    async play(stage) {
      stage.start('a');
      await stage.master('a');
      stage.start('b');
      await stage.until('both are masters', () => stage.mastersOf(vip).length === 2);
      await stage.pass(4);
      await stage.checkpoint('both');
    },
    compare: ['checkpoints', 'adverts', 'resignations', 'addresses', 'notify', 'exits'],
    deviations: { 'understudy + understudy': { masters: ['a', 'b'] } },
  },
  {
    name: 'IPv6: elected, and handed over',
    interval: 1,
    vips: [ipv6Vip],
    directors: {
      a: plain({ version: 3, priority: 150, virtual_ipaddress: [`${ipv6Vip}/64`] }),
      b: plain({ version: 3, priority: 100, virtual_ipaddress: [`${ipv6Vip}/64`] }),
    },
    play: handOver,
    masters: ['a until priority 0', 'b'],
  },
  {
    name: 'unicast_peer: elected, and handed over',
    interval: 1,
    vips: [vip],
    directors: {
      a: plain({ priority: 150, unicast_src_ip: '192.0.2.1', unicast_peer: ['192.0.2.2'] }),
      b: plain({ priority: 100, unicast_src_ip: '192.0.2.2', unicast_peer: ['192.0.2.1'] }),
    },
    play: handOver,
    masters: ['a until priority 0', 'b'],
  },
  {
    name: 'IPv6 to a unicast peer: with the hop limit of the host, elected, and handed over',
    interval: 1,
    vips: [ipv6Vip],
    directors: {
      a: plain(ipv6Unicast(150, '2001:db8::1', '2001:db8::2')),
      b: plain(ipv6Unicast(100, '2001:db8::2', '2001:db8::1')),
    },
    play: handOver,
    masters: ['a until priority 0', 'b'],
  },
  {
    name: 'the owner of the addresses with owner_ignore_adverts, and another group than usual',
    since: '2.4',
    interval: 1,
    vips: [vip],
    directors: {
      a: plain({ priority: 255, owner_ignore_adverts: true, mcast_dst_ip: '224.0.0.77' }),
      b: plain({ priority: 100, mcast_dst_ip: '224.0.0.77' }),
    },
    play: handOver,
    masters: ['a until priority 0', 'b'],
  },
  {
    name: 'version 3 over IPv4 with a fraction of a second and several addresses',
    interval: 0.5,
    vips: [vip, '192.0.2.101', '192.0.2.102'],
    directors: {
      a: plain(manyAddresses(150)),
      b: plain(manyAddresses(100)),
    },
    play: handOver,
    masters: ['a until priority 0', 'b'],
  },
  {
    name: 'virtual_ipaddress_excluded: addresses of both families move and are not advertised',
    interval: 1,
    vips: [vip, '192.0.2.150', '2001:db8::150'],
    directors: {
      a: plain({ priority: 150, virtual_ipaddress_excluded: ['192.0.2.150/24', '2001:db8::150/64'] }),
      b: plain({ priority: 100, virtual_ipaddress_excluded: ['192.0.2.150/24', '2001:db8::150/64'] }),
    },
    play: handOver,
    masters: ['a until priority 0', 'b'],
  },
  {
    name: 'addresses come with mask, broadcast, device, scope and label',
    interval: 1,
    vips: [vip, '198.51.100.100', '192.0.2.101', '203.0.113.9'],
    segments: 2,
    directors: { a: plain(dressedAddresses(150)), b: plain(dressedAddresses(100)) },
    play: handOver,
    masters: ['a until priority 0', 'b'],
  },
  {
    name: 'gratuitous ARP without a word about it: five at once and five after five seconds',
    interval: 1,
    vips: [vip],
    allGratuitousArp: true,
    directors: { a: byDefault(150), b: byDefault(100) },
    async play(stage) {
      await stage.assemble();
      await stage.pass(7);
      await stage.stop('a');
      await stage.master('b');
      await stage.pass(8);
    },
    masters: ['a until priority 0', 'b'],
  },
  {
    name: 'strict_mode: version 3, and the address answers nobody',
    interval: 1,
    vips: [vip],
    kernel: ['eth0'],
    directors: {
      a: plain({ priority: 150, strict_mode: true }),
      b: plain({ priority: 100, strict_mode: true }),
    },
    play: handOver,
    masters: ['a until priority 0', 'b'],
  },
  {
    name: 'native_ipv6 and a group of its own: elected, and handed over',
    interval: 1,
    vips: [ipv6Vip],
    directors: { a: plain({ priority: 150, ...grouped }), b: plain({ priority: 100, ...grouped }) },
    play: handOver,
    masters: ['a until priority 0', 'b'],
  },
  {
    name: 'gratuitous ARP and NA are repeated every two seconds, where told, by whoever is master',
    interval: 1,
    vips: [vip, '2001:db8::150'],
    allGratuitousArp: true,
    directors: { a: plain(refreshed(150)), b: plain(refreshed(100)) },
    async play(stage) {
      await stage.assemble();
      await stage.until('a refreshed', () => stage.announced('a', vip) >= 2 + 2 + 3 * 2);
      await stage.stop('a');
      await stage.master('b');
      await stage.until('b refreshed', () => stage.announced('b', vip) >= 2 + 2 + 2 * 2);
    },
    // How often depends on how long things took.
    compare: ['masters', 'adverts', 'addresses', 'notify', 'exits'],
    masters: ['a until priority 0', 'b'],
  },
  {
    name: 'gratuitous ARP is repeated after the delay, as often as asked',
    interval: 1,
    vips: [vip],
    allGratuitousArp: true,
    directors: {
      a: plain({ priority: 150, garp_master_delay: 3, garp_master_repeat: 4 }),
      b: plain({ priority: 100, garp_master_delay: 3, garp_master_repeat: 4 }),
    },
    async play(stage) {
      await stage.assemble();
      // The stop must not come near the second round: which of them is first would be a matter of luck.
      await stage.pass(4);
      await stage.stop('a');
      await stage.master('b');
      await stage.pass(6);
    },
    masters: ['a until priority 0', 'b'],
  },
];

/** A file that says nothing of gratuitous ARP, and hardly more than it must. */
function byDefault(priority: number): Config {
  return (place) =>
    block('global_defs', { script_user: 'root' }) +
    block('vrrp_instance VI_1', {
      interface: 'eth0',
      virtual_router_id: 51,
      priority,
      virtual_ipaddress: [vip],
      ...notifyAll(place),
    });
}

function ipv6Unicast(priority: number, source: string, peer: string): Settings {
  const virtual_ipaddress = [`${ipv6Vip}/64`];
  return { version: 3, priority, unicast_src_ip: source, unicast_peer: [peer], virtual_ipaddress };
}

function refreshed(priority: number): Settings {
  return {
    priority,
    garp_master_delay: 1,
    garp_master_repeat: 2,
    garp_master_refresh: 2,
    garp_master_refresh_repeat: 2,
    virtual_ipaddress_excluded: ['2001:db8::150/64'],
  };
}

function manyAddresses(priority: number): Settings {
  const virtual_ipaddress = [`${vip}/24`, '192.0.2.101/24', '192.0.2.102'];
  return { version: 3, advert_int: 0.5, priority, virtual_ipaddress };
}

function dressedAddresses(priority: number): Settings {
  return {
    priority,
    virtual_ipaddress: [
      `${vip}/24 brd 192.0.2.255 label eth0:vip`,
      '198.51.100.100/25 dev eth1 scope link',
      '192.0.2.101',
      '203.0.113.9/32 dev eth1 label eth1:9',
    ],
  };
}
