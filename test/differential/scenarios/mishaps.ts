// Things that other people and programs do to a director.
import { block, file, plain, type Place, type Scenario, type Settings, vip } from '../scenario.js';

const directors = { a: plain({ priority: 150 }), b: plain({ priority: 100 }) };
const scripted = (script: Settings, settings: Settings) =>
  file(
    (place: Place) =>
      block('vrrp_script check', { interval: 1, ...script, script: `"${place.directory}/check.sh"` }),
    plainPart({ ...settings, track_script: ['check'] }),
  );
const plainPart = (settings: Settings) => (place: Place) => plain(settings)(place);

export const mishaps: Scenario[] = [
  {
    name: "somebody deletes the master's virtual address",
    interval: 1,
    vips: [vip],
    directors,
    async play(stage) {
      await stage.assemble();
      stage.ip('a', 'address', 'delete', `${vip}/24`, 'dev', 'eth0');
      await stage.pass(8);
      await stage.checkpoint('after a while');
    },
  },
  {
    name: 'somebody deletes an address that is not advertised, of either family: the master comes again with all',
    interval: 1,
    vips: [vip, '10.9.9.9', 'fd00::7'],
    segments: 2,
    kernel: ['eth0', 'eth1'],
    directors: {
      a: plain({
        priority: 100,
        virtual_ipaddress_excluded: ['10.9.9.9/24 dev eth1', 'fd00::7/64'],
        virtual_routes: ['10.8.0.0/16 via 10.9.9.1 dev eth1'],
        virtual_rules: ['from 10.9.9.9 table 77 priority 500'],
      }),
    },
    async play(stage) {
      const masterships = () => stage.notifyCalls('a').filter(({ args }) => args === 'master').length;
      stage.start('a');
      await stage.master('a');
      await stage.pass(2);
      await stage.checkpoint('begun');
      for (const [round, address] of [
        ['10.9.9.9/24', 'eth1'],
        ['fd00::7/64', 'eth0'],
      ].entries()) {
        stage.ip('a', 'address', 'delete', address[0]!, 'dev', address[1]!);
        await stage.until('it is master again', () => masterships() === round + 2);
        await stage.master('a');
        await stage.pass(2);
        await stage.checkpoint(`after ${address[0]}`);
      }
    },
  },
  {
    name: 'somebody gives the backup the virtual address',
    interval: 1,
    vips: [vip],
    directors,
    async play(stage) {
      await stage.assemble();
      stage.ip('b', 'address', 'add', `${vip}/24`, 'dev', 'eth0');
      await stage.pass(3);
      await stage.checkpoint('both have it');
      await stage.stop('a');
      await stage.until('b is alone', () => stage.mastersOf(vip).join() === 'b');
      await stage.pass(4);
      await stage.checkpoint('handed over');
    },
  },
  {
    name: "the master's own address is deleted and comes back",
    interval: 1,
    vips: [vip],
    directors,
    async play(stage) {
      await stage.assemble();
      stage.ip('a', 'address', 'delete', '192.0.2.1/24', 'dev', 'eth0');
      await stage.pass(6);
      await stage.checkpoint('without');
      stage.ip('a', 'address', 'add', '192.0.2.1/24', 'dev', 'eth0');
      await stage.master('a');
      await stage.pass(4);
      await stage.checkpoint('with');
    },
  },
  {
    name: 'SIGINT stops a director as SIGTERM does',
    interval: 1,
    vips: [vip],
    directors,
    async play(stage) {
      await stage.assemble();
      await stage.stop('a', 'SIGINT');
      await stage.master('b');
      await stage.pass(2);
      await stage.checkpoint('taken over');
    },
    masters: ['a until priority 0', 'b'],
  },
  {
    name: 'a tracked script that fails from the begin keeps the director in FAULT',
    interval: 1,
    vips: [vip],
    directors: { a: scripted({}, { priority: 150 }), b: plain({ priority: 100 }) },
    async play(stage) {
      stage.script('a', 'check.sh', 'exit 1');
      stage.start('a', 'b');
      await stage.master('b');
      await stage.pass(4);
      await stage.checkpoint('failing');
      stage.script('a', 'check.sh', 'exit 0');
      await stage.master('a');
      await stage.pass(4);
      await stage.checkpoint('healed');
    },
    masters: ['b until silence', 'a'],
  },
  {
    // Keepalived 2.2.7 may count the end of a run that hung after a later one has succeeded, and notify once more.
    name: 'a tracked script that hangs is ended after its timeout and counts as failed',
    interval: 1,
    vips: [vip],
    directors: { a: scripted({ timeout: 2, rise: 2 }, { priority: 150 }), b: plain({ priority: 100 }) },
    async play(stage) {
      stage.script('a', 'check.sh', 'exit 0');
      await stage.assemble();
      stage.script('a', 'check.sh', 'exec sleep 60');
      await stage.master('b');
      await stage.pass(4);
      await stage.checkpoint('hanging');
      stage.script('a', 'check.sh', 'exit 0');
      await stage.master('a');
      await stage.pass(4);
      await stage.checkpoint('healed');
    },
    compare: ['masters', 'checkpoints', 'adverts', 'resignations', 'announcements', 'addresses', 'exits'],
    masters: ['a until priority 0', 'b until silence', 'a'],
  },
  {
    name: 'nopreempt: a director whose cable was out does not take its mastership back',
    interval: 1,
    vips: [vip],
    directors: {
      a: plain({ priority: 150, nopreempt: true }),
      b: plain({ priority: 100, nopreempt: true }),
    },
    async play(stage) {
      await stage.assemble();
      stage.cable('a', 0, 'out');
      await stage.master('b');
      await stage.pass(2);
      stage.cable('a', 0, 'in');
      await stage.pass(6);
      await stage.checkpoint('b stays');
    },
    masters: ['a until silence', 'b'],
  },
  {
    name: 'a reload that changes what is sent: password, interval and address order',
    interval: 1,
    vips: [vip, '192.0.2.101'],
    directors: {
      a: plain({ priority: 150, virtual_ipaddress: [`${vip}/24`, '192.0.2.101/24'] }),
      b: plain({ priority: 100 }),
    },
    async play(stage) {
      stage.start('a');
      await stage.master('a');
      await stage.pass(2);
      const virtual_ipaddress = ['192.0.2.101/24', `${vip}/24`];
      stage.reload('a', plain({ priority: 150, advert_int: 2, virtual_ipaddress, ...password }));
      await stage.pass(7);
      await stage.checkpoint('changed');
    },
    compare: ['checkpoints', 'adverts', 'addresses', 'notify', 'resignations', 'exits'],
  },
];

const password: Settings = { authentication: ['auth_type PASS', 'auth_pass secret12'] };
