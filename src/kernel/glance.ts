import { check, libc } from './libc.js';
import { Memory } from './memory.js';

/* poll(2): struct pollfd is the descriptor, what is asked (2 bytes), what is so (2 bytes). */
const POLLFD_SIZE = 8;
const EVENTS_OFFSET = 4;
const REVENTS_OFFSET = 6;
const POLLIN = 0x1;
const POLLOUT = 0x4;
const POLLERR = 0x8;
const POLLHUP = 0x10;

/** What a look at a descriptor found. */
export type Glimpse = 'nothing' | 'ready' | 'failed';

/**
 * A look at many descriptors in one system call that waits for none of them. For a descriptor that is asked about once
 * or twice this costs a fraction of what it takes to enter it into an epoll set and out of it.
 */
export class Glance {
  private entries = new Memory(POLLFD_SIZE * 64);
  private count = 0;

  /** One more to be looked at. @returns its number, to ask found() with. */
  add(fd: number, need: 'readable' | 'writable'): number {
    const at = this.count * POLLFD_SIZE;
    if (at === this.entries.size) this.grow();
    this.entries.setI32(at, fd).setU32(at + EVENTS_OFFSET, need === 'readable' ? POLLIN : POLLOUT);
    this.count += 1;
    return this.count - 1;
  }

  /** Looks at all of them. */
  look(): void {
    check('poll', libc.poll(this.entries.bytes, this.count, 0));
  }

  /** 'failed': ask SO_ERROR, or read. */
  found(number: number): Glimpse {
    const found = this.entries.u16(number * POLLFD_SIZE + REVENTS_OFFSET);
    if (found === 0) return 'nothing';
    return (found & (POLLERR | POLLHUP)) === 0 ? 'ready' : 'failed';
  }

  /** Forgets all of them. */
  clear(): void {
    this.count = 0;
  }

  private grow(): void {
    this.entries = new Memory(this.entries.size * 2).put(0, this.entries.bytes);
  }
}
