import { micros, MICROS_PER_SECOND, type Micros } from '../../base/units.js';
import { type AutoPriority, type GlobalSettings, type ProcessSettings } from '../model-global.js';
import { type PassContext } from './context.js';
import { type Section } from './section.js';

/** How workers that are scheduled too late help themselves. */
export function autoPriorityOf(section: Section): AutoPriority {
  const told = section.has('max_auto_priority');
  return {
    ...(told && { highest: section.number('max_auto_priority') ?? HIGHEST_PRIORITY }),
    minDelay: micros(section.number('min_auto_priority_delay') ?? MICROS_PER_SECOND),
  };
}

/** sched_get_priority_max(SCHED_RR). */
const HIGHEST_PRIORITY = 99;

/** Scheduling of one worker. */
export function processOf(context: PassContext, section: Section, prefix: string): ProcessSettings {
  const nice = section.number(`${prefix}_priority`);
  const realTimePriority = section.number(`${prefix}_rt_priority`);
  const limit = section.number(`${prefix}_rlimit_rttime`);
  const affinity = cpuAffinity(context, section, `${prefix}_cpu_affinity`);
  return {
    ...(nice !== undefined && { nice }),
    ...(realTimePriority !== undefined && { realTimePriority }),
    ...(affinity && { cpuAffinity: affinity }),
    noSwap: section.has(`${prefix}_no_swap`),
    ...(limit !== undefined && { rtTimeLimit: Math.max(2, limit) as Micros }),
  };
}

function cpuAffinity(context: PassContext, section: Section, name: string): readonly number[] | undefined {
  const reading = section.get(name);
  const cpus = reading?.values[0];
  if (!reading || !Array.isArray(cpus)) return undefined;
  const numbers = cpus as readonly number[];
  if (numbers.every((cpu) => cpu < context.host.cpuCount)) return numbers;
  const text = `this machine has CPUs 0 to ${context.host.cpuCount - 1}; the line is ignored`;
  context.error('out-of-range', text, reading.statement.span);
  return undefined;
}

/** What ps shows of each process. */
export function processNames(section: Section): GlobalSettings['processNames'] {
  const all = section.has('process_names');
  const names = {
    main: section.text('process_name'),
    vrrp: section.text('vrrp_process_name') ?? (all ? 'keepalived_vrrp' : undefined),
    checkers: section.text('checker_process_name') ?? (all ? 'keepalived_lvs' : undefined),
    bfd: section.text('bfd_process_name') ?? (all ? 'keepalived_bfd' : undefined),
  };
  return Object.fromEntries(Object.entries(names).filter(([, name]) => name !== undefined));
}
