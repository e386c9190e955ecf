import { type Micros } from '../base/units.js';

/** global_defs and the keywords outside any block, as far as processes and logs need them. */
export interface GlobalSettings {
  /** router_id, or the host's name. */
  readonly routerId: string;
  readonly scriptUser?: string;
  readonly scriptGroup?: string;
  readonly enableScriptSecurity: boolean;
  readonly vrrpProcess: ProcessSettings;
  readonly checkerProcess: ProcessSettings;
  readonly bfdProcess: ProcessSettings;
}

/** vrrp_priority, vrrp_rt_priority and their like, for one worker process. */
export interface ProcessSettings {
  /** Nice value, -20 to 19. */
  readonly nice?: number;
  /** SCHED_RR priority, 1-99. */
  readonly realTimePriority?: number;
  /** CPU numbers. */
  readonly cpuAffinity?: readonly number[];
  /** Lock all memory, so that the process is never swapped. */
  readonly noSwap: boolean;
  /** RLIMIT_RTTIME. */
  readonly rtTimeLimit?: Micros;
}
