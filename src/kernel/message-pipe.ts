import { errnoOf } from './kernel-error.js';
import { check, lastErrno, libc } from './libc.js';
import { Memory } from './memory.js';
import { PollWatch } from './poll.js';
import { SOCK_CLOEXEC, SOCK_NONBLOCK, SOCK_SEQPACKET } from './socket-option.js';

const AF_UNIX = 1;
const MSG_DONTWAIT = 0x40;
const MSG_NOSIGNAL = 0x4000;
/** struct pollfd: descriptor, then what is waited for. */
const POLLIN = 1;
const EAGAIN = errnoOf('EAGAIN');

/** Longer messages are a bug of ours. */
const LONGEST_MESSAGE = 1024;

/**
 * Two connected ends between processes: messages arrive whole and in order, both ways, without anybody in between.
 * Each end is a descriptor that a child process may inherit.
 * @throws KernelError
 */
export function makeMessagePair(): readonly [number, number] {
  const ends = new Memory(8);
  const type = SOCK_SEQPACKET | SOCK_NONBLOCK | SOCK_CLOEXEC;
  check('socketpair', libc.socketpair(AF_UNIX, type, 0, ends.bytes));
  return [ends.i32(0), ends.i32(4)];
}

/** One end of a message pair, in the process that uses it. */
export class MessagePipe {
  private readonly watch: PollWatch;
  private readonly buffer = new Memory(LONGEST_MESSAGE);

  /**
   * @param onMessage called for each message that arrives, from the event loop.
   * @param onRoom called once there is room again, after a send() that found none.
   * @throws KernelError EBADF if it was not inherited.
   */
  constructor(
    private readonly fd: number,
    private readonly onMessage: (text: string) => void,
    private readonly onRoom: () => void = () => undefined,
  ) {
    this.watch = new PollWatch(fd, { readable: true }, ({ readable, writable }) => {
      if (readable) for (const text of this.take()) this.onMessage(text);
      if (!writable) return;
      this.watch.update({ readable: true });
      this.onRoom();
    });
  }

  /** Everything that waits right now. */
  take(): readonly string[] {
    const messages: string[] = [];
    for (;;) {
      const length = libc.recv(this.fd, this.buffer.bytes, LONGEST_MESSAGE, MSG_DONTWAIT);
      if (length <= 0) return messages;
      messages.push(Buffer.from(this.buffer.copy(0, length)).toString('utf8'));
    }
  }

  /** Blocks until something waits to be taken, or `ms` have passed; true if something does. */
  wait(ms: number): boolean {
    const request = new Memory(8).setI32(0, this.fd).setU16(4, POLLIN);
    return libc.poll(request.bytes, 1, ms) > 0;
  }

  /**
   * Sends without waiting.
   * @returns false if there is no room: nobody has read for a long time, or nobody is there to read.
   */
  send(text: string): boolean {
    const bytes = new Uint8Array(Buffer.from(text, 'utf8'));
    if (libc.send(this.fd, bytes, bytes.length, MSG_DONTWAIT | MSG_NOSIGNAL) >= 0) return true;
    if (lastErrno() === EAGAIN) this.watch.update({ readable: true, writable: true });
    return false;
  }

  /** The descriptor stays open: it belongs to whoever handed it on. Idempotent. */
  close(): void {
    this.watch.close();
  }
}
