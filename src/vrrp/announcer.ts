import { familyOf } from '../base/address.js';
import { plus, type Micros } from '../base/units.js';
import { type Announcement } from './announcement-pacer.js';
import { type Context } from './context.js';
import { type Counters } from './counters.js';
import { type InstanceSettings, type VirtualAddress } from './settings.js';
import { nextDueAt } from './timers.js';

const KINDS = ['garp', 'garp-lower-priority', 'garp-refresh', 'garp-extra'] as const;
type Kind = (typeof KINDS)[number];

/**
 * Gratuitous ARP and unsolicited neighbour advertisements of one instance (RFC 9568, 6.4.1 and 6.4.3): rounds
 * over all of its VIPs, at once, once more a while later, and from time to time.
 */
export class Announcer {
  constructor(
    private settings: InstanceSettings,
    private readonly context: Context,
    private readonly counters: Counters,
  ) {}

  /** The rounds of a new master. */
  becameMaster(): void {
    const { garp, addresses } = this.settings;
    this.round(addresses, garp.masterRepeat);
    this.later('garp', garp.masterDelay, () => this.round(addresses, garp.masterRepeat));
    this.refreshFrom(plus(this.context.now, garp.masterDelay));
    this.extraFrom(plus(this.context.now, garp.masterDelay));
  }

  /** A router of lower priority has claimed to be master: its claim may have reached the neighbours. */
  heardLowerPriority(): void {
    const { garp, addresses } = this.settings;
    if (garp.lowerPriorityRepeat === 0) return;
    this.round(addresses, garp.lowerPriorityRepeat);
    this.later('garp-lower-priority', garp.lowerPriorityDelay, () => {
      this.round(addresses, garp.lowerPriorityRepeat);
    });
  }

  /** One round out of turn. */
  asked(): void {
    this.round(this.settings.addresses, 1);
  }

  /** A reload has changed the settings of a master: announces the VIPs that are new. */
  reconfigured(settings: InstanceSettings): void {
    const before = new Set(this.settings.addresses.map(identity));
    const added = settings.addresses.filter((vip) => !before.has(identity(vip)));
    const { garp } = settings;
    // Under a new name the old deadlines are gone.
    const renamed = settings.name !== this.settings.name;
    const refreshChanged = renamed || garp.masterRefresh !== this.settings.garp.masterRefresh;
    const extraChanged = renamed || garp.extraInterval !== this.settings.garp.extraInterval;
    this.settings = settings;
    if (added.length > 0) {
      this.round(added, garp.masterRepeat);
      // A second round that is still to come covers all, the new ones too.
      const pending = this.context.deadlines.get(this.deadline('garp')) !== undefined;
      const late = pending ? settings.addresses : added;
      this.later('garp', garp.masterDelay, () => this.round(late, garp.masterRepeat));
    }
    if (refreshChanged) this.refreshFrom(this.context.now);
    if (extraChanged) this.extraFrom(this.context.now);
  }

  /** Takes changed settings while there is nothing to announce. */
  adopt(settings: InstanceSettings): void {
    this.settings = settings;
  }

  /** Forgets the rounds to come. */
  stop(): void {
    for (const kind of KINDS) this.context.deadlines.clear(this.deadline(kind));
    this.context.pacer.forget(this.settings.name);
  }

  /** Tells neighbours, out of turn, of an address that does not move. */
  announceNow(vip: Pick<VirtualAddress, 'address' | 'interface'>): void {
    this.context.pacer.announceNow(this.announcement(vip));
  }

  private refreshFrom(start: Micros): void {
    const { masterRefresh } = this.settings.garp;
    this.every('garp-refresh', start, masterRefresh, () => {
      const { garp, addresses } = this.settings;
      this.round(addresses, garp.masterRefreshRepeat);
    });
  }

  /** garp_extra_if: bridges forget what sits behind an interface on which nothing is ever sent. */
  private extraFrom(start: Micros): void {
    this.every('garp-extra', start, this.settings.garp.extraInterval, () => {
      this.round(this.settings.garp.extraAddresses, 1);
    });
  }

  private every(kind: Kind, start: Micros, interval: Micros, act: () => void): void {
    const name = this.deadline(kind);
    const setAt = (at: Micros): void => {
      this.context.setDeadline(name, at, (due) => {
        act();
        setAt(nextDueAt(due, interval, this.context.now));
      });
    };
    if (interval === 0) this.context.deadlines.clear(name);
    else setAt(plus(start, interval));
  }

  private later(kind: Kind, delay: Micros, send: () => void): void {
    if (delay > 0) this.context.setDeadline(this.deadline(kind), plus(this.context.now, delay), send);
  }

  private deadline(kind: Kind): string {
    return `${kind} ${this.settings.name}`;
  }

  private round(addresses: readonly VirtualAddress[], repeat: number): void {
    for (let turn = 0; turn < repeat; turn += 1) {
      for (const vip of addresses) {
        if (turn === 0) this.recordRound(vip);
        this.context.pacer.announce(this.announcement(vip), repeat);
      }
    }
  }

  private recordRound({ address, interface: name }: VirtualAddress): void {
    const what = familyOf(address) === 'inet' ? 'gratuitous ARPs' : 'Unsolicited Neighbour Adverts';
    const instance = this.settings.name;
    const text = `(${instance}) Sending/queueing ${what} on ${name} for ${address}`;
    this.context.record('debug', 'announcing', text, instance);
  }

  private announcement(vip: Pick<VirtualAddress, 'address' | 'interface'>): Announcement {
    const { address, interface: name } = vip;
    const instance = this.settings.name;
    const send = (): void => {
      this.counters.count('gratuitousArpsSent');
      this.context.emit({ type: 'SendGratuitousArp', instance, interface: name, address });
    };
    return { instance, interface: name, address, send };
  }
}

const identity = (vip: VirtualAddress): string => `${vip.address} ${vip.interface}`;
