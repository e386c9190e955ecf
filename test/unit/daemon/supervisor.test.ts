import { micros } from '#base/units.js';
import { ASLEEP, configuration, fine, MS, World } from './supervisor-world.js';

describe('which workers run', () => {
  test.each([
    ['instances only', ['VI_1'], [], {}, ['vrrp']],
    ['pools only', [], ['p'], {}, ['checkers']],
    ['both', ['VI_1'], ['p'], {}, ['vrrp', 'checkers']],
    ['both, with -P', ['VI_1'], ['p'], { runCheckers: false }, ['vrrp']],
    ['both, with -C', ['VI_1'], ['p'], { runVrrp: false }, ['checkers']],
    ['neither', [], [], {}, []],
    ['neither, with --all', [], [], { runAll: true }, ['vrrp', 'checkers', 'bfd']],
    ['a session', ['VI_1'], [], {}, ['vrrp', 'bfd'], ['r1']],
    ['a session, with -B', ['VI_1'], [], { runBfd: false }, ['vrrp'], ['r1']],
  ])('%s', (_name, instances, pools, flags, expected, sessions: string[] = []) => {
    const world = new World(configuration(instances, pools, sessions), flags);
    expect(world.workers.map(({ kind }) => kind)).toEqual(expected);
    expect([...world.pidFiles.keys()]).toEqual(expected);
  });

  test('with nothing to run the daemon says so and stays', () => {
    const world = new World(configuration([]));
    expect(world.said()).toContain('Warning - there is no configuration to run');
    expect(world.exitCode).toBeUndefined();
    world.supervisor.stop();
    expect(world.exitCode).toBe(0);
  });
});

describe('whoever started the daemon', () => {
  test('waits until every worker runs its configuration', () => {
    const world = new World(configuration(['VI_1'], ['p']));
    world.worker(0).says({ type: 'Ready' });
    expect(world.started).toBe(false);
    world.worker(1).says({ type: 'Ready' });
    expect(world.started).toBe(true);
    expect(world.said()).toContain('Startup complete');
  });

  test('does not wait for a worker that keeps dying, or when there is nothing to run', () => {
    const world = new World(configuration(['VI_1']));
    world.worker(0).ends({ code: 70 });
    expect(world.started).toBe(true);
    expect(new World(configuration([])).started).toBe(true);
  });
});

