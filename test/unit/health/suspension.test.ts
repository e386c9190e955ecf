import { checker, checkerId, pool, realServer, rsId, settings, Table, VS } from './bench-table.js';

describe('ha_suspend (keepalived, update_checker_activity)', () => {
  test('checks stand still while the address is elsewhere, and what was known of the servers stays', () => {
    const table = new Table(settings(pool()));
    table.fail(checkerId(1));
    expect(table.send({ type: 'SuspensionChanged', pool: VS, suspended: true })).toEqual([
      `Suspending healthchecker for service ${rsId(1)} for VS ${VS}`,
      `Suspending healthchecker for service ${rsId(2)} for VS ${VS}`,
    ]);
    table.reach(checkerId(1));
    expect(table.probes.size).toBe(0);
    expect(table.reach(checkerId(1))).toBe(10); // delay_loop
    expect(table.alive()).toBe('-2');
    expect(table.send({ type: 'SuspensionChanged', pool: VS, suspended: false })[0]).toBe(
      `Activating healthchecker for service ${rsId(1)} for VS ${VS}`,
    );
    expect(table.succeed(checkerId(1))).toContain(`! RS ${rsId(1)} UP`);
  });

  test('a check that is under way counts', () => {
    const table = new Table(settings(pool()));
    table.reach(checkerId(2));
    table.send({ type: 'SuspensionChanged', pool: VS, suspended: true });
    expect(table.fail(checkerId(2))).toContain(`! RS ${rsId(2)} DOWN`);
  });

  test('from the start, and by a reload', () => {
    const table = new Table(settings(pool()), undefined, { suspended: [VS] });
    expect(table.log).toContain(`Deactivating healthchecker for service ${rsId(1)} for VS ${VS}`);
    expect(table.monitor.snapshot().pools[0]?.suspended).toBe(true);
    expect(table.send({ type: 'Reconfigured', settings: settings(pool()), suspended: [VS] })).toEqual([
      '* kernel',
    ]);
    expect(table.send({ type: 'Reconfigured', settings: settings(pool()) })).toContain(
      `Activating healthchecker for service ${rsId(1)} for VS ${VS}`,
    );
  });

  test('is nothing to checkers that follow something else: they cost nothing', () => {
    const follower = checker(1, { kind: 'BFD_CHECK', follows: 'B1' });
    const table = new Table(settings(pool({ realServers: [realServer(1, { checkers: [follower] })] })));
    expect(table.send({ type: 'SuspensionChanged', pool: VS, suspended: true })).toEqual([]);
    expect(table.send({ type: 'SessionChanged', session: 'B1', up: false })).toContain(
      `! RS ${rsId(1)} DOWN`,
    );
  });
});
