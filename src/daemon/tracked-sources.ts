import { type InstanceSettings, type SyncGroupSettings, type VrrpEvent } from '../vrrp/index.js';
import { FileWatcher } from './file-watcher.js';
import { type Log } from './log.js';
import { type WorkerShares } from './messages.js';
import { ProcessWatcher } from './process-watcher.js';

type Share = Pick<WorkerShares['vrrp'], 'vrrp' | 'trackFiles' | 'trackProcesses' | 'processMonitor'>;

/** Numbers as the protocol takes them in at a reload. */
export interface TrackedNumbers {
  readonly files: Readonly<Record<string, number>>;
  readonly processes: Readonly<Record<string, number>>;
}

/** Where the numbers of files and processes come from that instances track. */
export class TrackedSources {
  private readonly files: FileWatcher;
  private readonly processes: ProcessWatcher;

  /** @param handle takes what has changed; not called from within follow(). */
  constructor(share: Share, log: Log, handle: (events: readonly VrrpEvent[]) => void) {
    this.files = new FileWatcher((name, value) => handle([{ type: 'FileChanged', name, value }]), log);
    this.processes = new ProcessWatcher(handle, log, share.processMonitor);
  }

  /** Follows what this configuration tracks, and nothing else. @returns the numbers of this moment. */
  follow({ vrrp, trackFiles, trackProcesses }: Share): TrackedNumbers {
    const tracked = new Set([...vrrp.instances, ...vrrp.syncGroups].flatMap(trackedFiles));
    const paths = Object.entries(trackFiles).filter(([name]) => tracked.has(name));
    return {
      files: this.files.follow(Object.fromEntries(paths.map(([name, { file }]) => [name, file]))),
      processes: this.processes.follow(
        Object.fromEntries(Object.entries(trackProcesses).map(([name, each]) => [name, patternOf(each)])),
      ),
    };
  }

  close(): void {
    this.files.close();
    this.processes.close();
  }
}

const trackedFiles = ({ trackFiles }: InstanceSettings | SyncGroupSettings): readonly string[] =>
  trackFiles.map(({ name }) => name);

const patternOf = ({ process, parameters, match, fullCommand }: Share['trackProcesses'][string]) => ({
  process,
  parameters,
  match,
  fullCommand,
});

/** The same numbers as events. */
export const numberEvents = ({ files, processes }: TrackedNumbers): readonly VrrpEvent[] => [
  ...Object.entries(files).map(([name, value]) => ({ type: 'FileChanged', name, value }) as const),
  ...Object.entries(processes).map(
    ([name, count]) => ({ type: 'ProcessesCounted', name, count, by: 'scan' }) as const,
  ),
];
