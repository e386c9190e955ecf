import { readdirSync, readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { type Capability, capabilityHint } from './capability.js';
import { err, ok, type Result } from '../base/result.js';
import { micros, type Micros } from '../base/units.js';
import { errnoOf, KernelError } from './kernel-error.js';
import { failure, libc } from './libc.js';
import { Memory } from './memory.js';

const SCHED_OTHER = 0;
const SCHED_RR = 2;
const SCHED_RESET_ON_FORK = 0x40000000;
/** How our threads run: whatever they start does not. */
const REAL_TIME = SCHED_RR | SCHED_RESET_ON_FORK;
const PRIO_PROCESS = 0;
const MLOCK_ONFAULT = 1;
const MCL_CURRENT = 1;
const MCL_FUTURE = 2;
const MCL_ONFAULT = 4;
const RLIMIT_NOFILE = 7;
const RLIMIT_MEMLOCK = 8;
const RLIMIT_RTTIME = 15;
const RLIM_INFINITY = 0xffff_ffff_ffff_ffffn;
const PR_SET_PDEATHSIG = 1;
const PR_SET_NAME = 15;
const MADV_DONTNEED = 4;

const outcome = (
  call: string,
  result: number,
  needed: Capability = 'CAP_SYS_NICE',
): Result<void, KernelError> => (result < 0 ? err(failure(call, capabilityHint(needed))) : ok(undefined));

/**
 * SCHED_RR at `priority` (1-99) for all threads of this process (the garbage collector's helpers too, or the main
 * thread would wait for them); scripts that it starts run at normal priority.
 */
export function setRealTimePriority(priority: number): Result<void, KernelError> {
  const parameters = new Memory(4).setI32(0, priority);
  return forEachThread((thread) =>
    outcome(
      `sched_setscheduler(SCHED_RR, ${priority})`,
      libc.sched_setscheduler(thread, REAL_TIME, parameters.bytes),
    ),
  );
}

/**
 * Starts a process that has our real-time priority until it executes its program, and a normal one from then on. Node
 * stands still until that moment: on a busy host a child of normal priority would wait for a CPU, and we for it.
 *
 * On one CPU we would get to run only when the child lets us, as late as the end of its time slice (sched(7): 100 ms), and
 * what it starts by then would stay at real-time priority for good: there it starts as a normal process.
 */
export function startUndelayed<Child extends { readonly pid?: number | undefined }>(
  start: () => Child,
): Child {
  if (libc.sched_getscheduler(0) !== REAL_TIME || availableParallelism() < 2) return start();
  const parameters = new Memory(4);
  libc.sched_getparam(0, parameters.bytes);
  // Refused without CAP_SYS_NICE: then it is as if we had not asked.
  libc.sched_setscheduler(0, SCHED_RR, parameters.bytes);
  try {
    const child = start();
    if (child.pid !== undefined) libc.sched_setscheduler(child.pid, SCHED_OTHER, new Memory(4).bytes);
    return child;
  } finally {
    libc.sched_setscheduler(0, REAL_TIME, parameters.bytes);
  }
}

/** SCHED_OTHER for all threads of this process. */
export const setNormalScheduling = (): Result<void, KernelError> =>
  forEachThread((thread) =>
    outcome(
      'sched_setscheduler(SCHED_OTHER)',
      libc.sched_setscheduler(thread, SCHED_OTHER, new Memory(4).bytes),
    ),
  );

/** Nice value, -20 to 19, for all threads of this process. */
export const setNice = (nice: number): Result<void, KernelError> =>
  forEachThread((thread) => outcome(`setpriority(${nice})`, libc.setpriority(PRIO_PROCESS, thread, nice)));

/** CPU numbers that this process may run on. EINVAL if none of them exists. */
export function setCpuAffinity(cpus: readonly number[]): Result<void, KernelError> {
  const mask = new Uint8Array(128);
  for (const cpu of cpus) mask[cpu >> 3] = (mask[cpu >> 3] ?? 0) | (1 << (cpu & 7));
  return forEachThread((thread) =>
    outcome(`sched_setaffinity(${cpus.join(' ')})`, libc.sched_setaffinity(thread, mask.length, mask)),
  );
}

/**
 * Keeps all memory out of swap, now and to come, each page from its first use on (MCL_ONFAULT: Node reserves far more
 * than it uses, and locking that would make all of it resident).
 */
export function lockMemory(): Result<void, KernelError> {
  // The limit would let a later allocation fail; whoever may lock at all may lift it.
  setLimit(RLIMIT_MEMLOCK, RLIM_INFINITY, RLIM_INFINITY);
  return outcome('mlockall', libc.mlockall(MCL_CURRENT | MCL_FUTURE | MCL_ONFAULT), 'CAP_IPC_LOCK');
}

/**
 * RLIMIT_RTTIME: how long a real-time thread may run without a blocking call before the kernel sends SIGXCPU, and
 * before it kills the process. Lifting the latter needs CAP_SYS_RESOURCE.
 */
export const setRealTimeLimit = (warning: Micros, limit: Micros): Result<void, KernelError> =>
  outcome(
    `setrlimit(RLIMIT_RTTIME, ${limit})`,
    setLimit(RLIMIT_RTTIME, BigInt(warning), BigInt(limit)),
    'CAP_SYS_RESOURCE',
  );

/** RLIMIT_NOFILE: raises the soft limit to `files`, and the hard one where it is lower and we may; lowers neither. */
export function setOpenFilesLimit(files: number): Result<void, KernelError> {
  const current = new Memory(16);
  libc.getrlimit(RLIMIT_NOFILE, current.bytes);
  if (current.bigU64(0) >= BigInt(files)) return ok(undefined);
  const limit = current.bigU64(8);
  const hard = limit > BigInt(files) ? limit : BigInt(files);
  return outcome(
    `setrlimit(RLIMIT_NOFILE, ${files})`,
    setLimit(RLIMIT_NOFILE, BigInt(files), hard),
    'CAP_SYS_RESOURCE',
  );
}

/**
 * The signal that this process gets when its parent dies, for example SIGTERM (15). ESRCH if the parent died while
 * this was set, for then the signal may never come.
 */
export function setParentDeathSignal(signal: number): Result<void, KernelError> {
  const call = `prctl(PR_SET_PDEATHSIG, ${signal})`;
  const parent = process.ppid;
  const set = outcome(call, libc.prctl(PR_SET_PDEATHSIG, signal, 0, 0, 0));
  if (!set.ok || process.ppid === parent) return set;
  return err(new KernelError(call, errnoOf('ESRCH'), 'the parent is gone'));
}

/** The name of this process in ps and top; the kernel keeps 15 bytes. */
export function setProcessName(name: string): Result<void, KernelError> {
  const bytes = new Memory(16).put(0, Buffer.from(name).subarray(0, 15));
  return outcome('prctl(PR_SET_NAME)', libc.prctl(PR_SET_NAME, bytes.address, 0, 0, 0));
}

/** What the kernel says of a process. */
export interface ProcessStatus {
  /** A letter of proc(5): R runs or wants to, S sleeps, D waits for a disk, T is stopped, t is traced. */
  readonly state: string;
  /** What all of its threads have used. */
  readonly cpuTime: Micros;
}

/** /proc/PID/stat counts in hundredths of a second, whatever the kernel's own tick is. */
const MICROS_PER_TICK = 10_000;

/** The status of a process; undefined if there is none with that id. */
export function processStatus(pid: number): ProcessStatus | undefined {
  try {
    // The name, in parentheses, may hold anything, parentheses and spaces too.
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
      .replace(/^.*\) /s, '')
      .split(' ');
    const ticks = Number(fields[11]) + Number(fields[12]);
    return { state: fields[0] ?? '', cpuTime: micros(ticks * MICROS_PER_TICK) };
  } catch {
    return undefined;
  }
}

