import { decodeUtf8, encodeUtf8 } from '../../base/utf8.js';
import { HOST_LITTLE_ENDIAN } from './host-order.js';

/*
 * Netlink attributes (struct nlattr), one after another, each padded to 4 bytes:
 *
 *      0                   1                   2                   3
 *      0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *     +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *     |  Length: header and value     |N|B|           Type            |
 *     +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *     |                     Value, then padding                       |
 *     +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *
 * N: the value is attributes itself. B: the value is in network order. Otherwise it is in host order.
 */

const HEADER_LENGTH = 4;
const NLA_F_NESTED = 0x8000;
const NLA_TYPE_MASK = 0x3fff;

/** Rounds up to the 4 bytes that messages and attributes are aligned to. */
export const netlinkAlign = (length: number): number => (length + 3) & ~3;

const viewOf = (bytes: Uint8Array): DataView =>
  new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);

/** Decoded attributes by type; of a repeated type the last one counts, as in the kernel. */
export class Attributes {
  private constructor(private readonly values: ReadonlyMap<number, Uint8Array>) {}

  /** Undefined if a length does not fit: short, or beyond the end. */
  static parse(bytes: Uint8Array): Attributes | undefined {
    const values = new Map<number, Uint8Array>();
    const view = viewOf(bytes);
    let at = 0;
    while (at < bytes.length) {
      if (bytes.length - at < HEADER_LENGTH) return undefined;
      const length = view.getUint16(at, HOST_LITTLE_ENDIAN);
      if (length < HEADER_LENGTH || at + length > bytes.length) return undefined;
      const type = view.getUint16(at + 2, HOST_LITTLE_ENDIAN) & NLA_TYPE_MASK;
      values.set(type, bytes.subarray(at + HEADER_LENGTH, at + length));
      at += netlinkAlign(length);
    }
    return new Attributes(values);
  }

  /** The raw value; a view on the parsed memory. */
  bytes(type: number): Uint8Array | undefined {
    return this.values.get(type);
  }

  /** The value's number; undefined if the attribute is absent or shorter. */
  u8(type: number): number | undefined {
    return this.values.get(type)?.[0];
  }

  u16(type: number): number | undefined {
    const value = this.values.get(type);
    return value && value.length >= 2 ? viewOf(value).getUint16(0, HOST_LITTLE_ENDIAN) : undefined;
  }

  u32(type: number): number | undefined {
    const value = this.values.get(type);
    return value && value.length >= 4 ? viewOf(value).getUint32(0, HOST_LITTLE_ENDIAN) : undefined;
  }

  /** Text up to the first NUL. */
  text(type: number): string | undefined {
    const value = this.values.get(type);
    if (!value) return undefined;
    const end = value.indexOf(0);
    return decodeUtf8(end < 0 ? value : value.subarray(0, end));
  }

  /** Attributes within an attribute; undefined if it is absent or broken. */
  nested(type: number): Attributes | undefined {
    const value = this.values.get(type);
    return value && Attributes.parse(value);
  }
}

/** Appends attributes behind a fixed part of a message. */
export class AttributeWriter {
  private readonly parts: Uint8Array[] = [];

  /** @param head what stands before the attributes, for example struct ifaddrmsg. */
  constructor(head: Uint8Array = new Uint8Array(0)) {
    this.append(head);
  }

  /** @throws RangeError if the value is longer than 65,531 bytes. */
  bytes(type: number, value: Uint8Array): this {
    const length = HEADER_LENGTH + value.length;
    if (length > 0xffff) throw new RangeError(`an attribute of ${value.length} bytes`);
    const header = new Uint8Array(HEADER_LENGTH);
    viewOf(header).setUint16(0, length, HOST_LITTLE_ENDIAN);
    viewOf(header).setUint16(2, type, HOST_LITTLE_ENDIAN);
    this.parts.push(header);
    this.append(value);
    return this;
  }

  u8(type: number, value: number): this {
    return this.bytes(type, Uint8Array.of(value));
  }

  u16(type: number, value: number): this {
    const bytes = new Uint8Array(2);
    viewOf(bytes).setUint16(0, value, HOST_LITTLE_ENDIAN);
    return this.bytes(type, bytes);
  }

  u32(type: number, value: number): this {
    const bytes = new Uint8Array(4);
    viewOf(bytes).setUint32(0, value, HOST_LITTLE_ENDIAN);
    return this.bytes(type, bytes);
  }

  /** Text with the NUL that the kernel wants at its end. */
  text(type: number, value: string): this {
    return this.bytes(type, Uint8Array.of(...encodeUtf8(value), 0));
  }

  /** Attributes within an attribute. */
  nested(type: number, inner: AttributeWriter): this {
    return this.bytes(type | NLA_F_NESTED, inner.finish());
  }

  /** Head and attributes, padded to 4 bytes. */
  finish(): Uint8Array {
    const whole = new Uint8Array(this.parts.reduce((sum, part) => sum + netlinkAlign(part.length), 0));
    let at = 0;
    for (const part of this.parts) {
      whole.set(part, at);
      at += netlinkAlign(part.length);
    }
    return whole;
  }

  private append(part: Uint8Array): void {
    if (part.length > 0) this.parts.push(part);
  }
}
