// What a router does with the adverts of a stranger, right ones and wrong ones (docs/operations-tests.md).
import { plain, type Scenario, type Settings, vip } from '../scenario.js';
import { type Forged, type ForgedWay } from '../forge.js';
import { type Outcome } from '../outcome.js';

const times = (count: number, advert: Forged): readonly Forged[] =>
  Array.from({ length: count }, () => advert);

const heard = (
  name: string,
  settings: Settings,
  rounds: readonly (readonly Forged[])[],
  way: ForgedWay & Partial<Scenario> = {},
): Scenario => ({
  name,
  interval: 1,
  vips: [vip],
  allGratuitousArp: true,
  directors: { a: plain({ priority: 100, ...settings }) },
  async play(stage) {
    stage.start('a');
    await stage.master('a');
    await stage.pass(2);
    for (const round of rounds) {
      await stage.forge(round, way);
      await stage.until('a is master', () => stage.mastersOf(vip).join() === 'a');
      // By then the stranger counts as silent.
      await stage.pass(5);
    }
    await stage.checkpoint('at the end');
  },
  ...way,
});

/** Who was silent for how long is left out: keepalived delays its own adverts for each wrong one, and an owner begins when it is up. */
const butTimes: readonly (keyof Outcome)[] = [
  'checkpoints',
  'adverts',
  'resignations',
  'announcements',
  'addresses',
  'notify',
  'exits',
];

/** Whatever is wrong with them, a master of priority 100 would have to follow them if it were not. */
const wrong: readonly Forged[] = [
  { ttl: 254 },
  { checksum: 1 },
  { version: 3 },
  { version: 1 },
  { type: 2 },
  { vrid: 52 },
  { length: 12 },
  { length: 7 },
  { authType: 1, password: 'secret12' },
  { authType: 9 },
  { interval: 2 },
].map((fault) => ({ priority: 200, ...fault }));

export const adverts: Scenario[] = [
  heard('whatever is wrong with an advert of a higher priority, the master stays', {}, [wrong], {
    every: 2,
    compare: butTimes,
  }),
  heard('a higher priority makes it backup, its silence master after three intervals', {}, [
    times(3, { priority: 200 }),
  ]),
  heard('a higher priority makes it backup, priority 0 master within its skew', {}, [
    [...times(3, { priority: 200 }), { priority: 0 }],
  ]),
  heard('a lower priority and priority 0 leave it master', {}, [
    times(3, { priority: 50 }),
    times(2, { priority: 0 }),
  ]),
  {
    ...heard('notify_master_rx_lower_pri is run for each advert of a lower priority', {}, [
      times(3, { priority: 50 }),
    ]),
    directors: {
      a: (place) => plain({ priority: 100, notify_master_rx_lower_pri: `"${place.notify} lower"` })(place),
    },
  },
  heard('of equal priority the greater address makes it backup', {}, [times(3, { priority: 100 })]),
  heard('of equal priority the lesser address does not', {}, [times(3, { priority: 100 })], {
    from: '10.0.0.1',
  }),
  heard('a backup takes over from a lower priority as soon as it would from nobody', {}, [
    [...times(2, { priority: 200 }), ...times(6, { priority: 50 })],
  ]),
  heard('with nopreempt it leaves a lower priority in office', { nopreempt: true }, [
    [...times(2, { priority: 200 }), ...times(6, { priority: 50 })],
  ]),
  heard(
    'the owner of the addresses yields to nobody of a lower priority',
    { state: 'MASTER', priority: 255 },
    [times(3, { priority: 254 })],
    { compare: butTimes },
  ),
  heard(
    'other addresses than ours are followed, told or not',
    {},
    [
      times(2, { priority: 200, addresses: ['192.0.2.101'] }),
      times(2, { priority: 200, addresses: [vip, '192.0.2.101'] }),
    ],
    { since: '2.4' },
  ),
  heard('version 3: a backup waits by the interval of its master', { version: 3 }, [
    times(2, { version: 3, priority: 200, interval: 3 }),
  ]),
  heard(
    'unicast: a peer counts with a TTL within its bounds alone',
    { unicast_src_ip: '192.0.2.1', unicast_peer: ['192.0.2.10 min_ttl 64 max_ttl 100'] },
    [times(3, { priority: 200, ttl: 255 }), times(3, { priority: 200, ttl: 64 })],
    { to: '192.0.2.1', since: '2.4' },
  ),
  heard(
    'unicast with check_unicast_src: a stranger does not count',
    { unicast_src_ip: '192.0.2.1', unicast_peer: ['192.0.2.10'], check_unicast_src: true },
    [times(3, { priority: 200 })],
    { from: '192.0.2.77', to: '192.0.2.1', compare: butTimes },
  ),
  {
    name: 'the master forwards what is sent to the virtual MAC address, whoever it is',
    interval: 1,
    vips: [vip],
    segments: 2,
    directors: { a: plain({ priority: 150, use_vmac: true }), b: plain({ priority: 100, use_vmac: true }) },
    async play(stage) {
      for (const name of ['a', 'b']) stage.director(name).namespace.sysctl('net.ipv4.ip_forward', 1);
      await stage.assemble();
      await stage.checkpoint(`by a: ${await stage.forwards(vip, '198.51.100.2')}`);
      await stage.stop('a');
      await stage.master('b');
      await stage.pass(1);
      await stage.checkpoint(`by b: ${await stage.forwards(vip, '198.51.100.1')}`);
    },
    masters: ['a until priority 0', 'b'],
  },
];
