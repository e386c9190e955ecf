import { readFileSync, writeFileSync } from 'node:fs';
import { err, ok, type Result } from '../base/result.js';
import { errnoOf, KernelError } from './kernel-error.js';

/*
 * Which groups may ping without a capability (icmp(7)): two numbers, the first and the last of them; in a network
 * namespace that is new the first is greater, and nobody may.
 */

const PATH = '/proc/sys/net/ipv4/ping_group_range';

/** From the first to the last group that may ping. */
export type PingRange = readonly [first: number, last: number];

/** As the kernel has it; undefined if it cannot be read. */
export function readPingRange(): PingRange | undefined {
  try {
    const [first, last] = readFileSync(PATH, 'latin1').trim().split(/\s+/).map(Number);
    return first === undefined || last === undefined ? undefined : [first, last];
  } catch {
    return undefined;
  }
}

/** @returns EACCES or EROFS if we may not. */
export function writePingRange([first, last]: PingRange): Result<void, KernelError> {
  try {
    writeFileSync(PATH, `${first} ${last}`);
    return ok(undefined);
  } catch (error) {
    const { code = 'EIO', message } = error as NodeJS.ErrnoException;
    return err(new KernelError('write net/ipv4/ping_group_range', errnoOf(code), message));
  }
}
