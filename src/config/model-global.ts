import { type Micros } from '../base/units.js';

/** global_defs and the keywords outside any block, as far as processes and logs need them. */
export interface GlobalSettings {
  /** router_id, or the host's name. */
  readonly routerId: string;
  readonly scriptUser?: string;
  readonly scriptGroup?: string;
  readonly enableScriptSecurity: boolean;
  /** Scripts are executed by the path that was given, not by the one that symbolic links lead to. */
  readonly useSymlinkPaths: boolean;
  /** Scripts have all groups of their user, not only the first. */
  readonly supplementaryGroups: boolean;
  readonly vrrpProcess: ProcessSettings;
  readonly checkerProcess: ProcessSettings;
  readonly bfdProcess: ProcessSettings;
  readonly autoPriority: AutoPriority;
  /** File mode creation mask of the daemon and of the scripts it runs, 0-0o777; absent if not told. */
  readonly umask?: number;
  /** process_name and its like: what ps shows. */
  readonly processNames: Readonly<Partial<Record<'main' | 'vrrp' | 'checkers' | 'bfd', string>>>;
}

/** How a worker that is scheduled too late helps itself. */
export interface AutoPriority {
  /** max_auto_priority: up to which SCHED_RR priority, 1-99; -1 or 0 for not at all. Absent if not told. */
  readonly highest?: number;
  /** min_auto_priority_delay: from what lateness on. */
  readonly minDelay: Micros;
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
  /** RLIMIT_RTTIME, in force while the process has a real-time priority. None unless told. */
  readonly rtTimeLimit?: Micros;
}
