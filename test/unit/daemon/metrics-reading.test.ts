import { err, ok } from '#base/result.js';
import { micros } from '#base/units.js';
import { type Configuration } from '#config/index.js';
import { MetricsReader, piecesOf } from '#daemon/metrics-reading.js';
import { type WorkerState } from '#observe/index.js';
import { type IpvsFacts } from '#observe/snmp/index.js';
import { type IpvsStats } from '#wire/netlink/ipvs-types.js';
import { readOpenMetrics } from '../observe/openmetrics-grammar.js';

const SERVERS = 10_000;
const server = (index: number) => ({ id: `[192.0.2.${index}]:tcp:80`, weight: 1, checkers: [] });
const realServers = Array.from({ length: SERVERS }, (_, index) => server(index));
const configuration = {
  vrrp: { instances: [] },
  bfd: { sessions: [] },
  health: { pools: [{ id: 'P', quorum: 1, realServers }] },
} as unknown as Configuration;

const page = (from: number, count: number): WorkerState =>
  ({
    pools: [
      {
        ...{ id: 'P', quorumUp: true, sorryServerInUse: false },
        realServers: realServers.slice(from, from + count).map((each) => ({ ...each, alive: true })),
      },
    ],
  }) as unknown as WorkerState;

const stats = { connections: 7n, inBytes: 1000n, outBytes: 3000n } as IpvsStats;
const ipvs: IpvsFacts = {
  pool: () => ({ stats }),
  realServer: (_pool, index) =>
    index === 1 ? { stats, connections: { active: 2, inactive: 1, persistent: 0 } } : undefined,
};

const daemon = {
  ...{ version: '0.1.0', startedAtMs: 0, reloads: { accepted: 0, refused: 0 } },
  workers: [{ kind: 'checkers', startedAt: micros(0), respawns: 0 }],
};

test('ten thousand real servers are asked for in small pages, one after another, and once for all who ask', async () => {
  const asked: number[] = [];
  let atOnce = 0;
  const reader = new MetricsReader(
    async (worker, from) => {
      if (worker === 'supervisor') return ok({ daemon });
      expect(worker).toBe('checkers');
      expect((atOnce += 1)).toBe(1);
      await new Promise(setImmediate);
      atOnce -= 1;
      asked.push(from);
      return ok(page(from, 250));
    },
    () => configuration,
    (worker) => worker === 'checkers',
    { read: () => ipvs },
  );
  const [first, second] = await Promise.all([reader.read(), reader.read()]);
  expect(second).toBe(first);
  expect(asked).toEqual(Array.from({ length: 40 }, (_, index) => index * 250));
  const pieces = [...piecesOf(first)];
  for (const piece of pieces) expect(piece.length).toBeLessThan(34_000);
  const families = readOpenMetrics(pieces.join(''));
  expect(families.get('understudy_real_server_up')?.samples).toHaveLength(SERVERS);
  expect(families.get('understudy_pool_weight')?.samples).toEqual([
    { name: 'understudy_pool_weight', labels: { pool: 'P' }, value: SERVERS },
  ]);
  const [of] = families.get('understudy_ipvs_sent_bytes')?.samples ?? [];
  expect(of).toEqual({ name: 'understudy_ipvs_sent_bytes_total', labels: { pool: 'P' }, value: 3000 });
  expect(families.get('understudy_ipvs_real_server_active_connections')?.samples).toEqual([
    {
      name: 'understudy_ipvs_real_server_active_connections',
      labels: { pool: 'P', real_server: '[192.0.2.1]:tcp:80' },
      value: 2,
    },
  ]);
  await reader.read();
  expect(asked).toHaveLength(80);
}, 120_000);

test('a worker that does not answer is down, and the others are told of all the same', async () => {
  const reader = new MetricsReader(
    (worker) => Promise.resolve(worker === 'checkers' ? err('timeout') : ok({ daemon })),
    () => configuration,
    () => true,
    { read: () => undefined },
  );
  const families = readOpenMetrics([...piecesOf(await reader.read())].join(''));
  expect(
    families.get('understudy_worker_up')?.samples.map(({ labels, value }) => [labels['worker'], value]),
  ).toEqual([
    ['vrrp', 1],
    ['checkers', 0],
    ['bfd', 1],
    ['alerts', 1],
  ]);
});
