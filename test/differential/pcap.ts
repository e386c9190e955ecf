// Reads tcpdump's stream of captured frames (pcap, nanosecond stamps) piece by piece.

/** One captured frame. */
export interface Captured {
  /** When the kernel saw it, in nanoseconds since 1970, on this machine's clock. */
  readonly at: bigint;
  readonly bytes: Buffer;
}

const fileHeaderBytes = 24;
const recordHeaderBytes = 16;
const nanosecondMagic = 0xa1b23c4d;

/** Gathers pieces of a capture and gives back each whole frame in turn. */
export class PcapReader {
  private pending = Buffer.alloc(0);
  private opened = false;

  *push(piece: Buffer): Generator<Captured> {
    this.pending = Buffer.concat([this.pending, piece]);
    if (!this.opened) {
      if (this.pending.length < fileHeaderBytes) return;
      const magic = this.pending.readUInt32LE(0);
      if (magic !== nanosecondMagic) throw new Error(`not a nanosecond capture: magic ${magic.toString(16)}`);
      this.pending = this.pending.subarray(fileHeaderBytes);
      this.opened = true;
    }
    while (this.pending.length >= recordHeaderBytes) {
      const length = this.pending.readUInt32LE(8);
      if (this.pending.length < recordHeaderBytes + length) return;
      const at = BigInt(this.pending.readUInt32LE(0)) * 1_000_000_000n + BigInt(this.pending.readUInt32LE(4));
      yield { at, bytes: this.pending.subarray(recordHeaderBytes, recordHeaderBytes + length) };
      this.pending = this.pending.subarray(recordHeaderBytes + length);
    }
  }
}
