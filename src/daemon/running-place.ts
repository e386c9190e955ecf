import { mkdirSync, rmdirSync } from 'node:fs';
import { dirname, join, parse } from 'node:path';
import { type DaemonSettings } from '../config/index.js';
import { type DaemonFlags } from './flags.js';

/** Where keepalived keeps the pid files of daemons that share a host. */
const PID_DIRECTORY = '/run/keepalived';

/** Pid files that nothing on the command line or in the file has an opinion about. */
export const DEFAULT_PID_FILES = {
  pidFile: '/run/keepalived.pid',
  // keepalived(8) has other names for the workers'; these are the ones that the program uses.
  vrrpPidFile: '/run/vrrp.pid',
  checkersPidFile: '/run/checkers.pid',
  bfdPidFile: '/run/bfd.pid',
} as const;

type PidFileFlags = Pick<DaemonFlags, keyof typeof DEFAULT_PID_FILES>;
/** The settings that name a daemon. */
export type Naming = Pick<
  DaemonSettings,
  'networkNamespace' | 'ipvsNetworkNamespace' | 'instanceName' | 'usePidDirectory'
>;

/** What tells daemons on one host apart. */
export interface RunningPlace {
  /** Made before the pid files; undefined where they stand in a directory that is there. */
  readonly pidDirectory?: string;
  readonly pidFiles: PidFileFlags;
  /** Behind the name in the system's log: `_NAMESPACE_INSTANCE`, or nothing. */
  readonly identSuffix: string;
}

/**
 * Names a daemon as keepalived does: `use_pid_dir`, `instance` and `net_namespace` have the pid files in a directory
 * of keepalived's own (and of the namespace's), the instance's name is part of theirs, and -p and the like have the
 * last word.
 */
export function runningPlace(flags: PidFileFlags, naming: Naming): RunningPlace {
  const { networkNamespace, instanceName, usePidDirectory } = naming;
  const identSuffix = [networkNamespace, instanceName]
    .map((name) => (name === undefined ? '' : `_${name}`))
    .join('');
  const ownDirectory = usePidDirectory || networkNamespace !== undefined || instanceName !== undefined;
  if (!ownDirectory) return { pidFiles: flags, identSuffix };
  const pidDirectory = join(PID_DIRECTORY, networkNamespace ?? '');
  const place = (key: keyof PidFileFlags): string => {
    if (flags[key] !== DEFAULT_PID_FILES[key]) return flags[key];
    const name = parse(DEFAULT_PID_FILES[key]).name;
    return join(pidDirectory, `${name}${instanceName === undefined ? '' : `_${instanceName}`}.pid`);
  };
  return {
    pidDirectory,
    pidFiles: {
      pidFile: place('pidFile'),
      vrrpPidFile: place('vrrpPidFile'),
      checkersPidFile: place('checkersPidFile'),
      bfdPidFile: place('bfdPidFile'),
    },
    identSuffix,
  };
}

/** Makes the directory, readable for all whatever our umask. @throws the file system's error */
export function makePidDirectory(path: string): void {
  const umask = process.umask(0o022);
  try {
    mkdirSync(path, { recursive: true, mode: 0o755 });
  } finally {
    process.umask(umask);
  }
}

/** Takes the directory away again, and keepalived's above it, if nothing else is in them. */
export function removePidDirectory(path: string): void {
  for (let each = path; each.startsWith(PID_DIRECTORY); each = dirname(each)) {
    try {
      rmdirSync(each);
    } catch {
      return;
    }
  }
}

/** What of the naming a reload wants to change, in keepalived's words; it can only be changed by a restart. */
export function unsupportedChange(running: Naming, wanted: Naming): string | undefined {
  const fixed = [
    ['networkNamespace', 'network namespace'],
    ['ipvsNetworkNamespace', 'IPVS network namespace'],
    ['instanceName', 'instance name'],
  ] as const;
  const changed = fixed.find(([key]) => running[key] !== wanted[key]);
  return changed && `Cannot change ${changed[1]} at a reload - please restart`;
}
