import { minus, secondsToMicros } from '#base/units.js';
import { Referee, Simulation, inventInterfaces } from '#sim/index.js';
import { at, ip, playPair, reignsOf, settingsOf } from './pair.js';

const s = secondsToMicros;

describe('a pair', () => {
  test('the higher priority is master, for ever', () => {
    const timeline = playPair([]);
    expect(reignsOf(timeline)).toEqual(['A 3.414-']);
    expect(timeline.gaps()).toEqual([]);
  });

  test('power loss: the backup takes over within 3 adverts and the skew, and yields when the master is back', () => {
    const timeline = playPair([
      at(10, { type: 'kill', router: 'A' }),
      at(20, { type: 'start', router: 'A' }),
    ]);
    expect(reignsOf(timeline)).toEqual(['A 3.414-10', 'B 13.023-23.414', 'A 23.414-']);
    expect(timeline.gaps()).toHaveLength(1);
    expect(timeline.gaps()[0]?.duration).toBeLessThanOrEqual(s(3.609375));
  });

  test('a graceful stop costs the skew alone', () => {
    const timeline = playPair([at(10, { type: 'stop', router: 'A' })]);
    expect(reignsOf(timeline)).toEqual(['A 3.414-10', 'B 10.609-']);
  });

  test('a worker that crashes is master again at once, and nobody notices', () => {
    const timeline = playPair([at(10, { type: 'crash-worker', router: 'A' })]);
    expect(reignsOf(timeline)).toEqual(['A 3.414-10', 'A 10-']);
    expect(timeline.gaps()).toEqual([]);
  });

  test('a cable that is pulled: the master resigns in vain, the backup waits for it', () => {
    const timeline = playPair([
      at(10, { type: 'link', router: 'A', interface: 'eth0', up: false }),
      at(20, { type: 'link', router: 'A', interface: 'eth0', up: true }),
    ]);
    expect(reignsOf(timeline)).toEqual(['A 3.414-10', 'B 13.023-23.414', 'A 23.414-']);
  });

  test('a cut makes two masters, and its end makes one of them', () => {
    const timeline = playPair([
      at(10, { type: 'cut', from: ['A'], to: ['B'] }),
      at(10, { type: 'cut', from: ['B'], to: ['A'] }),
      at(20, { type: 'heal' }),
    ]);
    expect(reignsOf(timeline)).toEqual(['A 3.414-', 'B 13.023-20.023']);
  });

  test('nopreempt: who was master before stays backup', () => {
    const timeline = playPair(
      [at(10, { type: 'kill', router: 'A' }), at(20, { type: 'start', router: 'A' })],
      {
        preempt: false,
      },
    );
    expect(reignsOf(timeline)).toEqual(['A 3.414-10', 'B 13.023-']);
  });
});

describe('a process that stalls', () => {
  test('a backup that stalls looks into its receive queue before it claims anything', () => {
    const timeline = playPair([at(10, { type: 'stall', router: 'B', duration: s(8) })]);
    expect(reignsOf(timeline)).toEqual(['A 3.414-']);
  });

  test('a master that stalls loses its place, and learns so before it advertises again', () => {
    const timeline = playPair([at(10, { type: 'stall', router: 'A', duration: s(8) })], { preempt: false });
    const [first, second] = timeline.reigns();
    expect([first?.router, second?.router]).toEqual(['A', 'B']);
  });
});

describe('clocks that drift', () => {
  test('a fast clock shortens what its owner waits, as far as the others can see', () => {
    const simulation = new Simulation({
      routers: [
        {
          name: 'A',
          settings: settingsOf(100),
          interfaces: inventInterfaces(settingsOf(100), 0),
          clockDriftPpm: 100_000,
        },
      ],
      faults: [],
      seed: 1,
      onEffect: (_router, effect, now) => {
        if (effect.type === 'StateChanged' && effect.to === 'MASTER') becameMaster.push(now);
      },
    });
    const becameMaster: number[] = [];
    simulation.startAll();
    simulation.runUntil(s(10));
    expect(becameMaster).toEqual([Math.ceil(3_609_375 / 1.1)]);
  });
});

describe('unicast', () => {
  test('goes to the peer that has the address, and to nobody else', () => {
    const unicast = (own: string, peer: string) =>
      settingsOf(own.endsWith('1') ? 150 : 100, {
        transport: {
          kind: 'unicast',
          peers: [{ address: ip(peer) }],
          source: ip(own),
          checkSource: true,
          ttl: 255,
        },
      });
    const options = {
      routers: [
        { name: 'A', settings: unicast('198.51.100.1', '198.51.100.2') },
        { name: 'B', settings: unicast('198.51.100.2', '198.51.100.1') },
      ].map((router, index) => ({ ...router, interfaces: inventInterfaces(router.settings, index) })),
      faults: [],
      seed: 1,
    };
    const simulation = new Simulation(options);
    simulation.startAll();
    simulation.runUntil(s(10));
    expect(simulation.stations.map((station) => station.states.get('VI'))).toEqual(['MASTER', 'BACKUP']);
  });
});

describe('the referee', () => {
  const watch = (sabotage: (simulation: Simulation) => void): string[] => {
    const referee = new Referee(s(1));
    const routers = [150, 100].map((priority, index) => ({
      name: 'AB'[index] ?? '',
      settings: settingsOf(priority),
      interfaces: inventInterfaces(settingsOf(priority), index),
    }));
    const simulation = new Simulation({
      routers,
      faults: [],
      seed: 1,
      onInstant: (now, current) => referee.inspect(now, current),
    });
    simulation.startAll();
    simulation.runUntil(s(10));
    sabotage(simulation);
    simulation.runUntil(s(20));
    return referee.violations.map(({ text }) => text);
  };

  test('has nothing to say of a pair in good health', () => expect(watch(() => undefined)).toEqual([]));

  test('sees two masters', () => {
    // The network says that they hear each other, and they do not.
    const seen = watch(({ network }) => {
      const travel = network.travel.bind(network);
      network.travel = (from, to) => (travel(from, to), []);
    });
    expect(seen[0]).toMatch(/A and B (have both been|is) master/);
  });

  test('sees a segment without a master', () => {
    const seen = watch((simulation) => simulation.station('A').states.set('VI', 'BACKUP'));
    expect(seen).toContain('nobody is master of eth0 inet VRID 51, with 2 able to be');
  });

  test('sees addresses in the wrong hands', () => {
    const seen = watch((simulation) => simulation.station('B').held.add('VI'));
    expect(seen[0]).toBe('B is BACKUP of VI and holds its addresses');
  });

  test('sees a master that the election did not name', () => {
    const seen = watch((simulation) => {
      simulation.station('A').states.set('VI', 'BACKUP');
      simulation.station('A').held.clear();
      simulation.station('B').states.set('VI', 'MASTER');
      simulation.station('B').held.add('VI');
    });
    expect(seen).toContain('B is master of eth0 inet VRID 51, and A has priority 150');
  });
});

test('a timeline measures the gap between two reigns', () => {
  const timeline = playPair([at(10, { type: 'kill', router: 'A' })]);
  const [gap] = timeline.gaps();
  expect(gap && minus(gap.until, gap.from)).toBe(gap?.duration);
  expect(timeline.lines().slice(0, 2)).toEqual([
    '          0s    A: VI becomes BACKUP, from INIT, because started',
    '          0s    B: VI becomes BACKUP, from INIT, because started',
  ]);
  expect(timeline.lines()).toContain('         10s  * A loses power');
});
