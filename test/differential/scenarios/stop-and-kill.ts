import { plain, type Scenario, vip } from '../scenario.js';

const directors = { a: plain({ priority: 150 }), b: plain({ priority: 100 }) };

export const killedMaster: Scenario = {
  name: 'the master is killed and the backup takes over after three silent intervals',
  interval: 1,
  vips: [vip],
  directors,
  async play(stage) {
    stage.start('a', 'b');
    await stage.master('a');
    await stage.pass(2);
    stage.kill('a');
    await stage.master('b');
    await stage.pass(2);
    await stage.checkpoint('taken over');
  },
  masters: ['a until silence', 'b'],
};

export const stoppedMaster: Scenario = {
  name: 'the master is stopped, resigns by priority 0, and the backup takes over within its skew',
  interval: 1,
  vips: [vip],
  directors,
  async play(stage) {
    stage.start('a', 'b');
    await stage.master('a');
    await stage.pass(2);
    await stage.stop('a');
    await stage.master('b');
    await stage.pass(2);
    await stage.checkpoint('taken over');
    await stage.stop('b');
    await stage.checkpoint('nobody is left');
  },
  masters: ['a until priority 0', 'b until priority 0'],
};