describe('a worker that dies', () => {
  test('is started again at once, and told which instances it left behind as master and until when', () => {
    const world = new World(configuration(['VI_1', 'VI_2']));
    world.worker(0).says({ type: 'StateChanged', instance: 'VI_1', to: 'MASTER' });
    world.worker(0).says({ type: 'StateChanged', instance: 'VI_2', to: 'MASTER' });
    world.worker(0).says({ type: 'StateChanged', instance: 'VI_2', to: 'BACKUP' });
    world.pass(5000);
    world.worker(0).ends({ signal: 'SIGKILL' });
    expect(world.workers).toHaveLength(2);
    expect(world.worker(1).sent[0]).toMatchObject({
      type: 'Start',
      respawned: true,
      bereaved: [{ instance: 'VI_1', resumeBefore: 7000 * MS }],
    });
    expect(world.pidFiles.get('vrrp')).toBe(101);
    expect(world.said()).toContain('VRRP child process(100) died: Respawning');
  });

  test('may have stood still before: what counts is when it last sent an advert', () => {
    const world = new World(configuration(['VI_1']));
    world.worker(0).says({ type: 'StateChanged', instance: 'VI_1', to: 'MASTER' });
    world.pass(5000);
    world.worker(0).ends({ signal: 'SIGKILL', lastAdvertAt: micros(1500 * MS) });
    const bereaved = [{ instance: 'VI_1', resumeBefore: 3500 * MS }];
    expect(world.worker(1).sent[0]).toMatchObject({ type: 'Start', bereaved });
  });

  test('leaves instances behind under the names that a reload gave them', () => {
    const world = new World(configuration(['OLD', 'GONE']));
    world.worker(0).says({ type: 'StateChanged', instance: 'OLD', to: 'MASTER' });
    world.worker(0).says({ type: 'StateChanged', instance: 'GONE', to: 'MASTER' });
    world.worker(0).says({ type: 'Ready' });
    world.next = { ...fine, configuration: configuration(['NEW', 'GONE']) };
    world.supervisor.reload();
    world.worker(0).says({ type: 'Ready', masters: ['NEW'] });
    world.worker(0).ends({ signal: 'SIGKILL' });
    const bereaved = [{ instance: 'NEW', resumeBefore: 2000 * MS }];
    expect(world.worker(1).sent[0]).toMatchObject({ type: 'Start', bereaved });
  });

  test('or hangs is killed, and its successor knows since when nobody has heard of it', () => {
    const world = new World(configuration(['VI_1']));
    world.status = ASLEEP;
    world.worker(0).says({ type: 'Ready' });
    world.worker(0).says({ type: 'StateChanged', instance: 'VI_1', to: 'MASTER' });
    for (let second = 0; second < 30; second += 1) world.pass(1000);
    expect(world.worker(0).signals).toEqual(['SIGKILL']);
    expect(world.said()).toContain(
      'VRRP child process(100) hangs: it sleeps without an answer - forcing termination',
    );
    world.worker(0).ends({ signal: 'SIGKILL' });
    const bereaved = [{ instance: 'VI_1', resumeBefore: 2000 * MS }];
    expect(world.worker(1).sent[0]).toMatchObject({ type: 'Start', bereaved });
  });

  test('waits 1, 2, 4 seconds if it dies again and again', () => {
    const world = new World(configuration(['VI_1']));
    world.worker(0).ends({ code: 70 });
    for (const [index, seconds] of [1, 2, 4].entries()) {
      world.worker(index + 1).ends({ code: 70 });
      expect(world.workers).toHaveLength(index + 2);
      world.pass(seconds * 1000 - 1);
      expect(world.workers).toHaveLength(index + 2);
      world.pass(1);
      expect(world.workers).toHaveLength(index + 3);
    }
  });

  test('or cannot be started has no pid file, and is tried again like one that has died', () => {
    const world = new World(configuration(['VI_1']));
    world.pidOfNext = 0;
    world.worker(0).ends({ signal: 'SIGKILL' });
    expect(world.pidFiles.get('vrrp')).toBe(100);
    world.pidOfNext = undefined;
    world.worker(1).ends({});
    expect(world.said()).toContain('Unable to start the VRRP child process');
    world.pass(1000);
    expect(world.pidFiles.get('vrrp')).toBe(102);
    expect(world.worker(2).sent[0]).toMatchObject({ type: 'Start', respawned: true });
  });

  test('is started at once again after a minute of life', () => {
    const world = new World(configuration(['VI_1']));
    world.worker(0).ends({ code: 70 });
    world.pass(60_000);
    world.worker(1).ends({ code: 70 });
    expect(world.workers).toHaveLength(3);
  });

  test.each([1, 2, 4])('with permanent failure %d takes the daemon with it', (code) => {
    const world = new World(configuration(['VI_1'], ['p']));
    world.worker(0).ends({ code });
    expect(world.worker(1).signals).toEqual(['SIGTERM']);
    expect(world.exitCode).toBeUndefined();
    world.worker(1).ends({ code: 0 });
    expect(world.exitCode).toBe(code);
  });

  test('with -R ends the daemon', () => {
    const world = new World(configuration(['VI_1']), { respawn: false });
    world.worker(0).ends({ signal: 'SIGKILL' });
    expect(world.workers).toHaveLength(1);
    expect(world.exitCode).toBe(0);
  });
});

