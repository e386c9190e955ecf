import { check, libc } from './libc.js';
import { Memory } from './memory.js';
import { type PollWatch, watchOrClose } from './poll.js';

/** A descriptor that became ready, and for what. */
export interface EpollEvent {
  readonly fd: number;
  readonly readable: boolean;
  readonly writable: boolean;
  /** EPOLLERR or EPOLLHUP: ask SO_ERROR, or read. */
  readonly failed: boolean;
}

interface RegisteredEvent extends EpollEvent {
  readonly registration: number;
}

/** What is waited for. An interest in nothing still reports failures. */
export interface EpollInterest {
  readonly readable?: boolean;
  readonly writable?: boolean;
  /** Told once when it becomes ready, not for as long as it is: one registration then lasts a whole exchange. */
  readonly onChange?: boolean;
}

const EPOLL_CLOEXEC = 0o2000000;
const EPOLL_CTL_ADD = 1;
const EPOLL_CTL_DEL = 2;
const EPOLL_CTL_MOD = 3;
const EPOLLIN = 0x1;
const EPOLLOUT = 0x4;
const EPOLLERR = 0x8;
const EPOLLHUP = 0x10;
const EPOLLET = 0x80000000;

/** struct epoll_event is packed on x86-64 only: 4 bytes of events, 8 of data. */
const DATA_OFFSET = process.arch === 'x64' ? 4 : 8;
const EVENT_SIZE = DATA_OFFSET + 8;
const EVENTS_A_CALL = 1024;

/** Shared by all instances: waiting never blocks. */
const ready = new Memory(EVENT_SIZE * EVENTS_A_CALL);
const control = new Memory(EVENT_SIZE);

/**
 * Thousands of descriptors behind one: an epoll instance of our own that libuv polls once (DESIGN.md, "The kernel
 * door"). With a tick, readiness is left to gather for that long and drained together, which is what makes thousands
 * of checks cheap: one wake-up instead of one each.
 */
export class Epoll {
  private readonly fd: number;
  private readonly watch: PollWatch;
  /** A number for each registration by descriptor: the kernel gives closed descriptors away again. */
  private readonly registered = new Map<number, number>();
  private registrations = 0;
  private timer: NodeJS.Timeout | undefined;
  private closed = false;

  /**
   * @param onEvents called with everything that is ready, level-triggered: what is not dealt with comes again. It is
   *   iterated lazily: a descriptor that is removed while the events before its own are dealt with is left out.
   * @param tickMs 0 calls at once.
   * @throws KernelError
   */
  constructor(
    private readonly onEvents: (events: Iterable<EpollEvent>) => void,
    private readonly tickMs = 0,
  ) {
    this.fd = check('epoll_create1', libc.epoll_create1(EPOLL_CLOEXEC));
    this.watch = watchOrClose(this.fd, { readable: true }, () => this.wake());
  }

  /** How many descriptors are watched. */
  get size(): number {
    return this.registered.size;
  }

  /** @throws KernelError EEXIST, EPERM for a regular file. */
  add(fd: number, interest: EpollInterest): void {
    this.registrations = (this.registrations + 1) >>> 0;
    this.control(EPOLL_CTL_ADD, fd, interest, this.registrations);
    this.registered.set(fd, this.registrations);
  }

  /** Replaces what is waited for. @throws KernelError ENOENT if it was never added. */
  update(fd: number, interest: EpollInterest): void {
    this.control(EPOLL_CTL_MOD, fd, interest, this.registered.get(fd) ?? 0);
  }

  /** Before the descriptor is closed, or handed to Node. Idempotent. */
  remove(fd: number): void {
    if (this.registered.delete(fd)) this.control(EPOLL_CTL_DEL, fd, {}, 0);
  }

  /** In place of remove(), for a descriptor that is closed next: closing takes it out of the kernel's list, too. */
  forget(fd: number): void {
    this.registered.delete(fd);
  }

  /** Collects and reports what is ready right now, without waiting for the tick. */
  poll(): void {
    if (this.closed) return;
    const count = libc.epoll_wait(this.fd, ready.bytes, EVENTS_A_CALL, 0);
    const events: RegisteredEvent[] = [];
    for (let index = 0; index < count; index += 1) events.push(readEvent(index * EVENT_SIZE));
    if (events.length > 0) this.onEvents(this.stillRegistered(events));
  }

  /** Stops watching all of them; none is closed. Idempotent. */
  close(): void {
    if (this.closed) return;
    this.closed = true;
    clearTimeout(this.timer);
    this.watch.close();
    libc.close(this.fd);
  }

  private *stillRegistered(events: readonly RegisteredEvent[]): Generator<EpollEvent> {
    for (const event of events) {
      if (this.registered.get(event.fd) === event.registration) yield event;
    }
  }

  private wake(): void {
    if (this.tickMs === 0) {
      this.poll();
      return;
    }
    // libuv would call again at once: what is ready stays ready until the tick.
    this.watch.update({});
    this.timer = setTimeout(() => {
      this.watch.update({ readable: true });
      this.poll();
    }, this.tickMs);
  }

  private control(operation: number, fd: number, interest: EpollInterest, registration: number): void {
    const events =
      (interest.readable === true ? EPOLLIN : 0) |
      (interest.writable === true ? EPOLLOUT : 0) |
      (interest.onChange === true ? EPOLLET : 0);
    control
      .setU32(0, events >>> 0)
      .setI32(DATA_OFFSET, fd)
      .setU32(DATA_OFFSET + 4, registration);
    check(`epoll_ctl of descriptor ${fd}`, libc.epoll_ctl(this.fd, operation, fd, control.bytes));
  }
}

function readEvent(at: number): RegisteredEvent {
  const events = ready.u32(at);
  return {
    fd: ready.i32(at + DATA_OFFSET),
    registration: ready.u32(at + DATA_OFFSET + 4),
    readable: (events & EPOLLIN) !== 0,
    writable: (events & EPOLLOUT) !== 0,
    failed: (events & (EPOLLERR | EPOLLHUP)) !== 0,
  };
}
