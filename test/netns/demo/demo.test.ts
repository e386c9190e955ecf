import { jest } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import { resolve } from 'node:path';
import { requires } from '../../requires.js';

const test = requires({ netns: true });
jest.setTimeout(40_000);

/**
 * Plays the demo where its namespaces have names that nobody else sees, ends it as `how` says once the stage is being
 * built, and says what is left.
 */
function leftBehind(how: string): string {
  const script = `
    mount -t tmpfs tmpfs /run
    mount -t tmpfs tmpfs /tmp
    ${how.replaceAll('DEMO', `"${process.execPath}" "${resolve('dist/cli/main.js')}" demo`)}
    ip netns list
    ls /tmp
  `;
  const run = spawnSync('unshare', ['--mount', 'sh', '-c', script], { encoding: 'utf8', timeout: 30_000 });
  return run.stdout.trim();
}

for (const [when, how] of [
  ['the terminal is closed', 'DEMO >/dev/null 2>&1 & sleep 1.5; kill -HUP $!; wait $!'],
  ['Ctrl-C is pressed', 'DEMO >/dev/null 2>&1 & sleep 1.5; kill -INT $!; wait $!'],
  ['nobody reads what it prints', 'DEMO 2>/dev/null | head -n 1 >/dev/null'],
] as const) {
  test(`the demo leaves nothing behind when ${when}`, () => expect(leftBehind(how)).toBe(''));
}
