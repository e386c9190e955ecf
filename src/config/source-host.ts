import { type Result } from '../base/result.js';

/**
 * What reading a configuration needs of the world. The configuration room does no input or output itself: the
 * command line and the daemon bring a host for the real file system, tests one in memory.
 */
export interface SourceHost {
  /** Absolute, canonical directory that the main file's name is relative to. */
  readonly workingDirectory: string;
  /** The whole file. Must refuse what is larger than `limit` bytes before reading it. */
  readFile(path: string, limit: number): Result<Uint8Array, FileTrouble>;
  /** What a path leads to, through symbolic links; undefined if to nothing. */
  status(path: string): FileStatus | undefined;
  /** True if the path itself exists, were it a dangling link: lstat. */
  exists(path: string): boolean;
  /** Names in a directory, without `.` and `..`, in any order; undefined if it cannot be listed. */
  list(directory: string): readonly string[] | undefined;
  /** The path without links, dots and doubled slashes; undefined if it leads nowhere. */
  canonical(path: string): string | undefined;
  environment(name: string): string | undefined;
}

export interface FileStatus {
  readonly kind: 'file' | 'directory' | 'other';
  /** True if anyone may execute it: keepalived does not read such a file as configuration. */
  readonly executable: boolean;
}

/** Why a file could not be read. */
export interface FileTrouble {
  readonly kind: 'missing' | 'denied' | 'too-large' | 'failed';
  /** In words of the operating system: "permission denied". */
  readonly text: string;
}

/** Joins a directory and a name; an absolute name stands for itself. */
export function joinPath(directory: string, name: string): string {
  if (name.startsWith('/')) return name;
  return directory.endsWith('/') ? directory + name : `${directory}/${name}`;
}

/** As dirname(3): everything before the last slash. */
export function directoryOf(path: string): string {
  const slash = path.replace(/\/+$/, '').lastIndexOf('/');
  if (slash < 0) return '.';
  return slash === 0 ? '/' : path.slice(0, slash);
}
