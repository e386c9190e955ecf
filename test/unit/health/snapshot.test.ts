import { LATENCY_BOUNDS } from '#health/index.js';
import { micros } from '#base/units.js';
import { joinPools, serverCount } from '#daemon/control-queries.js';
import { checkerId, pool, realServer, settings, Table } from './bench-table.js';

const numbered = (id: string, servers: number) =>
  pool({
    id,
    realServers: Array.from({ length: servers }, (_, index) => realServer(index + 1, { checkers: [] })),
  });

describe('a snapshot', () => {
  const config = settings(numbered('A', 3), numbered('B', 0), numbered('C', 5));
  const { monitor } = new Table(config);

  test('shows a page of real servers, whatever pools they are of', () => {
    const shape = (from: number, count: number) =>
      monitor.snapshot({ from, count }).pools.map(({ id, realServers }) => `${id}${realServers.length}`);
    expect(shape(0, 2)).toEqual(['A2']);
    expect(shape(2, 3)).toEqual(['A1', 'B0', 'C1']);
    expect(shape(5, 100)).toEqual(['C4']);
    expect(shape(9, 100)).toEqual([]);
  });

  test.each([1, 2, 3, 4, 100])('is all of it, page by page of %i', (count) => {
    const pages = [];
    for (let from = 0; from < serverCount(config); from += count)
      pages.push(monitor.snapshot({ from, count }).pools);
    expect(joinPools(pages)).toEqual(monitor.snapshot().pools);
  });

  test('tells how long checks took', () => {
    const table = new Table(settings(pool()));
    const check = (latency: number, good: boolean) => {
      table.reach(checkerId(1));
      table.now = micros(table.now + latency);
      if (good) table.succeed(checkerId(1));
      else table.fail(checkerId(1));
    };
    const state = () => table.monitor.snapshot().pools[0]?.realServers[0]?.checkers[0];
    expect(state()).not.toHaveProperty('latency');
    check(200, true);
    check(250, true);
    check(11_000_000, false);
    expect(state()).toMatchObject({ latency: 11_000_000, latencySum: 11_000_450 });
    expect(state()?.latencies).toHaveLength(LATENCY_BOUNDS.length + 1);
    expect(state()?.latencies?.at(0)).toBe(2);
    expect(state()?.latencies?.at(-1)).toBe(1);
  });
});
