// SIGHUP with another file in place.
import { block, notifyAll, type Place, plain, type Scenario, type Settings, vip } from '../scenario.js';

const added = '192.0.2.101';
const withOne = (priority: number) => plain({ priority });
const withTwo = (priority: number) => plain({ priority, virtual_ipaddress: [`${vip}/24`, `${added}/24`] });

export const reload: Scenario[] = [
  {
    name: 'a reload adds an address to the master and then to the backup',
    interval: 1,
    vips: [vip, added],
    directors: { a: withOne(150), b: withOne(100) },
    async play(stage) {
      await stage.assemble();
      await stage.checkpoint('before');
      // One after the other at once: adverts with another number of addresses than one's own are refused.
      stage.reload('a', withTwo(150));
      await stage.master('a');
      stage.reload('b', withTwo(100));
      await stage.pass(4);
      await stage.checkpoint('added');
      await stage.stop('a');
      await stage.master('b');
      await stage.pass(2);
      await stage.checkpoint('handed over');
    },
    masters: ['a until priority 0', 'b'],
  },
  {
    name: 'a reload takes an address from the master',
    interval: 1,
    vips: [vip, added],
    directors: { a: withTwo(150), b: withOne(100) },
    async play(stage) {
      stage.start('a');
      await stage.master('a');
      await stage.pass(2);
      stage.reload('a', withOne(150));
      await stage.until('the address is gone', () => stage.mastersOf(added).length === 0);
      await stage.pass(3);
      await stage.checkpoint('taken');
    },
    masters: ['a'],
  },
  {
    name: 'a reload that raises the priority of the backup makes it the master',
    interval: 1,
    vips: [vip],
    directors: { a: withOne(150), b: withOne(100) },
    async play(stage) {
      await stage.assemble();
      stage.reload('b', withOne(200));
      await stage.master('b');
      await stage.pass(4);
      await stage.checkpoint('raised');
    },
    masters: ['a until silence', 'b'],
  },
  {
    name: 'a reload without a change disturbs nothing',
    interval: 1,
    vips: [vip],
    directors: { a: withOne(150), b: withOne(100) },
    async play(stage) {
      await stage.assemble();
      stage.reload('a', withOne(150));
      stage.reload('b', withOne(100));
      await stage.pass(5);
      await stage.checkpoint('as before');
    },
    masters: ['a'],
  },
  {
    name: 'a reload moves the master to another interface: it resigns on the one that it leaves',
    interval: 1,
    vips: [vip],
    segments: 2,
    kernel: ['eth0', 'eth1'],
    directors: { a: withOne(100) },
    async play(stage) {
      stage.start('a');
      await stage.master('a');
      await stage.pass(2);
      stage.reload('a', plain({ priority: 100, interface: 'eth1' }));
      await stage.until('it is master there', () => stage.lastSegment() === 1);
      await stage.pass(2);
      await stage.checkpoint('moved');
    },
    masters: ['segment 0 vrid 51 ipv4: a until priority 0', 'segment 1 vrid 51 ipv4: a'],
  },
  {
    name: 'a reload moves the master from IPv4 to IPv6: it resigns in the family that it leaves',
    interval: 1,
    vips: [vip, '2001:db8::100'],
    directors: { a: plain({ version: 3, priority: 100 }) },
    async play(stage) {
      stage.start('a');
      await stage.master('a', [vip]);
      await stage.pass(2);
      stage.reload('a', plain({ version: 3, priority: 100, virtual_ipaddress: ['2001:db8::100/64'] }));
      await stage.master('a', ['2001:db8::100']);
      await stage.pass(2);
      await stage.checkpoint('moved');
    },
    masters: ['segment 0 vrid 51 ipv4: a until priority 0', 'segment 0 vrid 51 ipv6: a'],
  },
  {
    // Without notify_deleted `notify` is told FAULT, and notify_fault nothing.
    name: 'a reload takes instances away: whom it is told, and as what',
    interval: 1,
    vips: [vip],
    directors: { a: (place) => plain({ priority: 50 })(place) + removed(place) },
    async play(stage) {
      stage.start('a');
      await stage.master('a');
      await stage.pass(3);
      stage.reload('a', plain({ priority: 50 }));
      await stage.pass(3);
      await stage.checkpoint('alone');
    },
    masters: [
      'segment 0 vrid 201 ipv4: a until priority 0',
      'segment 0 vrid 202 ipv4: a until priority 0',
      'segment 0 vrid 203 ipv4: a until priority 0',
      'segment 0 vrid 51 ipv4: a',
    ],
  },
  {
    name: 'a reload takes a sync group away with its members, and instances in FAULT',
    interval: 1,
    vips: [vip],
    directors: { a: (place) => plain({ priority: 50 })(place) + grouped(place) },
    async play(stage) {
      stage.start('a');
      await stage.master('a');
      await stage.until('all tell', () => stage.notifyCalls('a').length >= 14);
      await stage.pass(2);
      stage.reload('a', plain({ priority: 50 }));
      await stage.pass(3);
      await stage.checkpoint('alone');
    },
    masters: [
      'segment 0 vrid 201 ipv4: a until priority 0',
      'segment 0 vrid 202 ipv4: a until priority 0',
      'segment 0 vrid 51 ipv4: a',
    ],
    // Which of so many scripts gets to run first is chance; the lines of the FIFO have an order.
    compare: ['masters', 'checkpoints', 'adverts', 'resignations', 'addresses', 'fifo', 'exits'],
  },
];

const other = (place: Place, name: string, id: number, settings: Settings): string =>
  block(`vrrp_instance ${name}`, {
    state: 'BACKUP',
    interface: 'eth0',
    virtual_router_id: id,
    advert_int: 1,
    virtual_ipaddress: [`192.0.2.${id}/24`],
    ...notifyAll(place),
    ...settings,
  });

/** A sync group that is MASTER, and two instances that a file keeps in FAULT. */
const grouped = (place: Place): string =>
  block('track_file bad', { file: `"${place.directory}/bad"`, init_file: '1 overwrite', weight: 0 }) +
  block('vrrp_sync_group G', { group: ['VI_first', 'VI_second'], ...notifyAll(place) }) +
  other(place, 'VI_first', 201, { priority: 250 }) +
  other(place, 'VI_second', 202, { priority: 200, notify_deleted: `"${place.notify} deleted"` }) +
  other(place, 'VI_faulty', 203, { priority: 150, track_file: ['bad'] }) +
  other(place, 'VI_told', 204, {
    ...{ priority: 100, track_file: ['bad'], notify_deleted: `"${place.notify} deleted"` },
  });

/** Masters that a reload takes away: without notify_deleted, with a command there, and with the bare word. */
const removed = (place: Place): string => {
  const instance = (name: string, id: number, settings: Settings): string => other(place, name, id, settings);
  return (
    instance('VI_master', 201, { priority: 250 }) +
    instance('VI_told', 202, { priority: 200, notify_deleted: `"${place.notify} deleted"` }) +
    instance('VI_tersely', 203, { priority: 150, notify_deleted: true })
  );
};
