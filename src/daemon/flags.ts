/**
 * What the command line decides for the daemon and its workers: plain data, because it is handed on to them.
 * Names of options are keepalived's (keepalived(8)).
 */
export interface DaemonFlags {
  /** -f */
  readonly configFile: string;
  /** -i: what @ID in the file is compared with; the host's name unless told. */
  readonly configId?: string;
  /** -e: a missing or unreadable included file is an error. */
  readonly allIncludes?: boolean;
  /** False with -C. */
  readonly runVrrp: boolean;
  /** False with -P. */
  readonly runCheckers: boolean;
  /** False with -B. */
  readonly runBfd: boolean;
  /** --all: run workers that have nothing configured, too. */
  readonly runAll: boolean;
  /** -n */
  readonly foreground: boolean;
  /** -l: log to stderr; heeded only in the foreground, as by keepalived. */
  readonly logConsole: boolean;
  /** -D once or twice. */
  readonly logDetail: 0 | 1 | 2;
  /** -S: facility number as syslog(3) has it, 0-23. */
  readonly logFacility: number;
  /** -g: workers put _vrrp or _healthcheckers before the last dot. */
  readonly logFile?: string;
  readonly flushLogFile: boolean;
  /** -G */
  readonly noSyslog: boolean;
  /** -d */
  readonly dumpConfiguration: boolean;
  /** False with -R. */
  readonly respawn: boolean;
  /** False with -V: a stop sends no priority 0 and leaves addresses where they are. */
  readonly releaseVrrp: boolean;
  /** False with -I: a stop leaves virtual services where they are. */
  readonly releaseIpvs: boolean;
  /** -x: every MIB, whatever the file says. */
  readonly snmp?: boolean;
  /** -A: goes before snmp_socket of the file. */
  readonly snmpSocket?: string;
  /** -a */
  readonly addressMonitoring: boolean;
  readonly ignoreSigint: boolean;
  /** -u */
  readonly umask?: number;
  /** -s: overrides net_namespace of the file. */
  readonly networkNamespace?: string;
  /** What the log calls us behind the program's name: `_NAMESPACE_INSTANCE`, or nothing. */
  readonly identSuffix?: string;
  readonly pidFile: string;
  readonly vrrpPidFile: string;
  readonly checkersPidFile: string;
  readonly bfdPidFile: string;
}

/** Facilities that -S takes (syslog(3): LOG_USER is 1, LOG_DAEMON 3, LOG_LOCAL0 16). */
export const SYSLOG_FACILITIES = {
  user: 1,
  daemon: 3,
  local0: 16,
  local1: 17,
  local2: 18,
  local3: 19,
  local4: 20,
  local5: 21,
  local6: 22,
  local7: 23,
} as const satisfies Readonly<Record<string, number>>;

/** The facility of that name. */
export const syslogFacility = (name: string): number | undefined =>
  Object.entries(SYSLOG_FACILITIES).find(([known]) => known === name)?.[1];
