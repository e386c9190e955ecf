import { plus } from '../base/units.js';
import { type Context } from './context.js';
import { sameData } from './equality.js';
import { type ProcessesCounted } from './event.js';
import { type ProcessSettings } from './settings.js';
import { type ProcessSnapshot } from './snapshot.js';

type Delay = 'fork' | 'terminate';

/**
 * One vrrp_track_process: whether there are as many processes as there should be. A process that ends, or forks
 * another, may be given time to be made up for; one that becomes another program is believed at once.
 */
export class ProcessTracker {
  private currentSettings: ProcessSettings;
  private count: number;
  private quorate: boolean;

  /**
   * @param count how many processes there are.
   * @param changed called after the quorum was gained or lost.
   */
  constructor(
    settings: ProcessSettings,
    private readonly context: Context,
    count: number,
    private readonly changed: () => void,
  ) {
    this.currentSettings = settings;
    this.count = count;
    this.quorate = this.isEnough;
  }

  get name(): string {
    return this.currentSettings.name;
  }

  get settings(): ProcessSettings {
    return this.currentSettings;
  }

  /** True while there are enough processes, and not too many. */
  get hasQuorum(): boolean {
    return this.quorate;
  }

  /** A reload: what there is counts at once, and is not told. If nothing has changed, it is not noticed. */
  adopt(settings: ProcessSettings, count: number): void {
    if (count === this.count && sameData(settings, this.currentSettings)) return;
    this.stop();
    this.currentSettings = settings;
    this.count = count;
    this.quorate = this.isEnough;
  }

  /** Takes a new number of processes. */
  counted({ count, by }: ProcessesCounted): void {
    const { count: countBefore, isEnough: before } = this;
    this.count = count;
    if (by === 'scan') this.recounted(countBefore);
    else if (this.isEnough === before) return;
    else if (by === 'exec') this.settleAtOnce();
    else if (this.clear(by === 'fork' ? 'terminate' : 'fork')) this.settle();
    else this.settleAfter(by === 'fork' ? 'fork' : 'terminate');
  }

  /** Waits for nothing any more. */
  stop(): void {
    this.clear('fork');
    this.clear('terminate');
  }

  snapshot(): ProcessSnapshot {
    const { name, count, hasQuorum } = this;
    return { name, count, hasQuorum };
  }

  private get isEnough(): boolean {
    const { quorum, quorumMax = Infinity } = this.currentSettings;
    return this.count >= quorum && this.count <= quorumMax;
  }

  /** Events were lost, so that any wait was for nothing. */
  private recounted(before: number): void {
    this.stop();
    const changes = this.isEnough !== this.quorate;
    const verdict = changes ? `, quorum ${this.isEnough ? 'up' : 'down'}` : '';
    if (this.count !== before) {
      const text = `number of current processes changed from ${before} to ${this.count}${verdict}`;
      this.context.record('debug', 'processes-recounted', `Process ${this.name}, ${text}`);
    }
    this.settleAfter(this.isEnough ? 'fork' : 'terminate');
  }

  private settleAtOnce(): void {
    this.stop();
    this.settle();
  }

  private settleAfter(delay: Delay): void {
    const { forkDelay, terminateDelay } = this.currentSettings;
    const patience = delay === 'fork' ? forkDelay : terminateDelay;
    if (this.isEnough === this.quorate) return;
    if (patience === 0) this.settle();
    else {
      const at = plus(this.context.now, patience);
      this.context.setDeadline(this.deadline(delay), at, () => this.settle());
    }
  }

  private settle(): void {
    if (this.isEnough === this.quorate) return;
    this.quorate = this.isEnough;
    const how = this.quorate ? 'gained' : 'lost';
    this.context.record('info', `quorum-${how}`, `Quorum ${how} for tracked process ${this.name}`);
    this.changed();
  }

  private deadline(delay: Delay): string {
    return `process-${delay} ${this.name}`;
  }

  /** True if such a wait was under way. */
  private clear(delay: Delay): boolean {
    const { deadlines } = this.context;
    const waited = deadlines.get(this.deadline(delay)) !== undefined;
    deadlines.clear(this.deadline(delay));
    return waited;
  }
}
