import { hostname } from 'node:os';
import { loadConfiguration, type LoadedConfiguration } from '../config/load.js';
import { inFileOrder, renderProblems } from '../config/render.js';
import { configHost } from '../daemon/config-host.js';

/** What is read where no file is named. */
export const DEFAULT_FILE = '/etc/keepalived/keepalived.conf';

/** What @ID is compared with unless -i says otherwise. */
export const shortHostName = (): string => hostname().split('.', 1)[0] ?? '';

/**
 * Reads a file for a command that shows what it means; errors of the file go to stderr.
 * @returns undefined if it means nothing that could be shown.
 */
export function readForShowing(
  file: string,
  instance = shortHostName(),
): LoadedConfiguration['configuration'] {
  const { configuration, problems } = loadConfiguration(file, configHost(), { instance, seed: 0 });
  const errors = inFileOrder(problems.filter(({ severity }) => severity === 'error'));
  process.stderr.write(renderProblems(errors, { color: process.stderr.isTTY }));
  return configuration;
}
