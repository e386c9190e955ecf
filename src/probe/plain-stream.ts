import { type Micros } from '../base/units.js';
import { KernelError, receiveWithoutWaiting, sendWithoutWaiting } from '../kernel/index.js';
import { type Watched } from './readiness.js';
import { type Stream, type StreamUser } from './stream.js';

/** Nobody is read from for longer than this in one go. */
const READS_A_TURN = 16;

/** TCP within the set of descriptors: as many system calls as there have to be. */
export class PlainStream implements Stream {
  private paused = false;

  /** @param watched a connection, ours from here on. */
  constructor(
    private readonly watched: Watched,
    private readonly user: StreamUser,
  ) {
    watched.onTurn = (turn) => {
      if (turn === 'timeout') user.timedOut();
      else this.read();
    };
    watched.expect('readable');
  }

  send(text: string): boolean {
    const bytes = Buffer.from(text);
    try {
      // The first thing on a fresh connection fits, whatever it is: a request of some kilobytes.
      return sendWithoutWaiting(this.watched.fd, bytes) === bytes.length;
    } catch (error) {
      if (error instanceof KernelError) return false;
      throw error;
    }
  }

  waitUntil(at: Micros): void {
    this.watched.deadline = at;
  }

  pause(): void {
    this.paused = true;
    this.watched.rest();
  }

  resume(): void {
    this.paused = false;
    this.watched.expect('readable');
  }

  close(): void {
    this.watched.close();
  }

  private read(): void {
    for (let reads = 0; reads < READS_A_TURN; reads += 1) {
      const bytes = this.receive();
      if (!bytes) break;
      if (bytes.length === 0) {
        this.user.ended();
        return;
      }
      this.user.received(bytes);
      if (!this.watched.open || this.paused) return;
    }
    if (this.watched.open) this.watched.expect('readable');
  }

  private receive(): Buffer | undefined {
    try {
      return receiveWithoutWaiting(this.watched.fd);
    } catch (error) {
      if (!(error instanceof KernelError)) throw error;
      this.user.broke(error.code);
      return undefined;
    }
  }
}
