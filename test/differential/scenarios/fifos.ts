// What the reader of notify_fifo gets beyond what every other scenario compares.
import { block, type Config, file, type Place, plain, type Scenario, vip } from '../scenario.js';

const states = block('global_defs', { fifo_write_vrrp_states_on_reload: true });
const director =
  (priority: number): Config =>
  (place) =>
    states + plain({ priority })(place);

const load = ({ directory }: Place): string =>
  block('track_file load', { file: `"${directory}/load"`, init_file: 0, weight: -1 });

const begin = (last: readonly string[]) => [
  'INSTANCE "VI_1" BACKUP 150',
  'INSTANCE "VI_1" MASTER 150',
  ...last,
];
const backup = ['INSTANCE "VI_1" BACKUP 100', 'INSTANCE "VI_1" BACKUP 100'];
const masterTold = { fifo: { a: begin(['INSTANCE "VI_1" MASTER 150']), b: backup } };

export const fifos: Scenario[] = [
  {
    // keepalived says nothing of those that are master.
    name: 'fifo_write_vrrp_states_on_reload: a reload without a change tells the state all the same',
    interval: 1,
    vips: [vip],
    directors: { a: director(150), b: director(100) },
    async play(stage) {
      await stage.assemble();
      stage.reload('a', director(150));
      stage.reload('b', director(100));
      await stage.until('b tells', () => stage.fifoLines('b').length === 2);
      await stage.pass(3);
      await stage.checkpoint('as before');
    },
    masters: ['a'],
    deviations: { 'understudy + understudy': masterTold, 'understudy + keepalived': masterTold },
  },
  {
    name: 'notify_priority_changes: master and backup tell of their priorities by notify_fifo, not by scripts',
    interval: 1,
    vips: [vip],
    directors: {
      a: file(load, plain({ priority: 150, track_file: ['load'] })),
      b: file(load, plain({ priority: 100, track_file: ['load'] })),
    },
    async play(stage) {
      await stage.assemble();
      stage.write('a', 'load', '10\n');
      await stage.until('a is less', () => stage.fifoLines('a').some((line) => line.endsWith(' 140')));
      stage.write('b', 'load', '5\n');
      await stage.until('b is less', () => stage.fifoLines('b').some((line) => line.endsWith(' 95')));
      await stage.pass(2);
      await stage.checkpoint('less');
    },
    masters: ['a'],
  },
];
