import { ok, type Result } from '../base/result.js';
import { tryLockFile } from '../kernel/file-lock.js';
import { type DaemonFlags } from './flags.js';
import { PidFile, type PidFileTrouble } from './pid-file.js';
import { type PidFiles } from './supervisor.js';

/**
 * Claims the pid files of all processes that the flags allow, or none: one daemon at a time.
 * @param complain told of what cannot be claimed or written later: no reason for a daemon that runs to stop.
 */
export function claimPidFiles(
  flags: DaemonFlags,
  complain: (text: string) => void,
): Result<PidFiles, PidFileTrouble> {
  const paths = {
    supervisor: flags.pidFile,
    vrrp: flags.vrrpPidFile,
    checkers: flags.checkersPidFile,
    bfd: flags.bfdPidFile,
  };
  const wanted = [
    'supervisor' as const,
    ...(flags.runVrrp ? (['vrrp'] as const) : []),
    ...(flags.runCheckers ? (['checkers'] as const) : []),
    // Not bfd: its file is claimed when its worker starts, for daemons that share a host mostly have no sessions.
  ];
  const files = new Map<keyof typeof paths, PidFile>();
  for (const process of wanted) {
    const claimed = PidFile.claim(paths[process], tryLockFile);
    if (!claimed.ok) {
      for (const file of files.values()) file.remove();
      return claimed;
    }
    files.set(process, claimed.value);
  }
  return ok({
    write: (process, pid) => {
      // A worker removes its file when it ends, and may be started again.
      if (files.get(process)?.isInPlace === false) {
        files.get(process)?.remove();
        files.delete(process);
      }
      // A reload may bring the first use of a worker whose file was removed at start.
      const claimed = files.has(process) ? undefined : PidFile.claim(paths[process], tryLockFile);
      if (claimed?.ok) files.set(process, claimed.value);
      else if (claimed) complain(claimed.error.text);
      try {
        files.get(process)?.write(pid);
      } catch (error) {
        complain(`cannot write pid file ${paths[process]}: ${error instanceof Error ? error.message : ''}`);
      }
    },
    remove: (process) => {
      files.get(process)?.remove();
      files.delete(process);
    },
    removeAll: () => {
      for (const file of files.values()) file.remove();
      files.clear();
    },
  });
}
