import { closeSync, constants, openSync, readSync, realpathSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { KernelError } from '../kernel/kernel-error.js';
import { DirectoryWatch, type DirectoryEvent } from '../kernel/inotify.js';
import { type Log } from './log.js';
import { TRACK_FILE_BYTES, trackFileNumber } from './track-file-number.js';

/** How often a directory that is gone is looked for. */
const RETRY_MS = 1000;

/** A track_file that is followed. */
interface Followed {
  readonly name: string;
  /** As configured. */
  readonly given: string;
  /** Where it is, symbolic links resolved. */
  path: string;
  /** Of its directory; undefined while there is none. */
  watch: number | undefined;
  value: number;
}

/**
 * Follows the numbers in track_files: written, replaced by a rename, removed and made anew. A file that is missing
 * has 0, and so has one without a number.
 */
export class FileWatcher {
  private files: readonly Followed[] = [];
  private directories: DirectoryWatch | undefined;
  private retry: NodeJS.Timeout | undefined;

  /** @param changed a file has another number; not called from within follow(). */
  constructor(
    private readonly changed: (name: string, value: number) => void,
    private readonly log: Log,
  ) {}

  /**
   * Follows these files, and no others.
   * @param files path by name.
   * @returns the number of each, as it is now.
   */
  follow(files: Readonly<Record<string, string>>): Readonly<Record<string, number>> {
    const before = this.files;
    this.files = Object.entries(files).map(([name, given]) => {
      const old = before.find((file) => file.name === name && file.given === given);
      return { name, given, path: given, watch: undefined, value: old?.value ?? 0 };
    });
    if (this.files.length > 0) this.directories ??= this.open();
    for (const file of this.files) this.begin(file);
    const inUse = new Set(this.files.map(({ watch }) => watch));
    for (const { watch } of before) {
      if (watch !== undefined && !inUse.has(watch)) this.directories?.remove(watch);
    }
    if (this.files.length === 0) this.close();
    return Object.fromEntries(this.files.map(({ name, value }) => [name, value]));
  }

  /** Follows nothing any more. */
  close(): void {
    clearInterval(this.retry);
    this.retry = undefined;
    this.directories?.close();
    this.directories = undefined;
    this.files = [];
  }

  private open(): DirectoryWatch | undefined {
    try {
      return new DirectoryWatch((events) => this.heard(events));
    } catch (error) {
      if (!(error instanceof KernelError)) throw error;
      this.log.error(`Unable to monitor track files: ${error.message}`);
      return undefined;
    }
  }

  /** Watches first and reads then, so that no change falls between. */
  private begin(file: Followed): void {
    try {
      file.path = whereIs(file.given);
      file.watch = this.directories?.add(dirname(file.path));
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      file.watch = undefined;
      this.log.warning(`Track file ${file.name} cannot be followed: ${error.message}`);
      this.retry ??= setInterval(() => this.lookAgain(), RETRY_MS);
    }
    file.value = this.read(file) ?? file.value;
  }

  private heard(events: readonly DirectoryEvent[]): void {
    for (const event of events) {
      for (const file of this.files) {
        if (event.type === 'overrun') this.update(file);
        else if (file.watch !== event.watch) continue;
        else if (event.type === 'directory-gone') this.lost(file);
        else if (basename(file.path) === event.name) this.update(file, event.type === 'gone' ? 0 : undefined);
      }
    }
  }

  private lost(file: Followed): void {
    // A directory that was only renamed would go on telling of what is no longer ours.
    if (file.watch !== undefined) this.directories?.remove(file.watch);
    file.watch = undefined;
    this.log.warning(`Track file ${file.name}: directory ${dirname(file.path)} is gone`);
    this.update(file);
    this.retry ??= setInterval(() => this.lookAgain(), RETRY_MS);
  }

  private lookAgain(): void {
    for (const file of this.files.filter(({ watch }) => watch === undefined)) {
      try {
        file.path = whereIs(file.given);
        file.watch = this.directories?.add(dirname(file.path));
      } catch {
        continue; // said already
      }
      this.update(file);
    }
    if (this.files.some(({ watch }) => watch === undefined)) return;
    clearInterval(this.retry);
    this.retry = undefined;
  }

  private update(file: Followed, value = this.read(file)): void {
    if (value === undefined || value === file.value) return;
    file.value = value;
    this.changed(file.name, value);
  }

  /** Undefined for a number that counts for nothing. */
  private read({ path }: Followed): number | undefined {
    const text = beginningOf(path);
    const value = trackFileNumber(text);
    if (value === undefined) this.log.info(`Invalid number ${text.trim()} read from ${path} - ignoring`);
    return value;
  }
}

/** A file that is there, links resolved; of one that is not, at least its directory. @throws if that is not there. */
function whereIs(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return join(realpathSync(dirname(path)), basename(path));
  }
}

/** '' if the file cannot be read. */
function beginningOf(path: string): string {
  let fd: number | undefined;
  try {
    // Opening a FIFO must not wait for somebody to write to it.
    fd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
    const bytes = Buffer.alloc(TRACK_FILE_BYTES);
    return bytes.toString('latin1', 0, readSync(fd, bytes, 0, bytes.length, null));
  } catch {
    return '';
  } finally {
    if (fd !== undefined) closeSync(fd);
  }
}
