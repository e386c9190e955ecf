// Scripts that are tracked: they fail while a file named "broken" is there.
import { block, file, plain, type Place, type Scenario, type Settings, vip } from '../scenario.js';

const check = (settings: Settings) => (place: Place) =>
  block('vrrp_script healthy', {
    script: `"/usr/bin/test ! -e ${place.directory}/broken"`,
    interval: 1,
    ...settings,
  });

const instance = (settings: Settings) => (place: Place) =>
  plain({ ...settings, track_script: ['healthy'] })(place);

const play: Scenario['play'] = async (stage) => {
  await stage.assemble();
  stage.write('a', 'broken', '');
  await stage.master('b');
  await stage.pass(4);
  await stage.checkpoint('broken');
  stage.remove('a', 'broken');
  await stage.master('a');
  await stage.pass(4);
  await stage.checkpoint('healed');
};

export const scripts: Scenario[] = [
  {
    name: 'track_script with a negative weight: the failing director falls below its peer, and rises again',
    interval: 1,
    vips: [vip],
    directors: {
      a: file(check({ weight: -60, fall: 2, rise: 2 }), instance({ priority: 150 })),
      b: plain({ priority: 100 }),
    },
    play,
    masters: ['a until silence', 'b until silence', 'a'],
  },
  {
    name: 'track_script with a positive weight: the healthy director has the higher priority',
    interval: 1,
    vips: [vip],
    directors: {
      a: file(check({ weight: 60, fall: 2, rise: 2 }), instance({ priority: 90 })),
      b: plain({ priority: 100 }),
    },
    play,
    masters: ['a until silence', 'b until silence', 'a'],
  },
  {
    name: 'track_script without a weight: the failing director enters FAULT, and comes back',
    interval: 1,
    vips: [vip],
    directors: {
      a: file(check({ fall: 2, rise: 2 }), instance({ priority: 150 })),
      b: plain({ priority: 100 }),
    },
    play,
    masters: ['a until priority 0', 'b until silence', 'a'],
  },
];
