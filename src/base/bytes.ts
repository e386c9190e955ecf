/**
 * Cursors over bytes in network order. A reader never throws on short input: it latches `failed` and returns
 * zeros, so that a decoder reads all of its fields and asks once (hostile input costs no exception).
 */
export class ByteReader {
  private readonly view: DataView;
  private position = 0;
  private overrun = false;

  constructor(private readonly bytes: Uint8Array) {
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

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
    return this.claim(1) ? this.view.getUint8(this.position - 1) : 0;
  }

  u16(): number {
    return this.claim(2) ? this.view.getUint16(this.position - 2) : 0;
  }

  u32(): number {
    return this.claim(4) ? this.view.getUint32(this.position - 4) : 0;
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
  private view: DataView;
  private length = 0;

  /** @param capacity bytes to reserve at first, at least 1. */
  constructor(capacity = 64) {
    this.buffer = new Uint8Array(Math.max(capacity, 1));
    this.view = new DataView(this.buffer.buffer);
  }

  /** Bytes written so far. */
  get size(): number {
    return this.length;
  }

  u8(value: number): this {
    const at = this.reserve(1);
    this.view.setUint8(at, value);
    return this;
  }

  u16(value: number): this {
    const at = this.reserve(2);
    this.view.setUint16(at, value);
    return this;
  }

  u32(value: number): this {
    const at = this.reserve(4);
    this.view.setUint32(at, value);
    return this;
  }

  put(bytes: Uint8Array): this {
    const at = this.reserve(bytes.length);
    this.buffer.set(bytes, at);
    return this;
  }

  /** Overwrites two bytes at `offset`: a length or checksum that is known only afterwards. */
  patchU16(offset: number, value: number): this {
    this.view.setUint16(offset, value);
    return this;
  }

  /** What was written, in its own memory. */
  finish(): Uint8Array {
    return this.buffer.slice(0, this.length);
  }

  private reserve(count: number): number {
    const start = this.length;
    // Growing replaces `buffer` and `view`: callers reserve first and only then name either of them.
    if (start + count > this.buffer.length) this.grow(start + count);
    this.length = start + count;
    return start;
  }

  private grow(needed: number): void {
    const larger = new Uint8Array(Math.max(needed, this.buffer.length * 2));
    larger.set(this.buffer);
    this.buffer = larger;
    this.view = new DataView(larger.buffer);
  }
}