describe('stop', () => {
  test('asks the workers, waits for them, removes the pid files, exits 0', () => {
    const world = new World(configuration(['VI_1'], ['p']));
    world.supervisor.stop();
    expect(world.workers.map(({ signals }) => signals)).toEqual([['SIGTERM'], ['SIGTERM']]);
    world.worker(0).ends({ code: 0 });
    expect(world.exitCode).toBeUndefined();
    world.worker(1).ends({ code: 0 });
    expect(world.exitCode).toBe(0);
    expect(world.pidFiles.size).toBe(0);
  });

  test('kills a worker that takes longer than five seconds', () => {
    const world = new World(configuration(['VI_1']));
    world.supervisor.stop();
    world.pass(4999);
    expect(world.worker(0).signals).toEqual(['SIGTERM']);
    world.pass(1);
    expect(world.worker(0).signals).toEqual(['SIGTERM', 'SIGKILL']);
    world.worker(0).ends({ signal: 'SIGKILL' });
    expect(world.exitCode).toBe(0);
  });

  test('has the successor of a dead worker take away what that one left', () => {
    const world = new World(configuration(['VI_1']));
    world.worker(0).ends({ signal: 'SIGKILL' });
    world.supervisor.stop();
    expect(world.worker(1).signals).toEqual([]);
    world.worker(1).says({ type: 'Ready' });
    expect(world.worker(1).signals).toEqual(['SIGTERM']);
    world.worker(1).ends({ code: 0 });
    expect(world.exitCode).toBe(0);
  });

  test('starts a worker that was waiting to be respawned, for the same reason', () => {
    const world = new World(configuration(['VI_1']));
    world.worker(0).ends({ code: 70 });
    world.worker(1).ends({ code: 70 });
    world.supervisor.stop();
    expect(world.workers).toHaveLength(3);
    world.worker(2).ends({ code: 70 });
    expect(world.exitCode).toBe(0);
    world.pass(10_000);
    expect(world.workers).toHaveLength(3);
  });

  test('does not wait for a successor beyond its time', () => {
    const world = new World(configuration(['VI_1']));
    world.worker(0).ends({ signal: 'SIGKILL' });
    world.supervisor.stop();
    world.pass(5000);
    expect(world.worker(1).signals).toEqual(['SIGKILL']);
  });
});

