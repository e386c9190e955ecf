import { readFileSync, unlinkSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { type ReloadSettings } from '../config/index.js';
import { DirectoryWatch, type DirectoryEvent } from '../kernel/inotify.js';
import { KernelError } from '../kernel/kernel-error.js';
import { type Log } from './log.js';
import { parseReloadTime, reloadTimeText, type ReloadTime } from './reload-time.js';

/** A timer waits no longer than this before it looks at the clock again: somebody may have set it. */
const LONGEST_WAIT_MS = 60_000;

/** Reloads when the time in reload_time_file has come, and follows that file. */
export class ReloadSchedule {
  private file: string | undefined;
  private repeat = false;
  private directory: DirectoryWatch | undefined;
  private timer: NodeJS.Timeout | undefined;
  private scheduled: ReloadTime | undefined;

  /** @param reload the time has come. */
  constructor(
    private readonly log: Pick<Log, 'info'>,
    private readonly reload: () => void,
    private readonly clock: () => number = Date.now,
  ) {}

  /** Follows the file that these settings name, from now on. */
  follow({ timeFile, repeat }: Pick<ReloadSettings, 'timeFile' | 'repeat'>): void {
    this.repeat = repeat;
    if (timeFile !== this.file) {
      this.close();
      this.file = timeFile;
    }
    if (timeFile === undefined) return;
    // Watches first and reads then, so that no change falls between.
    this.directory ??= this.watch(dirname(timeFile));
    if (this.directory) this.read(timeFile);
  }

  /** Follows nothing any more. */
  close(): void {
    clearTimeout(this.timer);
    this.directory?.close();
    [this.timer, this.directory, this.scheduled, this.file] = [undefined, undefined, undefined, undefined];
  }

  private watch(directory: string): DirectoryWatch | undefined {
    let watch: DirectoryWatch | undefined;
    try {
      watch = new DirectoryWatch((events) => this.heard(events));
      watch.add(directory);
      return watch;
    } catch (error) {
      if (!(error instanceof KernelError)) throw error;
      watch?.close();
      this.log.info(
        `Unable to monitor reload timer file directory ${directory} - ignoring: ${error.message}`,
      );
      return undefined;
    }
  }

  private heard(events: readonly DirectoryEvent[]): void {
    for (const event of events) {
      if (this.file === undefined) return;
      if (event.type === 'directory-gone') {
        this.cancel();
        this.log.info('Directory of reload timer file has disappeared. Monitoring stopped.');
        this.directory?.close();
        this.directory = undefined;
      } else if (event.type === 'overrun' || event.name === basename(this.file)) this.read(this.file);
    }
  }

  private read(file: string): void {
    const text = firstLineOf(file);
    // Nothing is written yet, or nothing any more.
    if (text === undefined || text === '') {
      this.cancel();
      return;
    }
    const time = parseReloadTime(text, this.clock());
    if (typeof time === 'string') {
      this.log.info(
        time === 'past'
          ? `Reload time ${text} is in the past - ignoring`
          : `Invalid reload time '${text}' specified - ignoring`,
      );
      this.cancel();
      return;
    }
    this.schedule(time);
  }

  private schedule(time: ReloadTime): void {
    const before = this.scheduled;
    this.scheduled = time;
    if (before?.at !== time.at) {
      const [from, to] = [before && reloadTimeText(before.at), reloadTimeText(time.at)];
      this.log.info(
        from === undefined ? `Scheduling reload for ${to}` : `Reload time updated from ${from} to ${to}`,
      );
    }
    this.wait();
  }

  private cancel(): void {
    clearTimeout(this.timer);
    if (this.scheduled) {
      this.log.info(`Cancelling reload scheduled for ${reloadTimeText(this.scheduled.at)}`);
    }
    this.scheduled = undefined;
  }

  private wait(): void {
    clearTimeout(this.timer);
    const { scheduled } = this;
    if (!scheduled) return;
    const left = scheduled.at - this.clock();
    if (left > 0) {
      this.timer = setTimeout(() => this.wait(), Math.min(left, LONGEST_WAIT_MS));
      return;
    }
    this.scheduled = undefined;
    if (this.file !== undefined && (!this.repeat || scheduled.dated)) remove(this.file);
    this.reload();
    this.lookAgain();
  }

  /** The same time tomorrow; if the reload has named another file, that one is followed by now. */
  private lookAgain(): void {
    if (this.file !== undefined && !this.scheduled && this.directory) this.read(this.file);
  }
}

/** undefined if there is no such file. */
function firstLineOf(path: string): string | undefined {
  try {
    return readFileSync(path, 'latin1').split('\n')[0];
  } catch {
    return undefined;
  }
}

function remove(path: string): void {
  try {
    unlinkSync(path);
  } catch {
    return; // it is not there, or not ours to remove: the day in it has passed, and it is read no more
  }
}
