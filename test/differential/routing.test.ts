// What moves with an instance and what always stands, as `ip -j` tells of it: the same file and the same damage on
// keepalived and on Understudy leave the same kernel behind.
import { requires } from '../requires.js';
import { type Implementation } from './daemon.js';
import { routingOf } from './kernel-state.js';
import { block, type Config, file, notifyAll, type Scenario } from './scenario.js';
import { Stage } from './stage.js';

const vip = '192.0.2.100';

const addresses = [
  `${vip}/24 brd + label eth0:vip`,
  '192.0.2.101/32 scope link',
  '192.0.2.102/24 noprefixroute home',
  '198.51.100.100/28 dev eth1 brd 198.51.100.111',
];
const excluded = [
  'fd00::100/64 dev eth0',
  'fd00::101/128 dev eth0',
  'fd00::102/128 dev eth0 preferred_lft forever home',
  'fd08::103/64 dev eth0 -nodad noprefixroute',
  '198.51.100.200/32 dev eth1 no_track',
];
// Routes of IPv6 have a metric here: keepalived loses sight of those that have none.
const routes = [
  '10.1.0.0/16 via 192.0.2.254 dev eth0',
  `10.2.0.0/16 via 192.0.2.254 dev eth0 src ${vip} metric 10 table 100`,
  'default via 192.0.2.254 dev eth0 table 1000 metric 5 tos 8',
  'blackhole 10.3.0.0/16',
  'prohibit 10.5.0.0/16 table 7',
  'throw 10.6.0.0/16 table 7',
  '10.7.0.0/16 dev eth0 scope link mtu lock 1400 rtt 300ms rttvar lock 1s rto_min 250ms advmss 1300 window 5000 hoplimit 33 initcwnd 12 initrwnd 13 quickack 1 features ecn congctl lock cubic',
  '10.8.0.0/16 via 192.0.2.254 dev eth0 realms 3/4',
  '10.9.0.0/16 nexthop via 192.0.2.253 dev eth0 weight 3 nexthop via 192.0.2.252 dev eth0 weight 1 onlink realms 5',
  '10.10.0.0/16 encap ip id 5 dst 192.0.2.9 tos 8 ttl 64 dev eth0',
  '10.11.0.0/16 via 203.0.113.1 dev eth0 onlink',
  '10.12.0.0/16 via 192.0.2.254 dev eth0 append',
  '10.13.0.0/16 via 192.0.2.254 dev eth0 no_track',
  'fd01::/48 via fd00::fe dev eth0 metric 30 pref high',
  'fd02::/48 from fd03::/48 dev eth0 metric 31',
  'fd04::/48 dev eth0 metric 32 mtu 1280',
  'fd05::/48 nexthop via fd00::fd dev eth0 weight 2 nexthop via fd00::fc dev eth0',
].map((line, index) =>
  line.startsWith('fd05') ? line.replace(' nexthop', ` metric ${index} nexthop`) : line,
);
const rules = [
  'from 10.1.0.0/16 table 100 priority 500',
  'to 10.2.0.0/16 iif eth0 oif eth1 lookup 1000 priority 501',
  'not from 10.3.0.0/16 fwmark 5/15 table 7 priority 502',
  'from 10.4.0.0/16 goto 600 priority 503',
  'blackhole from 10.6.0.0/16 priority 505',
  'from 10.9.0.0/16 tos 8 fwmark 7 table 7 suppress_prefixlength 0 suppress_ifgroup 3 priority 508 realms 2/3',
  'from 10.10.0.0/16 table 9 priority 600 uidrange 5-10 ipproto tcp sport 10-20 dport 30-40 tunnel-id 77',
  'from fd01::/48 table 55 priority 511 no_track',
  'l3mdev priority 512',
];

const without = (list: readonly string[], ...starts: readonly string[]): readonly string[] =>
  list.filter((line) => !starts.some((start) => line.startsWith(start)));

