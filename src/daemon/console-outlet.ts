import { constants, fstatSync, openSync, writeSync } from 'node:fs';
import { sendWithoutWaiting } from '../kernel/stream-send.js';
import { type Outlet } from './patient-sink.js';

type Write = (bytes: Uint8Array) => number;

/**
 * A terminal, pipe, socket or file that we were started with (stderr). A reader that is gone or does not read costs
 * its own lines: a process of ours that waited for it would miss its adverts.
 */
export class ConsoleOutlet implements Outlet {
  private readonly write: Write;
  /** Of a line that was taken in part. */
  private rest: Uint8Array = new Uint8Array(0);

  constructor(fd: number) {
    this.write = unblockedWrite(fd);
  }

  send(line: Uint8Array): ReturnType<Outlet['send']> {
    try {
      if (this.rest.length > 0) this.rest = this.rest.subarray(this.write(this.rest));
      if (this.rest.length > 0) return 'busy';
      this.rest = line.subarray(this.write(line));
      return 'sent';
    } catch (error) {
      const code = typeof error === 'object' && error && 'code' in error ? error.code : undefined;
      return code === 'EAGAIN' ? 'busy' : 'absent';
    }
  }
}

/** O_NONBLOCK on the descriptor itself would hold for everybody who shares it: so it is opened once more. */
function unblockedWrite(fd: number): Write {
  const { O_NOCTTY, O_NONBLOCK, O_WRONLY } = constants;
  const direct: Write = (bytes) => writeSync(fd, bytes);
  try {
    const status = fstatSync(fd);
    if (status.isSocket()) return (bytes) => sendWithoutWaiting(fd, bytes);
    if (!status.isFIFO() && !status.isCharacterDevice()) return direct;
    const own = openSync(`/proc/self/fd/${fd}`, O_WRONLY | O_NONBLOCK | O_NOCTTY);
    return (bytes) => writeSync(own, bytes);
  } catch {
    return direct; // a closed descriptor, or a terminal of somebody else's
  }
}
