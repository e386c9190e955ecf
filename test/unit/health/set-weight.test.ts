// realServerWeight of KEEPALIVED-MIB: what a manager sets holds until the next reload.
import { checkerId, pool, realServer, rsId, settings, Table, VS } from './bench-table.js';

const set = (table: Table, index: number, weight: number) =>
  table.send({ type: 'WeightSet', pool: VS, realServer: rsId(index), weight });
const weightOf = (table: Table, position: number) => table.monitor.pool(VS)?.realServers[position]?.weight;

describe('a weight that SNMP sets', () => {
  test('reaches the kernel for that server alone, and is judged for the quorum', () => {
    const table = new Table(settings(pool({ quorum: 2 })));
    expect(set(table, 1, 0)).toEqual([
      `Changing weight from 1 to 0 for active service ${rsId(1)} of VS ${VS}`,
      '* kernel',
      `Lost quorum 2-0=2 > 1 for VS ${VS}`,
      `! VS ${VS} DOWN`,
    ]);
    expect(table.effects.find(({ type }) => type === 'PoolChanged')).toBeDefined();
    expect(set(table, 1, 300).join()).toContain('Gained quorum');
    expect(weightOf(table, 0)).toBe(300);
  });

  test('that stands already changes nothing', () => {
    const table = new Table(settings(pool()));
    expect(set(table, 1, 1)).toEqual([]);
  });

  test('is moved from there by what checks find, as in keepalived', () => {
    const table = new Table(settings(pool({ realServers: [realServer(1, { weight: 10 })] })));
    table.succeed(checkerId(1), { weight: 15 });
    set(table, 1, 20);
    expect(weightOf(table, 0)).toBe(20);
    table.succeed(checkerId(1), { weight: 10 });
    expect(weightOf(table, 0)).toBe(15);
  });

  test('ends with a reload, of the same file too', () => {
    const table = new Table(settings(pool()));
    set(table, 1, 300);
    const told = table.send({ type: 'Reconfigured', settings: settings(pool()) });
    expect(told).toContain(`Changing weight from 300 to 1 for active service ${rsId(1)} of VS ${VS}`);
    expect(weightOf(table, 0)).toBe(1);
  });

  test('of nobody is nothing', () => {
    const table = new Table(settings(pool()));
    expect(set(table, 9, 5)).toEqual([]);
    expect(table.send({ type: 'WeightSet', pool: 'none', realServer: rsId(1), weight: 5 })).toEqual([]);
  });
});
