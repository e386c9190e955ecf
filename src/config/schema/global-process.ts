import { inBlock, integer, UINT_MAX } from './entries.js';
import { type BlockText, type Keyword } from './types.js';

/** Scheduling of one worker process, the same for each: `prefix` is that of its keywords. */
const process = (prefix: string, who: string, realTimeDefault = 'no real-time scheduling'): BlockText => ({
  [`${prefix}_priority`]: {
    arguments: integer('nice', -20, 19, { missing: 'report' }),
    default: '0',
    meaning: `Nice value of the ${who} worker.`,
    example: `${prefix}_priority -20`,
  },
  [`${prefix}_no_swap`]: {
    meaning: `Locks the memory of the ${who} worker, so that it is never swapped out.`,
  },
  [`${prefix}_rt_priority`]: {
    arguments: integer('priority', 1, 99, { missing: 'report', clamp: true }),
    default: realTimeDefault,
    meaning: `Runs the ${who} worker with this SCHED_RR priority; values outside the range become its ends.`,
    example: `${prefix}_rt_priority 50`,
  },
  [`${prefix}_cpu_affinity`]: {
    arguments: integer('cpu', 0, 8191, { many: true, missing: 'report' }),
    default: 'all',
    meaning: `Runs the ${who} worker on these CPUs only.`,
    example: `${prefix}_cpu_affinity 0 1`,
  },
  [`${prefix}_rlimit_rttime`]: {
    arguments: integer('microseconds', 1, UINT_MAX),
    default: 'no limit',
    needs: 'a real-time priority',
    meaning:
      `CPU time that the ${who} worker may use at real-time priority without sleeping: ` +
      'after half of it the log says so; after all of it, and never before 5 s, the kernel ends the process.',
    example: `${prefix}_rlimit_rttime 10000`,
  },
  [`${prefix}_rlimit_rtime`]: {
    arguments: integer('microseconds', 1, UINT_MAX),
    sameAs: `global_defs/${prefix}_rlimit_rttime`,
    deprecated: { use: `${prefix}_rlimit_rttime`, reported: false },
    meaning: `CPU time that the ${who} worker may use at real-time priority without sleeping.`,
    example: `${prefix}_rlimit_rtime 10000`,
  },
});

/** What holds where nothing is said of priorities; daemon/scheduling.ts. */
const realTime = (prefix: string): string =>
  `1 where the system allows it, unless ${prefix}_priority or max_auto_priority is there`;

/** global_defs: how the kernel schedules the workers. */
export const globalProcess: readonly Keyword[] = [
  ...inBlock('global_defs', process('vrrp', 'VRRP', realTime('vrrp'))),
  ...inBlock('global_defs', process('checker', 'health')),
  ...inBlock('global_defs', process('bfd', 'BFD', realTime('bfd'))),
];
