import { type LinkBeatSocket } from '../kernel/link-beat.js';
import { type Log } from './log.js';

/** How an interface is asked: its transceiver's registers, its driver, or its flags alone. */
export type BeatType = 'MII' | 'ETHTOOL' | 'IOCTL';

/** What the poller needs of the kernel. */
export type BeatDoor = Pick<LinkBeatSocket, 'flagsUp' | 'ethtoolUp' | 'miiUp'>;

/**
 * linkbeat_interfaces and linkbeat_use_polling: asks interfaces for their state, because their drivers do not tell of
 * changes.
 */
export class Linkbeat {
  /** By interface; undefined for one that has not been looked at. */
  private readonly types = new Map<string, BeatType>();
  private readonly states = new Map<string, boolean>();

  /** @param wanted the interfaces to ask, and how, where the file says. */
  constructor(
    private readonly wanted: ReadonlyMap<string, BeatType | undefined>,
    private readonly door: BeatDoor,
    private readonly log: Pick<Log, 'info'>,
  ) {}

  /** What the interface of that name said last; undefined if it is not asked. */
  isUp(name: string): boolean | undefined {
    if (!this.wanted.has(name)) return undefined;
    return this.states.get(name) ?? this.look(name);
  }

  /** Asks all of `existing` that are to be asked. @returns the names of those that have changed. */
  poll(existing: ReadonlySet<string>): readonly string[] {
    return [...this.wanted.keys()].filter((name) => {
      const before = this.states.get(name);
      if (!existing.has(name)) {
        this.states.delete(name);
        return false;
      }
      return this.look(name) !== before;
    });
  }

  private look(name: string): boolean {
    const type = this.types.get(name) ?? this.detect(name);
    const answer = type === 'MII' ? this.door.miiUp(name) : type === 'ETHTOOL' && this.door.ethtoolUp(name);
    // A driver that does not answer this time, or has no answer at all, leaves it to the flags.
    const up = (type === 'IOCTL' || answer !== false) && (this.door.flagsUp(name) ?? false);
    this.states.set(name, up);
    return up;
  }

  private detect(name: string): BeatType {
    const configured = this.wanted.get(name);
    const type = this.firstThatAnswers(name, configured);
    this.types.set(name, type);
    if (configured !== undefined && configured !== type) {
      this.log.info(`(${name}): Configured linkbeat type ${configured} not supported, using ${type}`);
    }
    return type;
  }

  private firstThatAnswers(name: string, configured: BeatType | undefined): BeatType {
    if (configured === 'IOCTL') return 'IOCTL';
    const order = configured === 'ETHTOOL' ? (['ETHTOOL', 'MII'] as const) : (['MII', 'ETHTOOL'] as const);
    const answers = (type: 'MII' | 'ETHTOOL'): boolean =>
      (type === 'MII' ? this.door.miiUp(name) : this.door.ethtoolUp(name)) !== undefined;
    return order.find(answers) ?? 'IOCTL';
  }
}
