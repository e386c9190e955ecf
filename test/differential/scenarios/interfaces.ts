// Links and interfaces that go and come back.
import { block, file, plain, type Place, type Scenario, vip } from '../scenario.js';

const directors = { a: plain({ priority: 150 }), b: plain({ priority: 100 }) };
const secondVip = '198.51.100.100';

/** Two instances on two interfaces that move together. */
const pair = (priority: number) =>
  file(
    (place) =>
      block('vrrp_sync_group VG_1', {
        group: ['VI_1', 'VI_2'],
        notify: `"${place.notify}"`,
        notify_master: `"${place.notify} group master"`,
        notify_backup: `"${place.notify} group backup"`,
        notify_fault: `"${place.notify} group fault"`,
        notify_stop: `"${place.notify} group stop"`,
      }),
    member('VI_1', 'eth0', 51, vip, priority),
    // Its skew is the longer one by some 150 ms, or chance would have it which of them moves first.
    member('VI_2', 'eth1', 52, secondVip, priority - 40),
  );

const member = (name: string, eth: string, id: number, address: string, priority: number) => (place: Place) =>
  block(`vrrp_instance ${name}`, {
    state: 'BACKUP',
    interface: eth,
    virtual_router_id: id,
    priority,
    advert_int: 1,
    virtual_ipaddress: [`${address}/24`],
    notify: `"${place.notify}"`,
  });

export const interfaces: Scenario[] = [
  {
    name: "the master's cable is pulled and put back",
    interval: 1,
    vips: [vip],
    directors,
    async play(stage) {
      await stage.assemble();
      stage.cable('a', 0, 'out');
      await stage.master('b');
      await stage.pass(2);
      await stage.checkpoint('taken over');
      stage.cable('a', 0, 'in');
      await stage.master('a');
      await stage.pass(4);
      await stage.checkpoint('back');
    },
    masters: ['a until silence', 'b until silence', 'a'],
  },
  {
    name: "the master's interface is set down and up by hand",
    interval: 1,
    vips: [vip],
    directors,
    async play(stage) {
      await stage.assemble();
      stage.ip('a', 'link', 'set', 'eth0', 'down');
      await stage.master('b');
      await stage.pass(2);
      await stage.checkpoint('taken over');
      stage.ip('a', 'link', 'set', 'eth0', 'up');
      await stage.master('a');
      await stage.pass(4);
      await stage.checkpoint('back');
    },
    masters: ['a until silence', 'b until silence', 'a'],
  },
  {
    name: 'a director that starts with its cable out waits in FAULT and preempts when it is put in',
    interval: 1,
    vips: [vip],
    directors,
    async play(stage) {
      stage.cable('a', 0, 'out');
      stage.start('a', 'b');
      await stage.master('b');
      await stage.pass(2);
      await stage.checkpoint('without a');
      stage.cable('a', 0, 'in');
      await stage.master('a');
      await stage.pass(4);
      await stage.checkpoint('with a');
    },
    masters: ['b until silence', 'a'],
  },
  {
    name: 'track_interface: another interface loses its carrier and the address moves',
    interval: 1,
    vips: [vip],
    segments: 2,
    directors: {
      a: plain({ priority: 150, track_interface: ['eth1'] }),
      b: plain({ priority: 100, track_interface: ['eth1'] }),
    },
    async play(stage) {
      await stage.assemble();
      stage.cable('a', 1, 'out');
      await stage.master('b');
      await stage.pass(2);
      await stage.checkpoint('moved');
      stage.cable('a', 1, 'in');
      await stage.master('a');
      await stage.pass(4);
      await stage.checkpoint('back');
    },
    masters: ['a until priority 0', 'b until silence', 'a'],
  },
  {
    name: 'track_interface with a weight: the priority falls below the peer and rises again',
    interval: 1,
    vips: [vip],
    segments: 2,
    directors: {
      a: plain({ priority: 150, track_interface: ['eth1 weight -60'] }),
      b: plain({ priority: 100 }),
    },
    async play(stage) {
      await stage.assemble();
      stage.cable('a', 1, 'out');
      await stage.master('b');
      await stage.pass(4);
      await stage.checkpoint('moved');
      stage.cable('a', 1, 'in');
      await stage.master('a');
      await stage.pass(4);
      await stage.checkpoint('back');
    },
    masters: ['a until silence', 'b until silence', 'a'],
  },
  {
    name: 'sync group: one of two interfaces fails and both addresses move',
    interval: 1,
    vips: [vip, secondVip],
    segments: 2,
    directors: { a: pair(150), b: pair(100) },
    async play(stage) {
      await stage.assemble();
      stage.cable('a', 0, 'out');
      await stage.master('b');
      await stage.pass(3);
      await stage.checkpoint('moved');
      stage.cable('a', 0, 'in');
      await stage.master('a');
      await stage.pass(4);
      await stage.checkpoint('back');
    },
    masters: [
      'segment 0 vrid 51 ipv4: a until silence',
      'segment 0 vrid 51 ipv4: b until silence',
      'segment 0 vrid 51 ipv4: a',
      'segment 1 vrid 52 ipv4: a until priority 0',
      'segment 1 vrid 52 ipv4: b until silence',
      'segment 1 vrid 52 ipv4: a',
    ],
  },
  {
    name: "the master's interface vanishes and another of its name returns",
    interval: 1,
    vips: [vip],
    directors: {
      a: (place) => `global_defs {\n    dynamic_interfaces\n}\n${plain({ priority: 150 })(place)}`,
      b: plain({ priority: 100 }),
    },
    async play(stage) {
      await stage.assemble();
      stage.removeInterface('a', 0);
      await stage.master('b');
      await stage.pass(2);
      await stage.checkpoint('vanished');
      stage.returnInterface('a', 0);
      await stage.master('a');
      await stage.pass(4);
      await stage.checkpoint('returned');
    },
    masters: ['a until silence', 'b until silence', 'a'],
  },
];
