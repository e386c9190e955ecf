import { type Alert } from './mail-text.js';

/** What became of a mail that was handed to the server. */
export type Delivery =
  /** It was taken, by all or for some recipients. */
  | { readonly kind: 'sent'; readonly refused: readonly Refusal[] }
  /** The server cannot be reached, or does not work: no mail can be sent. */
  | { readonly kind: 'no-server'; readonly text: string }
  /** It does not take this mail. */
  | { readonly kind: 'refused'; readonly forGood: boolean; readonly text: string };

export interface Refusal {
  /** Their address, without a display name. */
  readonly recipient: string;
  /** 5xx: asking again is of no use (RFC 5321, 4.2.1). */
  readonly forGood: boolean;
  readonly text: string;
}

/** What a queue has around it. */
export interface MailSurroundings {
  /** Sends one mail; never throws. @param only some recipients instead of all. */
  send(alert: Alert, only: readonly string[] | undefined): Promise<Delivery>;
  /** Milliseconds, steadily growing. */
  now(): number;
  later(delayMs: number, action: () => void): void;
  /** Puts many alerts into one mail. */
  digest(alerts: readonly Alert[]): Alert;
  readonly log: { info(text: string): void; detail(text: string): void; warning(text: string): void };
}

/** What a queue has come to. */
export interface MailCounts {
  /** Alerts that wait to be sent, or are being sent. */
  waiting: number;
  sent: number;
  /** Tries that failed. */
  failures: number;
  /** Alerts that were given up: refused for good, too old, or too many. */
  lost: number;
}

/** Alerts that wait at most; of more, the oldest are dropped. */
export const MOST_WAITING = 1000;
/** If more than so many wait, it is a flood: they go out together. */
export const FLOOD = 20;
/** Alerts in one digest. */
export const MOST_IN_DIGEST = 200;
/** From one try to the next: doubled each time. */
const FIRST_DELAY_MS = 5000;
const LONGEST_DELAY_MS = 600_000;
/** Nobody wants to hear of it after half a day. */
const OLDEST_MS = 12 * 3_600_000;

interface Entry {
  readonly alert: Alert;
  readonly queuedAt: number;
  /** Those who have yet to get it; undefined for all. */
  readonly only: readonly string[] | undefined;
  /** How many alerts it stands for. */
  readonly count: number;
  tries: number;
  notBefore: number;
}

/**
 * Mails that wait for their server, one on its way at a time. A server that does not answer is asked again after 5, 10,
 * 20 … 600 seconds; what waits meanwhile is bounded, goes out as a digest if it is a flood, and is given up after half a
 * day. Nothing is given up silently.
 */
export class MailQueue {
  private entries: Entry[] = [];
  private serverFailures = 0;
  private quietUntil = 0;
  private sending: readonly Entry[] = [];
  private wakeAt: number | undefined;
  private whenDone: (() => void) | undefined;
  private readonly counts = { sent: 0, failures: 0, lost: 0 };

  constructor(private readonly around: MailSurroundings) {}

  get state(): MailCounts {
    const waiting = [...this.entries, ...this.sending].reduce((sum, { count }) => sum + count, 0);
    return { waiting, ...this.counts };
  }

  add(alert: Alert): void {
    const queuedAt = this.around.now();
    this.entries.push({ alert, queuedAt, only: undefined, count: 1, tries: 0, notBefore: 0 });
    const excess = this.entries.length - MOST_WAITING;
    if (excess > 0) this.giveUp(this.entries.splice(0, excess), 'too many mails wait');
    this.work();
  }

  /** The server may be another one now: there is no reason to wait any longer. */
  serverChanged(): void {
    this.serverFailures = 0;
    this.quietUntil = 0;
    for (const entry of this.entries) entry.notBefore = 0;
    this.work();
  }

  /** The daemon stops: everything is tried once more; resolves when that is done. */
  drained(): Promise<void> {
    this.serverChanged();
    return new Promise((resolve) => {
      this.whenDone = resolve;
      this.work();
    });
  }

  /** The end: says what was not sent. */
  close(): void {
    this.giveUp([...this.sending, ...this.entries], 'the daemon stops');
    this.sending = [];
    this.entries = [];
  }

  private work(): void {
    if (this.sending.length > 0) return;
    const now = this.around.now();
    this.giveUp(
      this.take((entry) => now - entry.queuedAt > OLDEST_MS),
      'it is too old',
    );
    const ready = now < this.quietUntil ? [] : this.entries.filter(({ notBefore }) => notBefore <= now);
    const [first] = ready;
    if (first) {
      void this.send(ready.length > FLOOD ? this.flood(ready) : [first]);
      return;
    }
    if (this.whenDone) {
      this.whenDone();
      return;
    }
    this.sleep(now);
  }

