import { type ScriptCommand } from '../model.js';
import { type Span, type Statement } from '../tree.js';
import { splitQuoted } from './command-line.js';
import { type PassContext } from './context.js';
import { type FilePermissions } from './host.js';
import { type Reading } from './read-arguments.js';

/** A command as it was written, before anybody has looked whether it can run. */
export interface ScriptDraft {
  readonly command: ScriptCommand;
  readonly span: Span;
}

/** Who runs scripts that name nobody: script_user, or keepalived_script, or the daemon's own user. */
export interface DefaultUser {
  readonly user?: string;
  readonly group?: string;
  /** script_user is wrong: scripts without a user of their own cannot run. */
  readonly broken: boolean;
  /** enable_script_security is set, but neither script_user nor the user keepalived_script is there. */
  readonly wanted?: true;
}

/** True if a script that names no user of its own can run. */
export function hasDefaultUser(context: PassContext, defaults: DefaultUser, span: Span): boolean {
  if (defaults.wanted) {
    context.once('default-user-missing', () => {
      const text = 'with enable_script_security, scripts need script_user or a user keepalived_script';
      context.error('default-user-missing', text, span);
    });
  }
  return !defaults.broken && !defaults.wanted;
}

/** Reads `notify "command" [user [group]]`; undefined (and a problem) if it cannot be used. */
export function readCommand(
  context: PassContext,
  reading: Reading,
  defaults: DefaultUser,
): ScriptDraft | undefined {
  const { statement } = reading;
  const argv = splitStatement(context, statement);
  if (!argv) return undefined;
  const outer = splitQuoted(statement.text, false);
  const [, , user, group] = 'words' in outer ? outer.words : [];
  if (user !== undefined) {
    if (!userIsKnown(context, user, group, statement.span, 'unknown-script-user')) return undefined;
    return { command: { argv, user, ...(group !== undefined && { group }) }, span: statement.span };
  }
  if (!hasDefaultUser(context, defaults, statement.span)) {
    context.note('no-script-user', 'the script cannot run: script_user is not usable', statement.span);
    return undefined;
  }
  return { command: { argv }, span: statement.span };
}

/** The words of the command in the second word of a line: it is split twice, as keepalived does. */
export function splitStatement(context: PassContext, statement: Statement): readonly string[] | undefined {
  const outer = splitQuoted(statement.text, false);
  const command = 'words' in outer ? outer.words[1] : undefined;
  const inner = command === undefined ? { words: [] } : splitQuoted(command, true);
  const mistake = 'mistake' in outer ? outer.mistake : 'mistake' in inner ? inner.mistake : undefined;
  if (mistake !== undefined) {
    context.error('unmatched-quote', mistake, statement.unmatchedQuote ?? statement.span);
    return undefined;
  }
  const words = 'words' in inner ? inner.words : [];
  if (words.length > 0) return words;
  context.note('empty-command', `'${statement.keyword.text}' names no command`, statement.span);
  return undefined;
}

/** @param code how an unknown user or group counts at this place. */
export function userIsKnown(
  context: PassContext,
  user: string,
  group: string | undefined,
  span: Span,
  code: string,
): boolean {
  if (!context.host.user(user)) {
    context.error(code, `there is no user '${user}'`, span);
    return false;
  }
  if (group !== undefined && context.host.group(group) === undefined) {
    context.error(code, `there is no group '${group}'`, span);
    return false;
  }
  return true;
}

/** What looking at a script's file found. */
export interface ScriptExamination {
  /** A file is there: it counts as a script for the script_security warning. */
  readonly isScript: boolean;
  readonly executable: boolean;
  /** It opens a file ("</path") instead of running one. */
  readonly opensFile: boolean;
  readonly notFound?: string;
  /** Others could change what root runs: the path component and why. */
  readonly insecure?: string;
  /** A symbolic link to a directory on the way: keepalived 2.4.3 does not run what root would run through it. */
  readonly throughLink?: string;
}

