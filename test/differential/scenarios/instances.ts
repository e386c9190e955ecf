// Several instances in one file.
import { block, file, type Place, plain, type Scenario, type Settings, vip } from '../scenario.js';

const secondVip = '192.0.2.101';

const instance = (name: string, settings: Settings) => (place: Place) =>
  block(`vrrp_instance ${name}`, {
    state: 'BACKUP',
    interface: 'eth0',
    advert_int: 1,
    notify: `"${place.notify}"`,
    ...settings,
  });

const one = (priority: number, more: Settings = {}) =>
  instance('VI_1', { virtual_router_id: 51, priority, virtual_ipaddress: [`${vip}/24`], ...more });
const two = (priority: number, more: Settings = {}) =>
  instance('VI_2', { virtual_router_id: 52, priority, virtual_ipaddress: [`${secondVip}/24`], ...more });

export const instances: Scenario[] = [
  {
    name: 'each director is master of one instance and backup of the other, until one is killed',
    interval: 1,
    vips: [vip, secondVip],
    directors: { a: file(one(150), two(100)), b: file(one(100), two(150)) },
    async play(stage) {
      await stage.assemble();
      await stage.until('b has its share', () => stage.mastersOf(secondVip).join() === 'b');
      await stage.pass(3);
      await stage.checkpoint('shared');
      stage.kill('a');
      await stage.master('b');
      await stage.pass(3);
      await stage.checkpoint('alone');
    },
    masters: [
      'segment 0 vrid 51 ipv4: a until silence',
      'segment 0 vrid 51 ipv4: b',
      'segment 0 vrid 52 ipv4: a until silence',
      'segment 0 vrid 52 ipv4: b',
    ],
  },
  {
    name: 'a reload adds an instance and the next takes it away again',
    interval: 1,
    vips: [vip, secondVip],
    directors: { a: file(one(150)), b: file(one(100), two(100)) },
    async play(stage) {
      await stage.assemble();
      await stage.until('b alone has the second', () => stage.mastersOf(secondVip).join() === 'b');
      await stage.pass(2);
      stage.reload('a', file(one(150), two(150)));
      await stage.master('a');
      await stage.pass(4);
      await stage.checkpoint('added');
      stage.reload('a', file(one(150)));
      await stage.until('b has the second again', () => stage.mastersOf(secondVip).join() === 'b');
      await stage.pass(3);
      await stage.checkpoint('taken away');
    },
    masters: [
      'segment 0 vrid 51 ipv4: a',
      'segment 0 vrid 52 ipv4: b until silence',
      'segment 0 vrid 52 ipv4: a until priority 0',
      'segment 0 vrid 52 ipv4: b',
    ],
  },
  {
    name: 'one router in both families: two instances with one virtual_router_id',
    interval: 1,
    vips: [vip, '2001:db8::100'],
    directors: {
      a: file(one(150, { version: 3 }), two(150, sixth())),
      b: file(one(100, { version: 3 }), two(100, sixth())),
    },
    async play(stage) {
      await stage.assemble();
      await stage.pass(2);
      await stage.checkpoint('a');
      await stage.stop('a');
      await stage.master('b');
      await stage.pass(2);
      await stage.checkpoint('b');
    },
    masters: [
      'segment 0 vrid 51 ipv4: a until priority 0',
      'segment 0 vrid 51 ipv4: b',
      'segment 0 vrid 51 ipv6: a until priority 0',
      'segment 0 vrid 51 ipv6: b',
    ],
  },
  {
    name: 'version 3: the backup goes by the interval of its master, not by its own',
    interval: 4,
    vips: [vip],
    directors: {
      a: plain({ version: 3, priority: 150, advert_int: 1 }),
      b: plain({ version: 3, priority: 100, advert_int: 4 }),
    },
    async play(stage) {
      await stage.assemble();
      await stage.pass(2);
      stage.kill('a');
      await stage.until('b took over', () => stage.mastersOf(vip).join() === 'b');
      await stage.pass(6);
      await stage.checkpoint('b');
    },
    compare: ['checkpoints', 'adverts', 'announcements', 'addresses', 'notify', 'resignations', 'exits'],
  },
];

function sixth(): Settings {
  return { version: 3, virtual_router_id: 51, virtual_ipaddress: ['2001:db8::100/64', 'fe80::100/64'] };
}
