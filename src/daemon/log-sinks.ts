import { constants, openSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { type DaemonFlags } from './flags.js';
import { Log, type LogSink } from './log.js';
import { ConsoleOutlet } from './console-outlet.js';
import { consoleLine, fileLine, logFileName, syslogDatagram } from './log-format.js';
import { PatientSink, type Outlet } from './patient-sink.js';

const STDERR = 2;

/** The processes that write logs, with what keepalived calls each. */
const PROCESSES = {
  supervisor: { ident: '', fileSuffix: '' },
  vrrp: { ident: '_vrrp', fileSuffix: 'vrrp' },
  checkers: { ident: '_healthcheckers', fileSuffix: 'healthcheckers' },
  bfd: { ident: '_bfd', fileSuffix: 'bfd' },
  alerts: { ident: '_alerts', fileSuffix: 'alerts' },
} as const;

export type LoggingProcess = keyof typeof PROCESSES;

/**
 * The log of one process, writing wherever the flags say.
 * @param syslog takes datagrams for the system's log.
 */
export function openLog(
  process: LoggingProcess,
  flags: DaemonFlags,
  programName: string,
  pid: number,
  syslog: Outlet | undefined,
): Log {
  const { ident, fileSuffix } = PROCESSES[process];
  const sinks: LogSink[] = [];
  if (flags.foreground && flags.logConsole) {
    const format = (at: Date, _level: unknown, text: string) => Buffer.from(consoleLine(at, text));
    sinks.push(new PatientSink(new ConsoleOutlet(STDERR), format));
  }
  if (flags.logFile !== undefined) {
    const file = openLogFile(logFileName(flags.logFile, fileSuffix, tmpdir()));
    if (file !== undefined) sinks.push(new FileSink(file));
  }
  if (!flags.noSyslog && syslog) {
    const source = {
      facility: flags.logFacility,
      ident: `${syslogName(programName)}${ident}${flags.identSuffix ?? ''}`,
      pid,
    };
    sinks.push(new PatientSink(syslog, (at, level, text) => syslogDatagram(source, level, at, text)));
  }
  return new Log(sinks, flags.logDetail, process !== 'supervisor');
}

/** Called as keepalived, we log as `Keepalived`, so that filters on the program's name go on working. */
export const syslogName = (programName: string): string =>
  programName === 'keepalived' ? 'Keepalived' : programName;

/** Opens for appending, never through a symbolic link, because /tmp is where such links are laid. */
function openLogFile(path: string): number | undefined {
  const { O_APPEND, O_CREAT, O_NOFOLLOW, O_NONBLOCK, O_WRONLY } = constants;
  try {
    return openSync(path, O_WRONLY | O_APPEND | O_CREAT | O_NOFOLLOW | O_NONBLOCK, 0o644);
  } catch {
    return undefined;
  }
}

/** A file. One that cannot be written costs its own lines, nothing else. */
class FileSink implements LogSink {
  private lost = 0;

  constructor(private readonly fd: number) {}

  write(at: Date, _level: unknown, text: string): void {
    const notice = this.lost > 0 ? fileLine(at, `${this.lost} log lines were lost`) : '';
    try {
      writeSync(this.fd, notice + fileLine(at, text));
      this.lost = 0;
    } catch {
      this.lost += 1;
    }
  }
}
