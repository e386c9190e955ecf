import { type Result } from '../base/result.js';
import { type Micros } from '../base/units.js';
import { type KernelError } from './kernel-error.js';

const notBuilt = (...args: readonly unknown[]): never => {
  throw new Error(`not built ${args.length}`);
};

/** SCHED_RR at `priority` (1-99) for this process and its threads to come (reset on fork for scripts). */
export const setRealTimePriority = (priority: number): Result<void, KernelError> => notBuilt(priority);
/** Nice value, -20 to 19. */
export const setNice = (nice: number): Result<void, KernelError> => notBuilt(nice);
/** CPU numbers this process may run on. */
export const setCpuAffinity = (cpus: readonly number[]): Result<void, KernelError> => notBuilt(cpus);
/** mlockall, now and for what comes. */
export const lockMemory = (): Result<void, KernelError> => notBuilt();
/** RLIMIT_RTTIME: CPU time without a blocking call before the kernel kills a real-time process. */
export const setRealTimeLimit = (limit: Micros): Result<void, KernelError> => notBuilt(limit);
/** RLIMIT_NOFILE: raises the soft limit to `files`, the hard one too where we may. */
export const setOpenFilesLimit = (files: number): Result<void, KernelError> => notBuilt(files);
/** The signal this process gets when its parent dies, for example SIGTERM (15). Ends this process at once if the parent is already gone. */
export const setParentDeathSignal = (signal: number): Result<void, KernelError> => notBuilt(signal);
/** The name shown by ps -e and top, at most 15 bytes. */
export const setProcessName = (name: string): Result<void, KernelError> => notBuilt(name);
/** Gives back clean file-backed pages (MADV_DONTNEED); call once after start. Returns the bytes covered. */
export const releaseCleanPages = (): number => notBuilt();
