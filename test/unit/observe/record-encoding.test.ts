import fc from 'fast-check';
import { decodeRecords, RecordEncoder } from '#observe/index.js';

function roundTrip(...values: readonly unknown[]): readonly unknown[] {
  const encoder = new RecordEncoder();
  encoder.write(1_700_000_000_123_456, 'step', values);
  return decodeRecords(encoder.since(0)).flatMap((record) => record.values);
}

test('every kind of plain data comes back as it was', () => {
  const value = {
    type: 'AdvertReceived',
    source: '192.0.2.1',
    long: 'ü'.repeat(60),
    ttl: 255,
    up: true,
    down: false,
    negative: -7,
    fraction: 0.25,
    large: 2 ** 40,
    payload: Uint8Array.of(0x31, 51, 100, 1),
    list: [1, 'a', [], {}],
  };
  expect(roundTrip(value, 'accepted')).toEqual([value, 'accepted']);
});

test('members that are undefined are absent, and so is null', () => {
  expect(roundTrip({ a: undefined, b: null, c: 1 })).toEqual([{ c: 1 }]);
});

test('objects with the same type and other members do not take each other for the same', () => {
  const values = [
    { type: 'T', a: 1 },
    { type: 'T', b: 2 },
    { type: 'T', a: 3, b: 4 },
    { type: 'T', a: 5 },
  ];
  expect(roundTrip(...values)).toEqual(values);
});

test('whatever is JSON survives', () => {
  fc.assert(
    fc.property(fc.array(fc.jsonValue()), (values) => {
      const expected = JSON.stringify(values, withoutNull);
      expect(JSON.stringify(roundTrip(...values), withoutNull)).toBe(expected);
    }),
  );
});

/** Null and -0 are written as what they amount to. */
const withoutNull = (_key: string, value: unknown): unknown => (value === null ? undefined : value);

test('a record that comes again costs little more than what differs', () => {
  const encoder = new RecordEncoder();
  const record = { type: 'SetDeadline', name: 'master-down VI_1', at: 1 };
  encoder.write(0, 'step', [record]);
  const first = encoder.size;
  encoder.write(1, 'step', [{ ...record, at: 2 }]);
  expect(encoder.size - first).toBeLessThan(first / 2);
  expect(decodeRecords(encoder.since(0)).map(({ at }) => at)).toEqual([0, 1]);
});
