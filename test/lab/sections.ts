// Stories print "== NAME" before each thing that is found.
import { runInLab, type LabOptions } from './lab.js';

/** Plays a story in the lab. @returns what stands under each name, in order; the last is expected to be a log. */
export async function sectionsOf(
  command: string,
  options: LabOptions,
): Promise<ReadonlyMap<string, string[]>> {
  const run = await runInLab(command, options);
  const sections = new Map<string, string[]>();
  for (const part of run.output.split(/^== /m).slice(1)) {
    const [name = '', ...lines] = part.trimEnd().split('\n');
    sections.set(name, lines);
  }
  if (run.status !== 0 || !sections.has('log') || run.output.includes('waited in vain')) {
    throw new Error(`status ${run.status}\n${run.output}\n${run.complaints}`);
  }
  return sections;
}
