import { type Micros } from '../../base/units.js';
import { type ProcessSettings } from '../model-global.js';
import { type PassContext } from './context.js';
import { type Section } from './section.js';

/** Scheduling of one worker; a real-time worker may not run for 10 ms without sleeping, unless told otherwise. */
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
