import { secondsToMicros } from '#base/units.js';
import { checker, checkerId, pool, realServer, rsId, settings, Table, VS } from './bench-table.js';

const oneServer = (extra: Parameters<typeof checker>[1]) =>
  settings(pool({ realServers: [realServer(1, { checkers: [checker(1, extra)] })] }));

describe('TCP_CHECK (keepalived, tcp_epilog)', () => {
  test('a first failure counts at once, whatever retry says', () => {
    const table = new Table(oneServer({ retry: 3 }));
    expect(table.fail(checkerId(1))).toEqual([
      `TCP_CHECK on service ${rsId(1)} failed.`,
      `Removing service ${rsId(1)} from VS ${VS}`,
      '* kernel',
      `! RS ${rsId(1)} DOWN`,
      `Lost quorum 1-0=1 > 0 for VS ${VS}`,
      `! VS ${VS} DOWN`,
    ]);
    expect(table.reach(checkerId(1))).toBe(10);
  });

  test('after a success it takes retry further failures, delay_before_retry apart', () => {
    const table = new Table(oneServer({ retry: 2 }));
    table.succeed(checkerId(1));
    expect(table.reach(checkerId(1))).toBe(10);
    expect(table.fail(checkerId(1))).toEqual([]);
    expect(table.reach(checkerId(1))).toBe(1);
    expect(table.fail(checkerId(1))).toEqual([]);
    expect(table.reach(checkerId(1))).toBe(1);
    expect(table.fail(checkerId(1))[0]).toBe(`TCP_CHECK on service ${rsId(1)} failed after 2 retries.`);
    expect(table.reach(checkerId(1))).toBe(10);
  });

  test('a success between failures starts the count anew', () => {
    const table = new Table(oneServer({ retry: 1 }));
    table.succeed(checkerId(1));
    table.fail(checkerId(1));
    table.succeed(checkerId(1));
    table.fail(checkerId(1));
    expect(table.alive()).toBe('1');
  });

  test('the first success of a server that is up is logged, and notified to nobody', () => {
    const table = new Table(oneServer({}));
    expect(table.succeed(checkerId(1))).toEqual([`TCP connection to ${rsId(1)} success.`]);
    expect(table.succeed(checkerId(1))).toEqual([]);
  });

  test('an alpha server that fails its first check is notified as down though it was never up', () => {
    const table = new Table(oneServer({ alpha: true }));
    expect(table.fail(checkerId(1))).toEqual([
      `TCP_CHECK on service ${rsId(1)} failed.`,
      `! RS ${rsId(1)} DOWN`,
    ]);
    expect(table.fail(checkerId(1))).toEqual([]);
  });

  test('log_all_failures shows every try while the checker is up', () => {
    const table = new Table(oneServer({ retry: 1, logAllFailures: true }));
    table.succeed(checkerId(1));
    expect(table.fail(checkerId(1), 'timeout')).toEqual([`TCP connection to ${rsId(1)} timeout.`]);
    expect(table.fail(checkerId(1))[0]).toBe(`TCP connection to ${rsId(1)} failed.`);
    expect(table.fail(checkerId(1))).toEqual([]);
  });

  test('recovery brings the server back', () => {
    const table = new Table(oneServer({}));
    table.fail(checkerId(1));
    expect(table.succeed(checkerId(1))).toEqual([
      `TCP connection to ${rsId(1)} success.`,
      `Adding service ${rsId(1)} to VS ${VS}`,
      '* kernel',
      `! RS ${rsId(1)} UP`,
      `Gained quorum 1+0=1 <= 1 for VS ${VS}`,
      `! VS ${VS} UP`,
    ]);
  });

  test('a check that could not be run says nothing of the server', () => {
    const table = new Table(oneServer({}));
    table.reach(checkerId(1));
    expect(
      table.send({ type: 'CheckNotRun', checker: checkerId(1), text: 'TCP socket bind failed.' }),
    ).toEqual(['TCP socket bind failed. Rescheduling.']);
    expect(table.alive()).toBe('1');
    expect(table.reach(checkerId(1))).toBe(10);
  });

  test('one check at a time, however often its deadline is said to have passed', () => {
    const table = new Table(oneServer({}));
    table.reach(checkerId(1));
    table.send({ type: 'DeadlinePassed', name: checkerId(1) });
    expect(table.effects.filter(({ type }) => type === 'StartCheck')).toHaveLength(1);
  });

  test('the last failure is remembered until a success', () => {
    const table = new Table(oneServer({}));
    table.fail(checkerId(1), 'timeout', 'timeout');
    const last = () => table.monitor.pool(VS)?.realServers[0]?.checkers[0]?.lastFailure;
    expect(last()).toEqual({ code: 'timeout', text: 'timeout' });
    table.succeed(checkerId(1));
    expect(last()).toBeUndefined();
  });
});

