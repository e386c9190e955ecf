/** How a line of the log looks in each place it goes to. All of it is what keepalived writes there. */

const DAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'] as const;
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'] as const;

const two = (value: number): string => String(value).padStart(2, '0');
const day = (at: Date): string => DAYS[at.getDay()] ?? '';
const month = (at: Date): string => MONTHS[at.getMonth()] ?? '';
/** strftime's %e: a day of one digit is padded with a space. */
const dayOfMonth = (at: Date): string => String(at.getDate()).padStart(2, ' ');
const clock = (at: Date): string => `${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}`;

/** On the console: strftime's %c of the C locale, as in `Fri Nov  6 17:52:26 2026: text`. */
export const consoleLine = (at: Date, text: string): string =>
  `${day(at)} ${month(at)} ${dayOfMonth(at)} ${clock(at)} ${at.getFullYear()}: ${text}\n`;

/** In a log file (-g): with a fraction of nine digits, of which three are known. */
export function fileLine(at: Date, text: string): string {
  const nanoseconds = String(at.getMilliseconds() * 1_000_000).padStart(9, '0');
  const date = `${day(at)} ${month(at)} ${two(at.getDate())} ${clock(at)}.${nanoseconds}`;
  return `${date} ${at.getFullYear()}: ${text}\n`;
}

/** Severities of syslog(3) by our names. */
export const SYSLOG_SEVERITIES = {
  alert: 1,
  error: 3,
  warning: 4,
  notice: 5,
  info: 6,
  debug: 7,
} as const;

export type LogLevel = keyof typeof SYSLOG_SEVERITIES;

/** Who says it, for syslog. */
export interface SyslogSource {
  /** 0-23. */
  readonly facility: number;
  /** For example `Keepalived_vrrp`. */
  readonly ident: string;
  readonly pid: number;
}

/** One datagram for /dev/log, in the form that glibc's syslog(3) sends (RFC 3164, 4.1). */
export function syslogDatagram(source: SyslogSource, level: LogLevel, at: Date, text: string): Uint8Array {
  const priority = source.facility * 8 + SYSLOG_SEVERITIES[level];
  const date = `${month(at)} ${dayOfMonth(at)} ${clock(at)}`;
  return Buffer.from(`<${priority}>${date} ${source.ident}[${source.pid}]: ${text}`);
}

/**
 * -g FILE of one process: a relative name lies in `temporary`, and `_vrrp` goes before the last dot of the
 * name, or after it if there is none.
 */
export function logFileName(file: string, suffix: string, temporary: string): string {
  const path = file.startsWith('/') ? file : `${temporary}/${file}`;
  if (suffix === '') return path;
  const dot = path.lastIndexOf('.');
  return dot <= path.lastIndexOf('/')
    ? `${path}_${suffix}`
    : `${path.slice(0, dot)}_${suffix}${path.slice(dot)}`;
}
