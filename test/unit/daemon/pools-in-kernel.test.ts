import { parseIpAddress, type IpAddress } from '#base/address.js';
import { makePrng } from '#base/prng.js';
import { micros, secondsToMicros } from '#base/units.js';
import { HealthDriver } from '#daemon/health-driver.js';
import { IpvsKeeper } from '#daemon/ipvs-keeper.js';
import { PoolWishes } from '#daemon/pool-wishes.js';
import { ServedPools } from '#daemon/served-pools.js';
import { HealthMonitor, type HealthSettings, type PoolSettings } from '#health/index.js';
import { ServiceTable, type IpvsCommand, type KernelService, type ServiceTemplate } from '#lvs/index.js';

const ip = (text: string): IpAddress => parseIpAddress(text)!;
const address = (index: number): IpAddress => ip(`10.${index >> 16}.${(index >> 8) & 255}.${index & 255}`);
const VS = '[192.0.2.1]:tcp:80';

const settings = (count: number): PoolSettings => ({
  id: VS,
  omega: false,
  quorum: 1,
  hysteresis: 0,
  realServers: Array.from({ length: count }, (_, index) => ({
    id: `rs ${index}`,
    address: address(index),
    port: 80,
    weight: 1,
    inhibitOnFailure: false,
    checkers: [
      {
        id: `check ${index}`,
        kind: 'TCP_CHECK',
        identity: `tcp ${index}`,
        steps: 1,
        fastRecovery: false,
        delayLoop: secondsToMicros(5),
        retry: 0,
        delayBeforeRetry: secondsToMicros(1),
        warmup: micros(0),
        alpha: false,
        logAllFailures: false,
      },
    ],
  })),
});

const template = (count: number): ServiceTemplate => ({
  key: { kind: 'address', protocol: 'TCP', address: ip('192.0.2.1'), port: 80 },
  scheduler: 'rr',
  schedulerFlags: 0,
  hashed: true,
  onePacket: false,
  persistenceTimeoutS: 0,
  persistencePrefix: 32,
  destinations: Array.from({ length: count }, (_, index) => ({
    address: address(index),
    port: 80,
    forwarding: { kind: 'route' },
    weight: 1,
    upperThreshold: 0,
    lowerThreshold: 0,
  })),
});

/** A kernel that counts what it is told. */
class CountingDoor {
  readonly table = new ServiceTable();
  readonly batches: IpvsCommand[][] = [];

  services(): readonly KernelService[] {
    return this.table.services();
  }

  flush(): void {
    throw new Error('not here');
  }

  apply(commands: readonly IpvsCommand[]): readonly { command: IpvsCommand; text: string }[] {
    this.batches.push([...commands]);
    return commands.flatMap((command) =>
      this.table.apply(command) ? [] : [{ command, text: command.type }],
    );
  }

  take(): string[][] {
    return this.batches
      .splice(0)
      .map((batch) =>
        batch.map((command) =>
          'destination' in command ? `${command.type} ${command.destination.address}` : command.type,
        ),
      );
  }
}

/** Check policy, its driver and the keeper, with a turn of the event loop that ends when the test says so. */
function rig(count: number, served?: ServedPools, door = new CountingDoor()) {
  const keeper = new IpvsKeeper(door, (text) => {
    throw new Error(text);
  });
  const config = { pools: [settings(count)], templates: [template(count)] };
  const monitor = new HealthMonitor(health(config.pools), makePrng(1));
  const wishes = new PoolWishes(
    (pool) => monitor.pool(pool),
    (pool) => (pool === VS ? config.templates : []),
    () => undefined,
    (pool) => (served ? served.serving(pool) : true),
  );
  const told: string[] = [];
  const turn: (() => void)[] = [];
  let now = 0;
  const driver: HealthDriver = new HealthDriver(monitor, {
    now: () => micros(now),
    arm: () => undefined,
    startCheck: () => undefined,
    cancelCheck: () => undefined,
    poolsChanged: (changes) => {
      const { wishes: whole, small, adopted } = wishes.of(changes);
      for (const adoption of adopted) keeper.adopt(adoption);
      keeper.bring(whole, small);
    },
    soon: (then) => turn.push(then),
    afterTurn: (settle) => turn.push(settle),
    notify: (effect) => told.push(`${effect.subject} ${effect.state} after ${door.batches.length}`),
    record: () => undefined,
    stopped: () => undefined,
  });
  driver.handle({ type: 'Started' });
  driver.settle();
  told.length = 0;
  return {
    door,
    driver,
    told,
    config,
    hear: (instance: string, master: boolean) => {
      for (const pool of served?.heard(instance, master) ?? []) driver.poolDiffers(pool);
      driver.settle();
    },
    endTurn: () => turn.splice(0).forEach((settle) => settle()),
    check: (index: number, good: boolean) => {
      now += 1;
      const checker = `check ${index}`;
      driver.handle({ type: 'DeadlinePassed', name: checker });
      driver.handle(
        good
          ? { type: 'CheckSucceeded', checker }
          : { type: 'CheckFailed', checker, code: 'refused', text: 'refused' },
      );
    },
  };
}

