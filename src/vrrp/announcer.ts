import { plus, type Micros } from '../base/units.js';
import { type Context } from './context.js';
import { type Counters } from './counters.js';
import { type InstanceSettings, type VirtualAddress } from './settings.js';
import { nextDueAt } from './timers.js';

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

  /** A reload has changed the settings of a master: announces the VIPs that are new. */
  reconfigured(settings: InstanceSettings): void {
    const before = new Set(this.settings.addresses.map(identity));
    const added = settings.addresses.filter((vip) => !before.has(identity(vip)));
    const { garp } = settings;
    // Under a new name the old deadline is gone.
    const refreshChanged =
      garp.masterRefresh !== this.settings.garp.masterRefresh || settings.name !== this.settings.name;
    this.settings = settings;
    if (added.length > 0) {
      this.round(added, garp.masterRepeat);
      // A second round that is still to come covers all, the new ones too.
      const pending = this.context.deadlines.get(this.deadline('garp')) !== undefined;
      const late = pending ? settings.addresses : added;
      this.later('garp', garp.masterDelay, () => this.round(late, garp.masterRepeat));
    }
    if (refreshChanged) this.refreshFrom(this.context.now);
  }

  /** Takes changed settings while there is nothing to announce. */
  adopt(settings: InstanceSettings): void {
    this.settings = settings;
  }

  /** Forgets the rounds to come. */
  stop(): void {
    for (const kind of ['garp', 'garp-lower-priority', 'garp-refresh'] as const) {
      this.context.deadlines.clear(this.deadline(kind));
    }
  }

  private refreshFrom(start: Micros): void {
    const { masterRefresh } = this.settings.garp;
    if (masterRefresh === 0) this.context.deadlines.clear(this.deadline('garp-refresh'));
    else this.refreshAt(plus(start, masterRefresh));
  }

  private refreshAt(at: Micros): void {
    this.context.setDeadline(this.deadline('garp-refresh'), at, (due) => {
      const { garp, addresses } = this.settings;
      this.round(addresses, garp.masterRefreshRepeat);
      this.refreshAt(nextDueAt(due, garp.masterRefresh, this.context.now));
    });
  }

  private later(kind: 'garp' | 'garp-lower-priority', delay: Micros, send: () => void): void {
    if (delay > 0) this.context.setDeadline(this.deadline(kind), plus(this.context.now, delay), send);
  }

  private deadline(kind: 'garp' | 'garp-lower-priority' | 'garp-refresh'): string {
    return `${kind} ${this.settings.name}`;
  }

  private round(addresses: readonly VirtualAddress[], repeat: number): void {
    const instance = this.settings.name;
    for (let turn = 0; turn < repeat; turn += 1) {
      for (const vip of addresses) {
        const { address } = vip;
        this.context.emit({ type: 'SendGratuitousArp', instance, interface: vip.interface, address });
      }
    }
    this.counters.count('gratuitousArpsSent', repeat * addresses.length);
  }
}

const identity = (vip: VirtualAddress): string => `${vip.address} ${vip.interface}`;
