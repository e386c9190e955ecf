/** When to reload, as the first line of reload_time_file has it. */
export interface ReloadTime {
  /** Milliseconds of Unix time. */
  readonly at: number;
  /** It names a day, so that it comes once and not every day. */
  readonly dated: boolean;
}

const FORMAT = /^(?:(?:(\d\d)?(\d\d))-(\d\d)-(\d\d) )?(\d\d):(\d\d):(\d\d)(Z?)$/;

/**
 * Reads `HH:MM:SS`, `YY-MM-DD HH:MM:SS` or `YYYY-MM-DD HH:MM:SS`, in UTC with a Z behind it and else in local time. A
 * time without a day is that of today or, if it has passed, of tomorrow.
 * @param now milliseconds of Unix time.
 * @returns `past` for a day and time that have passed, `invalid` for what is no such time.
 */
export function parseReloadTime(text: string, now: number): ReloadTime | 'past' | 'invalid' {
  const found = FORMAT.exec(text);
  if (!found) return 'invalid';
  const [, century, year, month, day, ...rest] = found;
  const [hours = 0, minutes = 0, seconds = 0] = rest.slice(0, 3).map(Number);
  const calendar = rest[3] === 'Z' ? utc : local;
  const dated = year !== undefined;
  const today = calendar.dateOf(now);
  const date: CalendarDate = dated
    ? [fullYear(century, year), Number(month) - 1, Number(day)]
    : [today[0], today[1], today[2]];
  const time: CalendarTime = [hours, minutes, seconds];
  const at = calendar.at(date, time);
  if (!isSame(calendar.dateOf(at), date) || !isSame(calendar.timeOf(at), time)) return 'invalid';
  if (at > now) return { at, dated };
  return dated ? 'past' : { at: calendar.at([date[0], date[1], date[2] + 1], time), dated };
}

/** Year, month (0-11), day. */
type CalendarDate = readonly [number, number, number];
/** Hours, minutes, seconds. */
type CalendarTime = readonly [number, number, number];

/** The calendar and the clock of a place. */
interface Calendar {
  at(date: CalendarDate, time: CalendarTime): number;
  dateOf(at: number): CalendarDate;
  timeOf(at: number): CalendarTime;
}

const utc: Calendar = {
  at: (date, time) => Date.UTC(...date, ...time),
  dateOf(at) {
    const date = new Date(at);
    return [date.getUTCFullYear(), date.getUTCMonth(), date.getUTCDate()];
  },
  timeOf(at) {
    const date = new Date(at);
    return [date.getUTCHours(), date.getUTCMinutes(), date.getUTCSeconds()];
  },
};

const local: Calendar = {
  at: (date, time) => new Date(...date, ...time).getTime(),
  dateOf(at) {
    const date = new Date(at);
    return [date.getFullYear(), date.getMonth(), date.getDate()];
  },
  timeOf(at) {
    const date = new Date(at);
    return [date.getHours(), date.getMinutes(), date.getSeconds()];
  },
};

/** As strptime(3) takes two digits: 69 to 99 are of the twentieth century. */
const fullYear = (century: string | undefined, year: string): number =>
  century === undefined ? Number(year) + (Number(year) < 69 ? 2000 : 1900) : Number(century + year);

const isSame = (a: readonly number[], b: readonly number[]): boolean => a.join() === b.join();

/** `2026-05-04 14:03:00`, in local time. @param at milliseconds of Unix time */
export function reloadTimeText(at: number): string {
  const [year, month, day] = local.dateOf(at);
  const date = [year, month + 1, day].map(twoDigits).join('-');
  return `${date} ${local.timeOf(at).map(twoDigits).join(':')}`;
}

const twoDigits = (number: number): string => String(number).padStart(2, '0');
