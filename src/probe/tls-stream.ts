import { type Micros } from '../base/units.js';
import { type TlsClient, type TlsSession, type TlsState } from '../kernel/index.js';
import { type Turn, type Watched } from './readiness.js';
import { type Stream, type StreamUser } from './stream.js';

export interface TlsWishes {
  readonly client: TlsClient;
  readonly serverName: string | undefined;
  /** The connection is ended by close_notify, not just closed. */
  readonly sayGoodbye: boolean;
}

/** Nobody is read from for longer than this in one go. */
const READS_A_TURN = 16;

/** TLS within the set of descriptors. No certificate is verified, as with keepalived: checks go to addresses. */
export class TlsStream implements Stream {
  private readonly session: TlsSession;
  private standing = false;
  private paused = false;

  /** @param watched a connection, ours from here on. */
  constructor(
    private readonly watched: Watched,
    private readonly wishes: TlsWishes,
    private readonly user: StreamUser,
  ) {
    this.session = wishes.client.session(watched.fd, wishes.serverName);
    watched.onTurn = (turn) => this.onTurn(turn);
    watched.expect('writable');
  }

  send(text: string): boolean {
    return this.session.write(Buffer.from(text));
  }

  waitUntil(at: Micros): void {
    this.watched.deadline = at;
  }

  pause(): void {
    this.paused = true;
    this.watched.rest();
  }

  /** There may be more within the session, of which the kernel knows nothing. */
  resume(): void {
    this.paused = false;
    this.readSoon();
  }

  close(): void {
    if (!this.watched.open) return;
    if (this.wishes.sayGoodbye) this.session.sayGoodbye();
    this.session.free();
    this.watched.close();
  }

  private onTurn(turn: Turn): void {
    if (turn === 'timeout') this.user.timedOut();
    else if (this.standing) this.read();
    else this.shakeHands();
  }

  private shakeHands(): void {
    const state = this.session.connect();
    if (state !== 'done') {
      this.goOn(state);
      return;
    }
    this.standing = true;
    this.watched.expect('readable');
    this.user.opened();
  }

  private read(): void {
    for (let reads = 0; reads < READS_A_TURN; reads += 1) {
      const state = this.session.read();
      if (state !== 'done') {
        this.goOn(state);
        return;
      }
      this.user.received(this.session.received());
      if (!this.watched.open || this.paused) return;
    }
    this.readSoon();
  }

  private goOn(state: Exclude<TlsState, 'done'>): void {
    if (state === 'ended') this.user.ended();
    else if (typeof state === 'object') this.user.broke(state.broken);
    else this.watched.expect(state);
  }

  private readSoon(): void {
    this.watched.rest();
    setImmediate(() => {
      if (this.watched.open && !this.paused) this.read();
    });
  }
}
