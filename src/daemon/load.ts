import { hostname } from 'node:os';
import { loadConfiguration } from '../config/load.js';
import { inFileOrder, renderProblems } from '../config/render.js';
import { configHost } from './config-host.js';
import { EXIT } from './exit-code.js';
import { type DaemonFlags } from './flags.js';
import { type LoadedConfiguration } from './supervisor.js';

/** The problem of a main file that is missing or cannot be read. */
const NO_CONFIGURATION = 'no-configuration';

/**
 * Reads and judges the configuration file that the flags name, on this host as it is now.
 * @param color true to colour the report for a terminal.
 */
export function load(
  { configFile, configId }: Pick<DaemonFlags, 'configFile' | 'configId'>,
  color = false,
): LoadedConfiguration {
  const [hostName = ''] = hostname().split('.');
  const instance = configId ?? hostName;
  const read = loadConfiguration(configFile, configHost(), { instance, seed: Date.now() });
  const missing = read.problems.some(({ code, span }) => code === NO_CONFIGURATION && !span);
  const common = {
    report: renderProblems(inFileOrder(read.problems), { color }).trimEnd(),
    errors: read.problems
      .filter(({ severity }) => severity === 'error')
      .map(({ code, text }) => `${code} ${text}`),
    testExitCode: read.exitCode,
  };
  if (read.configuration && !missing)
    return { ...common, configuration: read.configuration, exitCode: EXIT.ok };
  return { ...common, exitCode: missing ? EXIT.noConfig : EXIT.config };
}
