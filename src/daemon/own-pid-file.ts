import { readFileSync, unlinkSync } from 'node:fs';
import { type DaemonFlags } from './flags.js';
import { type WorkerKind } from './messages.js';

/**
 * A worker that ends in good order leaves no pid file behind, also if its supervisor is gone and cannot remove it. One
 * that names another process is not ours.
 */
export function removeOwnPidFile(kind: WorkerKind, flags: DaemonFlags): void {
  if (kind === 'alerts') return; // It has none: keepalived has no such process.
  const path = { vrrp: flags.vrrpPidFile, checkers: flags.checkersPidFile, bfd: flags.bfdPidFile }[kind];
  try {
    if (Number(readFileSync(path, 'utf8')) === process.pid) unlinkSync(path);
  } catch {
    // It is gone, or its directory is read-only now: nothing is left to be done.
  }
}
