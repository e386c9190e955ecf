import { type Micros } from '../base/units.js';
import { type Link } from '../wire/netlink/link.js';
import { type Log } from './log.js';

/** How long a change must last before it counts; 0 for no delay. */
export interface LinkDelay {
  readonly down: Micros;
  readonly up: Micros;
}

/** Calls back later; the result cancels. */
export type After = (delay: Micros, callback: () => void) => () => void;

interface Delayed {
  readonly index: number;
  /** What counts. */
  up: boolean;
  flags: number;
  seenUp: boolean;
  pending?: { readonly up: boolean; readonly cancel: () => void };
}

/** interface_up_down_delays: an interface that flickers is neither up nor down until it has made up its mind. */
export class LinkDelays {
  private readonly states = new Map<string, Delayed>();

  /**
   * @param delayOf of the interface of that name; undefined for none.
   * @param changed something else counts for the interface of that name from now on.
   */
  constructor(
    private readonly delayOf: (name: string) => LinkDelay | undefined,
    private readonly after: After,
    private readonly changed: (name: string) => void,
    private readonly log: Pick<Log, 'info'>,
  ) {}

  /** What counts of a link that is now, or still, as `up` says. The first coming up is never delayed. */
  settle({ name, index, flags }: Link, up: boolean): boolean {
    const known = this.states.get(name);
    if (known?.index !== index) {
      known?.pending?.cancel();
      this.states.set(name, { index, up, flags, seenUp: up });
      return up;
    }
    if (known.pending && known.pending.up !== up) {
      known.pending.cancel();
      delete known.pending;
      this.log.info(`Delay timer for ${name} cancelled`);
    }
    if (!known.pending && known.up !== up) this.change(name, known, flags, up);
    if (known.up === up) known.flags = flags;
    return known.up;
  }

  /** Nothing is waited for any more. */
  close(): void {
    for (const { pending } of this.states.values()) pending?.cancel();
    this.states.clear();
  }

  private change(name: string, known: Delayed, flags: number, up: boolean): void {
    const delay = (up ? this.delayOf(name)?.up : this.delayOf(name)?.down) ?? 0;
    if (!known.seenUp || delay === 0) {
      known.up = up;
      known.seenUp ||= up;
      return;
    }
    const cancel = this.after(delay, () => {
      delete known.pending;
      known.up = up;
      this.changed(name);
    });
    known.pending = { up, cancel };
    const [before, now] = [known.flags, flags].map((value) => `0x${value.toString(16)}`);
    this.log.info(`${name}: Adding flags change from ${before} to ${now} delay by ${delay}`);
  }
}
