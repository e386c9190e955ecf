/**
 * Cursors over bytes in network order. A reader never throws on short input: it latches `failed` and returns
 * zeros, so that a decoder reads all of its fields and asks once (hostile input costs no exception).
 *
 * Neither has a DataView: to name the ArrayBuffer of a short array moves its bytes out of the heap, which was nearly a
 * tenth of what a simulated advert costs.
 */
export class ByteReader {
  private position = 0;
  private overrun = false;

  constructor(private readonly bytes: Uint8Array) {}

  /** True once anything was read past the end. */
  get failed(): boolean {
    return this.overrun;
  }

  /** Bytes not yet read. */
  get remaining(): number {
    return this.bytes.length - this.position;
  }

  /** Bytes read so far. */
  get offset(): number {
    return this.position;
  }

  u8(): number {
    return this.claim(1) ? this.back(1) : 0;
  }

  u16(): number {
    return this.claim(2) ? (this.back(2) << 8) | this.back(1) : 0;
  }

  u32(): number {
    if (!this.claim(4)) return 0;
    return ((this.back(4) << 24) | (this.back(3) << 16) | (this.back(2) << 8) | this.back(1)) >>> 0;
  }

  /** The next `length` bytes, as a view on the same memory; empty after an overrun. */
  take(length: number): Uint8Array {
    return this.claim(length)
      ? this.bytes.subarray(this.position - length, this.position)
      : this.bytes.subarray(0, 0);
  }

  skip(length: number): void {
    this.claim(length);
  }

  /** The byte so far before the cursor. */
  private back(distance: number): number {
    return this.bytes[this.position - distance] ?? 0;
  }

  private claim(length: number): boolean {
    if (length < 0 || length > this.remaining) {
      this.overrun = true;
      return false;
    }
    this.position += length;
    return true;
  }
}

/** Appends bytes in network order; grows as needed. */
export class ByteWriter {
  private buffer: Uint8Array;
  private length = 0;

  /** @param capacity bytes to reserve at first, at least 1. */
  constructor(capacity = 64) {
    this.buffer = new Uint8Array(Math.max(capacity, 1));
  }

  /** Bytes written so far. */
  get size(): number {
    return this.length;
  }

  u8(value: number): this {
    const at = this.reserve(1);
    this.buffer[at] = value;
    return this;
  }

  u16(value: number): this {
    const at = this.reserve(2);
    this.buffer[at] = value >>> 8;
    this.buffer[at + 1] = value;
    return this;
  }

  u32(value: number): this {
    const at = this.reserve(4);
    this.buffer[at] = value >>> 24;
    this.buffer[at + 1] = value >>> 16;
    this.buffer[at + 2] = value >>> 8;
    this.buffer[at + 3] = value;
    return this;
  }

  put(bytes: Uint8Array): this {
    const at = this.reserve(bytes.length);
    this.buffer.set(bytes, at);
    return this;
  }

  /** Overwrites two bytes at `offset`, which must have been written: a length or checksum that is known only afterwards. */
  patchU16(offset: number, value: number): this {
    if (offset < 0 || offset + 2 > this.length) throw new RangeError(`no two bytes at ${offset}`);
    this.buffer[offset] = value >>> 8;
    this.buffer[offset + 1] = value;
    return this;
  }

  /** What was written, in its own memory. */
  finish(): Uint8Array {
    return this.buffer.slice(0, this.length);
  }

  private reserve(count: number): number {
    const start = this.length;
    // Growing replaces `buffer`: callers reserve first and only then name it.
    if (start + count > this.buffer.length) this.grow(start + count);
    this.length = start + count;
    return start;
  }

  private grow(needed: number): void {
    const larger = new Uint8Array(Math.max(needed, this.buffer.length * 2));
    larger.set(this.buffer);
    this.buffer = larger;
  }
}
