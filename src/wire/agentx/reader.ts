/**
 * A cursor over the bytes of one PDU, in the byte order that its header tells. Like ByteReader it never throws on short
 * input: it latches `failed`, and what is read from then on is zero or empty.
 */
export class AgentxReader {
  private readonly view: DataView;
  private at = 0;
  private overrun = false;

  /** @param big network byte order. */
  constructor(
    private readonly bytes: Uint8Array,
    private readonly big: boolean,
  ) {
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  /** True once anything was read past the end. */
  get failed(): boolean {
    return this.overrun;
  }

  get remaining(): number {
    return this.bytes.length - this.at;
  }

  u8(): number {
    return this.claim(1) ? this.view.getUint8(this.at - 1) : 0;
  }

  u16(): number {
    return this.claim(2) ? this.view.getUint16(this.at - 2, !this.big) : 0;
  }

  u32(): number {
    return this.claim(4) ? this.view.getUint32(this.at - 4, !this.big) : 0;
  }

  u64(): bigint {
    return this.claim(8) ? this.view.getBigUint64(this.at - 8, !this.big) : 0n;
  }

  skip(length: number): void {
    this.claim(length);
  }

  /** A length, so many bytes, and what fills them up to a multiple of 4. In memory of their own. */
  octets(): Uint8Array {
    const length = this.u32();
    if (!this.claim(length)) return new Uint8Array(0);
    const octets = this.bytes.slice(this.at - length, this.at);
    this.skip((4 - (length % 4)) % 4);
    return octets;
  }

  /** The same as text, a character for each byte. */
  text(): string {
    return Array.from(this.octets(), (code) => String.fromCharCode(code)).join('');
  }

  private claim(length: number): boolean {
    if (length > this.remaining) {
      this.overrun = true;
      this.at = this.bytes.length;
      return false;
    }
    this.at += length;
    return true;
  }
}
