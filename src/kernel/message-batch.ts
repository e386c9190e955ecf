import { Memory } from './memory.js';

/*
 * Arrays of struct mmsghdr for sendmmsg and recvmmsg, one iovec, one address and one control area a message.
 * Offsets are those of 64-bit Linux:
 *
 *      0  msg_name       16  msg_iov      32  msg_control     48  msg_flags (int), 4 bytes padding
 *      8  msg_namelen    24  msg_iovlen   40  msg_controllen  56  msg_len (unsigned), 4 bytes padding
 */
const HEADER = 64;
const NAME = 0;
const NAME_LENGTH = 8;
const IOV = 16;
const IOV_COUNT = 24;
const CONTROL = 32;
const CONTROL_LENGTH = 40;
const FLAGS = 48;
const LENGTH = 56;

const IOVEC = 16;
const NAME_SIZE = 32;
/** struct cmsghdr: length (size_t), level, type; its data follows, all aligned to 8 bytes. */
const CONTROL_HEADER = 16;
const CONTROL_SIZE = 256;

const aligned = (length: number): number => (length + 7) & ~7;

/** Set in flags: the packet, or its control data, did not fit. */
export const MSG_TRUNC = 0x20;
export const MSG_CTRUNC = 0x08;

/** One piece of ancillary data. */
export interface ControlMessage {
  readonly level: number;
  readonly type: number;
  /** A view that the next batch overwrites. */
  readonly data: Uint8Array;
}

/** Memory for `slots` messages of at most `slotSize` bytes. Calls are synchronous: sockets may share a batch. */
export class MessageBatch {
  readonly headers: Memory;
  private readonly vectors: Memory;
  private readonly names: Memory;
  private readonly controls: Memory;
  private readonly data: Memory;

  constructor(
    readonly slots: number,
    readonly slotSize: number,
  ) {
    this.headers = new Memory(slots * HEADER);
    this.vectors = new Memory(slots * IOVEC);
    this.names = new Memory(slots * NAME_SIZE);
    this.controls = new Memory(slots * CONTROL_SIZE);
    this.data = new Memory(slots * slotSize);
    for (let slot = 0; slot < slots; slot += 1) this.connect(slot);
  }

  /** Where the header of `slot` lies: the first argument that sendmmsg and recvmmsg take. */
  headerAddress(slot: number): bigint {
    return this.headers.address + BigInt(slot * HEADER);
  }

  /** Makes the first `count` slots ready to receive. */
  prepareReception(count = this.slots): void {
    for (let slot = 0; slot < count; slot += 1) {
      const header = slot * HEADER;
      this.headers.setU32(header + NAME_LENGTH, NAME_SIZE).setU64(header + CONTROL_LENGTH, CONTROL_SIZE);
      this.vectors.setU64(slot * IOVEC + 8, this.slotSize);
    }
  }

  /** Fills a slot for sending. @throws RangeError if data or control do not fit. */
  fill(
    slot: number,
    name: Uint8Array,
    parts: readonly Uint8Array[],
    control: readonly ControlMessage[] = [],
  ): void {
    const header = slot * HEADER;
    this.names.put(slot * NAME_SIZE, name);
    this.headers.setU32(header + NAME_LENGTH, name.length);
    let length = 0;
    for (const part of parts) {
      if (length + part.length > this.slotSize) throw new RangeError(`packet over ${this.slotSize} bytes`);
      this.data.put(slot * this.slotSize + length, part);
      length += part.length;
    }
    this.vectors.setU64(slot * IOVEC + 8, length);
    this.headers.setU64(header + CONTROL_LENGTH, this.putControl(slot * CONTROL_SIZE, control));
    this.headers.setI32(header + FLAGS, 0);
  }

  /** The received bytes of a slot: a view that the next batch overwrites. */
  received(slot: number): Uint8Array {
    const length = Math.min(this.headers.u32(slot * HEADER + LENGTH), this.slotSize);
    return this.data.bytes.subarray(slot * this.slotSize, slot * this.slotSize + length);
  }

  /** MSG_* flags of a received slot. */
  flags(slot: number): number {
    return this.headers.i32(slot * HEADER + FLAGS);
  }

  /** The sender's sockaddr: a view that the next batch overwrites. */
  name(slot: number): Uint8Array {
    return this.names.bytes.subarray(slot * NAME_SIZE, slot * NAME_SIZE + NAME_SIZE);
  }

  /** Ancillary data of a received slot. */
  *control(slot: number): Generator<ControlMessage> {
    let at = slot * CONTROL_SIZE;
    const end = at + this.headers.u64(slot * HEADER + CONTROL_LENGTH);
    while (at + CONTROL_HEADER <= end) {
      const length = this.controls.u64(at);
      if (length < CONTROL_HEADER || at + length > end) return;
      yield {
        level: this.controls.i32(at + 8),
        type: this.controls.i32(at + 12),
        data: this.controls.bytes.subarray(at + CONTROL_HEADER, at + length),
      };
      at += aligned(length);
    }
  }

  private connect(slot: number): void {
    const header = slot * HEADER;
    this.vectors.setU64(slot * IOVEC, this.data.address + BigInt(slot * this.slotSize));
    this.headers
      .setU64(header + NAME, this.names.address + BigInt(slot * NAME_SIZE))
      .setU64(header + IOV, this.vectors.address + BigInt(slot * IOVEC))
      .setU64(header + IOV_COUNT, 1)
      .setU64(header + CONTROL, this.controls.address + BigInt(slot * CONTROL_SIZE));
  }

  /** @returns bytes used. */
  private putControl(start: number, messages: readonly ControlMessage[]): number {
    let at = start;
    for (const { level, type, data } of messages) {
      if (at + aligned(CONTROL_HEADER + data.length) > start + CONTROL_SIZE) {
        throw new RangeError(`control data over ${CONTROL_SIZE} bytes`);
      }
      this.controls.setU64(at, CONTROL_HEADER + data.length).setI32(at + 8, level);
      this.controls.setI32(at + 12, type).put(at + CONTROL_HEADER, data);
      at += aligned(CONTROL_HEADER + data.length);
    }
    return at - start;
  }
}