interface Moves {
  readonly addresses: readonly string[];
  readonly routes: readonly string[];
  readonly rules: readonly string[];
  readonly staticRoutes: readonly string[];
}

const lines = (head: string, list: readonly string[]): string =>
  `${head} {\n${list.map((line) => `    ${line}\n`).join('')}}\n`;

const configuration = (moves: Moves): Config =>
  file(
    block('track_group G1', { group: ['VI_1'] }),
    lines('static_ipaddress', ['198.51.100.7/24 dev eth1 brd +', 'fd07::7/64 dev eth1']),
    lines('static_routes', moves.staticRoutes),
    lines('static_rules', [
      'from 198.51.100.0/24 table 200 priority 700 iif eth1 track_group G1',
      'from 203.0.113.0/24 table 200 priority 701 no_track',
    ]),
    (place) =>
      block('vrrp_instance VI_1', {
        interface: 'eth0',
        virtual_router_id: 51,
        priority: 150,
        advert_int: 1,
        virtual_ipaddress: moves.addresses,
        virtual_ipaddress_excluded: excluded,
        virtual_routes: moves.routes,
        virtual_rules: moves.rules,
        ...notifyAll(place),
      }),
  );

const staticRoutes = [
  '10.20.0.0/16 via 198.51.100.254 dev eth1 track_group G1',
  '10.21.0.0/16 via 198.51.100.254 dev eth1 metric 50 no_track',
];
const first = configuration({ addresses, routes, rules, staticRoutes });
const second = configuration({
  addresses: [...without(addresses, '192.0.2.102'), '192.0.2.112/24'],
  routes: [
    ...without(routes, 'blackhole', '10.7.0.0', '10.12.0.0'),
    '10.7.0.0/16 dev eth0 scope link mtu 1300',
    '10.12.0.0/16 via 192.0.2.253 dev eth0',
  ],
  rules: [...without(rules, 'blackhole', 'from 10.1.0.0'), 'from 10.1.1.0/24 table 100 priority 500'],
  staticRoutes: [
    '10.20.0.0/16 via 198.51.100.254 dev eth1 track_group G1',
    '10.22.0.0/16 via 198.51.100.253 dev eth1',
  ],
});

const scenario: Scenario = {
  name: 'routes, rules and statics',
  interval: 1,
  vips: [vip],
  segments: 2,
  directors: { a: first },
  play: () => Promise.resolve(),
};

const kernelOf = (stage: Stage): readonly string[] =>
  routingOf(stage.director('a').namespace, ['eth0', 'eth1']);

/** Does the damage, and tells what the kernel has after each part of it. */
async function story(implementation: Implementation): Promise<Readonly<Record<string, readonly string[]>>> {
  const stage = await Stage.open(scenario, { a: implementation });
  const seen: Record<string, readonly string[]> = {};
  const snapshot = (name: string): void => {
    seen[name] = kernelOf(stage);
  };
  const masterships = (): number =>
    stage.notifyCalls('a').filter(({ args }) => args.endsWith('MASTER 150') && args.startsWith('INSTANCE'))
      .length;
  /** The master steps back and comes again with everything. */
  const robbed = async (name: string, ...args: string[]): Promise<void> => {
    const before = masterships();
    stage.ip('a', ...args);
    await stage.until(`master again after ${name}`, () => masterships() > before);
    snapshot(name);
  };
  /** It comes back by itself. */
  const restored = async (name: string, ...args: string[]): Promise<void> => {
    const before = kernelOf(stage).toSorted().join();
    stage.ip('a', ...args);
    await stage.until(`back after ${name}`, () => kernelOf(stage).toSorted().join() === before);
    snapshot(name);
  };
  /** Nobody minds. */
  const lost = async (name: string, ...args: string[]): Promise<void> => {
    stage.ip('a', ...args);
    await stage.pass(1);
    snapshot(name);
  };
  try {
    stage.start('a');
    await stage.until('a is the master', () => masterships() === 1);
    snapshot('started');
    await robbed('an address is removed', 'address', 'del', `${vip}/24`, 'dev', 'eth0');
    await robbed('a route is removed', 'route', 'del', '10.1.0.0/16');
    await robbed('a rule is removed', 'rule', 'del', 'priority', '500');
    await restored('a static address is removed', 'address', 'del', 'fd07::7/64', 'dev', 'eth1');
    await restored('a static route is removed', 'route', 'del', '10.20.0.0/16');
    await restored('a static rule is removed', 'rule', 'del', 'priority', '700');
    stage.reload('a', second);
    await stage.until('the reload has come to its end', () =>
      kernelOf(stage).some((line) => line.includes('"10.22.0.0/16"')),
    );
    snapshot('reloaded');
    await lost('a static rule with no_track is removed', 'rule', 'del', 'priority', '701');
    await lost('a route with no_track is removed', 'route', 'del', '10.13.0.0/16');
    await lost('an address with no_track is removed', 'address', 'del', '198.51.100.200/32', 'dev', 'eth1');
    await stage.stop('a');
    snapshot('stopped');
    return seen;
  } catch (error) {
    throw new Error(`${String(error)}\n${stage.director('a').daemon.log}`, { cause: error });
  } finally {
    await stage.close();
  }
}

