import { readSync } from 'node:fs';
import { micros, type Micros } from '../base/units.js';
import { check, libc } from './libc.js';
import { Memory } from './memory.js';

const MFD_CLOEXEC = 1;

/**
 * A time in memory that two processes share: one writes when it did something, the other reads when that was, also
 * after the first was killed. The descriptor is handed to the child that is to write.
 * @throws KernelError
 */
export const makePulse = (): number =>
  check('memfd_create', libc.memfd_create(Buffer.from('pulse\0'), MFD_CLOEXEC));

/** The writing end. */
export class Pulse {
  private readonly time = new Memory(8);

  /** @param fd as inherited. */
  constructor(private readonly fd: number) {}

  /** Takes about a microsecond. */
  beat(at: Micros): void {
    this.time.setU64(0, at);
    libc.pwrite(this.fd, this.time.bytes, 8, 0);
  }
}

/** The latest beat; undefined if there was none. */
export function readPulse(fd: number): Micros | undefined {
  const time = new Memory(8);
  return readSync(fd, time.bytes, 0, 8, 0) === 8 ? micros(time.u64(0)) : undefined;
}
