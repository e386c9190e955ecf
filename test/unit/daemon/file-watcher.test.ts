import { mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { FileWatcher } from '#daemon/file-watcher.js';
import { Log } from '#daemon/log.js';
import { trackFileNumber } from '#daemon/track-file-number.js';

describe('the number in a file (strtol, base 0)', () => {
  test.each([
    ['7\n', 7],
    ['-20', -20],
    ['+3', 3],
    [' \t\n12abc', 12],
    ['0x1F', 31],
    ['-0X10 ', -16],
    ['010', 8],
    ['09', 0],
    ['0', 0],
    ['-0', 0],
    ['0x', 0],
    ['abc', 0],
    ['', 0],
    ['- 5', 0],
    ['2147483648', 2_147_483_648],
    ['2147483649', undefined],
    ['-2147483648', -2_147_483_648],
    ['-2147483649', undefined],
    ['99999999999999999999999', undefined],
  ])('%j is %p', (text, expected) => expect(trackFileNumber(text)).toBe(expected));
});

describe('FileWatcher', () => {
  let directory: string;
  let file: string;
  let watcher: FileWatcher;
  let seen: number[];
  let lines: string[];

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'understudy-track-'));
    file = join(directory, 'load');
    [seen, lines] = [[], []];
    const sink = { write: (_at: Date, _level: unknown, text: string) => void lines.push(text) };
    watcher = new FileWatcher((_name, value) => void seen.push(value), new Log([sink], 2, false));
  });

  afterEach(() => {
    watcher.close();
    rmSync(directory, { recursive: true, force: true });
  });

  /** Waits for the next number. */
  async function next(): Promise<number> {
    for (let tries = 0; seen.length === 0; tries += 1) {
      if (tries > 1000) throw new Error(`no number came\n${lines.join('\n')}`);
      await sleep(10);
    }
    return seen.shift()!;
  }

  test('a file that is written, replaced, moved away, made anew, removed', async () => {
    writeFileSync(file, '5');
    expect(watcher.follow({ load: file })).toEqual({ load: 5 });
    writeFileSync(file, '6');
    expect(await next()).toBe(6);
    writeFileSync(`${file}.new`, '7');
    renameSync(`${file}.new`, file);
    expect(await next()).toBe(7);
    renameSync(file, `${file}.old`);
    expect(await next()).toBe(0);
    writeFileSync(file, '8');
    expect(await next()).toBe(8);
    rmSync(file);
    expect(await next()).toBe(0);
  });

  test('a number that is beyond all bounds leaves what was', async () => {
    writeFileSync(file, '5');
    watcher.follow({ load: file });
    writeFileSync(file, '9999999999');
    for (let tries = 0; lines.length === 0 && tries < 1000; tries += 1) await sleep(10);
    writeFileSync(file, '6');
    expect(await next()).toBe(6);
    expect(lines).toEqual([`Invalid number 9999999999 read from ${file} - ignoring`]);
  });

  test('a link is followed to where the file is', async () => {
    mkdirSync(join(directory, 'real'));
    writeFileSync(join(directory, 'real', 'load'), '3');
    symlinkSync(join(directory, 'real', 'load'), file);
    expect(watcher.follow({ load: file })).toEqual({ load: 3 });
    writeFileSync(join(directory, 'real', 'load'), '4');
    expect(await next()).toBe(4);
  });

  test('two files in a directory, one of them no longer followed', async () => {
    const other = join(directory, 'other');
    expect(watcher.follow({ load: file, other })).toEqual({ load: 0, other: 0 });
    expect(watcher.follow({ other })).toEqual({ other: 0 });
    writeFileSync(file, '1');
    writeFileSync(other, '2');
    expect(await next()).toBe(2);
  });

  test('following anew brings what was written meanwhile, once', async () => {
    watcher.follow({ load: file });
    writeFileSync(file, '9');
    expect(watcher.follow({ load: file })).toEqual({ load: 9 });
    writeFileSync(file, '10');
    expect(await next()).toBe(10);
    expect(seen).toEqual([]);
  });

  test('a directory that goes takes its file along, and may come back', async () => {
    const inside = join(directory, 'run');
    mkdirSync(inside);
    writeFileSync(join(inside, 'load'), '3');
    watcher.follow({ load: join(inside, 'load') });
    renameSync(inside, `${inside}.old`);
    expect(await next()).toBe(0);
    expect(lines).toEqual([`Track file load: directory ${inside} is gone`]);
    mkdirSync(inside);
    writeFileSync(join(inside, 'load'), '4');
    expect(await next()).toBe(4);
    writeFileSync(join(inside, 'load'), '5');
    expect(await next()).toBe(5);
  });
});
