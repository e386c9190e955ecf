import { familyOf, type Family, type IpAddress } from '../base/address.js';
import { plus, type Micros } from '../base/units.js';
import { type Context } from './context.js';
import { type AnnouncementPacing } from './settings.js';

/** One address to be announced. */
export interface Announcement {
  readonly instance: string;
  readonly interface: string;
  readonly address: IpAddress;
  readonly send: () => void;
}

/** An announcement that waits for its turn, and how often it is to be sent. */
interface Waiting {
  readonly announcement: Announcement;
  times: number;
}

/** The interfaces that share one pace, in one family. */
interface Lane {
  readonly deadline: string;
  readonly interval: Micros;
  readonly waiting: Waiting[];
  /** Nothing is sent before; undefined until something was. */
  next?: Micros;
}

/**
 * Keeps the gaps between announcements: garp_interval, gna_interval. Switches that learn addresses in software drop
 * what comes too fast. All instances on an interface, and all interfaces of a garp_group, wait in one queue.
 */
export class AnnouncementPacer {
  private lanes = new Map<string, Lane>();

  constructor(private readonly context: Context) {}

  /** From now on this is the pace; what waits is paced anew. */
  configure(pacing: readonly AnnouncementPacing[]): void {
    const waiting = [...this.lanes.values()].flatMap((lane) => lane.waiting);
    for (const { deadline } of this.lanes.values()) this.context.deadlines.clear(deadline);
    this.lanes = new Map(pacing.flatMap(lanesOf));
    for (const { announcement, times } of waiting) {
      for (let turn = 0; turn < times; turn += 1) this.announce(announcement, times);
    }
  }

  /**
   * Sends now, or as soon as the pace lets it.
   * @param most how often one announcement may wait: asked for more often, it is not sent more often (keepalived).
   */
  announce(announcement: Announcement, most: number): void {
    const lane = this.laneOf(announcement);
    if (!lane) {
      announcement.send();
      return;
    }
    const known = lane.waiting.find((each) => isSame(each.announcement, announcement));
    if (known) known.times = Math.min(Math.max(most, known.times), known.times + 1);
    else if (lane.next !== undefined && this.context.now < lane.next) this.queue(lane, announcement);
    else this.send(lane, announcement);
  }

  /** Sends now whatever the pace is; those that follow keep their distance. */
  announceNow(announcement: Announcement): void {
    this.send(this.laneOf(announcement), announcement);
  }

  /** The instance is no longer master: nothing of it waits any more. */
  forget(instance: string): void {
    for (const lane of this.lanes.values()) {
      const staying = lane.waiting.filter(({ announcement }) => announcement.instance !== instance);
      if (staying.length === lane.waiting.length) continue;
      lane.waiting.splice(0, lane.waiting.length, ...staying);
      if (staying.length === 0) this.context.deadlines.clear(lane.deadline);
    }
  }

  private laneOf(announcement: Announcement): Lane | undefined {
    return this.lanes.get(laneKey(announcement.interface, familyOf(announcement.address)));
  }

  private send(lane: Lane | undefined, announcement: Announcement): void {
    announcement.send();
    if (lane) lane.next = plus(this.context.now, lane.interval);
  }

  private queue(lane: Lane, announcement: Announcement): void {
    lane.waiting.push({ announcement, times: 1 });
    if (lane.waiting.length === 1) this.wait(lane);
  }

  private wait(lane: Lane): void {
    this.context.setDeadline(lane.deadline, lane.next ?? this.context.now, () => this.take(lane));
  }

  /** The first has its turn; if it is to be sent again, it queues up behind the others. */
  private take(lane: Lane): void {
    const first = lane.waiting.shift();
    if (!first) return;
    this.send(lane, first.announcement);
    first.times -= 1;
    if (first.times > 0) lane.waiting.push(first);
    if (lane.waiting.length > 0) this.wait(lane);
  }
}

const laneKey = (interfaceName: string, family: Family): string => `${family} ${interfaceName}`;

const isSame = (a: Announcement, b: Announcement): boolean =>
  a.instance === b.instance && a.interface === b.interface && a.address === b.address;

function lanesOf(pacing: AnnouncementPacing): readonly [string, Lane][] {
  const [first = ''] = pacing.interfaces;
  const lane = (family: Family, interval: Micros, deadline: string): readonly [string, Lane][] => {
    if (interval === 0) return [];
    const shared: Lane = { deadline: `${deadline} ${first}`, interval, waiting: [] };
    return pacing.interfaces.map((name) => [laneKey(name, family), shared]);
  };
  return [
    ...lane('inet', pacing.garpInterval, 'garp-pace'),
    ...lane('inet6', pacing.gnaInterval, 'gna-pace'),
  ];
}
