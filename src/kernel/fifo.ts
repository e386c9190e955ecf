import { closeSync, constants, fchownSync, fstatSync, lstatSync, openSync, rmSync } from 'node:fs';
import { geteuid } from 'node:process';
import { err, ok, type Result } from '../base/result.js';
import { errnoOf } from './kernel-error.js';
import { failure, lastErrno, libc } from './libc.js';

const EAGAIN = errnoOf('EAGAIN');

/** Who owns a FIFO. */
export interface FifoOwner {
  readonly uid: number;
  readonly gid: number;
}

/** rw-r--r--, less what the umask takes away (keepalived's). */
const MODE = 0o644;

/**
 * Opened for both directions: opening does not wait for a reader, a reader that goes away ends nothing, and there is
 * no SIGPIPE. What nobody reads stays in the kernel, 64 KiB of it. A symbolic link is not followed.
 */
const FLAGS = constants.O_RDWR | constants.O_NONBLOCK | constants.O_NOFOLLOW;

/** An open FIFO. Neither opening it nor writing to it ever waits. */
export class Fifo {
  private constructor(
    readonly path: string,
    private readonly descriptor: number,
    /** It was not there before. */
    readonly made: boolean,
    /** Why a new one is not its owner's, if it is not. */
    readonly notGiven?: string,
  ) {}

  /** Makes the FIFO if it is not there, gives a new one to `owner`, and opens it. The error is for people. */
  static make(path: string, owner: FifoOwner | undefined): Result<Fifo, string> {
    const made = libc.mkfifo(Buffer.from(`${path}\0`), MODE) === 0;
    if (!made) {
      const { errno, code } = failure('mkfifo');
      if (errno !== errnoOf('EEXIST')) return err(`it cannot be made: ${code}`);
    }
    const opened = Fifo.openAs(path, owner, made);
    if (!opened.ok && made) rmSync(path, { force: true });
    return opened;
  }

  /** Opens a FIFO that is there. Only ours or its owner's is taken: anybody else may have put it there for us. */
  static open(path: string, owner: FifoOwner | undefined): Result<Fifo, string> {
    return Fifo.openAs(path, owner, false);
  }

  private static openAs(path: string, owner: FifoOwner | undefined, made: boolean): Result<Fifo, string> {
    let descriptor: number | undefined;
    try {
      descriptor = openSync(path, FLAGS);
      const status = fstatSync(descriptor);
      const trusted = status.uid === geteuid?.() || status.uid === owner?.uid;
      if (!status.isFIFO() || !trusted) {
        closeSync(descriptor);
        return err(status.isFIFO() ? 'it belongs to somebody else' : 'it is not a FIFO');
      }
      const notGiven = made && owner ? give(descriptor, owner) : undefined;
      return ok(new Fifo(path, descriptor, made, notGiven));
    } catch (error) {
      if (descriptor !== undefined) closeSync(descriptor);
      return err(`it cannot be opened: ${codeOf(error)}`);
    }
  }

  /** What its path leads to is still this FIFO. */
  get isInPlace(): boolean {
    const mine = fstatSync(this.descriptor);
    const there = lstatSync(this.path, { throwIfNoEntry: false });
    return there?.ino === mine.ino && there.dev === mine.dev;
  }

  /**
   * Writes as much as there is room for. Up to 4096 bytes go whole or not at all, however many processes write.
   * @returns bytes written; 0 if there is no room.
   * @throws KernelError
   */
  write(bytes: Uint8Array): number {
    // Not Node's write: it makes an exception of a full FIFO, and thousands of lines may find it full.
    const count = libc.write(this.descriptor, bytes, bytes.length);
    if (count >= 0) return count;
    if (lastErrno() === EAGAIN) return 0;
    throw failure(`write(${this.path})`);
  }

  close(): void {
    closeSync(this.descriptor);
  }

  /** Removes it from its directory, unless something else has taken its place. */
  remove(): void {
    if (this.isInPlace) rmSync(this.path, { force: true });
  }
}

/** @returns what the system says against it. */
function give(descriptor: number, { uid, gid }: FifoOwner): string | undefined {
  try {
    fchownSync(descriptor, uid, gid);
    return undefined;
  } catch (error) {
    return codeOf(error);
  }
}

const codeOf = (error: unknown): string => (error as NodeJS.ErrnoException).code ?? String(error);