  private sleep(now: number): void {
    if (this.entries.length === 0) return;
    const next = Math.max(this.quietUntil, Math.min(...this.entries.map(({ notBefore }) => notBefore)));
    if (this.wakeAt !== undefined && this.wakeAt <= next) return;
    this.wakeAt = next;
    this.around.later(next - now, () => this.wake(next));
  }

  /** It may be a little early, and is then set again. */
  private wake(at: number): void {
    if (this.wakeAt === at) this.wakeAt = undefined;
    this.work();
  }

  /** Those that can go together: the oldest first, each to everybody. */
  private flood(ready: readonly Entry[]): readonly Entry[] {
    const common = ready.filter(({ only }) => only === undefined).slice(0, MOST_IN_DIGEST);
    return common.length > 1 ? common : ready.slice(0, 1);
  }

  private async send(entries: readonly Entry[]): Promise<void> {
    const [first] = entries;
    if (!first) return;
    this.sending = entries;
    this.entries = this.entries.filter((entry) => !entries.includes(entry));
    const alert = entries.length > 1 ? this.around.digest(entries.map((entry) => entry.alert)) : first.alert;
    const delivery = await this.around.send(alert, first.only);
    if (this.sending !== entries) return; // closed meanwhile
    this.sending = [];
    if (delivery.kind === 'sent') this.delivered(alert, entries, delivery.refused);
    else if (delivery.kind === 'no-server') this.noServer(entries, delivery.text);
    else this.refused(entries, delivery);
    this.work();
  }

  private delivered(alert: Alert, entries: readonly Entry[], refusals: readonly Refusal[]): void {
    const { log } = this.around;
    if (this.serverFailures > 0) log.info('The SMTP server takes mail again');
    this.serverFailures = 0;
    this.counts.sent += countOf(entries);
    log.detail('SMTP alert successfully sent.');
    for (const { recipient, text, forGood } of refusals) {
      log.warning(`SMTP server refuses ${recipient}${forGood ? '' : ' for now'}: ${text}`);
    }
    const only = refusals.filter(({ forGood }) => !forGood).map(({ recipient }) => recipient);
    if (only.length === 0) return;
    const tries = Math.max(...entries.map((entry) => entry.tries)) + 1;
    const notBefore = this.around.now() + delayAfter(tries);
    const queuedAt = Math.min(...entries.map((entry) => entry.queuedAt));
    this.entries.push({ alert, queuedAt, only, count: 0, tries, notBefore });
  }

  private noServer(entries: readonly Entry[], text: string): void {
    this.counts.failures += 1;
    this.entries.unshift(...entries);
    this.serverFailures += 1;
    const delay = delayAfter(this.serverFailures);
    this.quietUntil = this.around.now() + delay;
    if (this.whenDone) {
      this.whenDone();
      this.whenDone = undefined;
      return;
    }
    const waiting = this.state.waiting;
    this.around.log.warning(
      `SMTP server: ${text}; ${waiting} ${waiting === 1 ? 'mail waits' : 'mails wait'}, next try in ${delay / 1000} seconds`,
    );
  }

  private refused(entries: readonly Entry[], { forGood, text }: { forGood: boolean; text: string }): void {
    this.counts.failures += 1;
    if (forGood) {
      this.giveUp(entries, `the SMTP server refuses it: ${text}`);
      return;
    }
    this.around.log.info(`SMTP server does not take a mail yet: ${text}`);
    const now = this.around.now();
    for (const entry of entries) {
      entry.tries += 1;
      entry.notBefore = this.whenDone ? Infinity : now + delayAfter(entry.tries);
    }
    this.entries.push(...entries);
  }

  private take(which: (entry: Entry) => boolean): readonly Entry[] {
    const taken = this.entries.filter(which);
    if (taken.length > 0) this.entries = this.entries.filter((entry) => !which(entry));
    return taken;
  }

  private giveUp(entries: readonly Entry[], why: string): void {
    this.counts.lost += countOf(entries);
    for (const { alert } of entries.slice(0, MOST_NAMED)) {
      this.around.log.warning(`Mail not sent, ${why}: ${alert.subject}`);
    }
    const more = entries.length - MOST_NAMED;
    if (more > 0) this.around.log.warning(`Mail not sent, ${why}: ${more} more`);
  }
}

/** Lost mails that the log names at once. */
const MOST_NAMED = 20;

const countOf = (entries: readonly Entry[]): number => entries.reduce((sum, { count }) => sum + count, 0);

const delayAfter = (tries: number): number =>
  Math.min(FIRST_DELAY_MS * 2 ** Math.min(tries - 1, 20), LONGEST_DELAY_MS);
