import { release, type as systemName, version as systemVersion } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import { type Configuration } from '../config/index.js';
import { now } from '../kernel/clock.js';
import { processStatus } from '../kernel/process.js';
import { Dumps } from './dumps.js';
import { watchRealTimeSignals } from '../kernel/real-time-signals.js';
import { SyslogSocket } from '../kernel/syslog-socket.js';
import { DaemonCompanions } from './companions.js';
import { ConfigArchive } from './config-archive.js';
import { collectGarbage } from './collect-garbage.js';
import { openControlSocket, type ControlSocket } from './control.js';
import { type Launcher } from './detach.js';
import { takeControlSignals } from './early-signals.js';
import { EXIT } from './exit-code.js';
import { type DaemonFlags } from './flags.js';
import { type Log } from './log.js';
import { openLog, syslogName } from './log-sinks.js';
import { claimPidFiles } from './pid-files.js';
import {
  makePidDirectory,
  type Naming,
  removePidDirectory,
  runningPlace,
  unsupportedChange,
} from './running-place.js';
import { readForReload } from './reload-reading.js';
import { ReloadSchedule } from './reload-schedule.js';
import { initTrackFiles } from './track-file-init.js';
import { umaskOf } from './umask.js';
import { startWorker } from './start-worker.js';
import { Supervisor, type LoadedConfiguration, type SupervisorHost } from './supervisor.js';
import { packageVersion } from './version.js';

/** How the daemon was started. */
export interface Invocation {
  readonly flags: DaemonFlags;
  /** `keepalived` or `understudy`. */
  readonly programName: string;
  /** The whole command line, for the log. */
  readonly commandLine: readonly string[];
  /** -d: puts the configuration into words for the log. */
  readonly describe?: (configuration: Configuration) => string;
  /** Who waits for us to start, if we left the foreground. */
  readonly launcher?: Launcher;
}

/** Reads and judges the configuration. */
export type Load = (flags: DaemonFlags) => LoadedConfiguration;

/** Becomes the supervisor, until a signal or a permanent failure ends it. */
export function runDaemon(invocation: Invocation, load: Load): void {
  const given = withAbsolutePaths(invocation.flags);
  let flags = given;
  process.umask(umaskOf(flags));
  const { launcher, programName } = invocation;
  process.title = programName;
  let log = openLog('supervisor', flags, programName, process.pid, new SyslogSocket());
  introduce(log, invocation);
  process.on('uncaughtException', (error) => {
    // Our workers are told to stop when we are gone, and resign.
    log.say('alert', `Bug: ${error.stack ?? error.message}`);
    log.close();
    process.exit(EXIT.bug);
  });
  const opened: { control?: ControlSocket; pidDirectory?: string } = {};
  const leave = (code: number): never => {
    opened.control?.close();
    if (opened.pidDirectory !== undefined) removePidDirectory(opened.pidDirectory);
    log.info(`Stopped Understudy v${packageVersion()}`);
    log.close();
    return process.exit(code);
  };

  const first = load(flags);
  if (first.report !== '') {
    log.warning(first.report);
    launcher?.say(first.report);
  }
  if (!first.configuration) return void leave(first.exitCode);
  const naming = namingOf(flags, first.configuration);
  const { pidDirectory, pidFiles: pidPaths, identSuffix } = runningPlace(flags, naming);
  if (identSuffix !== '') {
    log.info(`Changing syslog ident to ${syslogName(programName)}${identSuffix}`);
    log.close();
  }
  flags = { ...flags, ...pidPaths, identSuffix };
  if (identSuffix !== '') log = openLog('supervisor', flags, programName, process.pid, new SyslogSocket());
  if (pidDirectory !== undefined) {
    makePidDirectory(pidDirectory);
    opened.pidDirectory = pidDirectory;
  }
  const pidFiles = claimPidFiles(flags, (text) => log.warning(text));
  if (!pidFiles.ok) {
    log.error(pidFiles.error.text);
    launcher?.say(pidFiles.error.text);
    leave(EXIT_CODES[pidFiles.error.kind]);
    return;
  }
  if (invocation.describe) log.info(invocation.describe(first.configuration));
  if (launcher) process.chdir('/');
  pidFiles.value.write('supervisor', process.pid);
  process.umask(umaskOf(flags, first.configuration.global));
  initTrackFiles(first.configuration.trackFiles, log);
  const schedule = new ReloadSchedule(log, () => supervisor.reload());
  const supervisor: Supervisor = new Supervisor(
    {
      log,
      pidFiles: pidFiles.value,
      startWorker,
      now,
      wallClock: Date.now,
      later: (delay, action) => void setTimeout(action, delay / 1000),
      processStatus,
      load: reloading(flags, log, () => sameNaming(load(flags), flags, naming)),
      companions: new DaemonCompanions(log),
      started: () => settled(launcher),
      become: becoming(flags, programName, log, schedule),
      dump: (order) => dumps.write(order),
      exit: leave,
    },
    { flags, programName },
    first.configuration,
    first.errors,
  );
  const dumps = new Dumps({ supervisor, log, directory: temporaryDirectory(process.env['TMPDIR']) });
  obeySignals(supervisor, dumps, flags);
  opened.control = openControlSocket({ supervisor, flags: given, log, startedAt: new Date() });
  supervisor.start();
  // Signals alone do not keep a process of Node alive, and there may be no worker to do it.
  setInterval(() => undefined, FOR_EVER_MS);
}

