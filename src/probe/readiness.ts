import { minus } from '../base/units.js';
import { closeDescriptor, Epoll, now, type EpollEvent, type EpollInterest } from '../kernel/index.js';

/**
 * From this many descriptors within WINDOW_US on, readiness is gathered for TICK_MS: one wake-up then serves many of
 * them. Those being waited for would be the wrong measure: on a fast network each is over before the next begins.
 */
const CROWD = 20;
const WINDOW_US = 100_000;
const TICK_MS = 10;

/** What becomes of a descriptor. */
export type OnReady = (event: EpollEvent) => void;

/**
 * The descriptors of all probes behind one epoll descriptor. A single check is told at once; in a crowd the answers of
 * one tick come together.
 */
export class Readiness {
  private readonly prompt = new Epoll((events) => this.onEvents(events));
  private readonly gathered = new Epoll((events) => this.onEvents(events), TICK_MS);
  private readonly waiting = new Map<number, { readonly epoll: Epoll; onReady: OnReady }>();
  private window = { begun: now(), starts: 0 };

  /** Calls `onReady` whenever the descriptor is, until it is removed. @throws KernelError */
  add(fd: number, interest: EpollInterest, onReady: OnReady): void {
    const epoll = this.isCrowd() ? this.gathered : this.prompt;
    epoll.add(fd, interest);
    this.waiting.set(fd, { epoll, onReady });
  }

  /** Tells somebody else of a descriptor from now on, and of the same as before. */
  retell(fd: number, onReady: OnReady): void {
    const entry = this.waiting.get(fd);
    if (entry) entry.onReady = onReady;
  }

  /** In place of remove() and close(2): one system call less. */
  closeDescriptor(fd: number): void {
    this.waiting.get(fd)?.epoll.forget(fd);
    this.waiting.delete(fd);
    closeDescriptor(fd);
  }

  /** Before the descriptor is handed on. Idempotent. */
  remove(fd: number): void {
    this.waiting.get(fd)?.epoll.remove(fd);
    this.waiting.delete(fd);
  }

  close(): void {
    this.prompt.close();
    this.gathered.close();
    this.waiting.clear();
  }

  private isCrowd(): boolean {
    const at = now();
    if (minus(at, this.window.begun) > WINDOW_US) this.window = { begun: at, starts: 0 };
    this.window.starts += 1;
    return this.window.starts > CROWD;
  }

  private onEvents(events: Iterable<EpollEvent>): void {
    for (const event of events) this.waiting.get(event.fd)?.onReady(event);
  }
}
