import { type Micros } from '../base/units.js';
import { RecordEncoder } from './record-encoding.js';

/** A part of a journal: a stream that can be read by itself (decodeRecords). */
export interface JournalSegment {
  /** Counts from 0 since the journal began; segments that were forgotten leave a gap at the front. */
  readonly number: number;
  /** It is being written: there may be more of it later. */
  readonly open: boolean;
  readonly records: number;
  readonly stream: Uint8Array;
}

/** How much a journal holds. */
export interface JournalExtent {
  readonly bytes: number;
  readonly records: number;
  /** Records that were forgotten for newer ones. */
  readonly forgotten: number;
  /** Number of the oldest segment that is left, and of the one that is being written. */
  readonly firstSegment: number;
  readonly lastSegment: number;
}

/** Bytes of a segment; also what one answer to a reader holds, so that reading never takes a worker's time. */
const SEGMENT_BYTES = 64 * 1024;

/**
 * The latest facts, in order, in bounded memory: when it is full, the oldest segment goes. Memory is taken as it is
 * needed.
 */
export class Journal {
  private readonly encoder = new RecordEncoder();
  private readonly done: JournalSegment[] = [];
  private doneBytes = 0;
  private doneRecords = 0;
  private number = 0;
  private records = 0;
  private forgotten = 0;
  private spare: Uint8Array | undefined;

  /** @param maxBytes kept at most, from 64 KiB on; a single record may take all of it. */
  constructor(private readonly maxBytes: number) {}

  /** Adds a fact: plain data, copied at once. */
  add(at: Micros, kind: string, values: readonly unknown[]): void {
    const start = this.encoder.size;
    this.encoder.write(at, kind, values);
    if (start > 0 && this.encoder.size > SEGMENT_BYTES) {
      this.closeSegment(start);
      this.encoder.restart();
      this.encoder.write(at, kind, values);
    }
    this.records += 1;
  }

  /** The segment of that number; if it was forgotten, the oldest that is left. */
  segment(number: number): JournalSegment {
    const oldest = this.done[0];
    const found = oldest && this.done[Math.max(0, number - oldest.number)];
    if (found) return { ...found, stream: found.stream.slice() };
    const stream = this.encoder.since(0).slice();
    return { number: this.number, open: true, records: this.records, stream };
  }

  get extent(): JournalExtent {
    return {
      bytes: this.doneBytes + this.encoder.size,
      records: this.doneRecords + this.records,
      forgotten: this.forgotten,
      firstSegment: this.done[0]?.number ?? this.number,
      lastSegment: this.number,
    };
  }

  private closeSegment(length: number): void {
    // Fresh memory costs many times what writing into it does: what a forgotten segment had is taken again.
    const room =
      this.spare?.length === SEGMENT_BYTES ? this.spare : new Uint8Array(Math.max(length, SEGMENT_BYTES));
    this.spare = undefined;
    room.set(this.encoder.since(0).subarray(0, length));
    const stream = room.subarray(0, length);
    this.done.push({ number: this.number, open: false, records: this.records, stream });
    this.doneBytes += length;
    this.doneRecords += this.records;
    this.number += 1;
    this.records = 0;
    while (this.doneBytes > this.maxBytes - SEGMENT_BYTES && this.done.length > 0) this.forgetOldest();
  }

  private forgetOldest(): void {
    const oldest = this.done.shift();
    if (!oldest) return;
    this.doneBytes -= oldest.stream.length;
    this.doneRecords -= oldest.records;
    this.forgotten += oldest.records;
    this.spare = new Uint8Array(oldest.stream.buffer);
  }
}
