import { assert } from '../base/assert.js';

/*
 * Plain data as bytes, made to be written fast and to leave no garbage: a record that lives for hours as an object
 * would be copied again and again by the collector of a process that must not pause.
 *
 *     record: time, 8 bytes (binary64, little-endian) | kind, a value | number of values, varint | the values
 *     value:  tag, 1 byte | what the tag says
 *
 * A short string is written once in a stream and then named by its number, so a stream can only be read from its start.
 */

const TAG = {
  absent: 0,
  true: 1,
  false: 2,
  /** A whole number from 0 to 2^31 - 1, as a varint. */
  whole: 3,
  /** Any other number, as binary64. */
  number: 4,
  /** A string that the stream had before: its number. */
  known: 5,
  /** A string that later values may name: length in bytes, UTF-8. */
  named: 6,
  /** A string too long to be worth a name: the same. */
  text: 7,
  /** Length, bytes. */
  bytes: 8,
  /** Length, values. */
  list: 9,
  /** Number of members, their names, their values. */
  object: 10,
  /** Which of the objects written out before has members of the same names; the values. */
  alike: 11,
} as const;

/** Longer strings are sentences, which seldom come again. */
const LONGEST_NAME = 40;
const utf8 = new TextEncoder();
const fromUtf8 = new TextDecoder();

/** The names of an object's members, and how many others were written out before it. */
interface Shape {
  readonly keys: readonly string[];
  readonly number: number;
}

function isSame(a: readonly string[], b: readonly string[]): boolean {
  if (a.length !== b.length) return false;
  for (let index = 0; index < a.length; index += 1) if (a[index] !== b[index]) return false;
  return true;
}

/** Something written: a fact of a kind at a time. */
export interface StoredRecord {
  /** Microseconds of the monotonic clock. */
  readonly at: number;
  readonly kind: string;
  readonly values: readonly unknown[];
}

/** Writes records one after another into memory of its own, which grows as it must. */
export class RecordEncoder {
  private bytes = new Uint8Array(4096);
  private view = new DataView(this.bytes.buffer);
  private length = 0;
  private names = new Map<string, number>();
  private shapes = new Map<string, Shape>();
  private shapeCount = 0;

  /** Forgets everything: what follows is a new stream. */
  restart(): void {
    this.length = 0;
    this.names = new Map();
    this.shapes = new Map();
    this.shapeCount = 0;
  }

  /** Bytes of the stream so far. */
  get size(): number {
    return this.length;
  }

  /** The stream from `start` on; valid until the next write. */
  since(start: number): Uint8Array {
    return this.bytes.subarray(start, this.length);
  }

  /** Writes one record. Functions and the like count as absent; values that contain themselves are not plain data. */
  write(at: number, kind: string, values: readonly unknown[]): void {
    this.reserve(8);
    this.view.setFloat64(this.length, at, true);
    this.length += 8;
    this.string(kind);
    this.varint(values.length);
    for (const value of values) this.value(value);
  }

  private value(value: unknown): void {
    switch (typeof value) {
      case 'string':
        this.string(value);
        return;
      case 'number':
        this.number(value);
        return;
      case 'boolean':
        this.tag(value ? TAG.true : TAG.false);
        return;
      case 'object':
        if (value === null) this.tag(TAG.absent);
        else this.composite(value);
        return;
      default:
        this.tag(TAG.absent);
    }
  }

  private composite(value: object): void {
    if (value instanceof Uint8Array) {
      this.tag(TAG.bytes);
      this.raw(value);
    } else if (Array.isArray(value)) {
      this.tag(TAG.list);
      this.varint(value.length);
      for (const item of value as readonly unknown[]) this.value(item);
    } else {
      this.members(value as Readonly<Record<string, unknown>>);
    }
  }

  private members(value: Readonly<Record<string, unknown>>): void {
    const keys = Object.keys(value);
    this.shape(value, keys);
    for (const key of keys) this.value(value[key]);
  }

  /** Objects of one type nearly always have the same members: named once, they need not be looked up each time. */
  private shape(value: Readonly<Record<string, unknown>>, keys: readonly string[]): void {
    const hint = typeof value['type'] === 'string' ? value['type'] : (keys[0] ?? '');
    const known = this.shapes.get(hint);
    if (known && isSame(known.keys, keys)) {
      this.tag(TAG.alike);
      this.varint(known.number);
      return;
    }
    this.shapes.set(hint, { keys, number: this.shapeCount++ });
    this.tag(TAG.object);
    this.varint(keys.length);
    for (const key of keys) this.string(key);
  }

  private number(value: number): void {
    if (value >= 0 && value <= 0x7fffffff && Number.isInteger(value)) {
      this.tag(TAG.whole);
      this.varint(value);
      return;
    }
    this.tag(TAG.number);
    this.reserve(8);
    this.view.setFloat64(this.length, value, true);
    this.length += 8;
  }

