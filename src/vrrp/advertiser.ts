import { type IpAddress } from '../base/address.js';
import { plus, type Micros } from '../base/units.js';
import { buildAdvert } from './advert.js';
import { type Context } from './context.js';
import { type Counters } from './counters.js';
import { type SendAdvert } from './effect.js';
import { RogueOwner } from './rogue-owner.js';
import { type InstanceSettings } from './settings.js';
import { nextDueAt, PRIORITY_RESIGN } from './timers.js';

/** The router whose adverts these are, as it is at this moment. */
export interface Advertised {
  readonly settings: InstanceSettings;
  readonly effectivePriority: number;
  readonly source: IpAddress | undefined;
}

/** What one instance sends: adverts by Adver_Timer (RFC 9568, 6.2), adverts in between, resignations. */
export class Advertiser {
  rogueOwner: RogueOwner;
  /** The latest advert: the next one is mostly the same. */
  private latest: SendAdvert | undefined;

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

  /** Sends adverts of priority 0. */
  resign(times: number): void {
    for (let turn = 0; turn < times; turn += 1) this.send(PRIORITY_RESIGN);
  }

  /** Nothing is sent any more. */
  stop(): void {
    this.context.deadlines.clear(this.deadline);
    this.rogueOwner.forget();
  }

  /** New settings make new adverts; call it while the old name still holds. */
  reconfigure(settings: InstanceSettings): void {
    this.latest = undefined;
    if (settings.name === this.router.settings.name) return;
    this.stop();
    this.rogueOwner = new RogueOwner(settings.name, this.context);
  }

  private get deadline(): string {
    return `advert ${this.router.settings.name}`;
  }

  private sendAt(at: Micros): void {
    this.context.setDeadline(this.deadline, at, (due) => {
      this.sendOwn();
      this.sendAt(nextDueAt(due, this.router.settings.advertInterval, this.context.now));
    });
  }

  private send(priority: number): void {
    const { settings } = this.router;
    // On losing its IPv4 address a master still resigns from it; there is no IPv6 advert without an address.
    const source = this.router.source ?? (settings.family === 'inet' ? this.latest?.source : undefined);
    if (source === undefined) return;
    if (this.latest?.priority !== priority || this.latest.source !== source) {
      this.latest = buildAdvert(settings, source, priority);
    }
    this.context.emit(this.latest);
    this.counters.count('advertsSent');
    if (priority === PRIORITY_RESIGN) this.counters.count('priorityZeroSent');
  }
}
