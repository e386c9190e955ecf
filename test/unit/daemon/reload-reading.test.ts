import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Configuration } from '#config/index.js';
import { readForReload } from '#daemon/reload-reading.js';
import { type LoadedConfiguration } from '#daemon/supervisor.js';

const configuration = {} as Configuration;
const fine: LoadedConfiguration = { configuration, report: '', errors: [], exitCode: 0, testExitCode: 0 };
const wrong: LoadedConfiguration = { ...fine, report: 'line 1: what?', errors: ['what'], testExitCode: 5 };

let directory: string;
let file: string;
let lines: string[];
const log = { info: (text: string): void => void lines.push(text) };

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'understudy-reload-'));
  file = join(directory, 'file');
  lines = [];
});
afterEach(() => rmSync(directory, { recursive: true }));

describe('reload_file', () => {
  test('is there and empty while the configuration is read, and gone afterwards', () => {
    writeFileSync(file, 'hold on');
    const seen: unknown[] = [];
    const read = (): LoadedConfiguration => {
      seen.push(readFileSync(file, 'utf8'), statSync(file).mode & 0o777);
      return fine;
    };
    expect(readForReload({ file }, 'unused', read, log)).toBe(fine);
    expect(seen).toEqual(['', 0o644]);
    expect(existsSync(file)).toBe(false);
  });

  test('without a name it is the default one; it goes even if the reading fails', () => {
    const read = (): never => {
      expect(existsSync(file)).toBe(true);
      throw new Error('no');
    };
    expect(() => readForReload({ file: '' }, file, read, log)).toThrow('no');
    expect(existsSync(file)).toBe(false);
  });

  test('one that cannot be made is named, and keeps no reload from happening', () => {
    expect(readForReload({ file: join(directory, 'none', 'f') }, '', () => fine, log)).toBe(fine);
    expect(lines).toEqual([expect.stringContaining('Failed to create reload file')]);
  });
});

describe('reload_check_config', () => {
  test('what -t would refuse is refused, and the reasons stand in the file', () => {
    writeFileSync(file, 'of the last time, which was longer');
    const loaded = readForReload({ checkConfig: file }, '', () => wrong, log);
    expect(loaded.configuration).toBe(undefined);
    expect(lines).toEqual([`New config failed validation, see ${file} for details`]);
    expect(readFileSync(file, 'utf8')).toBe('line 1: what?\n');
  });

  test('what -t would pass is taken, whatever the log file is', () => {
    expect(readForReload({ checkConfig: '/dev/null' }, '', () => fine, log)).toBe(fine);
    expect(readForReload({ checkConfig: join(directory, 'none', 'f') }, '', () => fine, log)).toBe(fine);
    expect(lines).toEqual([expect.stringContaining('Cannot write config check log')]);
  });

  test('without it the file is not judged here', () =>
    expect(readForReload({}, '', () => wrong, log)).toBe(wrong));
});