const health = (pools: readonly PoolSettings[]): HealthSettings => ({ rsInitNotifies: false, pools });

describe('what the kernel hears of a pool', () => {
  test('of ten thousand servers programmed once, a reload that changes nothing says nothing', () => {
    const { door, driver, config, endTurn } = rig(10_000);
    expect(door.take().map((batch) => batch.length)).toEqual([10_001]);
    driver.handle({ type: 'Reconfigured', settings: health(config.pools) });
    endTurn();
    expect(door.take()).toEqual([]);
  });

  test('a reload that changes one server says what that one needs', () => {
    const { door, driver, config, endTurn } = rig(10_000);
    door.take();
    const [pool] = config.pools;
    const realServers = pool!.realServers.map((each, index) =>
      index === 4711 ? { ...each, weight: 7 } : each,
    );
    driver.handle({ type: 'Reconfigured', settings: health([{ ...pool!, realServers }]) });
    endTurn();
    expect(door.take()).toEqual([['SetDest 10.0.18.103']]);
  });

  test('servers that fail in one turn are told in one batch, before anybody is notified', () => {
    const { door, told, check, endTurn } = rig(4);
    door.take();
    check(1, false);
    check(3, false);
    expect(door.take()).toEqual([]);
    endTurn();
    expect(told).toEqual(['RS DOWN after 1', 'RS DOWN after 1']);
    expect(door.take()).toEqual([['DelDest 10.0.0.1', 'DelDest 10.0.0.3']]);
    check(1, true);
    endTurn();
    expect(door.take()).toEqual([['NewDest 10.0.0.1']]);
  });

  test('one failure among many looks at one server, not at all of them', () => {
    const { door, check, config, endTurn } = rig(2000);
    door.take();
    let looks = 0;
    const destinations = new Proxy(config.templates[0]!.destinations, {
      get: (target, name, receiver) => {
        looks += 1;
        return Reflect.get(target, name, receiver) as unknown;
      },
    });
    config.templates = [{ ...config.templates[0]!, destinations }];
    looks = 0;
    check(1999, false);
    endTurn();
    expect(door.take()).toEqual([['DelDest 10.0.7.207']]);
    expect(looks).toBeLessThan(10);
  });

  test('a kernel whose table somebody has changed is brought to what is wanted', () => {
    const { door, check, endTurn } = rig(3);
    door.take();
    door.table.apply({ type: 'DelService', service: template(0).key });
    check(0, false);
    endTurn();
    expect(door.take()).toEqual([
      ['DelDest 10.0.0.0'],
      ['NewService', 'NewDest 10.0.0.1', 'NewDest 10.0.0.2'],
    ]);
  });
});

describe('serve_when_master', () => {
  const waiting = () => new ServedPools({ [VS]: { haSuspend: false, serveWhenMaster: 'VI_1' } }, true);

  test('the services come and go with the mastership, with what checks say by then', () => {
    const { door, check, endTurn, hear } = rig(3, waiting());
    expect(door.take()).toEqual([]);
    hear('VI_1', false);
    check(1, false);
    endTurn();
    expect(door.take()).toEqual([]);
    hear('VI_2', true);
    hear('VI_1', true);
    expect(door.take()).toEqual([['NewService', 'NewDest 10.0.0.0', 'NewDest 10.0.0.2']]);
    check(1, true);
    endTurn();
    expect(door.take()).toEqual([['NewDest 10.0.0.1']]);
    hear('VI_1', false);
    expect(door.take()).toEqual([['DelService']]);
  });

  test('what stands at the start stays, untouched, until the mastership is known', () => {
    const door = new CountingDoor();
    rig(3, undefined, door);
    door.take();
    const { check, endTurn, hear } = rig(3, waiting(), door);
    check(2, false);
    endTurn();
    expect(door.take()).toEqual([]);
    hear('VI_1', true);
    expect(door.take()).toEqual([['DelDest 10.0.0.2']]);
  });

  test('what stands at the start goes if we are not master', () => {
    const door = new CountingDoor();
    rig(3, undefined, door);
    door.take();
    rig(3, waiting(), door).hear('VI_1', false);
    expect(door.take()).toEqual([['DelService']]);
  });

  test('without a VRRP process everything serves', () => {
    const served = new ServedPools({ [VS]: { haSuspend: false, serveWhenMaster: 'VI_1' } }, false);
    expect(served.serving(VS)).toBe(true);
    expect(served.waitsFor(VS)).toBeUndefined();
  });
});
