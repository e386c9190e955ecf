import { KernelError, receiveWithoutWaiting, sendWithoutWaiting } from '../kernel/index.js';
import { type Connection } from './connector.js';
import { type Readiness } from './readiness.js';
import { type Stream, type StreamUser } from './stream.js';

/** Nobody is read from for longer than this in one go. */
const READS_A_TURN = 16;

/** TCP within the set of descriptors: as many system calls as there have to be. */
export class PlainStream implements Stream {
  private closed = false;
  private paused = false;

  private readonly fd: number;

  constructor(
    { fd, readable }: Connection,
    private readonly readiness: Readiness,
    private readonly user: StreamUser,
  ) {
    this.fd = fd;
    if (readable) this.readSoon();
    readiness.retell(fd, ({ readable, failed }) => {
      if (readable || failed) this.read();
    });
  }

  send(text: string): boolean {
    const bytes = Buffer.from(text);
    try {
      // The first thing on a fresh connection fits, whatever it is: a request of some kilobytes.
      return sendWithoutWaiting(this.fd, bytes) === bytes.length;
    } catch (error) {
      if (error instanceof KernelError) return false;
      throw error;
    }
  }

  pause(): void {
    this.paused = true;
  }

  resume(): void {
    this.paused = false;
    this.readSoon();
  }

  close(): void {
    if (this.closed) return;
    this.closed = true;
    this.readiness.closeDescriptor(this.fd);
  }

  /** What comes is told once, as it comes: it has to be read to its end. */
  private read(): void {
    for (let reads = 0; reads < READS_A_TURN; reads += 1) {
      if (this.closed || this.paused) return;
      const bytes = this.receive();
      if (!bytes) return;
      if (bytes.length === 0) {
        this.user.ended();
        return;
      }
      this.user.received(bytes);
    }
    this.readSoon();
  }

  private readSoon(): void {
    setImmediate(() => this.read());
  }

  private receive(): Buffer | undefined {
    try {
      return receiveWithoutWaiting(this.fd);
    } catch (error) {
      if (!(error instanceof KernelError)) throw error;
      this.user.broke(error.code);
      return undefined;
    }
  }
}
