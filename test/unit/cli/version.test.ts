// What programs that watch keepalived read of its version: the second word of the first line on stderr.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const MAIN = resolve('dist/cli/main.js');

/** What it writes when it is called by that name. */
function versionAs(name: string): { stdout: string; stderr: string } {
  const directory = mkdtempSync(join(tmpdir(), 'understudy-version-'));
  try {
    const link = join(directory, name);
    symlinkSync(MAIN, link);
    const { stdout, stderr } = spawnSync(process.execPath, [link, '-v'], { encoding: 'utf8' });
    return { stdout, stderr };
  } finally {
    rmSync(directory, { recursive: true });
  }
}

test('as keepalived it has the version of the keepalived whose place it takes', () => {
  const { stdout, stderr } = versionAs('keepalived');
  expect(stderr.split('\n')[0]?.split(' ').slice(0, 2)).toEqual(['Keepalived', 'v2.4.3']);
  expect(stderr).toContain('Understudy v');
  expect(stdout).toBe('');
});

test('as understudy it has its own', () => {
  expect(versionAs('understudy').stdout).toMatch(/^Understudy v\d/);
});
