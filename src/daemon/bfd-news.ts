import { micros, minus, plus, type Micros } from '../base/units.js';
import { now } from '../kernel/clock.js';
import { MessagePipe } from '../kernel/message-pipe.js';
import { type Log } from './log.js';

/*
 * How the BFD worker tells the others that a session is up or down: over a pair of sockets for each of them, past the
 * supervisor, so that a takeover waits for nobody. The supervisor makes the pairs and keeps all ends, so that either
 * process may die and come back. Whoever comes asks, and is told everything.
 */

/** Where a worker finds its end: behind standard streams and the channel to the supervisor. */
export const FIRST_NEWS_DESCRIPTOR = 4;

/** Those who may follow sessions, in the order of their ends in the BFD worker. */
export const FOLLOWERS = ['vrrp', 'checkers'] as const;
export type Follower = (typeof FOLLOWERS)[number];

interface News {
  readonly session: string;
  readonly up: boolean;
  /** When it was sent, on the monotonic clock, which all processes share. */
  readonly at: number;
}

const QUESTION = '?';
/** Behind the last of all sessions that a question is answered with. */
const END = '.';

/** How long a worker that must know waits for an answer. */
const ANSWER_WITHIN: Micros = micros(20_000);

/** The BFD worker's ends. */
export class BfdAnnouncer {
  private readonly states = new Map<string, boolean>();
  private readonly pipes: ReadonlyMap<Follower, MessagePipe>;

  /** @param follows whether that worker is to hear of that session. */
  constructor(private readonly follows: (follower: Follower, session: string) => boolean) {
    this.pipes = new Map(
      FOLLOWERS.map((follower, index) => {
        const tellAll = () => this.tellAll(follower);
        return [follower, new MessagePipe(FIRST_NEWS_DESCRIPTOR + index, tellAll, tellAll)] as const;
      }),
    );
  }

  tell(session: string, up: boolean): void {
    this.states.set(session, up);
    for (const follower of FOLLOWERS) this.send(follower, session, up);
  }

  /** After a reload: of sessions that are gone nothing is said any more, and those who follow may be others. */
  keepOnly(sessions: ReadonlySet<string>): void {
    for (const session of this.states.keys()) if (!sessions.has(session)) this.states.delete(session);
    for (const follower of FOLLOWERS) this.tellAll(follower);
  }

  close(): void {
    for (const pipe of this.pipes.values()) pipe.close();
  }

  private tellAll(follower: Follower): void {
    for (const [session, up] of this.states) if (!this.send(follower, session, up)) return;
    this.pipes.get(follower)?.send(END);
  }

  /** @returns false if there was no room: then all is told as soon as there is. */
  private send(follower: Follower, session: string, up: boolean): boolean {
    if (!this.follows(follower, session)) return true;
    const news: News = { session, up, at: now() };
    return this.pipes.get(follower)?.send(JSON.stringify(news)) ?? true;
  }
}

/** A follower's end. */
export class BfdNews {
  private readonly pipe: MessagePipe;

  /**
   * @param changed called for what is told, whether it is new or not.
   */
  constructor(
    private readonly log: Pick<Log, 'detail'>,
    private readonly changed: (session: string, up: boolean) => void,
  ) {
    this.pipe = new MessagePipe(FIRST_NEWS_DESCRIPTOR, (text) => this.hear(text));
    // What waits was meant for a predecessor; the answer says all of it again.
    this.pipe.take();
    this.pipe.send(QUESTION);
  }

  /**
   * Waits for the answer: for whoever must know before it acts. The BFD worker may not be there, so not for long.
   */
  catchUp(): void {
    for (const giveUpAt = plus(now(), ANSWER_WITHIN); now() < giveUpAt;) {
      if (!this.pipe.wait(1)) continue;
      const messages = this.pipe.take();
      for (const text of messages) this.hear(text);
      if (messages.includes(END)) return;
    }
  }

  close(): void {
    this.pipe.close();
  }

  private hear(text: string): void {
    if (text === END) return;
    const { session, up, at } = JSON.parse(text) as News;
    const delay = minus(now(), micros(at));
    this.changed(session, up);
    const state = up ? 'Up' : 'Down';
    this.log.detail(
      `Received BFD event: instance ${session} is in state ${state} (delivered in ${delay} usec)`,
    );
  }
}
