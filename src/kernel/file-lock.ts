import { lastErrno, libc } from './libc.js';
import { errnoOf } from './kernel-error.js';

/** linux/fcntl.h */
const F_OFD_SETLK = 37;
const F_WRLCK = 1;

/**
 * Locks a whole open file for writing, without waiting; the lock is the open file's and goes with it.
 * @returns false if another process has it locked; true also where the file system cannot lock at all.
 */
export function tryLockFile(fd: number): boolean {
  // struct flock: l_type and l_whence in 16 bits each; l_start, l_len and l_pid are 0: the whole file.
  const lock = new Uint8Array(32);
  new Uint16Array(lock.buffer, 0, 1)[0] = F_WRLCK;
  if (libc.fcntl(fd, F_OFD_SETLK, lock) === 0) return true;
  const errno = lastErrno();
  return errno !== errnoOf('EAGAIN') && errno !== errnoOf('EACCES');
}