/**
 * Gives back the memory of clean file-backed pages: Node's own code and snapshot, read once at start. Those that are
 * needed after all come back from the page cache. Call it once, when the worker is up. Do not combine it with
 * lockMemory: locked pages stay.
 * @returns bytes that the advice covered.
 */
export function releaseCleanPages(): number {
  let covered = 0;
  for (const { start, length } of cleanMappings(readFileSync('/proc/self/smaps', 'utf8'))) {
    if (libc.madvise(start, length, MADV_DONTNEED) === 0) covered += length;
  }
  return covered;
}

/**
 * Has pages of Node's own code stay in memory once they have been needed: a kernel that is short of memory, or that
 * pages out what rests (DAMON), would have us wait for the disk in the middle of a takeover. Call it after
 * releaseCleanPages and before whatever is to be at hand is gone through.
 */
export function holdCleanPages(): Result<void, KernelError> {
  for (const { start, length } of cleanMappings(readFileSync('/proc/self/smaps', 'utf8'))) {
    const held = outcome('mlock2', libc.mlock2(start, length, MLOCK_ONFAULT), 'CAP_IPC_LOCK');
    if (!held.ok) return held;
  }
  return ok(undefined);
}

/**
 * Read-only private mappings of files without a page of their own. A page that was written, as the loader does with
 * relocations, is not in the file: giving it back would lose it.
 */
function cleanMappings(smaps: string): readonly { readonly start: bigint; readonly length: number }[] {
  return smaps.split(/^(?=[0-9a-f]+-[0-9a-f]+ )/m).flatMap((mapping) => {
    const head = /^([0-9a-f]+)-([0-9a-f]+) r-[x-]p [0-9a-f]+ [0-9a-f]+:[0-9a-f]+ [1-9]\d* +\//.exec(mapping);
    const isClean = /^Private_Dirty: +0 kB$/m.test(mapping) && /^Anonymous: +0 kB$/m.test(mapping);
    if (!head || !isClean) return [];
    const start = BigInt(`0x${head[1] ?? '0'}`);
    return [{ start, length: Number(BigInt(`0x${head[2] ?? '0'}`) - start) }];
  });
}

function setLimit(resource: number, soft: bigint, hard: bigint): number {
  return libc.setrlimit(resource, new Memory(16).setU64(0, soft).setU64(8, hard).bytes);
}

/** Linux schedules threads, and these calls take one. A thread that ends meanwhile (ESRCH) needs nothing. */
function forEachThread(change: (thread: number) => Result<void, KernelError>): Result<void, KernelError> {
  for (const thread of readdirSync('/proc/self/task').map(Number)) {
    const changed = change(thread);
    if (!changed.ok && changed.error.errno !== errnoOf('ESRCH')) return changed;
  }
  return ok(undefined);
}
