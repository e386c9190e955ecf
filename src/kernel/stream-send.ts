import { check, libc } from './libc.js';

const MSG_DONTWAIT = 0x40;
const MSG_NOSIGNAL = 0x4000;

/**
 * Sends to a connected socket without ever waiting, whatever its own mode, which others may share.
 * @returns how many bytes it took. @throws KernelError EAGAIN if it has no room, EPIPE if nobody listens any more.
 */
export const sendWithoutWaiting = (fd: number, bytes: Uint8Array): number =>
  check('send', libc.send(fd, bytes, bytes.length, MSG_DONTWAIT | MSG_NOSIGNAL));
