import { spawnSync } from 'node:child_process';
import {
  accessSync,
  closeSync,
  constants,
  fstatSync,
  lstatSync,
  openSync,
  readdirSync,
  readFileSync,
  realpathSync,
  statSync,
  type Stats,
} from 'node:fs';
import { cpus, hostname } from 'node:os';
import { err, ok, type Result } from '../base/result.js';
import { type ConfigHost } from '../config/load.js';
import { type FilePermissions } from '../config/passes/host.js';
import { type FileStatus, type FileTrouble } from '../config/source-host.js';
import { canWatchDirectory } from '../kernel/file-system.js';
import { knowsProcessEvents } from '../kernel/process-connector.js';
// Not by the room's index: `-t` need not load what connects.
import { regexTrouble } from '../probe/body-pattern.js';
import { tlsTrouble } from '../probe/tls-identity.js';
import { hostInterfaces } from './host-interfaces.js';
import { openUserDatabase } from './users.js';

/** A name service that does not answer must not keep a daemon from starting for longer than this. */
const NAME_SERVICE_PATIENCE_MS = 3000;

/** This machine, for reading a configuration: its files, interfaces, users and names, as they are now. */
export function configHost(): ConfigHost {
  const users = openUserDatabase();
  const uid = process.geteuid?.() ?? 0;
  const gid = process.getegid?.() ?? 0;
  return {
    // It may have been removed since we were started from it.
    workingDirectory: attempt(() => realpathSync('.')) ?? '/',
    readFile,
    status,
    exists: (path) => attempt(() => lstatSync(path)) !== undefined,
    list: (directory) => attempt(() => readdirSync(directory)),
    canonical: (path) => attempt(() => realpathSync(path)),
    environment: (name) => process.env[name],
    hostName: hostname(),
    cpuCount: cpus().length,
    searchPath: process.env['PATH'] ?? '/usr/sbin:/usr/bin:/sbin:/bin',
    ourUser: { name: users.nameOf(uid) ?? String(uid), uid, gid },
    hasProcessEvents: knowsProcessEvents(),
    canWatch: canWatchDirectory,
    hasIgmpLinkLocalReports: mayWrite('/proc/sys/net/ipv4/igmp_link_local_mcast_reports'),
    interfaces: hostInterfaces,
    user: (name) => users.user(name),
    group: (name) => users.group(name),
    resolves,
    regexTrouble,
    tlsTrouble,
    permissions: (path) => {
      const found = attempt(() => lstatSync(path));
      return found && { type: typeOf(found), mode: found.mode & 0o7777, uid: found.uid, gid: found.gid };
    },
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

function typeOf(found: Stats): FilePermissions['type'] {
  if (found.isSymbolicLink()) return 'symlink';
  if (found.isDirectory()) return 'directory';
  return found.isFile() ? 'file' : 'other';
}

/** Asks the system's name service, whatever it is made of; Node itself can only ask without waiting. */
function resolves(name: string): boolean {
  const asked = spawnSync('getent', ['hosts', '--', name], {
    stdio: 'ignore',
    timeout: NAME_SERVICE_PATIENCE_MS,
  });
  return asked.status === 0;
}

const mayWrite = (path: string): boolean => attempt(() => (accessSync(path, constants.W_OK), true)) ?? false;

/** The outcome, or undefined if the system refused. */
function attempt<T>(action: () => T): T | undefined {
  try {
    return action();
  } catch {
    return undefined;
  }
}
