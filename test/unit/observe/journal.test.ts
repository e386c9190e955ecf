import { micros } from '#base/units.js';
import { decodeRecords, Journal } from '#observe/index.js';

const KIB = 1024;

/** All that is left, oldest first. */
function contents(journal: Journal): readonly unknown[] {
  const { firstSegment, lastSegment } = journal.extent;
  const numbers = Array.from({ length: lastSegment - firstSegment + 1 }, (_, index) => firstSegment + index);
  return numbers.flatMap((number) =>
    decodeRecords(journal.segment(number).stream).flatMap(({ values }) => values),
  );
}

test('holds what was added, in order', () => {
  const journal = new Journal(256 * KIB);
  for (let at = 0; at < 100; at += 1) journal.add(micros(at), 'step', [at]);
  expect(contents(journal)).toEqual(Array.from({ length: 100 }, (_, at) => at));
  expect(journal.extent).toMatchObject({ records: 100, forgotten: 0 });
});

test('when it is full the oldest goes, and never does it hold more than it may', () => {
  const journal = new Journal(256 * KIB);
  const fact = 'x'.repeat(1000);
  for (let at = 0; at < 2000; at += 1) {
    journal.add(micros(at), 'step', [at, fact]);
    expect(journal.extent.bytes).toBeLessThanOrEqual(256 * KIB);
  }
  const { records, forgotten, firstSegment } = journal.extent;
  expect(records + forgotten).toBe(2000);
  const left = contents(journal).filter((value) => typeof value === 'number');
  expect(left).toEqual(Array.from({ length: records }, (_, index) => forgotten + index));
  expect(journal.segment(0).number).toBe(firstSegment);
});

test('a closed segment is not changed by what is written after it was read', () => {
  const journal = new Journal(128 * KIB);
  const fill = (): void => {
    for (let at = 0; at < 100; at += 1) journal.add(micros(at), 'step', [`${at}`.padStart(900, 'y')]);
  };
  fill();
  const { stream } = journal.segment(0);
  const before = stream.slice();
  fill();
  fill();
  expect(stream).toEqual(before);
});

test('a record larger than a segment is kept whole', () => {
  const journal = new Journal(1024 * KIB);
  const large = new Uint8Array(100 * KIB).fill(7);
  journal.add(micros(0), 'step', ['before']);
  journal.add(micros(1), 'step', [large]);
  journal.add(micros(2), 'step', ['after']);
  expect(contents(journal)).toEqual(['before', large, 'after']);
});
