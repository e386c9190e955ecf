import { errnoOf } from './kernel-error.js';
import { check, lastErrno, libc } from './libc.js';
import { Memory } from './memory.js';
import { type PollWatch, watchOrClose } from './poll.js';

const IN_NONBLOCK = 0o4000;
const IN_CLOEXEC = 0o2000000;

const IN_CLOSE_WRITE = 0x8;
const IN_MOVED_FROM = 0x40;
const IN_MOVED_TO = 0x80;
const IN_DELETE = 0x200;
const IN_MOVE_SELF = 0x800;
const IN_Q_OVERFLOW = 0x4000;
const IN_IGNORED = 0x8000;
const IN_ISDIR = 0x4000_0000;

/** wd, mask, cookie, length of the name; the name follows. */
const HEADER_LENGTH = 16;
/** Room for many events a read; one takes at most 16 bytes and a name of 256. */
const BUFFER_BYTES = 16_384;
/** A flood must not keep us here for ever: the rest waits for the next turn of the loop. */
const MOST_READS = 64;

/** What has become of a file in a watched directory, or of the directory. */
export type DirectoryEvent =
  /** It was written to and closed, or another file was renamed to it. */
  | { readonly type: 'written'; readonly watch: number; readonly name: string }
  /** It was deleted, or renamed to something else. */
  | { readonly type: 'gone'; readonly watch: number; readonly name: string }
  /** The directory is no longer where it was; if it was deleted, the watch has ended by itself. */
  | { readonly type: 'directory-gone'; readonly watch: number }
  /** The kernel's queue was full: anything may have happened. */
  | { readonly type: 'overrun' };

/** Watches directories for files that are written, replaced or removed (inotify(7)); directories in them do not count. */
export class DirectoryWatch {
  private readonly fd: number;
  private readonly watch: PollWatch;
  private readonly buffer = new Memory(BUFFER_BYTES);
  private closed = false;

  /**
   * @param onEvents called from the event loop with everything that waited (never none).
   * @throws KernelError EMFILE when fs.inotify.max_user_instances is used up.
   */
  constructor(private readonly onEvents: (events: readonly DirectoryEvent[]) => void) {
    const hint = (errno: number): string | undefined =>
      errno === errnoOf('EMFILE') ? 'see fs.inotify.max_user_instances' : undefined;
    this.fd = check('inotify_init1', libc.inotify_init1(IN_NONBLOCK | IN_CLOEXEC), hint);
    this.watch = watchOrClose(this.fd, { readable: true }, () => {
      const events = this.drain();
      if (events.length > 0) this.onEvents(events);
    });
  }

  /** Watches a directory; of one that is watched already, this is the same number again. @throws KernelError */
  add(directory: string): number {
    const path = Buffer.from(`${directory}\0`);
    const mask = IN_CLOSE_WRITE | IN_MOVED_FROM | IN_MOVED_TO | IN_DELETE | IN_MOVE_SELF;
    return check(`inotify_add_watch ${directory}`, libc.inotify_add_watch(this.fd, path, mask));
  }

  /** Watches it no longer; a watch that has ended by itself may be given too. */
  remove(watch: number): void {
    if (!this.closed) libc.inotify_rm_watch(this.fd, watch);
  }

  /** Takes what waits right now; it is not passed to onEvents again. */
  drain(): readonly DirectoryEvent[] {
    const events: DirectoryEvent[] = [];
    for (let read = 0; read < MOST_READS && !this.closed; read += 1) {
      const length = libc.read(this.fd, this.buffer.bytes, this.buffer.size);
      if (length <= 0 && lastErrno() !== errnoOf('EINTR')) break;
      events.push(...this.decode(length));
    }
    return events;
  }

  /** Idempotent. */
  close(): void {
    if (this.closed) return;
    this.closed = true;
    this.watch.close();
    libc.close(this.fd);
  }

  private decode(length: number): readonly DirectoryEvent[] {
    const events: DirectoryEvent[] = [];
    for (let at = 0; at + HEADER_LENGTH <= length;) {
      const [watch, mask, size] = [this.buffer.i32(at), this.buffer.u32(at + 4), this.buffer.u32(at + 12)];
      const event = eventOf(watch, mask, this.nameAt(at + HEADER_LENGTH, size));
      if (event) events.push(event);
      at += HEADER_LENGTH + size;
    }
    return events;
  }

  /** Padded with NULs. */
  private nameAt(start: number, size: number): string {
    const bytes = this.buffer.bytes.subarray(start, start + size);
    const end = bytes.indexOf(0);
    return Buffer.from(bytes.subarray(0, end < 0 ? size : end)).toString();
  }
}

function eventOf(watch: number, mask: number, name: string): DirectoryEvent | undefined {
  if ((mask & IN_Q_OVERFLOW) !== 0) return { type: 'overrun' };
  if ((mask & (IN_IGNORED | IN_MOVE_SELF)) !== 0) return { type: 'directory-gone', watch };
  if ((mask & IN_ISDIR) !== 0) return undefined;
  if ((mask & (IN_MOVED_FROM | IN_DELETE)) !== 0) return { type: 'gone', watch, name };
  return { type: 'written', watch, name };
}
