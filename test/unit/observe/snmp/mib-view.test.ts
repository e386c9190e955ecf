import { MibView, scalarSeries, tableSeries } from '#observe/snmp/mib-view.js';
import { integer } from '#observe/snmp/values.js';
import { answer } from '#observe/snmp/answer.js';

/** A table 1.2.1 with two columns and rows out of order; 3.1 of it is missing in row 1.5. A scalar 1.1. */
const view = new MibView([
  ...tableSeries({
    entry: [1, 2, 1],
    columns: [
      [3, 'third', (row: readonly number[]) => (row[1] === 5 ? undefined : integer(row[1]))],
      [2, 'second', (row) => integer(row[0])],
    ],
    rows: [
      [2, 1],
      [1, 10],
      [1, 9],
      [1, 5],
    ],
    index: (row) => row,
  }),
  ...scalarSeries([
    [[1, 1], 'scalar', integer(7)],
    [[1, 3], 'absent', undefined],
  ]),
]);

const walk = (from: readonly number[], end: readonly number[] = []): string[] => {
  const seen: string[] = [];
  for (let found = view.next(from, false, end); found; found = view.next(found.oid, false, end)) {
    seen.push(
      `${found.oid.join('.')}=${'value' in found.value ? String(found.value.value) : found.value.type}`,
    );
  }
  return seen;
};

const ALL = [
  ...['1.1.0=7', '1.2.1.2.1.5=1', '1.2.1.2.1.9=1', '1.2.1.2.1.10=1', '1.2.1.2.2.1=2'],
  ...['1.2.1.3.1.9=9', '1.2.1.3.1.10=10', '1.2.1.3.2.1=1'],
];

describe('a walk', () => {
  test('sees every instance once, in order, and none that has no value', () => {
    expect(walk([])).toEqual(ALL);
  });

  test.each([
    ['before the end', [1, 2, 1, 2, 1, 10], [], ALL.slice(4)],
    ['from between two rows', [1, 2, 1, 2, 1, 9, 4], [], ALL.slice(3)],
    ['from behind a column', [1, 2, 1, 2, 9], [], ALL.slice(5)],
    ['up to the end of its range', [1, 2, 1, 2, 1, 9], [1, 2, 1, 2, 2], ['1.2.1.2.1.10=1']],
    ['from behind everything', [2], [], []],
  ])('%s', (_, from, end, expected) => {
    expect(walk(from, end)).toEqual(expected);
  });

  test('takes the start in where it is told to', () => {
    expect(view.next([1, 2, 1, 2, 1, 9], true, [])?.oid).toEqual([1, 2, 1, 2, 1, 9]);
    expect(view.next([1, 2, 1, 3, 1, 5], true, [])?.oid).toEqual([1, 2, 1, 3, 1, 9]);
  });
});

test.each([
  [[1, 1, 0], { type: 'integer', value: 7 }],
  [[1, 1], { type: 'noSuchInstance' }],
  [[1, 2, 1, 3, 1, 5], { type: 'noSuchInstance' }],
  [[1, 2, 1, 2, 1, 6], { type: 'noSuchInstance' }],
  [[1, 2, 1, 4, 1, 5], { type: 'noSuchObject' }],
  [[1, 3, 0], { type: 'noSuchInstance' }],
  [[9], { type: 'noSuchObject' }],
])('RFC 3416, 4.2.1: GET of %j', (oid, value) => {
  expect(view.get(oid)).toEqual(value);
});

describe('RFC 2741, 7.2.3.3: GetBulk', () => {
  const range = (start: readonly number[]) => ({ start, include: false, end: [] });
  const oids = (nonRepeaters: number, maxRepetitions: number, ...starts: readonly number[][]) =>
    answer({ type: 'GetBulk', nonRepeaters, maxRepetitions, ranges: starts.map(range) }, view).varBinds.map(
      ({ oid, value }) => (value.type === 'endOfMibView' ? 'end' : oid.join('.')),
    );

  test('asks the first ones once and the others over and over', () => {
    expect(oids(1, 2, [1], [1, 2, 1, 2], [1, 2, 1, 3])).toEqual([
      '1.1.0',
      ...['1.2.1.2.1.5', '1.2.1.3.1.9'],
      ...['1.2.1.2.1.9', '1.2.1.3.1.10'],
    ]);
  });

  test('ends where there is nothing more to come', () => {
    expect(oids(0, 10, [1, 2, 1, 3, 1, 10])).toEqual(['1.2.1.3.2.1', 'end']);
  });

  test('answers so much and no more, however much was asked for', () => {
    const endless = new MibView(
      tableSeries({
        entry: [1],
        columns: [[1, 'only', () => integer(1)]],
        rows: Array.from({ length: 5000 }, (_, row) => [row]),
        index: (row) => row,
      }),
    );
    const { varBinds } = answer(
      { type: 'GetBulk', nonRepeaters: 0, maxRepetitions: 65_535, ranges: [range([1])] },
      endless,
    );
    expect(varBinds).toHaveLength(1000);
  });
});
