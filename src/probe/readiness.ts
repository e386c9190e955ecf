import { type Micros } from '../base/units.js';
import { closeDescriptor, Epoll, Glance, now, type EpollEvent } from '../kernel/index.js';
import { DeadlineTimer } from './deadline-timer.js';

/** What is waited for. */
export type Need = 'readable' | 'writable';

/** What has become of a descriptor; where it 'failed', SO_ERROR or reading says how. */
export type Turn = 'ready' | 'failed' | 'timeout';

/** Those that the first look found not ready are looked at once more after this, all together. */
const SECOND_LOOK_MS = 1;
/** So few are not worth a second wake-up: they wait for their own. */
const FEW = 3;
/** From this many that wait on, readiness is gathered for TICK_MS: one wake-up then serves many of them. */
const CROWD = 20;
const TICK_MS = 5;

/** Everything that may change, once for each change: one registration lasts a whole exchange. */
const EVERYTHING = { readable: true, writable: true, onChange: true };

/**
 * A descriptor of a probe, to which its owner ties what it waits for and until when. It is told of once for each
 * expect(), never from within a call to it, and never after close().
 */
export class Watched {
  /** What it waits for now. */
  need: Need | undefined;
  /** The set that tells of it, from when it turns out to take its time. */
  set: Epoll | undefined;
  /** When the timer that looks after it is set to; it may be earlier than the deadline, but is not later. */
  timerAt: Micros | undefined;
  /** A look at it is due. */
  listed = false;
  open = true;

  /** @param onTurn told what it has waited for, or that its time is over; may be changed. */
  constructor(
    private readonly owner: Readiness,
    readonly fd: number,
    private until: Micros,
    public onTurn: (turn: Turn) => void,
  ) {}

  /** When it will be told 'timeout' at the latest. Costs nothing where it moves on, as it nearly always does. */
  get deadline(): Micros {
    return this.until;
  }

  set deadline(at: Micros) {
    this.until = at;
    if (this.timerAt !== undefined && at < this.timerAt) this.owner.setTimer(this);
  }

  /** From now on it waits for this. */
  expect(need: Need): void {
    this.need = need;
    this.owner.lookSoon(this);
  }

  /** It waits for nothing, but its deadline holds. */
  rest(): void {
    this.need = undefined;
    if (this.timerAt === undefined) this.owner.setTimer(this);
  }

  /** Closes the descriptor. Idempotent. */
  close(): void {
    if (!this.open) return;
    this.open = false;
    this.need = undefined;
    this.set?.forget(this.fd);
    this.owner.forget(this);
    closeDescriptor(this.fd);
  }
}

/**
 * The descriptors of all probes. Most answers are there within a millisecond, and those of a crowd of checks that began
 * together come together: so all are looked at in one go as soon as everybody has begun, then once more, and only what
 * takes longer is entered into an epoll set with its timeout. The common check has neither.
 */
export class Readiness {
  private readonly prompt = new Epoll((events) => this.onEvents(events));
  private readonly gathered = new Epoll((events) => this.onEvents(events), TICK_MS);
  /** Those in a set or with a timer, by descriptor. */
  private readonly standing = new Map<number, Watched>();
  private readonly deadlines = new DeadlineTimer((name) => this.onDue(Number(name)));
  private readonly glance = new Glance();
  private fresh: Watched[] = [];
  private seen: Watched[] = [];
  private secondLook: NodeJS.Timeout | undefined;

  /** @param fd the set's from here on: close what is returned. It waits for nothing yet. */
  watch(fd: number, deadline: Micros, onTurn: (turn: Turn) => void): Watched {
    return new Watched(this, fd, deadline, onTurn);
  }

  /** Whoever still waits is forgotten. */
  close(): void {
    clearTimeout(this.secondLook);
    this.fresh = [];
    this.seen = [];
    this.prompt.close();
    this.gathered.close();
    this.deadlines.close();
    this.standing.clear();
  }

  /** For Watched. */
  lookSoon(watched: Watched): void {
    if (watched.listed) return;
    watched.listed = true;
    // Everybody who begins in this turn of the event loop is looked at together.
    if (this.fresh.push(watched) === 1) setImmediate(() => this.firstLook());
  }

  /** For Watched. */
  setTimer(watched: Watched): void {
    this.standing.set(watched.fd, watched);
    watched.timerAt = watched.deadline;
    this.deadlines.set(String(watched.fd), watched.deadline);
  }

  /** For Watched. */
  forget({ fd, timerAt }: Watched): void {
    if (timerAt !== undefined) this.deadlines.clear(String(fd));
    this.standing.delete(fd);
  }

  private firstLook(): void {
    const { fresh } = this;
    this.fresh = [];
    const left = this.lookAt(fresh);
    if (left.length === 0) return;
    if (this.seen.length + left.length <= FEW) for (const watched of left) this.enter(watched);
    else this.lookAgain(left);
  }

  private lookAgain(left: readonly Watched[]): void {
    for (const watched of left) {
      if (watched.set) continue; // it is told of
      watched.listed = true;
      this.seen.push(watched);
    }
    this.secondLook ??= setTimeout(() => {
      this.secondLook = undefined;
      const { seen } = this;
      this.seen = [];
      for (const watched of this.lookAt(seen)) this.enter(watched);
    }, SECOND_LOOK_MS);
  }

  /** Tells those that are ready. @returns those that still wait. */
  private lookAt(list: readonly Watched[]): Watched[] {
    const { glance } = this;
    const asked: Watched[] = [];
    glance.clear();
    for (const watched of list) {
      watched.listed = false;
      if (watched.need === undefined) continue;
      glance.add(watched.fd, watched.need);
      asked.push(watched);
    }
    if (asked.length > 0) glance.look();
    const left: Watched[] = [];
    asked.forEach((watched, index) => {
      const found = glance.found(index);
      if (found === 'nothing') left.push(watched);
      else if (!watched.listed) this.tell(watched, found); // else it waits for something new by now
    });
    return left.filter(({ need, listed }) => need !== undefined && !listed);
  }

  /** It takes its time: from here on the kernel tells of it. */
  private enter(watched: Watched): void {
    if (watched.set) return;
    watched.set = this.standing.size >= CROWD ? this.gathered : this.prompt;
    watched.set.add(watched.fd, EVERYTHING);
    this.setTimer(watched);
  }

  private onEvents(events: Iterable<EpollEvent>): void {
    for (const event of events) {
      const watched = this.standing.get(event.fd);
      if (!watched?.need) continue;
      if (event.failed) this.tell(watched, 'failed');
      else if (watched.need === 'readable' ? event.readable : event.writable) this.tell(watched, 'ready');
    }
  }

  /** Unless those before it have closed it. */
  private tell(watched: Watched, turn: Turn): void {
    if (watched.need === undefined) return;
    watched.need = undefined;
    watched.onTurn(turn);
  }

  private onDue(fd: number): void {
    const watched = this.standing.get(fd);
    if (!watched) return;
    if (watched.deadline > now()) this.setTimer(watched);
    else {
      watched.need = undefined;
      watched.timerAt = undefined;
      watched.onTurn('timeout');
    }
  }
}
