import { closeSync, openSync, unlinkSync, writeFileSync } from 'node:fs';
import { type ReloadSettings } from '../config/index.js';
import { type Log } from './log.js';
import { type LoadedConfiguration } from './supervisor.js';

/** How a reload reads the configuration, as the running one wants it. */
export type ReloadReading = Pick<ReloadSettings, 'checkConfig' | 'file'>;

/**
 * Reads the configuration anew. While it is read, reload_file exists and is empty, so that whoever writes
 * configurations keeps his hands off. With reload_check_config, what there is to say about it goes into that file, and
 * one that -t would not pass is refused: it has no configuration.
 * @param defaultFile of a reload_file without a name.
 */
export function readForReload(
  { checkConfig, file }: ReloadReading,
  defaultFile: string,
  read: () => LoadedConfiguration,
  log: Pick<Log, 'info'>,
): LoadedConfiguration {
  const reloadFile = file === '' ? defaultFile : file;
  if (reloadFile !== undefined) create(reloadFile, log);
  try {
    const loaded = read();
    return checkConfig === undefined ? loaded : checked(loaded, checkConfig, log);
  } finally {
    if (reloadFile !== undefined) remove(reloadFile);
  }
}

function checked(loaded: LoadedConfiguration, checkLog: string, log: Pick<Log, 'info'>): LoadedConfiguration {
  try {
    writeFileSync(checkLog, loaded.report === '' ? '' : `${loaded.report}\n`, { mode: 0o600 });
  } catch (error) {
    log.info(`Cannot write config check log ${checkLog}: ${messageOf(error)}`);
  }
  if (loaded.testExitCode === 0) return loaded;
  log.info(`New config failed validation, see ${checkLog} for details`);
  const { report, errors, exitCode, testExitCode } = loaded;
  return { report, errors, exitCode, testExitCode };
}

/** For everybody to see, whatever our umask. */
function create(path: string, log: Pick<Log, 'info'>): void {
  const umask = process.umask(0o022);
  try {
    closeSync(openSync(path, 'w', 0o644));
  } catch (error) {
    log.info(`Failed to create reload file (${path}): ${messageOf(error)}`);
  } finally {
    process.umask(umask);
  }
}

function remove(path: string): void {
  try {
    unlinkSync(path);
  } catch {
    return; // it could not be made, or somebody else has removed it
  }
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
