import { errnoOf } from './kernel-error.js';
import { failure, lastErrno, libc } from './libc.js';

const MSG_DONTWAIT = 0x40;
const EAGAIN = errnoOf('EAGAIN');
const EINTR = errnoOf('EINTR');

/** Room for the longest datagram that UDP can carry. */
const buffer = Buffer.alloc(65_536);

/**
 * Receives from a connected socket without ever waiting: one datagram, or some of what a stream has.
 * @returns a view that the next call overwrites, empty where a stream has ended; undefined if there is nothing yet.
 * @throws KernelError with what became of the connection: ECONNREFUSED, EHOSTUNREACH, ECONNRESET.
 */
export function receiveWithoutWaiting(fd: number): Buffer | undefined {
  const length = libc.recv(fd, buffer, buffer.length, MSG_DONTWAIT);
  if (length >= 0) return buffer.subarray(0, length);
  const errno = lastErrno();
  if (errno === EAGAIN || errno === EINTR) return undefined;
  throw failure('recv');
}
