import { assert } from '../base/assert.js';
import { micros, minus, plus, type Micros } from '../base/units.js';
import { now } from '../kernel/clock.js';
import { MessagePipe } from '../kernel/message-pipe.js';
import { type Log } from './log.js';
import { type WorkerKind } from './messages.js';

/*
 * How one worker tells another that something is so, or is so no longer: a BFD session up, a vrrp_instance master. It
 * goes over a pair of sockets for each that tells and each that listens, past the supervisor, so that a takeover waits
 * for nobody. The supervisor makes the pairs and keeps all ends, so that either process may die and come back. Whoever
 * comes asks, and is told everything.
 */

/** Where a worker finds its first end: behind standard streams and the channel to the supervisor. */
export const FIRST_NEWS_DESCRIPTOR = 4;

/** Who tells whom. */
export interface NewsRoute {
  readonly from: WorkerKind;
  readonly to: WorkerKind;
}

/** All there are. A worker's ends lie in this order, be it that it tells or that it listens. */
export const NEWS_ROUTES: readonly NewsRoute[] = [
  { from: 'bfd', to: 'vrrp' },
  { from: 'bfd', to: 'checkers' },
  { from: 'vrrp', to: 'checkers' },
];

export const isEndOf = (kind: WorkerKind, { from, to }: NewsRoute): boolean => from === kind || to === kind;

/** The descriptor by which `kind` holds its end of that route. */
function descriptorOf(kind: WorkerKind, route: NewsRoute): number {
  const index = NEWS_ROUTES.filter((each) => isEndOf(kind, each)).findIndex(
    ({ from, to }) => from === route.from && to === route.to,
  );
  assert(index >= 0, `${route.from} does not tell ${route.to} anything`);
  return FIRST_NEWS_DESCRIPTOR + index;
}

interface News {
  /** Of the session, or the instance. */
  readonly name: string;
  /** Whether it is up, or master. */
  readonly holds: boolean;
  /** When it was sent, on the monotonic clock, which all processes share. */
  readonly at: number;
  /** How long what follows from the state before may stand yet, in microseconds; nothing unless told. */
  readonly lingers?: number;
}

const QUESTION = '?';
/** Behind the last of all news that a question is answered with. */
const END = '.';
/** Before the name of what a follower has acted on. */
const ACTED = '!';

/** How long a worker that must know waits for an answer. */
const ANSWER_WITHIN: Micros = micros(20_000);

/** The ends of a worker that tells. */
export class StateAnnouncer {
  private readonly states = new Map<string, boolean>();
  private readonly pipes: ReadonlyMap<WorkerKind, MessagePipe>;

  /** @param follows whether that worker is to hear of what has that name. */
  constructor(
    from: WorkerKind,
    private readonly follows: (follower: WorkerKind, name: string) => boolean,
  ) {
    const routes = NEWS_ROUTES.filter((route) => route.from === from);
    this.pipes = new Map(
      routes.map((route) => {
        const tellAll = () => this.tellAll(route.to);
        const heard = (text: string) => void this.heardFrom(route.to, text);
        return [route.to, new MessagePipe(descriptorOf(from, route), heard, tellAll)] as const;
      }),
    );
  }

  /** @param lingers how long what follows from the state before may stand yet. */
  tell(name: string, holds: boolean, lingers = micros(0)): void {
    this.states.set(name, holds);
    for (const follower of this.pipes.keys()) this.send(follower, name, holds, lingers);
  }

  /**
   * Waits until a follower has acted on what it was told last of that name: for what must not come before it.
   * @returns false if it has not within that time; it may not be there.
   */
  awaitAction(follower: WorkerKind, name: string, within: Micros): boolean {
    const pipe = this.pipes.get(follower);
    for (const giveUpAt = plus(now(), within); pipe && now() < giveUpAt;) {
      if (!pipe.wait(1)) continue;
      const acted = pipe.take().map((text) => this.heardFrom(follower, text));
      if (acted.includes(name)) return true;
    }
    return false;
  }

  /** After a reload: of what is gone nothing is said any more, and those who follow may be others. */
  keepOnly(names: ReadonlySet<string>): void {
    for (const name of this.states.keys()) if (!names.has(name)) this.states.delete(name);
    for (const follower of this.pipes.keys()) this.tellAll(follower);
  }

  close(): void {
    for (const pipe of this.pipes.values()) pipe.close();
  }

  /** @returns what was acted on, if that is what it says. */
  private heardFrom(follower: WorkerKind, text: string): string | undefined {
    if (text.startsWith(ACTED)) return text.slice(ACTED.length);
    this.tellAll(follower);
    return undefined;
  }

  private tellAll(follower: WorkerKind): void {
    for (const [name, holds] of this.states) if (!this.send(follower, name, holds)) return;
    this.pipes.get(follower)?.send(END);
  }

  /** @returns false if there was no room: then all is told as soon as there is. */
  private send(follower: WorkerKind, name: string, holds: boolean, lingers = micros(0)): boolean {
    if (!this.follows(follower, name)) return true;
    const news: News = { name, holds, at: now(), ...(lingers > 0 && { lingers }) };
    return this.pipes.get(follower)?.send(JSON.stringify(news)) ?? true;
  }
}

/** The end of a worker that listens. */
export class StateNews {
  private readonly pipe: MessagePipe;

  /**
   * @param heard called for what is told, whether it is new or not. `delay` is how long the news was on its way,
   * `lingers` how long what follows from the state before may stand yet.
   */
  constructor(
    route: NewsRoute,
    private readonly heard: (name: string, holds: boolean, delay: Micros, lingers: Micros) => void,
  ) {
    this.pipe = new MessagePipe(descriptorOf(route.to, route), (text) => this.hear(text));
    // What waits was meant for a predecessor; the answer says all of it again.
    this.pipe.take();
    this.pipe.send(QUESTION);
  }

  /**
   * Waits for the answer: for whoever must know before it acts. The other worker may not be there, so not for long.
   */
  catchUp(): void {
    for (const giveUpAt = plus(now(), ANSWER_WITHIN); now() < giveUpAt;) {
      if (!this.pipe.wait(1)) continue;
      const messages = this.pipe.take();
      for (const text of messages) this.hear(text);
      if (messages.includes(END)) return;
    }
  }

  /** What follows from the latest news of that name has been done. */
  acted(name: string): void {
    this.pipe.send(`${ACTED}${name}`);
  }

  close(): void {
    this.pipe.close();
  }

  private hear(text: string): void {
    if (text === END) return;
    const { name, holds, at, lingers = 0 } = JSON.parse(text) as News;
    this.heard(name, holds, minus(now(), micros(at)), micros(lingers));
  }
}

/** Hears of BFD sessions, and says so as keepalived does. */
export const hearBfd = (
  to: 'vrrp' | 'checkers',
  log: Pick<Log, 'detail'>,
  changed: (session: string, up: boolean) => void,
): StateNews =>
  new StateNews({ from: 'bfd', to }, (session, up, delay) => {
    changed(session, up);
    const state = up ? 'Up' : 'Down';
    log.detail(`Received BFD event: instance ${session} is in state ${state} (delivered in ${delay} usec)`);
  });
