import {
  closeSync,
  constants,
  fstatSync,
  lstatSync,
  openSync,
  readdirSync,
  readFileSync,
  realpathSync,
  statSync,
} from 'node:fs';
import { type FileStatus, type FileTrouble, type SourceHost } from '../config/source-host.js';
import { err, ok, type Result } from '../base/result.js';

/** The real file system, for reading a configuration. */
export function sourceHost(): SourceHost {
  return {
    workingDirectory: realpathSync('.'),
    readFile,
    status,
    exists: (path) => attempt(() => lstatSync(path)) !== undefined,
    list: (directory) => attempt(() => readdirSync(directory)),
    canonical: (path) => attempt(() => realpathSync(path)),
    environment: (name) => process.env[name],
  };
}

/** Reads a file whole. The size is asked of the open file, so that it cannot be exchanged in between. */
function readFile(path: string, limit: number): Result<Uint8Array, FileTrouble> {
  let fd: number | undefined;
  try {
    // Opening a FIFO must not wait for somebody to write to it.
    fd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
    const { size } = fstatSync(fd);
    if (size > limit) return err({ kind: 'too-large', text: `${size} bytes` });
    return ok(readFileSync(fd));
  } catch (error) {
    return err(toTrouble(error));
  } finally {
    if (fd !== undefined) closeSync(fd);
  }
}

const KINDS: Readonly<Record<string, FileTrouble['kind']>> = {
  ENOENT: 'missing',
  ENOTDIR: 'missing',
  EACCES: 'denied',
  EPERM: 'denied',
};

function toTrouble(error: unknown): FileTrouble {
  if (!(error instanceof Error)) return { kind: 'failed', text: String(error) };
  const code = 'code' in error ? String(error.code) : '';
  // Node's message goes "ENOENT: no such file or directory, open '…'": the middle is the system's.
  const text = /^[A-Z0-9]+: (.*?)(, \w+( '.*')?)?$/.exec(error.message)?.[1] ?? error.message;
  return { kind: KINDS[code] ?? 'failed', text };
}

function status(path: string): FileStatus | undefined {
  const found = attempt(() => statSync(path));
  if (!found) return undefined;
  const kind = found.isFile() ? 'file' : found.isDirectory() ? 'directory' : 'other';
  return { kind, executable: (found.mode & 0o111) !== 0 };
}

/** The outcome, or undefined if the system refused. */
function attempt<T>(action: () => T): T | undefined {
  try {
    return action();
  } catch {
    return undefined;
  }
}
