import { DEFAULT_PID_FILES } from '../daemon/running-place.js';
import { parseWords, type OptionSpec } from './long-options.js';
import { SYSLOG_FACILITIES, syslogFacility, type DaemonFlags } from '../daemon/flags.js';

/** What a command line asks for. */
export type CommandLine =
  | { readonly action: 'version' }
  | { readonly action: 'help' }
  /** --signum: print the number of the signal that asks a running daemon for this. */
  | { readonly action: 'signum'; readonly number: number }
  /** Messages for stderr; exit code 1. */
  | { readonly action: 'refuse'; readonly messages: readonly string[] }
  | {
      readonly action: 'run';
      readonly flags: DaemonFlags;
      /** -t: check the configuration only; `log` is where the report goes, or undefined for stderr. */
      readonly configTest?: { readonly log?: string };
      /** Said on stderr before anything else. */
      readonly warnings: readonly string[];
      /** Words that are no options; keepalived names them and goes on. */
      readonly operands: readonly string[];
    };

const spec = <Key extends string>(
  key: Key,
  short: string | undefined,
  long: string,
  argument: OptionSpec<Key>['argument'] = 'none',
): OptionSpec<Key> => ({ key, long, argument, ...(short === undefined ? {} : { short }) });

/** keepalived(8), OPTIONS, in the order of its usage text. */
const OPTIONS = [
  spec('useFile', 'f', 'use-file', 'required'),
  spec('vrrp', 'P', 'vrrp'),
  spec('check', 'C', 'check'),
  spec('noBfd', 'B', 'no_bfd'),
  spec('all', undefined, 'all'),
  spec('logConsole', 'l', 'log-console'),
  spec('logDetail', 'D', 'log-detail'),
  spec('logFacility', 'S', 'log-facility', 'required'),
  spec('logFile', 'g', 'log-file', 'optional'),
  spec('flushLogFile', undefined, 'flush-log-file'),
  spec('noSyslog', 'G', 'no-syslog'),
  spec('umask', 'u', 'umask', 'required'),
  spec('releaseVips', 'X', 'release-vips'),
  spec('dontReleaseVrrp', 'V', 'dont-release-vrrp'),
  spec('dontReleaseIpvs', 'I', 'dont-release-ipvs'),
  spec('dontRespawn', 'R', 'dont-respawn'),
  spec('dontFork', 'n', 'dont-fork'),
  spec('dumpConf', 'd', 'dump-conf'),
  spec('pid', 'p', 'pid', 'required'),
  spec('vrrpPid', 'r', 'vrrp_pid', 'required'),
  spec('genhash', 'T', 'genhash'),
  spec('checkersPid', 'c', 'checkers_pid', 'required'),
  spec('addressMonitoring', 'a', 'address-monitoring'),
  spec('bfdPid', 'b', 'bfd_pid', 'required'),
  spec('snmp', 'x', 'snmp'),
  spec('snmpAgentSocket', 'A', 'snmp-agent-socket', 'required'),
  spec('namespace', 's', 'namespace', 'required'),
  spec('coreDump', 'm', 'core-dump'),
  spec('coreDumpPattern', 'M', 'core-dump-pattern', 'optional'),
  spec('noMemCheck', undefined, 'no-mem-check'),
  spec('allConfig', 'e', 'all-config'),
  spec('configId', 'i', 'config-id', 'required'),
  spec('ignoreSigint', undefined, 'ignore-sigint'),
  spec('signum', undefined, 'signum', 'required'),
  spec('configTest', 't', 'config-test', 'optional'),
  spec('perf', undefined, 'perf', 'optional'),
  spec('debug', undefined, 'debug', 'optional'),
  spec('version', 'v', 'version'),
  spec('help', 'h', 'help'),
] as const;

type Key = (typeof OPTIONS)[number]['key'];

/** Options that are understood but that nothing acts on yet. */
const NOT_YET: Partial<Record<Key, 'warn'>> = {
  coreDump: 'warn',
  coreDumpPattern: 'warn',
  perf: 'warn',
  debug: 'warn',
};

/** Signals that keepalived(8) names for --signum. */
const SIGNALS: Readonly<Record<string, number>> = {
  ...{ STOP: 15, RELOAD: 1, DATA: 10, STATS: 12 },
  ...{ STATS_CLEAR: 63, JSON: 36 },
};

/** Where keepalived keeps things unless told. */
export const DEFAULT_FLAGS: DaemonFlags = {
  configFile: '/etc/keepalived/keepalived.conf',
  runVrrp: true,
  runCheckers: true,
  runBfd: true,
  runAll: false,
  foreground: false,
  logConsole: false,
  logDetail: 0,
  logFacility: SYSLOG_FACILITIES.daemon,
  flushLogFile: false,
  noSyslog: false,
  dumpConfiguration: false,
  respawn: true,
  releaseVrrp: true,
  releaseIpvs: true,
  addressMonitoring: false,
  ignoreSigint: false,
  ...DEFAULT_PID_FILES,
};

