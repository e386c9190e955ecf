import { hostname } from 'node:os';
import { loadConfiguration } from '../config/load.js';
import { type Configuration } from '../config/index.js';
import { type Tree } from '../config/tree.js';
import { inFileOrder, renderProblems } from '../config/render.js';
import { configHost } from './config-host.js';
import { enterNetworkNamespace } from '../kernel/net-namespace.js';
import { EXIT } from './exit-code.js';
import { type DaemonFlags } from './flags.js';
import { type LoadedConfiguration } from './supervisor.js';

/** The network namespace that this process has moved to. */
let entered: string | undefined;

/** The problem of a main file that is missing or cannot be read. */
const NO_CONFIGURATION = 'no-configuration';

/**
 * Reads and judges the configuration file that the flags name, on this host as it is now.
 * Moves this process to the network namespace that flags or file name, the first time.
 * @param color true to colour the report for a terminal.
 */
export function load(
  flags: Pick<DaemonFlags, 'configFile' | 'configId' | 'allIncludes' | 'networkNamespace' | 'snmp' | 'snmpSocket'>,
  color = false,
): LoadedConfiguration {
  const { configFile, configId, allIncludes = false } = flags;
  const [hostName = ''] = hostname().split('.');
  const instance = configId ?? hostName;
  const read = loadConfiguration(configFile, configHost(), { instance, seed: Date.now(), allIncludes });
  const namespace = flags.networkNamespace ?? namespaceIn(read.tree);
  if (entered === undefined && namespace !== undefined) {
    const moved = enterNetworkNamespace(namespace);
    if (!moved.ok) {
      const report = `Unable to set network namespace ${namespace} - exiting: ${moved.error.message}`;
      return { report, errors: [report], exitCode: EXIT.fatal, testExitCode: EXIT.fatal };
    }
    entered = namespace;
    // Its interfaces are others.
    return load(flags, color);
  }
  const missing = read.problems.some(({ code, span }) => code === NO_CONFIGURATION && !span);
  const common = {
    report: renderProblems(inFileOrder(read.problems), { color }).trimEnd(),
    errors: read.problems
      .filter(({ severity }) => severity === 'error')
      .map(({ code, text }) => `${code} ${text}`),
    testExitCode: read.exitCode,
  };
  if (read.configuration && !missing)
    return { ...common, configuration: withSnmp(read.configuration, flags), exitCode: EXIT.ok };
  return { ...common, exitCode: missing ? EXIT.noConfig : EXIT.config };
}

/** What -x and -A say of SNMP goes before what the file says. */
function withSnmp(
  configuration: Configuration,
  { snmp: all = false, snmpSocket: socket }: Pick<DaemonFlags, 'snmp' | 'snmpSocket'>,
): Configuration {
  if (!all && socket === undefined) return configuration;
  const { details } = configuration;
  const { snmp } = details.daemon;
  const wanted = {
    ...snmp,
    ...(all && { vrrp: true, rfc2: true, rfc3: true, checker: true }),
    ...(socket !== undefined && { socket }),
  };
  return { ...configuration, details: { ...details, daemon: { ...details.daemon, snmp: wanted } } };
}

/** net_namespace of a file that need not make sense here: its interfaces are there. */
function namespaceIn({ statements }: Tree): string | undefined {
  const top = statements.flatMap((each) =>
    each.keyword.text === 'global_defs' ? (each.body ?? []) : [each],
  );
  return top.find(({ keyword }) => keyword.text === 'net_namespace')?.words[1]?.text;
}
