import { statSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { type TrackFileSettings } from '../config/index.js';
import { type Log } from './log.js';

/**
 * init_file: gives track_files their first number, once, when the daemon starts. The file is put in place whole by a
 * rename, with the permissions that umask leaves.
 */
export function initTrackFiles(files: Readonly<Record<string, TrackFileSettings>>, log: Log): void {
  for (const [name, { file, init }] of Object.entries(files)) {
    if (!init || (!init.overwrite && exists(file))) continue;
    const draft = `${file}.${process.pid}`;
    try {
      writeFileSync(draft, `${init.value}\n`, { flag: 'wx', mode: 0o666 });
      renameSync(draft, file);
    } catch (error) {
      rmSync(draft, { force: true });
      const why = error instanceof Error ? error.message : String(error);
      log.error(`Unable to initialise track file ${name}: ${why}`);
    }
  }
}

function exists(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false }) !== undefined;
}