/** Looks at the file that a command runs, as its user would find it. Never runs it. */
export function examineScript(
  context: PassContext,
  command: ScriptCommand,
  defaults: DefaultUser,
): ScriptExamination {
  const [name = ''] = command.argv;
  const nothing = { isScript: false, executable: false, opensFile: false };
  if (/^<[ \t]*\//.test(name)) return { ...nothing, opensFile: true };
  const credentials = credentialsOf(context, command, defaults);
  const path = name.includes('/') ? name : searchPath(context, name, credentials);
  if (path === undefined) return { ...nothing, notFound: `'${name}' is not in $PATH` };
  const real = context.host.canonical(path);
  const status = real === undefined ? undefined : context.host.permissions(real);
  if (real === undefined || !status) return { ...nothing, notFound: `'${path}' cannot be found` };
  const executable = isExecutable(status, credentials);
  const asRoot = credentials.uid === 0 || credentials.gid === 0 || isSetIdRoot(status);
  const guarded = executable && asRoot;
  const insecure = guarded ? (insecurity(context, path) ?? insecurity(context, real)) : undefined;
  const throughLink = guarded ? linkIn(context, path) : undefined;
  return {
    isScript: true,
    executable,
    opensFile: false,
    ...(insecure !== undefined && { insecure }),
    ...(throughLink !== undefined && { throughLink }),
  };
}

interface Credentials {
  readonly uid: number;
  readonly gid: number;
}

function credentialsOf(context: PassContext, command: ScriptCommand, defaults: DefaultUser): Credentials {
  const name = command.user ?? defaults.user;
  const group = command.user === undefined ? defaults.group : command.group;
  const user = name === undefined ? context.host.ourUser : (context.host.user(name) ?? context.host.ourUser);
  return { uid: user.uid, gid: (group === undefined ? undefined : context.host.group(group)) ?? user.gid };
}

function searchPath(context: PassContext, name: string, credentials: Credentials): string | undefined {
  if (name === '') return undefined;
  for (const directory of context.host.searchPath.split(':')) {
    const path = directory === '' ? name : `${directory}/${name}`;
    const real = context.host.canonical(path);
    const status = real === undefined ? undefined : context.host.permissions(real);
    if (status?.type === 'file' && isExecutable(status, credentials)) return path;
  }
  return undefined;
}

const isSetIdRoot = (status: FilePermissions): boolean =>
  (status.uid === 0 && (status.mode & 0o4100) === 0o4100) ||
  (status.gid === 0 && (status.mode & 0o2010) === 0o2010);

function isExecutable(status: FilePermissions, { uid, gid }: Credentials): boolean {
  if (status.type !== 'file') return false;
  if (uid === 0) return (status.mode & 0o111) !== 0;
  if (status.uid === uid) return (status.mode & 0o100) !== 0;
  if (status.gid === gid) return (status.mode & 0o010) !== 0;
  return (status.mode & 0o001) !== 0;
}

/** The first component but the last that is a symbolic link. */
function linkIn(context: PassContext, path: string): string | undefined {
  const parts = path.split('/').slice(0, -1);
  const prefixes = parts.map((_, index) => parts.slice(0, index + 1).join('/') || '/');
  return prefixes.find((prefix) => context.host.permissions(prefix)?.type === 'symlink');
}

/** The first component of a path that somebody other than root could change, in words. */
function insecurity(context: PassContext, path: string): string | undefined {
  const parts = path.split('/');
  const prefixes = parts.map((_, index) => parts.slice(0, index + 1).join('/') || '/');
  for (const prefix of prefixes) {
    const status = context.host.permissions(prefix);
    if (!status) return undefined;
    if (status.uid !== 0) return `'${prefix}' does not belong to root`;
    const guarded = status.type === 'directory' ? (status.mode & 0o1000) !== 0 : status.type !== 'file';
    if (guarded) continue;
    if ((status.mode & 0o002) !== 0) return `'${prefix}' can be written by everybody`;
    if (status.gid !== 0 && (status.mode & 0o020) !== 0) return `'${prefix}' can be written by its group`;
  }
  return undefined;
}
