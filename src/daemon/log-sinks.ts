import { constants, openSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { type DaemonFlags } from './flags.js';
import { Log, type LogSink } from './log.js';
import {
  consoleLine,
  fileLine,
  logFileName,
  syslogDatagram,
  type LogLevel,
  type SyslogSource,
} from './log-format.js';

/** Sends one datagram to the system's log without waiting: taken, to be offered again, or nobody is there. */
export interface SyslogSocket {
  send(datagram: Uint8Array): 'sent' | 'busy' | 'absent';
}

/** The processes that write logs, with what keepalived calls each. */
const PROCESSES = {
  supervisor: { ident: '', fileSuffix: '' },
  vrrp: { ident: '_vrrp', fileSuffix: 'vrrp' },
  checkers: { ident: '_healthcheckers', fileSuffix: 'healthcheckers' },
} as const;

export type LoggingProcess = keyof typeof PROCESSES;

/** The log of one process, writing wherever the flags say. */
export function openLog(
  process: LoggingProcess,
  flags: DaemonFlags,
  programName: string,
  pid: number,
  syslog: SyslogSocket | undefined,
): Log {
  const { ident, fileSuffix } = PROCESSES[process];
  const sinks: LogSink[] = [];
  if (flags.foreground && flags.logConsole) sinks.push(new DescriptorSink(2, consoleLine));
  if (flags.logFile !== undefined) {
    const file = openLogFile(logFileName(flags.logFile, fileSuffix, tmpdir()));
    if (file !== undefined) sinks.push(new DescriptorSink(file, fileLine));
  }
  if (!flags.noSyslog && syslog) {
    sinks.push(
      new SyslogSink(syslog, {
        facility: flags.logFacility,
        ident: `${syslogName(programName)}${ident}`,
        pid,
      }),
    );
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

/** A terminal, pipe or file. A reader that is gone or does not read costs its own lines, nothing else. */
class DescriptorSink implements LogSink {
  private lost = 0;

  constructor(
    private readonly fd: number,
    private readonly format: (at: Date, text: string) => string,
  ) {}

  write(at: Date, _level: unknown, text: string): void {
    const notice = this.lost > 0 ? this.format(at, `${this.lost} log lines were lost`) : '';
    try {
      writeSync(this.fd, notice + this.format(at, text));
      this.lost = 0;
    } catch {
      this.lost += 1;
    }
  }
}

/** Most lines that are kept for a logger that does not keep up. */
const BACKLOG = 2000;
const RETRY_MS = 2;
/** How long the last words of a process wait for the logger. */
const PATIENCE_MS = 100;

/**
 * /dev/log takes few datagrams at once (net.unix.max_dgram_qlen, 10 unless systemd raised it): what it does not
 * take is kept for a moment, in order, and offered again. Without a logger there is nothing to keep.
 */
class SyslogSink implements LogSink {
  private backlog: Uint8Array[] = [];
  private lost = 0;
  private retry: NodeJS.Timeout | undefined;

  constructor(
    private readonly socket: SyslogSocket,
    private readonly source: SyslogSource,
  ) {}

  write(at: Date, level: LogLevel, text: string): void {
    if (this.backlog.length >= BACKLOG) {
      this.lost += 1;
      return;
    }
    if (this.lost > 0) {
      this.backlog.push(syslogDatagram(this.source, 'warning', at, `${this.lost} log lines were lost`));
      this.lost = 0;
    }
    this.backlog.push(syslogDatagram(this.source, level, at, text));
    this.offer();
  }

  finish(): void {
    const giveUpAt = Date.now() + PATIENCE_MS;
    this.offer();
    while (this.backlog.length > 0 && Date.now() < giveUpAt) {
      Atomics.wait(PAUSE, 0, 0, RETRY_MS);
      this.offer();
    }
  }

  private offer(): void {
    clearTimeout(this.retry);
    let taken = 0;
    for (const datagram of this.backlog) {
      const outcome = this.socket.send(datagram);
      if (outcome === 'busy') break;
      taken += 1; // by the logger, or by nobody
    }
    this.backlog = this.backlog.slice(taken);
    if (this.backlog.length > 0) this.retry = setTimeout(() => this.offer(), RETRY_MS);
  }
}

const PAUSE = new Int32Array(new SharedArrayBuffer(4));
