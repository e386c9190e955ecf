import { dirname, join, parse } from 'node:path';
import { type Configuration } from '../config/index.js';
import { type DaemonFlags } from './flags.js';

/** The control socket of a daemon that was told nothing else. */
export const DEFAULT_CONTROL_SOCKET = '/run/understudy.sock';
const DEFAULT_PID_FILE = '/run/keepalived.pid';

/**
 * Where a daemon's control socket is. What lets several daemons run on one host gives each a socket of its own:
 * net_namespace and instance become part of the name, and with -p the socket stands beside that pid file.
 */
export function controlSocketPath(
  { pidFile }: Pick<DaemonFlags, 'pidFile'>,
  configuration: Configuration,
): string {
  if (pidFile !== DEFAULT_PID_FILE) return join(dirname(pidFile), `${parse(pidFile).name}.sock`);
  const { networkNamespace, instanceName } = configuration.details.daemon;
  const names = [networkNamespace, instanceName].filter((name) => name !== undefined);
  return names.length === 0 ? DEFAULT_CONTROL_SOCKET : `/run/understudy_${names.join('_')}.sock`;
}
