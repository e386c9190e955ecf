import { type Result } from '../base/result.js';
import { micros, microsToSeconds, MICROS_PER_SECOND, type Micros } from '../base/units.js';
import { type GlobalSettings, type ProcessSettings } from '../config/index.js';
import { type KernelError } from '../kernel/kernel-error.js';
import {
  lockMemory,
  setCpuAffinity,
  setNice,
  setNormalScheduling,
  setRealTimeLimit,
  setRealTimePriority,
} from '../kernel/process.js';
import { type Log } from './log.js';

const KERNEL = {
  lockMemory,
  setCpuAffinity,
  setNice,
  setNormalScheduling,
  setRealTimeLimit,
  setRealTimePriority,
};

/** What a worker asks of the kernel for itself; a test's fake asks nothing. */
export type SchedulingDoor = typeof KERNEL;

/** Whose scheduling it is, and what keepalived calls it. */
export type Scheduled = 'VRRP' | 'Checker' | 'BFD';

const PROCESS_OF = { VRRP: 'vrrpProcess', Checker: 'checkerProcess', BFD: 'bfdProcess' } as const;
const PREFIX_OF = { VRRP: 'vrrp', Checker: 'checker', BFD: 'bfd' } as const;

/** The priority that the VRRP and BFD workers take unasked: above everything that is not real-time, below all that is. */
const UNASKED = 1;

/** From here on a late wake-up is worth a line for who wants details. */
const NOTABLE: Micros = micros(MICROS_PER_SECOND / 50);

/**
 * The least that vrrp_rlimit_rttime can be for the kernel to kill us. The few milliseconds of keepalived's default
 * pass at every takeover of many instances; what the limit is for is a worker that will never sleep again.
 */
const LEAST_LIMIT: Micros = micros(5 * MICROS_PER_SECOND);

/** How late this process has come to its own deadlines. */
export interface Stalls {
  /** Wake-ups that were 20 ms late or more. */
  count: number;
  longest: Micros;
}

/**
 * How the kernel schedules this worker, and what is done if it does so too late. Each wish that is refused is said,
 * and done without.
 */
export class Scheduling {
  readonly stalls: Stalls = { count: 0, longest: micros(0) };
  /** 0 for no real-time priority. */
  private priority = 0;

  constructor(
    private readonly who: Scheduled,
    private global: GlobalSettings,
    private readonly log: Pick<Log, 'info' | 'detail' | 'warning'>,
    private readonly door: SchedulingDoor = KERNEL,
  ) {}

  /** At start; and after a reload, with the new settings. */
  apply(global = this.global): void {
    this.global = global;
    const { nice, cpuAffinity, noSwap } = this.settings;
    if (nice !== undefined) this.attempt('process priority', this.door.setNice(nice));
    if (cpuAffinity) this.attempt('CPU affinity', this.door.setCpuAffinity(cpuAffinity));
    if (noSwap) this.attempt('memory to stay out of swap', this.door.lockMemory());
    this.applyPriority();
  }

  /** The timer woke us so much after its deadline. */
  wokeLate(late: Micros): void {
    if (late < NOTABLE) return;
    this.stalls.count += 1;
    this.stalls.longest = micros(Math.max(this.stalls.longest, late));
    const text = `A thread timer expired ${microsToSeconds(late).toFixed(6)} seconds ago`;
    if (late <= this.global.autoPriority.minDelay) {
      this.log.detail(text);
      return;
    }
    this.log.info(text);
    this.raise();
  }

  /** SIGXCPU: half of vrrp_rlimit_rttime has passed without a sleep. */
  nearLimit(): void {
    const keyword = `${PREFIX_OF[this.who]}_rlimit_rttime`;
    this.log.info(`${this.who} process has used too much CPU time, ${keyword} may need to be increased`);
  }

  private get settings(): ProcessSettings {
    return this.global[PROCESS_OF[this.who]];
  }

  /** max_auto_priority. */
  private get highest(): number {
    return this.global.autoPriority.highest ?? 0;
  }

  /** What the settings want, and no less than was found to be needed. */
  private applyPriority(): void {
    const { realTimePriority } = this.settings;
    const raised = Math.min(this.priority, Math.max(this.highest, 0));
    const wanted = Math.max(realTimePriority ?? this.unasked, raised);
    if (wanted === 0) {
      if (this.priority > 0) this.attempt('normal scheduling', this.door.setNormalScheduling());
      this.priority = 0;
      return;
    }
    const result = this.take(wanted);
    if (realTimePriority !== undefined) this.attempt('real-time priority', result);
    else if (!result.ok) {
      this.log.info(`No real-time priority: packets may be late on a busy host. ${result.error.message}`);
    }
  }

  private get unasked(): number {
    const { settings, global } = this;
    const spoken = settings.nice !== undefined || global.autoPriority.highest !== undefined;
    return this.who !== 'Checker' && !spoken ? UNASKED : 0;
  }

  /** One more than it was, as far as we may. */
  private raise(): void {
    if (this.priority >= this.highest) return;
    const result = this.take(this.priority + 1);
    if (result.ok) this.log.info(`Set realtime priority ${this.priority}`);
    else this.attempt('real-time priority', result);
  }

  private take(priority: number): Result<void, KernelError> {
    const { rtTimeLimit } = this.settings;
    if (rtTimeLimit !== undefined) {
      const warning = micros(Math.floor(rtTimeLimit / 2));
      const limit = micros(Math.max(rtTimeLimit, LEAST_LIMIT));
      this.attempt('limit of real-time CPU time', this.door.setRealTimeLimit(warning, limit));
    }
    const result = this.door.setRealTimePriority(priority);
    if (result.ok) this.priority = priority;
    return result;
  }

  private attempt(what: string, result: Result<void, KernelError>): void {
    if (!result.ok) this.log.warning(`Unable to set ${what}: ${result.error.message}`);
  }
}
