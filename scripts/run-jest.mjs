// Runs jest on the compiled tests of the kinds named, one after another: run-jest.mjs unit conformance …
// Options after "--" go to jest.
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

process.chdir(fileURLToPath(new URL('..', import.meta.url)));
const split = process.argv.indexOf('--');
const kinds = process.argv.slice(2, split < 0 ? undefined : split);
const rest = split < 0 ? [] : process.argv.slice(split + 1);
let status = 0;
for (const kind of kinds) {
  const run = spawnSync(
    process.execPath,
    [
      '--experimental-vm-modules',
      '--disable-warning=ExperimentalWarning',
      'node_modules/jest/bin/jest.js',
      '--config=jest.config.mjs',
      `--selectProjects=${kind}`,
      '--passWithNoTests',
      ...rest,
    ],
    { stdio: 'inherit' },
  );
  status ||= run.status ?? 1;
}
process.exit(status);
