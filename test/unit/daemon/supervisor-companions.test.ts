import { type Companions } from '#daemon/companions.js';
import { configuration, fine, World } from './supervisor-world.js';

/** Companions that take their time: each step goes on when the test says so. */
class Slow implements Companions {
  readonly calls: string[] = [];
  private readonly waiting: (() => void)[] = [];
  before(_configuration: unknown, go: () => void): void {
    this.wait('before', go);
  }
  hurry(): void {
    this.calls.push('hurry');
  }
  follow(_configuration: unknown, writers: readonly string[], go: () => void): void {
    this.wait(`follow ${writers.join(' ')}`, go);
  }
  after(_configuration: unknown, end: () => void): void {
    this.wait('after', end);
  }
  goOn(): void {
    this.waiting.shift()?.();
  }
  private wait(call: string, go: () => void): void {
    this.calls.push(call);
    this.waiting.push(go);
  }
}

const changed = { ...fine, configuration: configuration(['VI_1', 'VI_2']) };

function started(): { world: World; slow: Slow } {
  const slow = new Slow();
  const world = new World(configuration(['VI_1']), {}, [], slow);
  return { world, slow };
}

function running(): { world: World; slow: Slow } {
  const { world, slow } = started();
  slow.goOn();
  slow.goOn();
  world.worker(0).says({ type: 'Ready' });
  slow.calls.length = 0;
  return { world, slow };
}

describe('what runs beside the workers', () => {
  test('startup_script comes first, then the FIFOs, then the workers', () => {
    const { world, slow } = started();
    expect([slow.calls, world.workers]).toEqual([['before'], []]);
    slow.goOn();
    expect([slow.calls, world.workers]).toEqual([['before', 'follow vrrp'], []]);
    slow.goOn();
    expect(world.workers).toHaveLength(1);
  });

  test('a reload during startup_script is made up for', () => {
    const { world, slow } = started();
    world.next = changed;
    world.supervisor.reload();
    slow.goOn();
    slow.goOn();
    world.worker(0).says({ type: 'Ready' });
    slow.goOn();
    expect(world.worker(0).sent.at(-1)).toMatchObject({ type: 'Reconfigure' });
  });

  test('a stop during startup_script hurries it, and no worker is started', () => {
    const { world, slow } = started();
    world.supervisor.stop();
    expect(world.exitCode).toBeUndefined();
    slow.goOn();
    expect(slow.calls).toEqual(['before', 'hurry', 'after']);
    slow.goOn();
    expect([world.exitCode, world.workers]).toEqual([0, []]);
  });

  test('workers hear of a reload when the readers of FIFOs have made way, and one reload waits for another', () => {
    const { world, slow } = running();
    world.next = changed;
    world.supervisor.reload();
    world.supervisor.reload();
    expect(world.worker(0).sent).toHaveLength(1);
    slow.goOn();
    expect(world.worker(0).sent.map(({ type }) => type)).toEqual(['Start', 'Reconfigure']);
    world.worker(0).says({ type: 'Ready' });
    expect(slow.calls).toEqual(['follow vrrp', 'follow vrrp']);
  });

  test('a stop while readers make way tells the workers of nothing else', () => {
    const { world, slow } = running();
    world.next = changed;
    world.supervisor.reload();
    world.supervisor.stop();
    slow.goOn();
    expect(world.worker(0).sent).toHaveLength(1);
  });

  test('shutdown_script comes when the last worker has ended', () => {
    const { world, slow } = running();
    world.supervisor.stop();
    expect(slow.calls).toEqual([]);
    world.worker(0).ends({ code: 0 });
    expect([slow.calls, world.exitCode]).toEqual([['after'], undefined]);
    slow.goOn();
    expect(world.exitCode).toBe(0);
  });

  test('workers that write to FIFOs hear of a reload that changes nothing', () => {
    const { world, slow } = running();
    const same = configuration(['VI_1']);
    Object.assign(same.details.daemon, { fifos: { all: { path: '/run/fifo' } } });
    world.next = { ...fine, configuration: same };
    for (const count of [2, 3]) {
      world.supervisor.reload();
      slow.goOn();
      expect(world.worker(0).sent).toHaveLength(count);
      world.worker(0).says({ type: 'Ready' });
    }
  });
});
