import { parseReloadTime, reloadTimeText } from '#daemon/reload-time.js';

const now = new Date(2026, 4, 4, 14, 3, 0).getTime();
const utc = Date.UTC(2026, 4, 4, 14, 3, 0);

describe('reload_time_file', () => {
  test('a time without a day is of today, or of tomorrow if it has passed', () => {
    expect(parseReloadTime('14:03:01', now)).toEqual({ at: now + 1000, dated: false });
    expect(parseReloadTime('14:03:00', now)).toEqual({
      at: new Date(2026, 4, 5, 14, 3, 0).getTime(),
      dated: false,
    });
  });

  test('a day may have a year of two digits or of four', () => {
    const at = new Date(2026, 11, 31, 23, 59, 59).getTime();
    expect(parseReloadTime('26-12-31 23:59:59', now)).toEqual({ at, dated: true });
    expect(parseReloadTime('2026-12-31 23:59:59', now)).toEqual({ at, dated: true });
  });

  test('Z behind it means UTC', () => {
    expect(parseReloadTime('14:03:01Z', utc)).toEqual({ at: utc + 1000, dated: false });
    expect(parseReloadTime('2026-05-05 00:00:00Z', utc)).toEqual({ at: Date.UTC(2026, 4, 5), dated: true });
  });

  test.each(['2026-05-04 14:03:00', '25-12-31 00:00:00', '99-01-01 00:00:00'])('%s has passed', (text) =>
    expect(parseReloadTime(text, now)).toBe('past'),
  );

  test.each([
    ...['', '14:03', '24:00:00', '14:60:00', '14:03:60', ' 14:03:01', '14:03:01 ', '14:03:01z', '1:03:00'],
    ...['2026-02-30 00:00:00', '26-13-01 00:00:00', '2027-05-04  14:03:00', '2027-05-04T14:03:00', 'never'],
  ])("'%s' is no time", (text) => expect(parseReloadTime(text, now)).toBe('invalid'));

  test('the log has it as people write it', () => expect(reloadTimeText(now)).toBe('2026-05-04 14:03:00'));
});
