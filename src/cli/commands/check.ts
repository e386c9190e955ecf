import { load } from '../../daemon/load.js';

/**
 * `understudy check FILE…`: every problem of each file, with its place.
 * @returns the worst of keepalived's exit codes for -t; 0 if all files are fine.
 */
export function check(files: readonly string[]): number {
  if (files.length === 0) {
    process.stderr.write('Usage: understudy check FILE...\n');
    return 1;
  }
  let worst = 0;
  for (const configFile of files) {
    const { report, testExitCode } = load({ configFile }, process.stdout.isTTY);
    process.stdout.write(report === '' ? `${configFile}: no problems\n` : `${report}\n`);
    worst = Math.max(worst, testExitCode);
  }
  return worst;
}
