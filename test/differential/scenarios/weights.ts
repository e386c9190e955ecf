// The arithmetic of priorities: what is tracked by whom, and how much of it counts.
import {
  block,
  file,
  notifyAll,
  type Config,
  type Place,
  type Scenario,
  type Settings,
  vip,
} from '../scenario.js';
import { type Stage } from '../stage.js';

type Part = (place: Place) => string;

const number =
  (settings: Settings): Part =>
  ({ directory }) =>
    block('track_file load', { file: `${directory}/load`, ...settings });

const instance =
  (settings: Settings = {}, name = 'VI_1', id = 51): Part =>
  (place) =>
    block(`vrrp_instance ${name}`, {
      interface: 'eth0',
      virtual_router_id: id,
      priority: 100,
      advert_int: 1,
      virtual_ipaddress: [`192.0.2.${id + 49}/24`],
      ...notifyAll(place),
      ...settings,
    });

const group =
  (settings: Settings): Part =>
  (place) =>
    block('vrrp_sync_group G', { group: ['VI_1', 'VI_2'], ...notifyAll(place), ...settings });

/** Adverts tell each priority in turn, the FIFO tells of each change. */
const alone = (name: string, config: Config, changes: readonly ((stage: Stage) => void)[]): Scenario => ({
  name,
  interval: 1,
  vips: [vip],
  segments: 2,
  directors: { a: config },
  async play(stage) {
    stage.start('a');
    await stage.master('a');
    await stage.pass(3);
    for (const change of changes) {
      change(stage);
      await stage.pass(3);
    }
    await stage.checkpoint('at the end');
  },
});

const load = (text: string) => (stage: Stage) => stage.write('a', 'load', text);
const cable = (state: 'in' | 'out') => (stage: Stage) => stage.cable('a', 1, state);
const reload = (config: Config) => (stage: Stage) => stage.reload('a', config);

const tracksLoad = (settings: Settings, line = 'load'): Config =>
  file(number(settings), instance({ track_file: [line] }));

export const weights: Scenario[] = [
  alone(
    'a number in a file moves the priority within 1 and 254',
    tracksLoad({ init_file: 0 }, 'load weight 100'),
    [load('1'), load('2'), load('254'), load('-1'), load('-254'), load('0')],
  ),
  alone(
    'a weight that is reversed counts while the interface is down',
    file(instance({ track_interface: ['eth1 weight 10 reverse'] })),
    [cable('out'), cable('in')],
  ),
  alone(
    'of a sync group what the group tracks moves all members',
    file(group({ track_interface: ['eth1 weight 10'] }), instance(), instance({ priority: 90 }, 'VI_2', 52)),
    [cable('out'), cable('in')],
  ),
  alone(
    'sync_group_tracking_weight: what one member tracks moves all',
    file(
      group({ sync_group_tracking_weight: true }),
      instance({ track_interface: ['eth1 weight 10'] }),
      instance({ priority: 90 }, 'VI_2', 52),
    ),
    [cable('out'), cable('in')],
  ),
  {
    ...alone('a reload with another weight counts the number anew', tracksLoad({ init_file: 5, weight: 2 }), [
      load('9'),
      reload(tracksLoad({ init_file: 5, weight: 3 })),
      reload(tracksLoad({ init_file: 5, weight: 3 }, 'load weight -1')),
    ]),
    since: '2.4',
  },
];
