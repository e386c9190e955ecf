import { type OperatorMark } from '#health/index.js';
import { checkerId, pool, realServer, rsId, settings, SORRY, sorryServer, Table, VS } from './bench-table.js';

const marked = (index: number, mark: OperatorMark) => ({ pool: VS, realServer: rsId(index), mark });
const order = (table: Table, ...marks: ReturnType<typeof marked>[]) => table.send({ type: 'Marked', marks });

describe('an operator', () => {
  test.each([
    ['drained', 'An operator drains'],
    ['disabled', 'An operator disables'],
  ] as const)(
    'has a server %s, and gives it back, without a word to those who follow its checks',
    (mark, verb) => {
      const table = new Table(settings(pool()));
      expect(order(table, marked(1, mark))).toEqual([`${verb} service ${rsId(1)} of VS ${VS}`, '* kernel']);
      expect(table.monitor.pool(VS)?.realServers[0]).toMatchObject({ alive: true, mark });
      expect(table.effects.at(-1)).toMatchObject({ type: 'PoolChanged', realServers: [0] });
      expect(order(table)).toEqual([
        `An operator gives traffic back to service ${rsId(1)} of VS ${VS}`,
        '* kernel',
      ]);
    },
  );

  test('ordering again what stands changes nothing', () => {
    const table = new Table(settings(pool()));
    order(table, marked(2, 'drained'));
    expect(order(table, marked(2, 'drained'))).toEqual([]);
  });

  test('takes its weight out of the quorum, which is told: new connections find the sorry server', () => {
    const table = new Table(settings(pool({ sorryServer: sorryServer() })));
    order(table, marked(1, 'drained'));
    expect(order(table, marked(1, 'drained'), marked(2, 'disabled'))).toEqual([
      `An operator disables service ${rsId(2)} of VS ${VS}`,
      '* kernel',
      `Lost quorum 1-0=1 > 0 for VS ${VS}`,
      `Adding sorry server ${SORRY} to VS ${VS}`,
      `Removing alive servers from the pool for VS ${VS}`,
      `! VS ${VS} DOWN`,
    ]);
    expect(order(table, marked(1, 'drained'))).toContain(`Gained quorum 1+0=1 <= 1 for VS ${VS}`);
  });

  test('hears of checks of a marked server as ever: they say what is true', () => {
    const table = new Table(settings(pool()));
    order(table, marked(1, 'disabled'));
    expect(table.fail(checkerId(1))).toContain(`! RS ${rsId(1)} DOWN`);
    expect(order(table).join()).not.toContain('! RS');
    expect(table.succeed(checkerId(1))).toContain(`! RS ${rsId(1)} UP`);
  });

  test('weighs a server that changes its weight while it is marked only once it is given back', () => {
    const table = new Table(settings(pool({ quorum: 5, realServers: [realServer(1), realServer(2)] })));
    order(table, marked(1, 'drained'));
    expect(table.succeed(checkerId(1), { weight: 9 }).join()).not.toContain('quorum');
    expect(order(table)).toContain(`Gained quorum 5+0=5 <= 10 for VS ${VS}`);
  });

  test('is still obeyed after a reload', () => {
    const table = new Table(settings(pool()));
    order(table, marked(1, 'drained'));
    table.send({
      type: 'Reconfigured',
      settings: settings(pool({ realServers: [realServer(2), realServer(1, { weight: 3 })] })),
    });
    expect(table.monitor.pool(VS)?.realServers[1]).toMatchObject({ mark: 'drained', weight: 3 });
    order(table);
    expect(table.effects.at(-1)).toMatchObject({ type: 'PoolChanged', realServers: [1] });
  });

  test('is obeyed by the successor of a worker that died, from the start', () => {
    const resume = [{ id: VS, realServersUp: [rsId(1)], sorryServerInUse: false }];
    const table = new Table(settings(pool()), resume, { marks: [marked(1, 'drained')] });
    expect(table.log.join()).not.toContain('! RS');
    expect(table.monitor.pool(VS)).toMatchObject({ quorumUp: false });
  });
});
