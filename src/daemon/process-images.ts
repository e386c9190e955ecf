import { readdirSync, readFileSync } from 'node:fs';
import { decodeUtf8 } from '../base/utf8.js';
import { type ProcessImage } from './process-census.js';

/** What of a process is looked at: its command line is in its own memory, which may have to come back from swap. */
export interface ImageParts {
  readonly name: boolean;
  readonly commandLine: boolean;
}

/** Every process of the host that is not a zombie. */
export function* processImages(parts: ImageParts): Iterable<readonly [pid: number, image: ProcessImage]> {
  for (const entry of readdirSync('/proc')) {
    if (!/^[1-9]\d*$/.test(entry)) continue;
    const pid = Number(entry);
    const image = parts.name && isZombie(pid) ? undefined : processImage(pid, parts);
    if (image) yield [pid, image];
  }
}

/** A process as it is now; undefined if there is none any more. */
export function processImage(pid: number, parts: ImageParts): ProcessImage | undefined {
  const name = parts.name ? read(`/proc/${pid}/comm`) : '';
  const commandLine = parts.commandLine ? read(`/proc/${pid}/cmdline`) : '';
  if (name === undefined || commandLine === undefined) return undefined;
  return { name: name.replace(/\n$/, ''), commandLine };
}

/** The state stands behind the last parenthesis: a name may have some of its own. */
function isZombie(pid: number): boolean {
  const status = read(`/proc/${pid}/stat`) ?? '';
  return status.slice(status.lastIndexOf(')')).startsWith(') Z');
}

function read(path: string): string | undefined {
  try {
    return decodeUtf8(readFileSync(path));
  } catch {
    return undefined;
  }
}
