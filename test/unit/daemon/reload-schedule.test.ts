import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ReloadSchedule } from '#daemon/reload-schedule.js';

let directory: string;
let timeFile: string;
let lines: string[];
let reloads: number;
let schedule: ReloadSchedule;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'understudy-schedule-'));
  mkdirSync(join(directory, 'd'));
  timeFile = join(directory, 'd', 'at');
  [lines, reloads] = [[], 0];
  schedule = new ReloadSchedule({ info: (text) => void lines.push(text) }, () => void (reloads += 1));
});
afterEach(() => {
  schedule.close();
  rmSync(directory, { recursive: true });
});

async function until(condition: () => boolean): Promise<void> {
  const giveUpAt = Date.now() + 10_000;
  while (!condition()) {
    if (Date.now() > giveUpAt) throw new Error(`waited in vain\n${lines.join('\n')}`);
    await sleep(5);
  }
}
const says = (text: string): Promise<void> => until(() => lines.some((line) => line.startsWith(text)));

/** In UTC, so many milliseconds from now. */
const dated = (ms: number): string =>
  `${new Date(Date.now() + ms).toISOString().slice(0, 19).replace('T', ' ')}Z`;
const timeOnly = (ms: number): string => `${new Date(Date.now() + ms).toISOString().slice(11, 19)}Z`;
const HOUR = 3_600_000;

test('at the time in the file, which is removed then', async () => {
  writeFileSync(timeFile, `${dated(4000)}\n`);
  schedule.follow({ timeFile, repeat: false });
  await until(() => reloads === 1);
  expect(existsSync(timeFile)).toBe(false);
  expect(lines).toEqual([expect.stringContaining('Scheduling reload for ')]);
});

test('a file that comes, changes and goes is followed', async () => {
  schedule.follow({ timeFile, repeat: false });
  writeFileSync(timeFile, dated(HOUR));
  await says('Scheduling reload for ');
  writeFileSync(`${timeFile}.new`, dated(2 * HOUR));
  renameSync(`${timeFile}.new`, timeFile);
  await says('Reload time updated from ');
  rmSync(timeFile);
  await says('Cancelling reload scheduled for ');
  writeFileSync(timeFile, 'soon');
  await says("Invalid reload time 'soon' specified - ignoring");
  writeFileSync(timeFile, dated(-HOUR));
  await until(() => lines.some((line) => line.endsWith('is in the past - ignoring')));
  expect(reloads).toBe(0);
});

test('with reload_repeat a time without a day stays, and comes again tomorrow', async () => {
  writeFileSync(timeFile, timeOnly(4000));
  schedule.follow({ timeFile, repeat: true });
  await until(() => reloads === 1 && lines.length === 2);
  expect(existsSync(timeFile)).toBe(true);
  expect(lines[1]).toContain('Scheduling reload for ');
  expect(lines[1]).not.toBe(lines[0]);
});

test('another file at a reload, or none', async () => {
  writeFileSync(timeFile, dated(HOUR));
  schedule.follow({ timeFile, repeat: false });
  schedule.follow({ timeFile, repeat: false });
  schedule.follow({ repeat: false });
  writeFileSync(timeFile, dated(1));
  schedule.follow({ timeFile: join(directory, 'd', 'other'), repeat: false });
  writeFileSync(join(directory, 'd', 'other'), dated(HOUR));
  await until(() => lines.length === 2);
  expect(lines.every((line) => line.startsWith('Scheduling reload for '))).toBe(true);
  expect(reloads).toBe(0);
});

test('a directory that goes takes the schedule with it', async () => {
  writeFileSync(timeFile, dated(HOUR));
  schedule.follow({ timeFile, repeat: false });
  renameSync(join(directory, 'd'), join(directory, 'e'));
  await says('Directory of reload timer file has disappeared');
  expect(lines[1]).toContain('Cancelling reload scheduled for ');
});

test('one that is not there is named', () => {
  schedule.follow({ timeFile: join(directory, 'none', 'at'), repeat: false });
  expect(lines).toEqual([expect.stringContaining('Unable to monitor reload timer file directory')]);
});
