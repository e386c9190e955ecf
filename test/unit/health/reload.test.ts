import { micros, secondsToMicros } from '#base/units.js';
import { type PoolSettings } from '#health/index.js';
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

const reload = (table: Table, ...pools: PoolSettings[]) =>
  table.send({ type: 'Reconfigured', settings: settings(...pools) });

describe('reload (keepalived, clear_diff_services; DESIGN.md, promise 4)', () => {
  test('of the same configuration only asks for the kernel to be compared', () => {
    const table = new Table(settings(pool()));
    table.fail(checkerId(2));
    const deadlines = new Map(table.deadlines);
    expect(reload(table, pool())).toEqual(['* kernel']);
    expect(table.deadlines).toEqual(deadlines);
    expect(table.alive()).toBe('1-');
  });

  test('lets a probe that is under way go on', () => {
    const table = new Table(settings(pool()));
    table.reach(checkerId(1));
    reload(table, pool());
    expect(table.fail(checkerId(1))).toContain(`! RS ${rsId(1)} DOWN`);
  });

  test('takes a real server out that is gone, and tells', () => {
    const table = new Table(settings(pool()));
    expect(reload(table, pool({ realServers: [realServer(1)] }))).toEqual([
      '* kernel',
      `service ${rsId(2)} no longer exist`,
      `Removing service ${rsId(2)} from VS ${VS}`,
      `! RS ${rsId(2)} DOWN`,
    ]);
    expect([...table.deadlines.keys()]).toEqual([checkerId(1)]);
  });

  test('notifies lost quorum once when the servers that made it are gone', () => {
    const table = new Table(settings(pool()));
    table.fail(checkerId(1));
    const words = reload(table, pool({ realServers: [realServer(1)] }));
    expect(words.filter((word) => word === `! VS ${VS} DOWN`)).toHaveLength(1);
  });

  test('puts a new real server in at once, its first check a second later', () => {
    const table = new Table(settings(pool({ realServers: [realServer(1)] })));
    const words = reload(table, pool());
    expect(words).toEqual(['* kernel', `Activating healthchecker for service ${rsId(2)} for VS ${VS}`]);
    expect(table.alive()).toBe('12');
    expect(table.reach(checkerId(2))).toBe(1);
  });

  test('a new alpha server waits, a new alpha checker on a serving server does not take it out', () => {
    const alpha = { alpha: true };
    const table = new Table(settings(pool({ realServers: [realServer(1)] })));
    table.succeed(checkerId(1));
    reload(
      table,
      pool({
        realServers: [
          realServer(1, { checkers: [checker(1), checker(1, alpha, 1)] }),
          realServer(2, { checkers: [checker(2, alpha)] }),
        ],
      }),
    );
    expect(table.alive()).toBe('1-');
  });

  test('a new alpha checker on a server that is down has to succeed too', () => {
    const alpha = checker(1, { alpha: true }, 1);
    const table = new Table(settings(pool({ realServers: [realServer(1)] })));
    table.fail(checkerId(1));
    reload(table, pool({ realServers: [realServer(1, { checkers: [checker(1), alpha] })] }));
    table.succeed(checkerId(1));
    expect(table.alive()).toBe('-');
    table.succeed(checkerId(1, 1));
    expect(table.alive()).toBe('1');
  });

  test('with the failed checker gone and a good one left, a new alpha checker does not keep the server out', () => {
    const good = checker(1, {}, 1);
    const table = new Table(
      settings(pool({ realServers: [realServer(1, { checkers: [checker(1), good] })] })),
    );
    table.succeed(good.id);
    table.fail(checkerId(1));
    reload(
      table,
      pool({ realServers: [realServer(1, { checkers: [good, checker(1, { alpha: true }, 2)] })] }),
    );
    expect(table.alive()).toBe('1');
  });

  test('on a serving server a new checker needs all its retries', () => {
    const table = new Table(settings(pool({ realServers: [realServer(1)] })));
    table.succeed(checkerId(1));
    reload(
      table,
      pool({ realServers: [realServer(1, { checkers: [checker(1), checker(1, { retry: 1 }, 1)] })] }),
    );
    table.fail(checkerId(1, 1));
    expect(table.alive()).toBe('1');
    table.fail(checkerId(1, 1));
    expect(table.alive()).toBe('-');
  });

  test('a checker that probes something else starts anew and frees a server that it held down', () => {
    const table = new Table(settings(pool({ realServers: [realServer(1)] })));
    table.fail(checkerId(1));
    const words = reload(
      table,
      pool({ realServers: [realServer(1, { checkers: [checker(1, { identity: 'x' })] })] }),
    );
    expect(words).toContain(`! RS ${rsId(1)} UP`);
    expect(table.alive()).toBe('1');
  });

  test('a checker that only changed its place and id keeps its state and its due time', () => {
    const table = new Table(settings(pool({ realServers: [realServer(1, { checkers: [checker(1)] })] })));
    table.fail(checkerId(1));
    const due = table.deadlines.get(checkerId(1));
    const moved = { ...checker(1), id: checkerId(1, 1) };
    const fresh = { ...checker(1, { identity: 'x' }), id: checkerId(1, 0) };
    reload(table, pool({ realServers: [realServer(1, { checkers: [fresh, moved] })] }));
    expect(table.deadlines.get(checkerId(1, 1))).toBe(due);
    expect(table.alive()).toBe('-');
    expect(table.succeed(checkerId(1, 1))).toContain(`! RS ${rsId(1)} UP`);
  });

  test('fewer retries count for a failure that is under way', () => {
    const withRetry = (retry: number) =>
      pool({ realServers: [realServer(1, { checkers: [checker(1, { retry })] })] });
    const table = new Table(settings(withRetry(5)));
    table.succeed(checkerId(1));
    for (let tries = 0; tries < 3; tries += 1) table.fail(checkerId(1));
    reload(table, withRetry(1));
    table.fail(checkerId(1));
    expect(table.alive()).toBe('-');
  });

  test('a new weight is told and counted', () => {
    const table = new Table(settings(pool({ realServers: [realServer(1, { weight: 5 })], quorum: 5 })));
    const words = reload(table, pool({ realServers: [realServer(1, { weight: 3 })], quorum: 3 }));
    expect(words).toEqual([
      '* kernel',
      `Changing weight from 5 to 3 for active service ${rsId(1)} of VS ${VS}`,
    ]);
    expect(table.monitor.pool(VS)?.quorumUp).toBe(true);
  });

  test('a pool that is gone leaves aloud, a new one starts', () => {
    const other = pool({ id: 'FWM 5', realServers: [{ ...realServer(3), checkers: [] }] });
    const table = new Table(settings(pool({ realServers: [realServer(1)] })));
    expect(reload(table, other)).toEqual([
      `Removing Virtual Server ${VS}`,
      '* kernel: gone',
      `Removing service ${rsId(1)} from VS ${VS}`,
      `! RS ${rsId(1)} DOWN`,
      `! VS ${VS} DOWN`,
      '* kernel',
      'Gained quorum 1+0=1 <= 1 for VS FWM 5',
      '! VS FWM 5 UP',
    ]);
    expect(table.deadlines.size).toBe(0);
  });

  test('a sorry server in use gives way to its successor, or to those that are alive', () => {
    const down = pool({ quorum: 2, sorryServer: sorryServer() });
    const table = new Table(settings(down));
    table.fail(checkerId(1));
    const other = { ...sorryServer(), id: '[192.0.2.98]:tcp:80' };
    expect(reload(table, { ...down, sorryServer: other })).toEqual([
      '* kernel',
      `Removing sorry server ${SORRY} from VS ${VS}`,
      `Starting with quorum down 2-0=2 > 1 for VS ${VS}`,
      `Adding sorry server ${other.id} to VS ${VS}`,
      `Removing alive servers from the pool for VS ${VS}`,
      `! VS ${VS} DOWN`,
    ]);
    expect(reload(table, pool({ quorum: 2 }))).toEqual([
      '* kernel',
      `Removing sorry server ${other.id} from VS ${VS}`,
      `Adding alive servers to the pool for VS ${VS}`,
    ]);
    expect(table.monitor.pool(VS)).toMatchObject({ sorryServerInUse: false, quorumUp: false });
  });

  test('new delays apply from the next check on', () => {
    const table = new Table(settings(pool({ realServers: [realServer(1)] })));
    table.succeed(checkerId(1));
    const delayLoop = secondsToMicros(2);
    reload(table, pool({ realServers: [realServer(1, { checkers: [checker(1, { delayLoop })] })] }));
    expect(table.reach(checkerId(1))).toBe(10);
    table.succeed(checkerId(1));
    expect(table.reach(checkerId(1))).toBe(2);
  });

  test('fewer urls: the step stays within them', () => {
    const web = (steps: number) =>
      pool({
        realServers: [
          realServer(1, { checkers: [checker(1, { kind: 'HTTP_GET', steps, warmup: micros(0) })] }),
        ],
      });
    const table = new Table(settings(web(3)));
    table.succeed(checkerId(1));
    table.succeed(checkerId(1));
    reload(table, web(1));
    table.reach(checkerId(1));
    expect(table.probes.get(checkerId(1))).toBe(0);
  });
});
