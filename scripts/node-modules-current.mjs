// Exit 0 when node_modules holds what package-lock.json asks for, 1 when npm ci has work to do.
// Contents are compared, not times: a checkout gives old files new times.
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

process.chdir(fileURLToPath(new URL('..', import.meta.url)));

/** The packages of a lock file, by their folder. */
function packagesOf(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8')).packages;
  } catch {
    return undefined;
  }
}

const wanted = packagesOf('package-lock.json') ?? {};
const present = packagesOf('node_modules/.package-lock.json') ?? {};
// Optional packages are prebuilt binaries, of which npm installs only this machine's.
const stale = Object.entries(wanted).some(
  ([folder, { version, optional }]) => folder !== '' && !optional && present[folder]?.version !== version,
);
process.exit(stale ? 1 : 0);
