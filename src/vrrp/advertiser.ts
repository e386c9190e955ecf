import { type IpAddress } from '../base/address.js';
import { micros, plus, type Micros } from '../base/units.js';
import { buildAdvert, withIdentification } from './advert.js';
import { type Authenticator } from './authenticator.js';
import { type Context } from './context.js';
import { type Counters } from './counters.js';
import { DeadlineName } from './deadlines.js';
import { type SendAdvert } from './effect.js';
import { RogueOwner } from './rogue-owner.js';
import { type InstanceSettings } from './settings.js';
import { nextDueAt, PRIORITY_RESIGN } from './timers.js';

/**
 * A hundredth of the interval: less than any wait of the protocol would notice. An advert goes early once, and from then
 * on keeps its interval. To wake up costs more than ten adverts do.
 */
const SLACK_SHARE = 100;

/** The router whose adverts these are, as it is at this moment. */
export interface Advertised {
  readonly settings: InstanceSettings;
  readonly effectivePriority: number;
  readonly source: IpAddress | undefined;
  readonly authenticator: Authenticator | undefined;
  /** Steps back, and says so with true, if somebody else must be master by now (timer_expired_backup). */
  yieldIfOverdue(): boolean;
}

/** What one instance sends: adverts by Adver_Timer (RFC 9568, 6.2), adverts in between, resignations. */
export class Advertiser {
  rogueOwner: RogueOwner;
  private readonly deadlineName = new DeadlineName('advert');
  /** The latest advert: the next one is mostly the same. */
  private latest: SendAdvert | undefined;
  private latestAt: Micros | undefined;
  /** Identification of the last IPv4 packet. */
  private identification = 0;
  /** An advert was heard with the checksum of keepalived before 1.3.6: from now on ours have it too. */
  private oldChecksum = false;

  constructor(
    private readonly router: Advertised,
    private readonly context: Context,
    private readonly counters: Counters,
    name: string,
  ) {
    this.rogueOwner = new RogueOwner(name, context);
  }

  /** Sends an advert of our priority, and the next one an interval later. */
  advertise(): void {
    this.sendOwn();
    this.startTimer();
  }

  /** The next advert goes out an interval from now. */
  startTimer(): void {
    this.sendAt(plus(this.context.now, this.router.settings.advertInterval));
  }

  /** Sends one advert of our priority; no timer changes. */
  sendOwn(): void {
    this.send(this.router.effectivePriority);
    this.rogueOwner.advertSent(this.router.settings.advertInterval);
  }

  /** When the latest advert was sent. */
  get sentAt(): Micros | undefined {
    return this.latestAt;
  }

  /** Takes over the checksum of keepalived before 1.3.6; true if that is news. */
  learnOldChecksum(): boolean {
    const { transport } = this.router.settings;
    if (this.oldChecksum || transport.kind !== 'unicast' || transport.oldChecksum?.use !== 'learn')
      return false;
    this.oldChecksum = true;
    this.latest = undefined;
    return true;
  }

  /** Sends adverts of priority 0. */
  resign(times: number): void {
    for (let turn = 0; turn < times; turn += 1) this.send(PRIORITY_RESIGN);
  }

  /** Nothing is sent any more. */
  stop(): void {
    this.context.deadlines.clear(this.deadline);
    this.rogueOwner.forget();
  }

  /** New settings make new adverts. Whoever is to have another name has stopped under the old one. */
  reconfigure(settings: InstanceSettings): void {
    this.latest = undefined;
    if (settings.transport.kind !== 'unicast' || settings.transport.oldChecksum?.use !== 'learn') {
      this.oldChecksum = false;
    }
    if (settings.name !== this.router.settings.name) {
      this.rogueOwner = new RogueOwner(settings.name, this.context);
    }
  }

  private get deadline(): string {
    return this.deadlineName.of(this.router.settings.name);
  }

  private sendAt(at: Micros): void {
    this.context.setDeadline(this.deadline, at, this.fallDue, this.slack);
  }

  private readonly fallDue = (due: Micros): void => {
    if (this.router.yieldIfOverdue()) return;
    this.sendOwn();
    const { now } = this.context;
    // Whoever went early to go with others stays with them.
    const from = micros(Math.min(due, now));
    this.sendAt(nextDueAt(from, this.router.settings.advertInterval, now));
  };

  /** So much earlier an advert may leave, to leave together with others. */
  private get slack(): Micros {
    return micros(Math.floor(this.router.settings.advertInterval / SLACK_SHARE));
  }

  private send(priority: number): void {
    const { settings } = this.router;
    // On losing its IPv4 address a master still resigns from it; there is no IPv6 advert without an address.
    const source = this.router.source ?? (settings.family === 'inet' ? this.latest?.source : undefined);
    if (source === undefined) return;
    if (this.latest?.priority !== priority || this.latest.source !== source) {
      this.latest = buildAdvert(settings, source, priority, this.checksumFor);
    }
    this.latestAt = this.context.now;
    const numbered = settings.family === 'inet' ? this.numbered(this.latest) : this.latest;
    this.context.emit(this.router.authenticator?.seal(numbered) ?? numbered);
    this.counters.count('advertsSent');
    if (priority === PRIORITY_RESIGN) this.counters.count('priorityZeroSent');
  }

  /** Every IPv4 packet has another Identification, never 0, which the kernel would replace. */
  private numbered(advert: SendAdvert): SendAdvert {
    this.identification = (this.identification % 0xffff) + 1;
    return withIdentification(advert, this.identification);
  }

  /** The destination that our checksums are made for, where it is not the real one. */
  private get checksumFor(): IpAddress | undefined {
    const { transport } = this.router.settings;
    const old = transport.kind === 'unicast' ? transport.oldChecksum : undefined;
    return old?.use === 'always' || this.oldChecksum ? old?.group : undefined;
  }
}
