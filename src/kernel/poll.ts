import koffi from 'koffi';
import { assert } from '../base/assert.js';
import { KernelError } from './kernel-error.js';
import { check, lastErrno, libc } from './libc.js';

/** What a descriptor is ready for; an error or a hang-up reads as both. */
export interface Readiness {
  readonly readable: boolean;
  readonly writable: boolean;
}

const EPOLL_CTL_ADD = 1;
const LARGEST_EPOLL_EVENT = 16;

type PollHandle = ReturnType<typeof koffi.node.poll>;
/** What koffi really calls: its declaration leaves out libuv's status. */
type PollCallback = (status: number, events: Readiness) => void;

/**
 * Every open watch by its descriptor. It keeps them alive: a koffi handle that nothing references is collected and
 * silently stops firing. And libuv takes one watch a descriptor: koffi ends the process over a second.
 */
const open = new Map<number, PollWatch>();

/**
 * Watches a descriptor through libuv, level-triggered; held until close(). An exception in a callback ends the
 * process as any uncaught exception does (koffi alone would swallow it).
 */
export class PollWatch {
  private readonly handle: PollHandle;

  /**
   * @param interest for example { readable: true }.
   * @param onReady must read until EAGAIN or lose interest, or it is called again at once.
   * @throws KernelError EPERM for a descriptor that cannot be polled (a regular file), EBADF for none.
   */
  constructor(
    private readonly fd: number,
    private interest: Partial<Readiness>,
    private readonly onReady: (ready: Readiness) => void,
  ) {
    assert(!open.has(fd), `descriptor ${fd} is already watched`);
    assertPollable(fd);
    this.handle = koffi.node.poll(fd, interest, this.callback as never);
    open.set(fd, this);
  }

  /** Changes what is waited for; an empty interest pauses. */
  update(interest: Partial<Readiness>): void {
    if (this.closed) return;
    this.interest = interest;
    if (interest.readable === true || interest.writable === true) {
      this.handle.start(interest, this.callback as never);
    } else {
      this.handle.stop();
    }
  }

  /** Lets the process end while this watch is open. */
  unref(): void {
    if (!this.closed) this.handle.unref();
  }

  /** Stops watching; the descriptor itself stays open. Idempotent. */
  close(): void {
    if (this.closed) return;
    open.delete(this.fd);
    this.handle.close();
  }

  private get closed(): boolean {
    return open.get(this.fd) !== this;
  }

  private readonly callback: PollCallback = (status, events) => {
    if (this.closed) return;
    try {
      // A pending error of the socket: reading or writing names it, and clears it.
      this.onReady(status < 0 ? { readable: true, writable: true } : events);
    } catch (error) {
      setImmediate(() => {
        throw error;
      });
    }
    // libuv takes any such error for the end of the descriptor and has stopped watching it. For a netlink socket it
    // means that messages were lost, and there is more to hear.
    if (status < 0) this.update(this.interest);
    drainMicrotasks();
  };
}

/** As new PollWatch(), for a descriptor that is ours: it is closed if it cannot be watched. */
export function watchOrClose(...[fd, ...rest]: ConstructorParameters<typeof PollWatch>): PollWatch {
  try {
    return new PollWatch(fd, ...rest);
  } catch (error) {
    libc.close(fd);
    throw error;
  }
}

const nothing = (): void => undefined;

/**
 * koffi calls back without Node's callback scope, so that promises and nextTicks made in a callback would wait for
 * whatever Node does next. An immediate is such a thing, in the same turn of the loop.
 */
const drainMicrotasks = (): void => {
  setImmediate(nothing);
};

/** libuv would refuse a descriptor that epoll refuses, and koffi ends the process over it: so epoll is asked first. */
function assertPollable(fd: number): void {
  const probe = check('epoll_create1', libc.epoll_create1(0));
  const refused = libc.epoll_ctl(probe, EPOLL_CTL_ADD, fd, new Uint8Array(LARGEST_EPOLL_EVENT)) < 0;
  const errno = lastErrno();
  libc.close(probe);
  if (refused) throw new KernelError(`poll of descriptor ${fd}`, errno);
}