  private string(value: string): void {
    const known = this.names.get(value);
    if (known !== undefined) {
      this.tag(TAG.known);
      this.varint(known);
      return;
    }
    const short = value.length <= LONGEST_NAME;
    if (short) this.names.set(value, this.names.size);
    this.tag(short ? TAG.named : TAG.text);
    if (!short || !this.ascii(value)) this.raw(utf8.encode(value));
  }

  /** Names are ASCII, mostly: a call into the engine for each of them costs more than this. False if it is not. */
  private ascii(value: string): boolean {
    const { length } = value;
    this.varint(length);
    this.reserve(length);
    for (let index = 0; index < length; index += 1) {
      const code = value.charCodeAt(index);
      if (code > 0x7f) {
        // A short string's length is one byte.
        this.length -= 1;
        return false;
      }
      this.bytes[this.length + index] = code;
    }
    this.length += length;
    return true;
  }

  private raw(value: Uint8Array): void {
    this.varint(value.length);
    this.reserve(value.length);
    // A call into the engine costs more than a few turns of a loop.
    if (value.length > 64) this.bytes.set(value, this.length);
    else
      for (let index = 0; index < value.length; index += 1)
        this.bytes[this.length + index] = value[index] ?? 0;
    this.length += value.length;
  }

  /** Seven bits a byte, the low ones first; the top bit says that more follow. */
  private varint(value: number): void {
    this.reserve(5);
    let rest = value;
    while (rest > 0x7f) {
      this.bytes[this.length++] = (rest & 0x7f) | 0x80;
      rest >>>= 7;
    }
    this.bytes[this.length++] = rest;
  }

  private tag(tag: number): void {
    this.reserve(1);
    this.bytes[this.length++] = tag;
  }

  private reserve(count: number): void {
    if (this.length + count <= this.bytes.length) return;
    const larger = new Uint8Array(Math.max(this.bytes.length * 2, this.length + count));
    larger.set(this.bytes.subarray(0, this.length));
    this.bytes = larger;
    this.view = new DataView(larger.buffer);
  }
}

/** Reads a whole stream. What is not one is a bug of the writer, and throws. */
export function decodeRecords(stream: Uint8Array): readonly StoredRecord[] {
  const decoder = new RecordDecoder(stream);
  const records: StoredRecord[] = [];
  while (!decoder.atEnd) records.push(decoder.record());
  return records;
}

class RecordDecoder {
  private readonly view: DataView;
  private position = 0;
  private readonly names: string[] = [];
  private readonly shapes: (readonly string[])[] = [];

  constructor(private readonly bytes: Uint8Array) {
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  get atEnd(): boolean {
    return this.position >= this.bytes.length;
  }

  record(): StoredRecord {
    const at = this.float();
    const kind = this.string();
    const values = this.times(() => this.value());
    return { at, kind, values };
  }

  private value(): unknown {
    const tag = this.bytes[this.position];
    switch (tag) {
      case TAG.known:
      case TAG.named:
      case TAG.text:
        return this.string();
      default:
        this.position += 1;
    }
    switch (tag) {
      case TAG.absent:
        return undefined;
      case TAG.true:
        return true;
      case TAG.false:
        return false;
      case TAG.whole:
        return this.varint();
      case TAG.number:
        return this.float();
      case TAG.bytes:
        return this.raw().slice();
      case TAG.list:
        return this.times(() => this.value());
      case TAG.object: {
        const keys = this.times(() => this.string());
        this.shapes.push(keys);
        return this.members(keys);
      }
      default: {
        const keys = tag === TAG.alike ? this.shapes[this.varint()] : undefined;
        assert(keys !== undefined, `tag ${tag} at ${this.position}`);
        return this.members(keys);
      }
    }
  }

  private members(keys: readonly string[]): unknown {
    const members = keys.map((key) => [key, this.value()] as const);
    return Object.fromEntries(members.filter(([, value]) => value !== undefined));
  }

  private string(): string {
    const tag = this.bytes[this.position++];
    if (tag === TAG.known) {
      const known = this.names[this.varint()];
      assert(known !== undefined, 'a name that was written before');
      return known;
    }
    assert(tag === TAG.named || tag === TAG.text, `tag ${tag} of a string`);
    const text = fromUtf8.decode(this.raw());
    if (tag === TAG.named) this.names.push(text);
    return text;
  }

  private times<T>(read: () => T): T[] {
    const count = this.varint();
    const all: T[] = [];
    for (let index = 0; index < count; index += 1) all.push(read());
    return all;
  }

  private raw(): Uint8Array {
    const length = this.varint();
    const start = this.position;
    this.position += length;
    assert(this.position <= this.bytes.length, 'bytes that are there');
    return this.bytes.subarray(start, this.position);
  }

  private varint(): number {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = this.bytes[this.position++];
      assert(byte !== undefined && shift < 35, 'a varint that ends');
      value |= (byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
  }

  private float(): number {
    const value = this.view.getFloat64(this.position, true);
    this.position += 8;
    return value;
  }
}
