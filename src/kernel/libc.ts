import koffi, { type LibraryHandle } from 'koffi';
import { KernelError } from './kernel-error.js';

/*
 * The C library, as far as it is needed. Structures are plain memory (memory.ts) instead of koffi types: those have
 * names that collide when this file is loaded twice in one process, and cost more than a DataView.
 */

if (koffi.sizeof('size_t') !== 8) throw new Error('Understudy needs a 64-bit Linux');

const library: LibraryHandle = koffi.load(null);

/** How values of C's types look here; null is NULL. */
interface CTypes {
  int: number;
  uint: number;
  long: number;
  ulong: number;
  size_t: number;
  uintptr_t: number | bigint;
  'void *': Uint8Array | bigint | null;
}

type Arguments<Parameters extends readonly (keyof CTypes)[]> = {
  [Index in keyof Parameters]: CTypes[Parameters[Index]];
};

/** A C function by the types of its result and its parameters. */
function bind<const Parameters extends readonly (keyof CTypes)[]>(
  result: 'int' | 'long',
  name: string,
  ...parameters: Parameters
): (...values: Arguments<Parameters>) => number {
  return library.func(name, result, [...parameters]);
}

export const libc = {
  socket: bind('int', 'socket', 'int', 'int', 'int'),
  socketpair: bind('int', 'socketpair', 'int', 'int', 'int', 'void *'),
  close: bind('int', 'close', 'int'),
  bind: bind('int', 'bind', 'int', 'void *', 'uint'),
  connect: bind('int', 'connect', 'int', 'void *', 'uint'),
  getsockname: bind('int', 'getsockname', 'int', 'void *', 'void *'),
  setsockopt: bind('int', 'setsockopt', 'int', 'int', 'int', 'void *', 'uint'),
  getsockopt: bind('int', 'getsockopt', 'int', 'int', 'int', 'void *', 'void *'),
  send: bind('long', 'send', 'int', 'void *', 'size_t', 'int'),
  sendto: bind('long', 'sendto', 'int', 'void *', 'size_t', 'int', 'void *', 'uint'),
  recv: bind('long', 'recv', 'int', 'void *', 'size_t', 'int'),
  sendmmsg: bind('int', 'sendmmsg', 'int', 'void *', 'uint', 'int'),
  recvmmsg: bind('int', 'recvmmsg', 'int', 'void *', 'uint', 'int', 'void *'),
  read: bind('long', 'read', 'int', 'void *', 'size_t'),
  write: bind('long', 'write', 'int', 'void *', 'size_t'),
  pwrite: bind('long', 'pwrite', 'int', 'void *', 'size_t', 'long'),
  fcntl: bind('int', 'fcntl', 'int', 'int', 'void *'),
  ioctl: bind('int', 'ioctl', 'int', 'ulong', 'void *'),
  poll: bind('int', 'poll', 'void *', 'ulong', 'int'),
  clock_gettime: bind('int', 'clock_gettime', 'int', 'void *'),
  timerfd_create: bind('int', 'timerfd_create', 'int', 'int'),
  timerfd_settime: bind('int', 'timerfd_settime', 'int', 'int', 'void *', 'void *'),
  eventfd: bind('int', 'eventfd', 'uint', 'int'),
  dup3: bind('int', 'dup3', 'int', 'int', 'int'),
  dlsym: bind('long', 'dlsym', 'uintptr_t', 'void *'),
  signal: bind('long', 'signal', 'int', 'uintptr_t'),
  getpwnam_r: bind('int', 'getpwnam_r', 'void *', 'void *', 'void *', 'size_t', 'void *'),
  getpwuid_r: bind('int', 'getpwuid_r', 'uint', 'void *', 'void *', 'size_t', 'void *'),
  getgrnam_r: bind('int', 'getgrnam_r', 'void *', 'void *', 'void *', 'size_t', 'void *'),
  getgrouplist: bind('int', 'getgrouplist', 'void *', 'uint', 'void *', 'void *'),
  epoll_create1: bind('int', 'epoll_create1', 'int'),
  epoll_ctl: bind('int', 'epoll_ctl', 'int', 'int', 'int', 'void *'),
  epoll_wait: bind('int', 'epoll_wait', 'int', 'void *', 'int', 'int'),
  inotify_init1: bind('int', 'inotify_init1', 'int'),
  inotify_add_watch: bind('int', 'inotify_add_watch', 'int', 'void *', 'uint'),
  inotify_rm_watch: bind('int', 'inotify_rm_watch', 'int', 'int'),
  statfs: bind('int', 'statfs', 'void *', 'void *'),
  mkfifo: bind('int', 'mkfifo', 'void *', 'uint'),
  memfd_create: bind('int', 'memfd_create', 'void *', 'uint'),
  setns: bind('int', 'setns', 'int', 'int'),
  prctl: bind('int', 'prctl', 'int', 'uintptr_t', 'ulong', 'ulong', 'ulong'),
  sched_setscheduler: bind('int', 'sched_setscheduler', 'int', 'int', 'void *'),
  sched_getscheduler: bind('int', 'sched_getscheduler', 'int'),
  sched_getparam: bind('int', 'sched_getparam', 'int', 'void *'),
  sched_setaffinity: bind('int', 'sched_setaffinity', 'int', 'size_t', 'void *'),
  setpriority: bind('int', 'setpriority', 'int', 'uint', 'int'),
  mlockall: bind('int', 'mlockall', 'int'),
  mlock2: bind('int', 'mlock2', 'uintptr_t', 'size_t', 'uint'),
  madvise: bind('int', 'madvise', 'uintptr_t', 'size_t', 'int'),
  getrlimit: bind('int', 'getrlimit', 'int', 'void *'),
  setrlimit: bind('int', 'setrlimit', 'int', 'void *'),
} as const;

/** errno of the latest call. */
export const lastErrno = (): number => koffi.errno();

/** More than the number says, for an operator. */
export type Hint = (errno: number) => string | undefined;

/** Passes a result on. @throws KernelError with errno if it is negative. */
export function check(call: string, result: number, hint?: Hint): number {
  if (result >= 0) return result;
  throw failure(call, hint);
}

/** What errno says now, as an error of `call`. */
export function failure(call: string, hint?: Hint): KernelError {
  const errno = lastErrno();
  return new KernelError(call, errno, hint?.(errno));
}
