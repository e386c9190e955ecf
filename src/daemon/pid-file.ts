import {
  closeSync,
  constants,
  fchmodSync,
  fstatSync,
  ftruncateSync,
  openSync,
  readFileSync,
  statSync,
  unlinkSync,
  writeSync,
} from 'node:fs';
import { err, ok, type Result } from '../base/result.js';

/** Locks an open file for writing without waiting (fcntl F_OFD_SETLK); false if another process has it locked. */
export type TryLock = (fd: number) => boolean;

/** Why a pid file could not be had; the text is a sentence for the log. */
export interface PidFileTrouble {
  readonly kind: 'running' | 'denied' | 'unusable';
  readonly text: string;
}

/**
 * A pid file, held open and locked as long as the process lives: keepalived 2.4 takes the lock for the sign
 * that a daemon runs, keepalived 2.2 the number in the file. We give both and heed both.
 */
export class PidFile {
  private constructor(
    readonly path: string,
    private readonly fd: number,
  ) {}

  /** Opens and locks the file, without writing to it yet. */
  static claim(path: string, tryLock: TryLock): Result<PidFile, PidFileTrouble> {
    for (let attempt = 0; attempt < 5; attempt += 1) {
      const opened = open(path);
      if (!opened.ok) return opened;
      const fd = opened.value;
      const rival = tryLock(fd) ? runningDaemon(path) : 'another process';
      if (rival !== undefined) {
        closeSync(fd);
        return err({ kind: 'running', text: `daemon is already running: ${rival} holds ${path}` });
      }
      if (isStillThatFile(path, fd)) return ok(new PidFile(path, fd));
      closeSync(fd); // removed or replaced between open and lock: the lock is on a file that nobody sees
    }
    return err({ kind: 'unusable', text: `pid file ${path} keeps being replaced` });
  }

  write(pid: number): void {
    ftruncateSync(this.fd, 0);
    writeSync(this.fd, `${pid}\n`, 0);
    fchmodSync(this.fd, 0o644); // whatever the umask: others may ask who runs
  }

  /** False if somebody has removed or replaced the file. */
  get isInPlace(): boolean {
    return isStillThatFile(this.path, this.fd);
  }

  /** Removes the file, if the name still leads to it, and gives up the lock. */
  remove(): void {
    try {
      if (isStillThatFile(this.path, this.fd)) unlinkSync(this.path);
    } catch {
      // Somebody else removed it, or its directory is read-only now: nothing is left to be done.
    }
    closeSync(this.fd);
  }
}

function open(path: string): Result<number, PidFileTrouble> {
  const { O_CREAT, O_NOFOLLOW, O_NONBLOCK, O_RDWR } = constants;
  try {
    return ok(openSync(path, O_RDWR | O_CREAT | O_NOFOLLOW | O_NONBLOCK, 0o644));
  } catch (error) {
    const denied = error instanceof Error && 'code' in error && error.code === 'EACCES';
    const text = `cannot open pid file ${path}: ${error instanceof Error ? error.message : String(error)}`;
    return err({ kind: denied ? 'denied' : 'unusable', text });
  }
}

function isStillThatFile(path: string, fd: number): boolean {
  const open = fstatSync(fd);
  const named = statSync(path, { throwIfNoEntry: false });
  return named?.ino === open.ino && named.dev === open.dev;
}

/** The live daemon that the number in the file belongs to, if any. A recycled pid is no daemon. */
function runningDaemon(path: string): string | undefined {
  const pid = Number(readFileSync(path, 'utf8').trim());
  if (!Number.isInteger(pid) || pid <= 0 || pid === process.pid) return undefined;
  try {
    // The program alone: `tail -f keepalived.log` is no daemon, nor is the command that has started us and waits.
    const [program = ''] = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
    return /^([^ ]*\/)?(keepalived|understudy)[^/]*$/.test(program)
      ? `process ${pid} (${program})`
      : undefined;
  } catch {
    return undefined;
  }
}