/** Which dump each of keepalived's signals asks for. */
const DUMP_SIGNALS = {
  SIGUSR1: 'data',
  SIGUSR2: 'stats',
  SIGJSON: 'json',
  SIGSTATS_CLEAR: 'stats-clear',
} as const;

/** As keepalived: $TMPDIR if it is a whole path. */
const temporaryDirectory = (wanted: string | undefined): string =>
  wanted?.startsWith('/') ? wanted : '/tmp';

const reloading =
  (flags: DaemonFlags, log: Log, read: () => LoadedConfiguration): SupervisorHost['load'] =>
  ({ details }) =>
    readForReload(details.daemon.reload, reloadFileBeside(flags.pidFile), read, log);

function becoming(
  flags: DaemonFlags,
  programName: string,
  log: Log,
  schedule: ReloadSchedule,
): SupervisorHost['become'] {
  const archive = new ConfigArchive(process.pid, log);
  return (configuration) => {
    const { global, details } = configuration;
    process.title = global.processNames.main ?? programName;
    process.umask(umaskOf(flags, global));
    archive.save(configuration);
    schedule.follow(details.daemon.reload);
  };
}

/** keepalived's default reload_file: named like the pid file, and in its directory. */
const reloadFileBeside = (pidFile: string): string =>
  join(dirname(pidFile), `${basename(pidFile, '.pid')}.reload`);

/** What tells us apart from other daemons on this host; -s overrides the file. */
const namingOf = (flags: DaemonFlags, { details }: Configuration): Naming => ({
  ...details.daemon,
  ...(flags.networkNamespace !== undefined && { networkNamespace: flags.networkNamespace }),
});

/** Refuses a file that would have us run elsewhere or under another name. */
function sameNaming(loaded: LoadedConfiguration, flags: DaemonFlags, running: Naming): LoadedConfiguration {
  const { configuration, ...rest } = loaded;
  const trouble = configuration && unsupportedChange(running, namingOf(flags, configuration));
  if (trouble === undefined) return loaded;
  return { ...rest, report: [rest.report, trouble].filter((text) => text !== '').join('\n') };
}

/** Like keepalived: a daemon that runs already is what was asked for, and no failure. */
const EXIT_CODES = { running: EXIT.ok, denied: EXIT.missingPermission, unusable: EXIT.fatal } as const;

/** All workers run what they were handed: whoever started us may know, and what only that has needed goes. */
function settled(launcher: Launcher | undefined): void {
  launcher?.started();
  setTimeout(collectGarbage, SETTLED_MS).unref();
}

/** By then the workers have taken what they were handed. */
const SETTLED_MS = 2000;

/** The longest interval that timers take. */
const FOR_EVER_MS = 2 ** 31 - 1;

/** Relative names are meant from where the command was given, now and at every reload. */
const withAbsolutePaths = (flags: DaemonFlags): DaemonFlags => ({
  ...flags,
  configFile: resolve(flags.configFile),
  pidFile: resolve(flags.pidFile),
  vrrpPidFile: resolve(flags.vrrpPidFile),
  checkersPidFile: resolve(flags.checkersPidFile),
  bfdPidFile: resolve(flags.bfdPidFile),
});

function introduce(log: Log, { commandLine }: Invocation): void {
  log.info(`Starting Understudy v${packageVersion()}`);
  log.info(`Running on ${systemName()} ${release()} ${systemVersion()} (Node.js ${process.version})`);
  log.info(`Command line: ${commandLine.map((word) => `'${word}'`).join(' ')}`);
}

/** From now on signals are the supervisor's; a TERM before that ends us by default, and nothing was changed yet. */
function obeySignals(supervisor: Supervisor, dumps: Dumps, flags: DaemonFlags): void {
  process.on('SIGTERM', () => supervisor.stop());
  process.on('SIGINT', () => {
    if (!flags.ignoreSigint) supervisor.stop();
  });
  watchRealTimeSignals((signal) => void dumps.write(DUMP_SIGNALS[signal]));
  takeControlSignals((signal) => {
    if (signal === 'SIGHUP') supervisor.reload();
    else if (signal === 'SIGUSR1' || signal === 'SIGUSR2') void dumps.write(DUMP_SIGNALS[signal]);
  });
}