/** Everything that option handlers write to. */
interface Draft {
  flags: { -readonly [Name in keyof DaemonFlags]: DaemonFlags[Name] };
  configTest?: { log?: string };
  warnings: string[];
  errors: string[];
}

const HANDLERS: Readonly<Partial<Record<Key, (draft: Draft, argument: string) => void>>> = {
  useFile: ({ flags }, file) => void (flags.configFile = file),
  vrrp: ({ flags }) => void (flags.runCheckers = false),
  check: ({ flags }) => void (flags.runVrrp = false),
  noBfd: ({ flags }) => void (flags.runBfd = false),
  all: ({ flags }) =>
    void Object.assign(flags, { runAll: true, runVrrp: true, runCheckers: true, runBfd: true }),
  logConsole: ({ flags }) => void (flags.logConsole = true),
  logDetail: ({ flags }) => void (flags.logDetail = flags.logDetail === 0 ? 1 : 2),
  logFacility: setFacility,
  logFile: ({ flags }, file) => void (flags.logFile = file || 'keepalived.log'),
  flushLogFile: ({ flags }) => void (flags.flushLogFile = true),
  noSyslog: ({ flags }) => void (flags.noSyslog = true),
  umask: setUmask,
  dontReleaseVrrp: ({ flags }) => void (flags.releaseVrrp = false),
  dontReleaseIpvs: ({ flags }) => void (flags.releaseIpvs = false),
  dontRespawn: ({ flags }) => void (flags.respawn = false),
  dontFork: ({ flags }) => void (flags.foreground = true),
  dumpConf: ({ flags }) => void (flags.dumpConfiguration = true),
  pid: ({ flags }, file) => void (flags.pidFile = file),
  vrrpPid: ({ flags }, file) => void (flags.vrrpPidFile = file),
  checkersPid: ({ flags }, file) => void (flags.checkersPidFile = file),
  bfdPid: ({ flags }, file) => void (flags.bfdPidFile = file),
  namespace: ({ flags }, name) => void (flags.networkNamespace = name),
  snmp: ({ flags }) => void (flags.snmp = true),
  snmpAgentSocket: ({ flags }, socket) => void (flags.snmpSocket = socket),
  addressMonitoring: ({ flags }) => void (flags.addressMonitoring = true),
  allConfig: ({ flags }) => void (flags.allIncludes = true),
  configId: ({ flags }, id) => void (flags.configId = id),
  ignoreSigint: ({ flags }) => void (flags.ignoreSigint = true),
  configTest: (draft, file) => void (draft.configTest = file ? { log: file } : {}),
};

/** Reads keepalived's options. Like keepalived, it acts on -v, -h and --signum as soon as it meets them. */
export function parseCommandLine(args: readonly string[]): CommandLine {
  const draft: Draft = { flags: { ...DEFAULT_FLAGS }, warnings: [], errors: [] };
  const operands: string[] = [];
  for (const word of parseWords<Key>(args, OPTIONS)) {
    if (word.kind === 'operand') operands.push(word.text);
    else if (word.kind === 'unknown') draft.errors.push(`Unknown option ${word.as}`);
    else if (word.kind === 'missing-argument') draft.errors.push(`Missing parameter for option ${word.as}`);
    else if (word.key === 'version' || word.key === 'help') return { action: word.key };
    else if (word.key === 'genhash') draft.errors.push(`Option ${word.as} has to be the first one`);
    else if (word.key === 'signum') return signum(word.argument ?? '');
    else {
      sayIfNotYet(draft, word.key, word.as);
      HANDLERS[word.key]?.(draft, word.argument ?? '');
    }
  }
  if (draft.errors.length > 0) return { action: 'refuse', messages: [...draft.warnings, ...draft.errors] };
  const { flags, warnings, configTest } = draft;
  return { action: 'run', flags, warnings, operands, ...(configTest ? { configTest } : {}) };
}

function sayIfNotYet(draft: Draft, key: Key, as: string): void {
  const verdict = NOT_YET[key];
  if (verdict === 'warn') draft.warnings.push(`Option ${as} is not built yet and has no effect`);
}

function signum(name: string): CommandLine {
  const number = SIGNALS[name];
  if (number !== undefined) return { action: 'signum', number };
  return { action: 'refuse', messages: [`Unknown sigfunc ${name}`] };
}

/** 0-7 and local0-local7 for LOG_LOCAL, or user or daemon; anything else is named and ignored. */
function setFacility(draft: Draft, text: string): void {
  const local = /^(?:local)?([0-7])$/.exec(text)?.[1];
  const facility = syslogFacility(local === undefined ? text : `local${local}`);
  if (facility === undefined) draft.warnings.push(`Invalid log facility '${text}'`);
  else draft.flags.logFacility = facility;
}

/** As strtol(3) with base 0 reads it: 0x for hexadecimal, a leading 0 for octal. */
function setUmask(draft: Draft, text: string): void {
  const value = /^0[0-7]*$/.test(text) ? parseInt(text, 8) : Number(text);
  if (Number.isInteger(value) && value >= 0 && value <= 0o777) draft.flags.umask = value;
  else draft.warnings.push(`Invalid umask option ${text}`);
}