describe('reload', () => {
  const ready = (world: World) => {
    for (const worker of world.workers) worker.says({ type: 'Ready' });
  };

  test('a file that cannot be run changes nothing, and every problem is shown', () => {
    const world = new World(configuration(['VI_1']));
    ready(world);
    world.next = { ...fine, report: 'x:1:2: error: one\nx:2:2: error: two', exitCode: 2 };
    world.supervisor.reload();
    expect(world.worker(0).sent).toHaveLength(1);
    expect(world.said()).toEqual(
      expect.arrayContaining([
        'x:1:2: error: one',
        'x:2:2: error: two',
        'Reload refused: the running configuration stays in force',
      ]),
    );
    expect(world.exitCode).toBeUndefined();
  });

  test('a file with an error that the running one did not have changes nothing, even if keepalived would run it', () => {
    const world = new World(configuration(['VI_1']), {}, ["unknown-keyword 'foo'"]);
    ready(world);
    world.next = {
      ...fine,
      configuration: configuration([]),
      report: 'x',
      errors: ["unknown-keyword 'bar'"],
    };
    world.supervisor.reload();
    expect(world.worker(0).sent).toHaveLength(1);
    world.next = {
      ...fine,
      configuration: configuration(['VI_2']),
      report: 'x',
      errors: ["unknown-keyword 'foo'"],
    };
    world.supervisor.reload();
    expect(world.worker(0).sent).toHaveLength(2);
  });

  test('a file that leaves nothing to do changes nothing; one that never had anything to do is reloaded', () => {
    const world = new World(configuration(['VI_1']));
    ready(world);
    world.next = { ...fine, configuration: configuration([]) };
    world.supervisor.reload();
    expect(world.worker(0).sent).toHaveLength(1);
    expect(world.said()).toContain('The configuration holds no vrrp_instance and no virtual_server any more');
    const idle = new World(configuration([]));
    idle.next = { ...fine, configuration: configuration([]) };
    idle.supervisor.reload();
    expect(idle.said()).toContain('Reload completed: nothing changed');
  });

  test('when the file cannot even be read to its end nothing changes', () => {
    const world = new World(configuration(['VI_1']));
    ready(world);
    Object.defineProperty(world, 'next', {
      get: () => {
        throw new Error('dump of links: ETIMEDOUT');
      },
    });
    world.supervisor.reload();
    expect(world.worker(0).sent).toHaveLength(1);
    expect(world.said()).toContain('Reload refused: the running configuration stays in force');
    expect(world.said().join()).toContain('ETIMEDOUT');
  });

  test('only a worker whose share has changed hears of it', () => {
    const world = new World(configuration(['VI_1'], ['p']));
    ready(world);
    world.next = { configuration: configuration(['VI_1'], ['p', 'q']), ...fine };
    world.supervisor.reload();
    expect(world.worker(0).sent).toHaveLength(1);
    expect(world.worker(1).sent[1]).toMatchObject({
      type: 'Reconfigure',
      share: { health: { pools: [{ id: 'p' }, { id: 'q' }] } },
    });
  });

  test('a worker of which SNMP has set something hears of it once, though its share has not changed', () => {
    const world = new World(configuration(['VI_1'], ['p']));
    ready(world);
    void world.supervisor.worker('vrrp')?.ask({ type: 'SetInstance', instance: 'VI_1', priority: 7 });
    for (let reload = 0; reload < 2; reload += 1) {
      world.next = { configuration: configuration(['VI_1'], ['p']), ...fine };
      world.supervisor.reload();
      ready(world);
    }
    const types = (index: number) => world.worker(index).sent.map(({ type }) => type);
    expect(types(0)).toEqual(['Start', 'Query', 'Reconfigure']);
    expect(types(1)).toEqual(['Start']);
  });

  test('starts a worker that the new file needs for the first time', () => {
    const world = new World(configuration(['VI_1']));
    ready(world);
    world.next = { configuration: configuration(['VI_1'], ['p']), ...fine };
    world.supervisor.reload();
    expect(world.workers.map(({ kind }) => kind)).toEqual(['vrrp', 'checkers']);
  });

  test('one at a time: signals during a reload lead to one more', () => {
    const world = new World(configuration(['VI_1']));
    ready(world);
    let loads = 0;
    const names = ['VI_2', 'VI_3', 'VI_4'];
    Object.defineProperty(world, 'next', {
      get: () => ({ configuration: configuration([names[loads++]!]), ...fine }),
    });
    world.supervisor.reload();
    world.supervisor.reload();
    world.supervisor.reload();
    expect(loads).toBe(1);
    world.worker(0).says({ type: 'Ready' });
    expect(loads).toBe(2);
    world.worker(0).says({ type: 'Ready' });
    expect(loads).toBe(2);
  });

  test('a worker that is respawned later gets the new configuration', () => {
    const world = new World(configuration(['VI_1']));
    ready(world);
    world.next = { configuration: configuration(['VI_2']), ...fine };
    world.supervisor.reload();
    world.worker(0).ends({ signal: 'SIGKILL' });
    expect(world.worker(1).sent[0]).toMatchObject({ share: { vrrp: { instances: [{ name: 'VI_2' }] } } });
  });

  test('a worker that never becomes ready does not keep out the reload that would cure it', () => {
    const world = new World(configuration(['VI_1']));
    world.next = { configuration: configuration(['VI_2']), ...fine };
    world.supervisor.reload();
    expect(world.worker(0).sent).toHaveLength(1);
    world.worker(0).ends({ code: 70 });
    expect(world.worker(1).sent[1]).toMatchObject({
      type: 'Reconfigure',
      share: { vrrp: { instances: [{ name: 'VI_2' }] } },
    });
  });

  test('a worker that dies in the middle of a reload does not block the next one', () => {
    const world = new World(configuration(['VI_1']));
    ready(world);
    world.next = { configuration: configuration(['VI_2']), ...fine };
    world.supervisor.reload();
    world.worker(0).ends({ signal: 'SIGKILL' });
    world.worker(1).says({ type: 'Ready' });
    world.next = { configuration: configuration(['VI_3']), ...fine };
    world.supervisor.reload();
    expect(world.worker(1).sent).toHaveLength(2);
  });
});
