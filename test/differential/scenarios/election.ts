// Who becomes master when directors meet.
import { plain, type Scenario, vip } from '../scenario.js';

const high = plain({ priority: 150 });
const low = plain({ priority: 100 });

export const election: Scenario[] = [
  {
    // They begin when their cables are put in, for one may be slower to start than the other.
    name: 'of two that begin together the higher priority is elected',
    interval: 1,
    vips: [vip],
    directors: { a: plain({ priority: 254 }), b: plain({ priority: 1 }) },
    async play(stage) {
      stage.cable('a', 0, 'out');
      stage.cable('b', 0, 'out');
      stage.start('a', 'b');
      await stage.ready('a', 'b');
      await stage.pass(2);
      stage.cable('a', 0, 'in');
      stage.cable('b', 0, 'in');
      await stage.master('a');
      await stage.pass(4);
      await stage.checkpoint('elected');
    },
    masters: ['a'],
  },
  {
    name: 'of three the second takes over when the first is killed',
    interval: 1,
    vips: [vip],
    directors: { a: high, b: low, c: plain({ priority: 50 }) },
    async play(stage) {
      await stage.assemble();
      stage.kill('a');
      await stage.master('b');
      await stage.pass(3);
      await stage.checkpoint('taken over');
    },
    masters: ['a until silence', 'b'],
  },
  {
    name: 'a higher priority that comes later preempts',
    interval: 1,
    vips: [vip],
    directors: { a: high, b: low },
    async play(stage) {
      stage.start('b');
      await stage.master('b');
      await stage.pass(2);
      await stage.checkpoint('alone');
      stage.start('a');
      await stage.master('a');
      await stage.pass(4);
      await stage.checkpoint('preempted');
    },
    masters: ['b until silence', 'a'],
  },
  {
    name: 'nopreempt: a higher priority that comes later waits until the master stops',
    interval: 1,
    vips: [vip],
    directors: { a: plain({ priority: 150, nopreempt: true }), b: low },
    async play(stage) {
      stage.start('b');
      await stage.master('b');
      stage.start('a');
      await stage.pass(6);
      await stage.checkpoint('not preempted');
      await stage.stop('b');
      await stage.master('a');
      await stage.pass(2);
      await stage.checkpoint('its turn');
    },
    masters: ['b until priority 0', 'a'],
  },
  {
    // Adverts are fast here, so that the delay is by far the longest wait.
    name: 'preempt_delay: a higher priority that comes later preempts after the delay',
    interval: 0.2,
    vips: [vip],
    directors: {
      a: plain({ version: 3, advert_int: 0.2, priority: 150, preempt_delay: 5 }),
      b: plain({ version: 3, advert_int: 0.2, priority: 100 }),
    },
    async play(stage) {
      stage.start('b');
      await stage.master('b');
      stage.start('a');
      await stage.master('a');
      await stage.pass(4);
      await stage.checkpoint('preempted');
    },
    masters: ['b until silence', 'a'],
  },
  {
    name: 'of two masters with equal priority, made by a partition, the higher address stays',
    interval: 1,
    vips: [vip],
    directors: { a: low, b: low },
    async play(stage) {
      stage.start('a');
      await stage.master('a');
      stage.partition(0, 'cut');
      stage.start('b');
      await stage.until('both are masters', () => stage.mastersOf(vip).length === 2);
      await stage.pass(2);
      stage.partition(0, 'healed');
      await stage.master('b');
      await stage.pass(4);
      await stage.checkpoint('one master');
    },
    masters: ['a until silence', 'b'],
  },
  {
    name: 'with equal priority the master that is there stays',
    interval: 1,
    vips: [vip],
    directors: { a: low, b: low },
    async play(stage) {
      stage.start('a');
      await stage.master('a');
      stage.start('b');
      await stage.pass(6);
      await stage.checkpoint('one master');
    },
    masters: ['a'],
  },
  {
    name: 'the address owner, priority 255, is master at once and again when it returns',
    interval: 1,
    vips: [vip],
    directors: {
      a: plain({ state: 'MASTER', priority: 255 }),
      b: plain({ priority: 100 }),
    },
    async play(stage) {
      stage.start('b');
      await stage.master('b');
      await stage.pass(3);
      stage.start('a');
      await stage.master('a');
      await stage.pass(4);
      await stage.checkpoint('owner');
      await stage.stop('a');
      await stage.master('b');
      await stage.pass(3);
      await stage.checkpoint('backup');
    },
    masters: ['b until silence', 'a until priority 0', 'b'],
  },
  {
    name: 'state MASTER: both claim it, the higher priority keeps it',
    interval: 1,
    vips: [vip],
    directors: { a: plain({ state: 'MASTER', priority: 150 }), b: plain({ state: 'MASTER', priority: 100 }) },
    async play(stage) {
      stage.start('a');
      await stage.master('a');
      stage.start('b');
      await stage.pass(5);
      await stage.checkpoint('one master');
    },
    masters: ['a'],
  },
];
