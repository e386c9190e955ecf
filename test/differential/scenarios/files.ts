// Files whose number is tracked: written, replaced, removed.
import { block, file, plain, type Place, type Scenario, type Settings, vip } from '../scenario.js';

const load = (settings: Settings) => (place: Place) =>
  block('track_file load', { file: `${place.directory}/load`, ...settings });

const instance =
  (line: string, settings: Settings = {}) =>
  (place: Place) =>
    plain({ priority: 150, track_file: [line], notify_priority_changes: true, ...settings })(place);

export const files: Scenario[] = [
  {
    name: 'track_file with a weight: its number moves the priority, and a removed file counts as 0',
    interval: 1,
    vips: [vip],
    directors: {
      a: file(load({ weight: -2, init_file: 5 }), instance('load')),
      b: plain({ priority: 100 }),
    },
    play: async (stage) => {
      await stage.assemble();
      stage.write('a', 'load', '40 of 100\n');
      await stage.master('b');
      await stage.pass(4);
      await stage.checkpoint('loaded');
      stage.remove('a', 'load');
      await stage.master('a');
      await stage.pass(4);
      await stage.checkpoint('removed');
      stage.write('a', 'load', '0x7f');
      await stage.master('b');
      await stage.pass(4);
      await stage.checkpoint('a fault, weight and all');
    },
  },
  {
    name: 'track_file without a weight, of a sync group: any number but 0 puts every member in FAULT',
    interval: 1,
    vips: [vip, '192.0.2.101'],
    directors: {
      a: file(
        load({}),
        block('vrrp_sync_group G', { group: ['VI_1', 'VI_2'], track_file: ['load weight 0'] }),
        plain({ priority: 150 }),
        second(150),
      ),
      b: file(block('vrrp_sync_group G', { group: ['VI_1', 'VI_2'] }), plain({ priority: 100 }), second(100)),
    },
    play: async (stage) => {
      await stage.assemble();
      stage.write('a', 'load', '-1');
      await stage.master('b');
      await stage.pass(4);
      await stage.checkpoint('in fault');
      stage.write('a', 'load', 'healthy');
      await stage.master('a');
      await stage.pass(4);
      await stage.checkpoint('back');
    },
  },
];

function second(priority: number): (place: Place) => string {
  return () =>
    block('vrrp_instance VI_2', {
      state: 'BACKUP',
      interface: 'eth0',
      virtual_router_id: 52,
      priority,
      advert_int: 1,
      virtual_ipaddress: ['192.0.2.101/24'],
    });
}
