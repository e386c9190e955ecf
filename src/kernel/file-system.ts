import { libc } from './libc.js';
import { Memory } from './memory.js';

/** struct statfs of 64-bit Linux: f_type first, then sizes and counts, f_flags in its eleventh word. */
const STATFS_LENGTH = 120;
const TYPE = 0;
const FLAGS = 80;
const ST_RDONLY = 1;

/** File systems in which inotify hears nothing, or nothing of what others do (statfs(2), linux/magic.h). */
const SILENT: ReadonlySet<number> = new Set([
  0xcafe_4a11, // BPF
  0x0027_e0eb, // cgroup
  0x6367_7270, // cgroup2
  0x6462_6720, // debugfs
  0x1cd1, // devpts
  0xde5e_81e4, // efivarfs
  0x6573_5546, // FUSE
  0x1980_0202, // POSIX message queues
  0x6969, // NFS
  0x5049_5045, // pipes
  0x9fa0, // proc
  0x7275, // romfs
  0xf97c_ff8c, // SELinux
  0x517b, // SMB
  0xfe53_4d42, // SMB2
  0x534f_434b, // sockets
  0x6265_6572, // sysfs
  0x012f_f7b6, // System V 2
  0x012f_f7b5, // System V 4
  0x7472_6163, // tracefs
]);

/** True if a change in this directory can be heard of: its file system tells, and can be written to. */
export function canWatchDirectory(directory: string): boolean {
  const status = new Memory(STATFS_LENGTH);
  // Where the kernel does not say, trying is the better answer.
  if (libc.statfs(Buffer.from(`${directory}\0`), status.bytes) < 0) return true;
  return (status.u64(FLAGS) & ST_RDONLY) === 0 && !SILENT.has(status.u32(TYPE));
}
