import { plain, type Scenario } from '../scenario.js';
import { vip } from '../scenario.js';

export const election: Scenario = {
  name: 'of two that start together the higher priority is elected',
  interval: 1,
  vips: [vip],
  directors: { a: plain({ priority: 150 }), b: plain({ priority: 100 }) },
  async play(stage) {
    stage.start('a', 'b');
    await stage.master('a');
    await stage.pass(3);
    await stage.checkpoint('elected');
  },
  masters: ['a'],
};
