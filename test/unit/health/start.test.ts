import { makePrng } from '#base/prng.js';
import { secondsToMicros } from '#base/units.js';
import { HealthMonitor } from '#health/index.js';
import {
  checker,
  checkerId,
  pool,
  realServer,
  rsId,
  settings,
  sorryServer,
  Table,
  VS,
  SORRY,
} from './bench-table.js';

const alphaServer = (index: number) => realServer(index, { checkers: [checker(index, { alpha: true })] });

describe('start (keepalived, init_services and register_checkers_thread)', () => {
  test('all real servers serve before their first check, and quorum is gained aloud', () => {
    const table = new Table(settings(pool()));
    expect(table.alive()).toBe('12');
    expect(table.log).toEqual([
      '* kernel',
      `Gained quorum 1+0=1 <= 2 for VS ${VS}`,
      `! VS ${VS} UP`,
      `Activating healthchecker for service ${rsId(1)} for VS ${VS}`,
      `Activating healthchecker for service ${rsId(2)} for VS ${VS}`,
    ]);
  });

  test('rs_init_notifies tells of servers that are up from the start, before quorum', () => {
    const table = new Table({ ...settings(pool()), rsInitNotifies: true });
    expect(table.log.filter((line) => line.startsWith('!'))).toEqual([
      `! RS ${rsId(1)} UP`,
      `! RS ${rsId(2)} UP`,
      `! VS ${VS} UP`,
    ]);
  });

  test('alpha servers wait for their first success', () => {
    const table = new Table(settings(pool({ realServers: [alphaServer(1), realServer(2)] })));
    expect(table.alive()).toBe('-2');
    expect(table.succeed(checkerId(1))).toEqual([
      `TCP connection to ${rsId(1)} success.`,
      `Adding service ${rsId(1)} to VS ${VS}`,
      '* kernel',
      `! RS ${rsId(1)} UP`,
    ]);
    expect(table.alive()).toBe('12');
  });

  test('a pool of alpha servers starts with its sorry server, silent about quorum without one', () => {
    const realServers = [alphaServer(1)];
    const withSorry = new Table(settings(pool({ realServers, sorryServer: sorryServer() })));
    expect(withSorry.log.slice(0, 5)).toEqual([
      '* kernel',
      `Starting with quorum down 1-0=1 > 0 for VS ${VS}`,
      `Adding sorry server ${SORRY} to VS ${VS}`,
      `Removing alive servers from the pool for VS ${VS}`,
      `! VS ${VS} DOWN`,
    ]);
    expect(withSorry.monitor.pool(VS)?.sorryServerInUse).toBe(true);
    const without = new Table(settings(pool({ realServers })));
    expect(without.log).toEqual(['* kernel', expect.stringMatching(/^Activating/)]);
  });

  test('the first check comes after one second and a random part of warmup', () => {
    const warmup = secondsToMicros(60);
    const table = new Table(
      settings(pool({ realServers: [realServer(1, { checkers: [checker(1, { warmup })] })] })),
    );
    const spread = makePrng(7).next() * 60;
    expect(table.reach(checkerId(1))).toBeCloseTo(1 + spread, 5);
  });

  test('nothing happens for names and checkers that are not ours', () => {
    const monitor = new HealthMonitor(settings(pool()), makePrng(1));
    expect(monitor.step({ type: 'DeadlinePassed', name: 'adverts' }, secondsToMicros(1))).toEqual([]);
    expect(monitor.step({ type: 'CheckSucceeded', checker: 'x' }, secondsToMicros(1))).toEqual([]);
    expect(monitor.pool(VS)).toBeUndefined();
  });
});

describe('resume after a crash (DESIGN.md, Processes)', () => {
  const twoUp = [{ id: VS, realServersUp: [rsId(1)], sorryServerInUse: false }];

  test('servers that were down stay out until a check succeeds, and nobody is told of those that are up', () => {
    const table = new Table(settings(pool()), twoUp);
    expect(table.alive()).toBe('1-');
    expect(table.log.filter((line) => !line.startsWith('Activating'))).toEqual(['* kernel']);
    expect(table.succeed(checkerId(1))).toEqual([]);
    expect(table.succeed(checkerId(2))).toContain(`! RS ${rsId(2)} UP`);
  });

  test('those that were up need as many failures as ever', () => {
    const realServers = [realServer(1, { checkers: [checker(1, { retry: 1 })] })];
    const table = new Table(settings(pool({ realServers })), twoUp);
    table.fail(checkerId(1));
    expect(table.alive()).toBe('1');
    table.fail(checkerId(1));
    expect(table.alive()).toBe('-');
  });

  test('a sorry server in use stays, and leaves when quorum is gained', () => {
    const config = settings(pool({ sorryServer: sorryServer() }));
    const table = new Table(config, [{ id: VS, realServersUp: [], sorryServerInUse: true }]);
    expect(table.monitor.pool(VS)).toMatchObject({ quorumUp: false, sorryServerInUse: true });
    expect(table.log.filter((line) => line.startsWith('!'))).toEqual([]);
    table.succeed(checkerId(2));
    expect(table.monitor.pool(VS)).toMatchObject({ quorumUp: true, sorryServerInUse: false });
  });
});
