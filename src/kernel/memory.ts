import koffi from 'koffi';
import { HOST_LITTLE_ENDIAN } from '../wire/netlink/host-order.js';

/** 2^32: what the upper half of a 64-bit value counts. */
const WORD = 0x1_0000_0000;

/**
 * A fixed piece of memory for structures that the kernel reads or writes, in host byte order. Its address stays
 * valid as long as this object is referenced: V8 keeps the store of an ArrayBuffer outside its moving heap. So
 * whoever puts an address into another structure must hold on to this object too.
 */
export class Memory {
  readonly bytes: Uint8Array;
  private readonly view: DataView;
  readonly address: bigint;

  /** @param size in bytes, zeroed. */
  constructor(readonly size: number) {
    const buffer = new ArrayBuffer(size);
    this.bytes = new Uint8Array(buffer);
    this.view = new DataView(buffer);
    this.address = koffi.address(this.bytes);
  }

  u16(offset: number): number {
    return this.view.getUint16(offset, HOST_LITTLE_ENDIAN);
  }

  u32(offset: number): number {
    return this.view.getUint32(offset, HOST_LITTLE_ENDIAN);
  }

  i32(offset: number): number {
    return this.view.getInt32(offset, HOST_LITTLE_ENDIAN);
  }

  /** A 64-bit value as a number; exact below 2^53. */
  u64(offset: number): number {
    const [low, high] = HOST_LITTLE_ENDIAN ? [offset, offset + 4] : [offset + 4, offset];
    return this.u32(high) * WORD + this.u32(low);
  }

  /** A 64-bit value, exact. */
  bigU64(offset: number): bigint {
    return this.view.getBigUint64(offset, HOST_LITTLE_ENDIAN);
  }

  setU16(offset: number, value: number): this {
    this.view.setUint16(offset, value, HOST_LITTLE_ENDIAN);
    return this;
  }

  setU32(offset: number, value: number): this {
    this.view.setUint32(offset, value, HOST_LITTLE_ENDIAN);
    return this;
  }

  setI32(offset: number, value: number): this {
    this.view.setInt32(offset, value, HOST_LITTLE_ENDIAN);
    return this;
  }

  /** A number is to be whole and from 0 to 2^53. Also for pointers and size_t: this door supports 64-bit hosts only (checked in libc.ts). */
  setU64(offset: number, value: number | bigint): this {
    if (typeof value === 'bigint') {
      this.view.setBigUint64(offset, value, HOST_LITTLE_ENDIAN);
      return this;
    }
    // Most values are numbers, and a BigInt for each would be garbage on every path that sends.
    const [low, high] = HOST_LITTLE_ENDIAN ? [offset, offset + 4] : [offset + 4, offset];
    return this.setU32(low, value % WORD).setU32(high, value / WORD);
  }

  put(offset: number, bytes: Uint8Array): this {
    this.bytes.set(bytes, offset);
    return this;
  }

  /** A copy of `length` bytes, safe to keep. */
  copy(offset: number, length: number): Uint8Array {
    return this.bytes.slice(offset, offset + length);
  }
}
