import { readFileSync, writeFileSync } from 'node:fs';
import { err, ok, type Result } from '../base/result.js';
import { errnoOf, KernelError } from './kernel-error.js';

/*
 * Settings of this network namespace that rtnetlink cannot reach. Read and written by the thread that asks, because
 * /proc/sys/net shows the namespace of whoever opens it.
 */

/** The number at /proc/sys/`path`, for example 'net/ipv4/conf/all/rp_filter'; undefined if there is none. */
export function readSysctl(path: string): number | undefined {
  try {
    const value = Number(readFileSync(`/proc/sys/${path}`, 'latin1'));
    return Number.isSafeInteger(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** Sets /proc/sys/`path`. @returns ENOENT if there is no such setting, EROFS or EACCES if we may not. */
export function writeSysctl(path: string, value: number): Result<void, KernelError> {
  try {
    writeFileSync(`/proc/sys/${path}`, String(value));
    return ok(undefined);
  } catch (error) {
    const { code = 'EIO', message } = error as NodeJS.ErrnoException;
    return err(new KernelError(`write ${path}`, errnoOf(code), message));
  }
}
