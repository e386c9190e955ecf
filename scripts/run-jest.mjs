// Runs jest on the compiled tests of the kinds named, one after another: run-jest.mjs unit conformance …
// Options after "--" go to jest.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

process.chdir(fileURLToPath(new URL('..', import.meta.url)));

/** The compiled tests of one kind; those whose source is gone are removed, for tsc leaves them behind. */
export function compiledTests(kind) {
  const folder = `build/test/${kind}`;
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true })
    .filter((path) => path.endsWith('.test.js'))
    .filter((path) => {
      const lives = existsSync(`test/${kind}/${path.replace(/js$/, 'ts')}`);
      if (!lives) rmSync(`${folder}/${path}`);
      return lives;
    });
}

/** Runs one kind to its end; the exit status is jest's. @param niceness of all of its processes, 0 to 19. */
export async function runJest(kind, options = [], niceness = 0) {
  compiledTests(kind);
  const run = spawn(
    'nice',
    [
      `--adjustment=${niceness}`,
      process.execPath,
      '--experimental-vm-modules',
      '--disable-warning=ExperimentalWarning',
      'node_modules/jest/bin/jest.js',
      '--config=jest.config.mjs',
      `--selectProjects=${kind}`,
      '--passWithNoTests',
      // Tests that a file declares concurrent mostly wait; the differential scenarios are the case in point.
      '--maxConcurrency=8',
      ...options,
    ],
    { stdio: 'inherit' },
  );
  const [status] = await once(run, 'exit');
  return status ?? 1;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const split = process.argv.indexOf('--');
  const kinds = process.argv.slice(2, split < 0 ? undefined : split);
  const options = split < 0 ? [] : process.argv.slice(split + 1);
  let worst = 0;
  for (const kind of kinds) worst = Math.max(worst, await runJest(kind, options));
  process.exit(worst);
}
