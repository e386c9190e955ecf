import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Configuration } from '../config/index.js';
import { printConfiguration } from '../config/print.js';
import { type Log } from './log.js';

/**
 * config_save_dir: keeps what was read, at the start and at each reload, as keepalived.conf.PID.NUMBER: one text with
 * all that is included, and every value as it was understood.
 */
export class ConfigArchive {
  private saved = 0;

  constructor(
    private readonly pid: number,
    private readonly log: Pick<Log, 'info'>,
  ) {}

  /** Keeps a copy, if the configuration asks for that. */
  save(configuration: Configuration): void {
    const directory = configuration.details.daemon.files.configSaveDirectory;
    if (directory === undefined) return;
    const path = join(directory, `keepalived.conf.${this.pid}.${this.saved}`);
    this.saved += 1;
    try {
      mkdirSync(directory, { mode: 0o700, recursive: false });
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) {
        this.log.info(`Unable to create config_save_dir ${directory}: ${String(error)}`);
        return;
      }
    }
    try {
      // It holds passwords, and the directory may be everybody's: nothing of that name is followed.
      writeFileSync(path, printConfiguration(configuration), { mode: 0o600, flag: 'wx' });
    } catch (error) {
      this.log.info(`Failed to open config_save file ${path}: ${String(error)}`);
    }
  }
}
