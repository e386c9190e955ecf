// How a mastership ends, and what becomes of the addresses.
import { plain, type Scenario, vip } from '../scenario.js';

const directors = { a: plain({ priority: 150 }), b: plain({ priority: 100 }) };

export const endings: Scenario[] = [
  {
    name: 'the master is killed and the backup takes over after three silent intervals',
    interval: 1,
    vips: [vip],
    directors,
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
    name: 'the master is stopped, resigns by priority 0, and the backup takes over within its skew',
    interval: 1,
    vips: [vip],
    directors,
    async play(stage) {
      await stage.assemble();
      await stage.stop('a');
      await stage.master('b');
      await stage.pass(2);
      await stage.checkpoint('taken over');
      await stage.stop('b');
      await stage.checkpoint('nobody is left');
    },
    masters: ['a until priority 0', 'b until priority 0'],
  },
  {
    name: 'the backup is stopped and nothing changes',
    interval: 1,
    vips: [vip],
    directors,
    async play(stage) {
      await stage.assemble();
      await stage.stop('b');
      await stage.pass(2);
      await stage.checkpoint('as before');
    },
    masters: ['a'],
  },
  {
    name: 'a killed master comes back, finds its old address, and preempts',
    interval: 1,
    vips: [vip],
    directors,
    async play(stage) {
      await stage.assemble();
      stage.kill('a');
      await stage.master('b');
      await stage.pass(2);
      stage.start('a');
      await stage.master('a');
      await stage.pass(4);
      await stage.checkpoint('back');
    },
    masters: ['a until silence', 'b until silence', 'a'],
  },
  {
    name: 'version 3 at 100 ms: the master is killed and the backup takes over',
    interval: 0.1,
    vips: [vip],
    directors: {
      a: plain({ version: 3, advert_int: 0.1, priority: 150 }),
      b: plain({ version: 3, advert_int: 0.1, priority: 100 }),
    },
    async play(stage) {
      await stage.assemble();
      stage.kill('a');
      await stage.master('b');
      await stage.pass(2);
      await stage.checkpoint('taken over');
      await stage.stop('b');
    },
    masters: ['a until silence', 'b until priority 0'],
  },
];
