import { KernelError } from './kernel-error.js';
import { check, libc } from './libc.js';
import { Memory } from './memory.js';
import { type PollWatch, watchOrClose } from './poll.js';

/*
 * Node knows no real-time signals: they would end the process. A handler must be a C function, and JavaScript can be
 * none, for it must not run in the middle of something else. But the handler may be a function of the C library that
 * takes the signal's number for a descriptor: eventfd_write(36, something) makes descriptor 36 readable, if that is
 * an eventfd, and is safe in a handler (it is one write(2)). Kernels pass a second argument, the address of the
 * siginfo, to every handler; whatever its value, it is not 0, which is all that is needed.
 */

/** keepalived's signals: what it does on each is the daemon's business. */
export type RealTimeSignal = keyof typeof NUMBERS;

/** SIGRTMIN + 2 and SIGRTMAX - 1, as glibc and musl count them (each keeps some of the first for itself). */
const NUMBERS = { SIGJSON: 36, SIGSTATS_CLEAR: 63 } as const;

const EFD_NONBLOCK = 0o4000;
const O_CLOEXEC = 0o2000000;
const F_GETFD = 1;
const SIG_IGN = 1;

const RTLD_DEFAULT = 0;

/** Held: a watch that nobody references is no watch. */
const watches: PollWatch[] = [];

/** From now on these signals do not end the process; `onSignal` is called for them, once for many that come at once. */
export function watchRealTimeSignals(onSignal: (signal: RealTimeSignal) => void): void {
  for (const [name, signal] of Object.entries(NUMBERS) as [RealTimeSignal, number][]) {
    const handler = libc.dlsym(RTLD_DEFAULT, Buffer.from('eventfd_write\0'));
    const fd = handler === 0 ? undefined : eventAt(signal);
    if (fd === undefined) {
      libc.signal(signal, SIG_IGN);
      continue;
    }
    const count = new Memory(8);
    const watch = watchOrClose(fd, { readable: true }, () => {
      if (libc.read(fd, count.bytes, count.size) === count.size) onSignal(name);
    });
    watch.unref();
    watches.push(watch);
    libc.signal(signal, handler);
  }
}

/** An eventfd of this very number; undefined if something else has it. */
function eventAt(number: number): number | undefined {
  if (libc.fcntl(number, F_GETFD, null) >= 0) return undefined;
  try {
    const fd = check('eventfd', libc.eventfd(0, EFD_NONBLOCK | O_CLOEXEC));
    const moved = libc.dup3(fd, number, O_CLOEXEC);
    libc.close(fd);
    return check('dup3', moved);
  } catch (error) {
    if (error instanceof KernelError) return undefined;
    throw error;
  }
}
