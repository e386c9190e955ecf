import { type Configuration } from '#config/index.js';
import { MarkLedger } from '#daemon/mark-ledger.js';

/** Groups as a file numbers them: from 1000 on, in its order. */
function configuration(...groups: readonly string[]): Configuration {
  const pools = groups.map((group, index) => ({ group, pool: `[${group}]:0`, mark: 1000 + index }));
  const service = (mark: number): unknown => ({
    key: { kind: 'fwmark', family: 'inet', mark },
    scheduler: 'rr',
  });
  return {
    services: {
      ...Object.fromEntries(pools.map(({ pool, mark }) => [pool, [service(mark)]])),
      'FWM 1001': [service(1001)],
    },
    details: {
      pools: Object.fromEntries(pools.map(({ pool, group }) => [pool, { group, protocol: 'TCP' }])),
    },
    ...(groups.length > 0 && {
      ipvsMarks: {
        table: { name: 'ka' },
        groups: pools.map(({ group, mark }) => ({ group, protocol: 'TCP', mark, ranges: [] })),
      },
    }),
  } as unknown as Configuration;
}

const marksOf = ({ services, ipvsMarks }: Configuration): unknown => ({
  services: Object.entries(services).map(
    ([pool, [first]]) => `${pool} ${first?.key.kind === 'fwmark' ? first.key.mark : ''}`,
  ),
  groups: ipvsMarks?.groups.map(({ group, mark }) => `${group} ${mark}`),
});

describe('marks of groups', () => {
  test('are as the file numbers them at first', () => {
    const file = configuration('a', 'b');
    expect(new MarkLedger().settle(file)).toBe(file);
  });

  test('stay with their group when a reload puts another one before it, and services follow', () => {
    const ledger = new MarkLedger();
    ledger.settle(configuration('a', 'b'));
    expect(marksOf(ledger.settle(configuration('new', 'a', 'b')))).toEqual({
      services: ['[new]:0 1002', '[a]:0 1000', '[b]:0 1001', 'FWM 1001 1001'],
      groups: ['new 1002', 'a 1000', 'b 1001'],
    });
  });

  test('are not given to another group once theirs is gone', () => {
    const ledger = new MarkLedger();
    ledger.settle(configuration('a', 'b'));
    ledger.settle(configuration('b'));
    expect(marksOf(ledger.settle(configuration('c', 'b')))).toMatchObject({ groups: ['c 1002', 'b 1001'] });
    ledger.settle(configuration());
    expect(marksOf(ledger.settle(configuration('b')))).toMatchObject({ groups: ['b 1003'] });
  });
});
