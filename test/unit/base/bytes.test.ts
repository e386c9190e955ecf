import fc from 'fast-check';
import { ByteReader, ByteWriter } from '#base/bytes.js';

describe('ByteReader', () => {
  test('network order', () => {
    const reader = new ByteReader(Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8));
    expect([reader.u8(), reader.u16(), reader.u32(), reader.offset, reader.remaining]).toEqual([
      1, 0x0203, 0x04050607, 7, 1,
    ]);
    expect(reader.failed).toBe(false);
  });

  test('reads a view in its own bounds, not those of the memory behind it', () => {
    const memory = Uint8Array.of(9, 1, 2, 9);
    const reader = new ByteReader(memory.subarray(1, 3));
    expect(reader.u16()).toBe(0x0102);
    expect([reader.u8(), reader.failed]).toEqual([0, true]);
  });

  test('an overrun latches, yields zeros, and moves nothing', () => {
    const reader = new ByteReader(Uint8Array.of(1, 2, 3));
    expect(reader.u32()).toBe(0);
    expect([reader.failed, reader.offset]).toEqual([true, 0]);
    expect(reader.take(4)).toHaveLength(0);
    expect(reader.u8()).toBe(1); // what is there can still be read, but failed stays
    expect(reader.failed).toBe(true);
  });

  test('negative lengths are overruns', () => {
    const reader = new ByteReader(Uint8Array.of(1, 2, 3));
    reader.skip(2);
    expect(reader.take(-1)).toHaveLength(0);
    expect([reader.failed, reader.offset]).toEqual([true, 2]);
  });

  test('never throws and never leaves its bounds, whatever is asked', () => {
    const command = fc.tuple(
      fc.constantFrom('u8', 'u16', 'u32', 'take', 'skip'),
      fc.integer({ min: -3, max: 40 }),
    );
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 30 }),
        fc.array(command, { maxLength: 30 }),
        (bytes, commands) => {
          const reader = new ByteReader(bytes);
          for (const [name, length] of commands) {
            if (name === 'take') reader.take(length);
            else if (name === 'skip') reader.skip(length);
            else reader[name]();
            expect(reader.offset + reader.remaining).toBe(bytes.length);
            expect(reader.offset).toBeLessThanOrEqual(bytes.length);
          }
        },
      ),
    );
  });
});

describe('ByteWriter', () => {
  test('network order, and patching what is known only afterwards', () => {
    const writer = new ByteWriter(1).u8(1).u16(0).u32(0xdeadbeef).put(Uint8Array.of(7, 8));
    expect([...writer.patchU16(1, 0x1234).finish()]).toEqual([1, 0x12, 0x34, 0xde, 0xad, 0xbe, 0xef, 7, 8]);
    expect(writer.size).toBe(9);
  });

  test('what was finished does not change any more', () => {
    const writer = new ByteWriter().u8(1);
    const first = writer.finish();
    writer.u8(2).patchU16(0, 0xffff);
    expect([...first]).toEqual([1]);
  });

  test('patching beyond what was written is a mistake of the caller', () => {
    expect(() => new ByteWriter(2).u8(1).patchU16(1, 5)).toThrow();
  });

  test('reads back what was written, however it had to grow', () => {
    const field = fc.oneof(
      fc.record({ size: fc.constant(1), value: fc.integer({ min: 0, max: 0xff }) }),
      fc.record({ size: fc.constant(2), value: fc.integer({ min: 0, max: 0xffff }) }),
      fc.record({ size: fc.constant(4), value: fc.integer({ min: 0, max: 0xffffffff }) }),
    );
    fc.assert(
      fc.property(fc.array(field, { maxLength: 100 }), fc.integer({ min: 0, max: 5 }), (fields, capacity) => {
        const writer = new ByteWriter(capacity);
        for (const { size, value } of fields) {
          if (size === 1) writer.u8(value);
          else if (size === 2) writer.u16(value);
          else writer.u32(value);
        }
        const reader = new ByteReader(writer.finish());
        const back = fields.map(({ size }) =>
          size === 1 ? reader.u8() : size === 2 ? reader.u16() : reader.u32(),
        );
        expect(back).toEqual(fields.map(({ value }) => value));
        expect([reader.remaining, reader.failed]).toEqual([0, false]);
      }),
    );
  });
});
