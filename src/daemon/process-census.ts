import { type TrackProcessSettings } from '../config/model-track.js';
import { type ProcessesCounted } from '../vrrp/index.js';

/** What makes a process one of a vrrp_track_process. */
export type ProcessPattern = Pick<TrackProcessSettings, 'process' | 'parameters' | 'match' | 'fullCommand'>;

/** A process as /proc shows it. */
export interface ProcessImage {
  /** comm: at most 15 bytes. */
  readonly name: string;
  /** cmdline: every argument ended by a NUL; '' for a kernel thread and for a zombie. */
  readonly commandLine: string;
}

/** True if a process is one of those that are meant. */
export function matches(
  { process, parameters, match, fullCommand }: ProcessPattern,
  image: ProcessImage,
): boolean {
  if (!fullCommand) return image.name === process;
  const { commandLine } = image;
  const end = commandLine.indexOf('\0');
  if ((end < 0 ? commandLine : commandLine.slice(0, end)) !== process) return false;
  const actual = end < 0 ? '' : commandLine.slice(end + 1);
  const expected = parameters.map((parameter) => `${parameter}\0`).join('');
  switch (match) {
    case 'none':
      return true;
    case 'exact':
      return actual === expected;
    case 'partial':
      return actual.startsWith(expected);
    case 'initial':
      // The last parameter may go on, but not be missing its end.
      return actual.length >= expected.length && actual.startsWith(expected.slice(0, -1));
  }
}

/** Counts the processes of every vrrp_track_process. Each method returns the numbers that have changed. */
export class ProcessCensus {
  /** What each process counts for, by pid; others are not listed. */
  private readonly members = new Map<number, Set<string>>();
  private readonly counts = new Map<string, number>();

  constructor(private readonly patterns: ReadonlyMap<string, ProcessPattern>) {
    for (const name of patterns.keys()) this.counts.set(name, 0);
  }

  /** How many there are of each. */
  get numbers(): Readonly<Record<string, number>> {
    return Object.fromEntries(this.counts);
  }

  /** Begins anew with all processes that there are. */
  recount(processes: Iterable<readonly [pid: number, image: ProcessImage]>): readonly ProcessesCounted[] {
    this.members.clear();
    for (const name of this.counts.keys()) this.counts.set(name, 0);
    for (const [pid, image] of processes) this.execed(pid, image);
    return [...this.counts].map(([name, count]) => ({ type: 'ProcessesCounted', name, count, by: 'scan' }));
  }

  /** A child is what its parent is, until it becomes something else. */
  forked(pid: number, parent: number): readonly ProcessesCounted[] {
    return [...(this.members.get(parent) ?? [])].flatMap((name) => this.enter(pid, name, 'fork'));
  }

  exited(pid: number): readonly ProcessesCounted[] {
    return [...(this.members.get(pid) ?? [])].flatMap((name) => this.leave(pid, name, 'exit'));
  }

  /** A process has become another program. */
  execed(pid: number, image: ProcessImage): readonly ProcessesCounted[] {
    return [...this.patterns].flatMap(([name, pattern]) => this.judge(pid, name, matches(pattern, image)));
  }

  /** A process has renamed itself, which changes nothing for those that are known by their command line. */
  renamed(pid: number, to: string): readonly ProcessesCounted[] {
    return [...this.patterns]
      .filter(([, pattern]) => !pattern.fullCommand)
      .flatMap(([name, { process }]) => this.judge(pid, name, process === to));
  }

  private judge(pid: number, name: string, isMember: boolean): readonly ProcessesCounted[] {
    return isMember ? this.enter(pid, name, 'exec') : this.leave(pid, name, 'exec');
  }

  private enter(pid: number, name: string, by: ProcessesCounted['by']): readonly ProcessesCounted[] {
    const known = this.members.get(pid);
    if (known?.has(name) === true) return [];
    if (known) known.add(name);
    else this.members.set(pid, new Set([name]));
    return [this.change(name, 1, by)];
  }

  private leave(pid: number, name: string, by: ProcessesCounted['by']): readonly ProcessesCounted[] {
    const known = this.members.get(pid);
    if (known?.delete(name) !== true) return [];
    if (known.size === 0) this.members.delete(pid);
    return [this.change(name, -1, by)];
  }

  private change(name: string, step: 1 | -1, by: ProcessesCounted['by']): ProcessesCounted {
    const count = (this.counts.get(name) ?? 0) + step;
    this.counts.set(name, count);
    return { type: 'ProcessesCounted', name, count, by };
  }
}
