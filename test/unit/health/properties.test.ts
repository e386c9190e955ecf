import fc from 'fast-check';
import { type HealthEvent, type PoolSettings } from '#health/index.js';
import { checker, pool, realServer, settings, sorryServer, Table, VS } from './bench-table.js';

/** Any pool: some servers, each with some checkers, any quorum, with or without sorry server. */
const anyPool: fc.Arbitrary<PoolSettings> = fc
  .record({
    servers: fc.array(
      fc.record({
        weight: fc.nat(5),
        inhibitOnFailure: fc.boolean(),
        checkers: fc.array(
          fc.record({
            alpha: fc.boolean(),
            retry: fc.nat(2),
            kind: fc.constantFrom('TCP_CHECK' as const, 'HTTP_GET' as const),
            steps: fc.integer({ min: 1, max: 3 }),
            fastRecovery: fc.boolean(),
            identity: fc.constantFrom('a', 'b', 'c'),
          }),
          { maxLength: 3 },
        ),
      }),
      { maxLength: 4 },
    ),
    quorum: fc.integer({ min: 1, max: 6 }),
    hysteresis: fc.nat(5),
    sorry: fc.constantFrom(undefined, false, true),
    omega: fc.boolean(),
  })
  .map(({ servers, quorum, hysteresis, sorry, omega }) =>
    pool({
      quorum,
      hysteresis: Math.min(hysteresis, quorum - 1),
      omega,
      realServers: servers.map(({ checkers, ...rest }, index) =>
        realServer(index, {
          ...rest,
          checkers: checkers.map((extra, position) =>
            checker(index, { ...extra, steps: extra.kind === 'TCP_CHECK' ? 1 : extra.steps }, position),
          ),
        }),
      ),
      ...(sorry === undefined ? {} : { sorryServer: sorryServer(sorry) }),
    }),
  );

type Move =
  { act: 'check'; which: number; result: number; weight: number } | { act: 'reload'; next: PoolSettings };

const anyMove: fc.Arbitrary<Move> = fc.oneof(
  {
    weight: 12,
    arbitrary: fc.record({
      act: fc.constant('check' as const),
      which: fc.nat(20),
      result: fc.nat(3),
      weight: fc.nat(9),
    }),
  },
  { weight: 1, arbitrary: fc.record({ act: fc.constant('reload' as const), next: anyPool }) },
);

function play(table: Table, move: Move): void {
  if (move.act === 'reload') {
    table.send({ type: 'Reconfigured', settings: settings(move.next) });
    return;
  }
  const waiting = [...table.deadlines.keys()];
  const which = waiting[move.which % Math.max(waiting.length, 1)];
  if (which === undefined) return;
  table.reach(which);
  const results: HealthEvent[] = [
    { type: 'CheckSucceeded', checker: which },
    { type: 'CheckFailed', checker: which, code: 'refused', text: 'failed' },
    { type: 'CheckNotRun', checker: which, text: 'no' },
    { type: 'CheckSucceeded', checker: which, weight: move.weight },
  ];
  table.send(results[move.result] ?? { type: 'CheckSucceeded', checker: which });
}

function expectSane(table: Table, config: PoolSettings): void {
  const state = table.monitor.pool(VS)!;
  for (const server of state.realServers) {
    expect(server.alive).toBe(server.checkers.every(({ up }) => up));
  }
  const weight = state.realServers.reduce((sum, server) => sum + (server.alive ? server.weight : 0), 0);
  if (state.quorumUp) expect(weight).toBeGreaterThanOrEqual(Math.max(1, config.quorum - config.hysteresis));
  else expect(weight).toBeLessThan(config.quorum + config.hysteresis);
  expect(state.sorryServerInUse).toBe(config.sorryServer !== undefined && !state.quorumUp);
  const checkers = config.realServers.flatMap((server) => server.checkers.map(({ id }) => id));
  const known = [...table.deadlines.keys(), ...table.probes.keys()];
  expect(known.sort()).toEqual(checkers.sort());
}

test('whatever checks and reloads bring: servers follow their checkers, quorum their weight, the sorry server quorum', () => {
  fc.assert(
    fc.property(anyPool, fc.array(anyMove, { maxLength: 60 }), (first, moves) => {
      const table = new Table(settings(first));
      let current = first;
      expectSane(table, current);
      for (const move of moves) {
        play(table, move);
        if (move.act === 'reload') current = move.next;
        expectSane(table, current);
      }
      table.send({ type: 'StopRequested', releaseServices: true });
      expect(table.deadlines.size + table.probes.size).toBe(0);
    }),
    { numRuns: 300 },
  );
});

test('notifications alternate: a server or quorum is not told to be up twice in a row', () => {
  fc.assert(
    fc.property(anyPool, fc.array(anyMove, { maxLength: 60 }), (first, moves) => {
      const table = new Table(settings(first));
      for (const move of moves) if (move.act === 'check') play(table, move);
      const quorum = table.effects.flatMap((effect) =>
        effect.type === 'RunNotify' && effect.subject === 'VS' ? [effect.state] : [],
      );
      expect(quorum.filter((state, index) => state === quorum[index - 1])).toEqual([]);
    }),
    { numRuns: 200 },
  );
});
