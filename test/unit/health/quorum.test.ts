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

const servers = (...weights: number[]) => weights.map((weight, index) => realServer(index + 1, { weight }));

describe('quorum (keepalived, update_quorum_state)', () => {
  test('is lost below quorum - hysteresis and gained at quorum + hysteresis, by weight', () => {
    const table = new Table(settings(pool({ quorum: 4, hysteresis: 2, realServers: servers(3, 2, 1) })));
    expect(table.monitor.pool(VS)?.quorumUp).toBe(true); // 6 >= 4 + 2
    expect(table.fail(checkerId(1)).join()).not.toContain('quorum'); // 3 >= 4 - 2
    expect(table.fail(checkerId(2))).toContain(`Lost quorum 4-2=2 > 1 for VS ${VS}`);
    expect(table.succeed(checkerId(1)).join()).not.toContain('quorum'); // 4 < 4 + 2
    expect(table.succeed(checkerId(2))).toContain(`Gained quorum 4+2=6 <= 6 for VS ${VS}`);
  });

  test('without weight there is no quorum, whatever the hysteresis', () => {
    const table = new Table(settings(pool({ quorum: 2, hysteresis: 1, realServers: servers(3) })));
    expect(table.fail(checkerId(1))).toContain(`Lost quorum 2-1=1 > 0 for VS ${VS}`);
  });

  test('without sorry server a pool keeps its real servers when it loses quorum', () => {
    const table = new Table(settings(pool({ quorum: 2 })));
    table.fail(checkerId(1));
    expect(table.monitor.pool(VS)).toMatchObject({ quorumUp: false, sorryServerInUse: false });
    expect(table.alive()).toBe('-2');
  });

  test('servers of weight 0 are alive and count for nothing', () => {
    const table = new Table(settings(pool({ realServers: servers(0, 1) })));
    expect(table.alive()).toBe('12');
    expect(table.fail(checkerId(2))).toContain(`Lost quorum 1-0=1 > 0 for VS ${VS}`);
  });
});

describe('sorry server', () => {
  test('stands in while quorum is lost, between the real server and the notification of quorum', () => {
    const table = new Table(settings(pool({ sorryServer: sorryServer() })));
    table.fail(checkerId(1));
    expect(table.fail(checkerId(2))).toEqual([
      `TCP_CHECK on service ${rsId(2)} failed.`,
      `Removing service ${rsId(2)} from VS ${VS}`,
      '* kernel',
      `! RS ${rsId(2)} DOWN`,
      `Lost quorum 1-0=1 > 0 for VS ${VS}`,
      `Adding sorry server ${SORRY} to VS ${VS}`,
      `Removing alive servers from the pool for VS ${VS}`,
      `! VS ${VS} DOWN`,
    ]);
    expect(table.succeed(checkerId(1)).slice(4)).toEqual([
      `Gained quorum 1+0=1 <= 1 for VS ${VS}`,
      `Removing sorry server ${SORRY} from VS ${VS}`,
      `Adding alive servers to the pool for VS ${VS}`,
      `! VS ${VS} UP`,
    ]);
  });

  test('inhibited it is enabled and disabled', () => {
    const table = new Table(settings(pool({ realServers: servers(1), sorryServer: sorryServer(true) })));
    expect(table.fail(checkerId(1))).toContain(`Enabling sorry server ${SORRY} to VS ${VS}`);
    expect(table.succeed(checkerId(1))).toContain(`Disabling sorry server ${SORRY} from VS ${VS}`);
  });
});

describe('inhibit_on_failure', () => {
  test('disables and enables', () => {
    const table = new Table(settings(pool({ realServers: [realServer(1, { inhibitOnFailure: true })] })));
    expect(table.fail(checkerId(1))[1]).toBe(`Disabling service ${rsId(1)} of VS ${VS}`);
    expect(table.succeed(checkerId(1))[1]).toBe(`Enabling service ${rsId(1)} of VS ${VS}`);
  });
});

describe('weights found by checks (keepalived, update_svr_wgt)', () => {
  const weighed = settings(pool({ quorum: 5, realServers: [realServer(1, { weight: 10 })] }));

  test('change the kernel and may cost quorum', () => {
    const table = new Table(weighed);
    expect(table.succeed(checkerId(1), { weight: 4 })).toEqual([
      `Changing weight from 10 to 4 for active service ${rsId(1)} of VS ${VS}`,
      '* kernel',
      `Lost quorum 5-0=5 > 4 for VS ${VS}`,
      `! VS ${VS} DOWN`,
      `TCP connection to ${rsId(1)} success.`,
    ]);
    expect(table.monitor.pool(VS)?.realServers[0]?.weight).toBe(4);
    expect(table.succeed(checkerId(1))[0]).toBe(
      `Changing weight from 4 to 10 for active service ${rsId(1)} of VS ${VS}`,
    );
  });

  test('end with the success that found them', () => {
    const table = new Table(weighed);
    table.succeed(checkerId(1), { weight: 4 });
    table.fail(checkerId(1));
    expect(table.monitor.pool(VS)?.realServers[0]?.weight).toBe(10);
  });

  test('stay within what IPVS takes', () => {
    const twice = { checkers: [checker(1), checker(1, {}, 1)] };
    const table = new Table(
      settings(pool({ realServers: [realServer(1, { weight: 2 ** 31 - 1, ...twice })] })),
    );
    table.succeed(checkerId(1, 0), { weight: 0 });
    table.succeed(checkerId(1, 1), { weight: 0 });
    expect(table.monitor.pool(VS)?.realServers[0]?.weight).toBe(0);
  });
});

describe('stop (keepalived, clear_services)', () => {
  test('without omega the services go and nobody is told', () => {
    const table = new Table(settings(pool()));
    table.fail(checkerId(2));
    expect(table.send({ type: 'StopRequested', releaseServices: true })).toEqual([
      '* kernel: gone',
      `Shutting down service ${rsId(1)} from VS ${VS}`,
      `Shutting down service ${rsId(2)} from VS ${VS}`,
      'stopped',
    ]);
    expect(table.deadlines.size + table.probes.size).toBe(0);
    expect(table.monitor.snapshot().pools).toEqual([]);
  });

  test('with omega real servers and quorum go down aloud', () => {
    const table = new Table(settings(pool({ omega: true, realServers: servers(1) })));
    expect(table.send({ type: 'StopRequested', releaseServices: true })).toEqual([
      '* kernel: gone',
      `Shutting down service ${rsId(1)} from VS ${VS}`,
      `! RS ${rsId(1)} DOWN stopping`,
      `! VS ${VS} DOWN stopping`,
      'stopped',
    ]);
  });

  test('with --dont-release-ipvs everything stays', () => {
    const table = new Table(settings(pool({ omega: true })));
    expect(table.send({ type: 'StopRequested', releaseServices: false })).toEqual(['stopped']);
  });

  test('a probe under way is cancelled', () => {
    const table = new Table(settings(pool({ realServers: servers(1) })));
    table.reach(checkerId(1));
    table.send({ type: 'StopRequested', releaseServices: true });
    expect(table.effects).toContainEqual({ type: 'CancelCheck', checker: checkerId(1) });
    expect(table.send({ type: 'CheckFailed', checker: checkerId(1), code: 'x', text: 'x' })).toEqual([]);
  });
});