const inNamespaces = requires({ root: true, netns: true, keepalived: true });

inNamespaces(
  'routes, rules and statics come, go, are missed and are reloaded as keepalived does it',
  async () => {
    const [expected, actual] = await Promise.all([story('keepalived'), story('understudy')]);
    for (const [moment, kernel] of Object.entries(expected)) {
      expect({ moment, kernel: actual[moment] }).toEqual({ moment, kernel });
    }
  },
  180_000,
);

/** What keepalived 2.4.3 leaves behind, or does not miss. */
const forgotten = file((place) =>
  block('vrrp_instance VI_1', {
    interface: 'eth0',
    virtual_router_id: 51,
    priority: 150,
    advert_int: 1,
    virtual_ipaddress: [`${vip}/24`],
    virtual_ipaddress_excluded: ['192.0.2.101 peer 192.0.2.201', 'fd00::100/64 dev eth0'],
    virtual_routes: [
      'fd01::/48 via fd00::fe dev eth0',
      '10.34.0.0/16 via 192.0.2.254 dev eth0 protocol static no_track',
      '10.35.0.0/16 nexthop encap ip id 5 dst 192.0.2.9 dev eth0 nexthop via 192.0.2.252 dev eth0',
    ],
    ...notifyAll(place),
  }),
);

requires({ root: true, netns: true })(
  'routes of IPv6 without a metric are missed, and nothing is left behind, of a killed worker either',
  async () => {
    const stage = await Stage.open({ ...scenario, directors: { a: forgotten } }, { a: 'understudy' });
    const { daemon } = stage.director('a');
    const masterships = (): number => stage.notifyCalls('a').filter(({ args }) => args === 'master').length;
    try {
      const before = kernelOf(stage);
      stage.start('a');
      await stage.until('a is the master', () => masterships() === 1);
      const held = kernelOf(stage);
      expect(held.filter((line) => /fd01::|10\.34\.|192\.0\.2\.201|"encap":"ip"/.test(line))).toHaveLength(5);
      stage.ip('a', '-6', 'route', 'del', 'fd01::/48');
      await stage.until('a is master again', () => masterships() === 2);
      expect(kernelOf(stage)).toEqual(held);
      const [, worker] = daemon.pids();
      process.kill(worker!, 'SIGKILL');
      await stage.until('another worker runs', () => ![worker, undefined].includes(daemon.pids()[1]));
      await stage.pass(3);
      expect(kernelOf(stage)).toEqual(held);
      await stage.stop('a');
      expect(kernelOf(stage)).toEqual(before);
    } catch (error) {
      throw new Error(`${String(error)}\n${daemon.log}`, { cause: error });
    } finally {
      await stage.close();
    }
  },
  120_000,
);