describe('HTTP_GET (keepalived, epilog in check_http.c)', () => {
  const web = { kind: 'HTTP_GET', retry: 1, delayBeforeRetry: secondsToMicros(3) } as const;

  test('each url is checked a delay_loop after the one before; only all of them are a success', () => {
    const table = new Table(oneServer({ ...web, steps: 2, alpha: true }));
    table.reach(checkerId(1));
    expect(table.probes.get(checkerId(1))).toBe(0);
    table.succeed(checkerId(1));
    expect(table.alive()).toBe('-');
    expect(table.reach(checkerId(1))).toBe(10);
    expect(table.probes.get(checkerId(1))).toBe(1);
    expect(table.succeed(checkerId(1), { found: 'MD5 digest', url: '/b' }).slice(0, 3)).toEqual([
      `MD5 digest success to ${rsId(1)} url(/b)`,
      `Remote Web server ${rsId(1)} succeed on service.`,
      `Adding service ${rsId(1)} to VS ${VS}`,
    ]);
  });

  test('a failed url is tried again after delay_before_retry, then after the longer of both delays', () => {
    const table = new Table(oneServer({ ...web, steps: 2 }));
    table.succeed(checkerId(1));
    table.succeed(checkerId(1));
    table.reach(checkerId(1));
    expect(table.fail(checkerId(1))).toEqual([]);
    expect(table.reach(checkerId(1))).toBe(3);
    expect(table.fail(checkerId(1))[0]).toBe(`HTTP_CHECK on service ${rsId(1)} failed after 1 retries.`);
    expect(table.reach(checkerId(1))).toBe(10);
    expect(table.fail(checkerId(1))).toEqual([]);
  });

  test('the longer of both delays may be delay_before_retry', () => {
    const table = new Table(oneServer({ ...web, delayBeforeRetry: secondsToMicros(20) }));
    table.fail(checkerId(1));
    expect(table.reach(checkerId(1))).toBe(20);
  });

  test('when the failed url is back, all urls are checked before the server is', () => {
    const table = new Table(oneServer({ ...web, retry: 0, steps: 2 }));
    table.succeed(checkerId(1)); // url 0
    table.fail(checkerId(1)); // url 1 takes it down
    expect(table.alive()).toBe('-');
    table.reach(checkerId(1));
    expect(table.probes.get(checkerId(1))).toBe(1);
    table.succeed(checkerId(1));
    for (const url of [0, 1]) {
      expect(table.alive()).toBe('-');
      table.reach(checkerId(1));
      expect(table.probes.get(checkerId(1))).toBe(url);
      table.succeed(checkerId(1));
    }
    expect(table.alive()).toBe('1');
  });

  test('an alpha server that fails its first check is neither logged nor notified, unlike TCP_CHECK', () => {
    const table = new Table(oneServer({ ...web, alpha: true }));
    expect(table.fail(checkerId(1))).toEqual([]);
  });

  test('fast_recovery wastes no time between urls while the server is down', () => {
    const table = new Table(oneServer({ ...web, retry: 0, steps: 2, fastRecovery: true }));
    table.reach(checkerId(1));
    table.succeed(checkerId(1));
    expect(table.reach(checkerId(1))).toBe(0);
    table.fail(checkerId(1));
    expect(table.reach(checkerId(1))).toBe(10); // the failed url itself is not hurried
    table.succeed(checkerId(1));
    expect(table.reach(checkerId(1))).toBe(0);
    table.succeed(checkerId(1));
    expect(table.reach(checkerId(1))).toBe(0);
    // keepalived would now try as fast as the server can refuse (docs/deviations.md)
    table.fail(checkerId(1));
    expect(table.reach(checkerId(1))).toBe(3);
  });

  test('log_all_failures quotes the probe', () => {
    const table = new Table(oneServer({ ...web, kind: 'SSL_GET', logAllFailures: true }));
    expect(table.fail(checkerId(1), 'timeout', 'Timeout connecting').slice(0, 2)).toEqual([
      `Timeout connecting server ${rsId(1)}.`,
      `SSL_CHECK on service ${rsId(1)} failed after 1 retries.`,
    ]);
  });
});

describe('several checkers on a real server (keepalived, update_svr_checker_state)', () => {
  const config = settings(
    pool({ realServers: [realServer(1, { checkers: [checker(1), checker(1, {}, 1)] })] }),
  );

  test('the first to fail takes it out, the last to recover brings it back', () => {
    const table = new Table(config);
    table.fail(checkerId(1, 0));
    expect(table.alive()).toBe('-');
    expect(table.fail(checkerId(1, 1))).toEqual([`TCP_CHECK on service ${rsId(1)} failed.`]);
    expect(table.succeed(checkerId(1, 0))).toEqual([`TCP connection to ${rsId(1)} success.`]);
    expect(table.alive()).toBe('-');
    expect(table.succeed(checkerId(1, 1))).toContain(`! RS ${rsId(1)} UP`);
  });

  test('each change of mind is told, with whether the server turned with it', () => {
    const table = new Table(config);
    table.fail(checkerId(1, 0));
    table.fail(checkerId(1, 1));
    const turns = table.effects.filter((effect) => effect.type === 'CheckerTurned');
    expect(turns.map(({ checker: id, up, realServerTurned }) => [id, up, realServerTurned])).toEqual([
      [checkerId(1, 0), false, true],
      [checkerId(1, 1), false, false],
    ]);
  });
});
